import { isIP } from 'node:net'

/** Whether a host is this machine by its name or number. */
export function isLoopbackHost(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.')
  return ['localhost', '[::1]', '::1'].includes(host)
}
