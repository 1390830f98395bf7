import { storeContract } from '../contract/store.ts'
import { describeMongo, emptyDatabase } from './mongo-database.ts'

describeMongo('with a server', () => {
  storeContract('MongoDB', async () => {
    const database = emptyDatabase()
    return {
      store: await database.open(),
      async reopen() {
        await database.closeAll()
        return await database.open()
      },
      another: () => database.open(),
      dispose: () => database.leave(),
    }
  })
})
