import type { SigningKey } from './snapshot.ts'

const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')

/** Signs a payload under a type of its own (RFC 8725 §3.11): a compact JWS (RFC 7515 §7.1). */
export async function signCompact(
  { alg, kid, sign }: SigningKey,
  typ: string,
  payload: object,
): Promise<string> {
  const signed = `${encoded({ alg, kid, typ })}.${encoded(payload)}`
  return `${signed}.${(await sign(Buffer.from(signed))).toString('base64url')}`
}
