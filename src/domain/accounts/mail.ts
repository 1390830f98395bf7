const start = 'serviceaccount-'

/** The mail address that stands for an account where people are named by theirs; nobody reads it. */
export function accountMail(clientId: string, host: string): string {
  return `${start}${clientId}@${host}`
}

/** Whether a mail address stands for an account. */
export function isAccountMail(email: string): boolean {
  return email.toLowerCase().startsWith(start)
}
