// A process that creates accounts: `node create-process.ts <uri> <callers> <seconds>`. Prints how
// many a second it made, after a second of warm-up.
import { Directory } from '../../src/directory/directory.ts'
import { createAccount } from '../../src/domain/accounts/create.ts'
import type { Context } from '../../src/domain/context.ts'
import { pepperOf, Secret } from '../../src/domain/secret.ts'
import { openStore } from '../../src/storage/open.ts'

const [uri = '', callers = '1', seconds = '1'] = process.argv.slice(2)
const warmUpMs = 1000

const settings = { uri, timeoutSeconds: 5, startTimeoutSeconds: 10 }
const store = await openStore(settings, () => undefined)
const ctx: Context = {
  store,
  known: await Directory.load(store, Date.now),
  actor: { kind: 'system', name: 'bench' },
  requestId: 'bench',
  peppers: [pepperOf(new Secret('x'.repeat(64)))],
  people: { own: '', configured: [] },
  limits: { liveCredentials: 10, overlapSeconds: 0, tombstoneSeconds: 60, projectTokenSeconds: 60 },
  projects: { company: 'default', createdBy: 'everyone', accountsManagedBy: 'managers' },
  now: Date.now,
}
const from = performance.now() + warmUpMs
const until = from + Number(seconds) * 1000
let [named, made] = [0, 0]

async function caller(): Promise<void> {
  while (performance.now() < until) {
    named += 1
    const name = `bench ${process.pid} ${named}`
    await createAccount(ctx, {
      name,
      permissions: ['console.root.view'],
      authMethod: 'client_secret_basic',
    })
    if (performance.now() > from) made += 1
  }
}

await Promise.all(Array.from({ length: Number(callers) }, caller))
process.stdout.write(`${made / Number(seconds)}\n`)
await store.close()
