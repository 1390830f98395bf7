import { chmodSync } from 'node:fs'
import { folderPlace } from '../../src/signing/folder.ts'
import { openKeyring } from '../../src/signing/keyring.ts'
import { rotate } from '../../src/signing/rotate.ts'
import { passphrase } from './secrets.ts'

// A process of its own, without the rights of root, before a folder in which it cannot write.
const [dir = ''] = process.argv.slice(2)
const options = {
  place: folderPlace(dir),
  alg: 'ES256',
  now: Date.now,
  maxTokenLifetimeSeconds: 60,
} as const
const say = (error: unknown) => (error instanceof Error ? error.message : String(error))
const plain = await openKeyring(options)
chmodSync(dir, 0o555)
if (process.getuid?.() === 0) process.setuid?.(65534)
const ring = await openKeyring({ ...options, passphrase })
const isSame = ring.current.kid === plain.current.kid
const rotation = await rotate({ ...options, publishSeconds: 0 }).catch(say)
process.stdout.write(JSON.stringify({ isSame, warnings: ring.warnings, rotation }))
