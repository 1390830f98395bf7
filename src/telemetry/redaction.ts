const mask = '[redacted]'

/**
 * What may never be in a log line, however it got there: each with what takes its place. None may
 * search anew from every character of a long run: what a stranger sends is in these lines.
 */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/ost_[sc]k_[A-Za-z0-9_-]{8,}/g, `ost_${mask}`],
  [/eyJ[A-Za-z0-9_-]{6,}(\.[A-Za-z0-9_-]*)*/g, mask],
  [
    /-----BEGIN [A-Z ]*PRIVATE KEY-----[^"]*?(-----END [A-Z ]*PRIVATE KEY-----|(?=\\{0,3}")|$)/g,
    mask,
  ],
  [/\b(Basic|Bearer)\s+[A-Za-z0-9+/._~=-]{4,}/gi, `$1 ${mask}`],
  [/:\/\/[^\s/"]*@/g, `://${mask}@`],
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
  return patterns.reduce((line, [pattern, instead]) => line.replace(pattern, instead), text)
}
