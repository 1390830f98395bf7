import { storeContract } from '../contract/store.ts'
import { describeMongo, newDatabase } from './mongo-database.ts'

describeMongo('with a server', () => {
  storeContract('MongoDB', async () => {
    const database = newDatabase()
    return {
      store: await database.open(),
      async reopen() {
        await database.closeAll()
        return await database.open()
      },
      another: () => database.open(),
      dispose: () => database.drop(),
    }
  })
})
