import type { Logger } from '../../telemetry/logger.ts'
import type { FirstStart } from './first-start.ts'

/** Says what a first start made. The secret is printed only where a person reads it. */
export function announceFirst({ first, file }: FirstStart, log: Logger): void {
  log.info('first start: made the root account and its client key', { file })
  if (!process.stdout.isTTY || file === undefined) return
  const { clientId, clientSecret, clientKey } = first
  process.stdout.write(
    `\n  client id      ${clientId}\n  client secret  ${clientSecret.reveal()}\n` +
      `  client key     ${clientKey.reveal()}\n\n  (kept in ${file}, mode 0600)\n\n`,
  )
}
