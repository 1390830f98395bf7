const mask = '[redacted]'

/** Fields whose values are secrets, by their names without case, hyphens and underscores. */
const secretFields = new Set([
  ...['secret', 'clientsecret', 'clientkey', 'apikey', 'password', 'passphrase'],
  ...['pepper', 'peppers', 'retiredpeppers', 'privatekey', 'privatekeydata'],
  ...['assertion', 'clientassertion', 'token', 'accesstoken', 'refreshtoken', 'idtoken'],
  ...['authorization', 'proxyauthorization', 'cookie', 'setcookie'],
  // RFC 7518 §6: the members of a private JWK.
  ...['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'],
])

/** Names that were found to be of no secret: lines have the same few again and again. */
const harmlessNames = new Set<string>()
const mostNames = 500

function isSecret(name: string): boolean {
  if (harmlessNames.has(name)) return false
  const is = secretFields.has(name.toLowerCase().replaceAll(/[-_]/g, ''))
  if (!is && harmlessNames.size < mostNames) harmlessNames.add(name)
  return is
}

/** What may be told of a field: for `JSON.stringify`, which asks for each. Nothing is no secret. */
export function tellable(name: string, value: unknown): unknown {
  const isEmpty = value === undefined || value === null || value === ''
  return !isEmpty && isSecret(name) ? mask : value
}

const mostLevels = 3

/** Whether it is plain data, and no field in it is that of a secret; what is deep or has a way of its own is not looked at. */
function isHarmless(value: unknown, levels = mostLevels): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (levels === 0) return false
  if (Array.isArray(value)) return value.every((item) => isHarmless(item, levels - 1))
  if (Object.getPrototypeOf(value) !== Object.prototype) return false
  return Object.entries(value).every(
    ([name, held]) => name !== 'toJSON' && !isSecret(name) && isHarmless(held, levels - 1),
  )
}

/** The JSON of fields, of which none is asked about that need not be: nearly every line is harmless. */
export function tellableJson(fields: object): string {
  return isHarmless(fields) ? JSON.stringify(fields) : JSON.stringify(fields, tellable)
}

/**
 * RFC 7515 §4.1.1, RFC 7516 §4.1.1: the header of every token names its algorithm. What only begins
 * like one is a name that somebody chose.
 */
function withoutToken(text: string): string {
  const [header = '', ...rest] = text.split('.')
  if (rest.length === 0) return text
  return Buffer.from(header, 'base64url').toString('latin1').includes('"alg"') ? mask : text
}

/**
 * What may never be in a log line, however it got there: each with what takes its place. None may
 * search anew from every character of a long run: what a stranger sends is in these lines.
 */
const patterns: readonly (readonly [RegExp, string | ((found: string) => string)])[] = [
  [/ost_[sc]k_[A-Za-z0-9_-]{8,}/g, `ost_${mask}`],
  [/eyJ[A-Za-z0-9_-]{6,}(\.[A-Za-z0-9_-]*)*/g, withoutToken],
  [
    /-----BEGIN [A-Z ]*PRIVATE KEY-----[^"]*?(-----END [A-Z ]*PRIVATE KEY-----|(?=\\{0,3}")|$)/g,
    mask,
  ],
  // RFC 9110 §11.6.1: what has a realm is a challenge, and holds no credentials.
  [/\b(Basic|Bearer)\s+(?!realm=)[A-Za-z0-9+/._~=-]{4,}/gi, `$1 ${mask}`],
  // But for the form of a URI, as our own messages explain it.
  [/:\/\/(?!<user>:<password>@)[^\s/"]*@/g, `://${mask}@`],
  [
    /((?:client_?secret|client_?key|client_assertion|access_token|token|password|passphrase)=)[^&\s"]+/gi,
    `$1${mask}`,
  ],
  [
    /("(?:client_?secret|client_?key|client_assertion|access_token|password|passphrase|pepper|d|p|q|dp|dq|qi|k)\\*":\s*\\*")[^"\\]+/gi,
    `$1${mask}`,
  ],
]

/** Removes secrets, tokens, assertions, private keys and URI credentials from a text. */
export function redact(text: string): string {
  return patterns.reduce((line, [pattern, instead]) => {
    // To look for what is nearly never there takes half of the time in which nothing is replaced.
    if (line.search(pattern) < 0) return line
    return typeof instead === 'string'
      ? line.replace(pattern, instead)
      : line.replace(pattern, (found) => instead(found))
  }, text)
}
