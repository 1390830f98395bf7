import type { Checkpoint } from '../domain/audit/checkpoint.ts'
import type { Proof } from '../domain/audit/verify.ts'
import { signCompact } from './compact.ts'
import type { Members } from './jwk.ts'
import { readPayload, type VerificationKeys, verifyJws } from './jws.ts'
import type { SigningKey } from './snapshot.ts'

/** Of no token (RFC 8725 §3.11), so that neither can be taken for the other. */
const typ = 'ostiary-checkpoint+jws'

/** Signs what a log has come to. The payload has no claim that a token has. */
export async function signCheckpoint(
  key: SigningKey,
  { entry, hash, at }: Checkpoint,
): Promise<string> {
  return await signCompact(key, typ, { entry, hash, at })
}

function checkpointOf({ entry, hash, at }: Members): Checkpoint | undefined {
  const isRead = Number.isSafeInteger(entry) && typeof hash === 'string' && typeof at === 'number'
  return isRead && Number(entry) > 0 ? { entry: Number(entry), hash, at } : undefined
}

/** Whether one of these keys signed a checkpoint, and what it says. */
export function proveCheckpoint(jws: string, keys: VerificationKeys): Proof {
  const verified = verifyJws(jws, keys, [typ])
  const { kid } = verified
  if (!verified.ok) {
    return { ok: false, kid, why: verified.why === 'unknown_key' ? 'unknown_key' : 'forged' }
  }
  const checkpoint = checkpointOf(verified.payload)
  return checkpoint ? { ok: true, kid, checkpoint } : { ok: false, kid, why: 'forged' }
}

/** What a checkpoint says that was kept in a safe place: its signature is not looked at. */
export function readCheckpoint(jws: string): Proof {
  const checkpoint = checkpointOf(readPayload(jws) ?? {})
  return checkpoint ? { ok: true, kid: '', checkpoint } : { ok: false, kid: '', why: 'forged' }
}
