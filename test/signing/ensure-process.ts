import { once } from 'node:events'
import { ensureKey } from '../../src/signing/ensure.ts'
import { folderPlace } from '../../src/signing/folder.ts'

// A process of its own that makes sure of the first key as soon as it is told to.
const [dir = ''] = process.argv.slice(2)
process.stdout.write('ready\n')
await once(process.stdin, 'data')
const { made } = await ensureKey({ place: folderPlace(dir), alg: 'RS256', now: Date.now })
process.stdout.write(made ? 'made\n' : 'found\n')
process.exit(0)
