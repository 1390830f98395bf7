/** Whether a host of a URL, or an address, is this machine by its name or number. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\]|::1)$/.test(host)
}
