import type { IncomingMessage, ServerResponse } from 'node:http'
import { assertReading } from '../http/documents.ts'
import { sendJson } from '../http/json.ts'
import { invalidParameter } from '../http/query.ts'
import type { HealthReport } from '../telemetry/health.ts'

/** Where probes ask whether the process lives, and whether it can do its work. */
export const healthPaths = { alive: '/-/healthz', ready: '/-/ready' } as const

/** What is asked of readiness: logins alone, or changes too. */
const purposes: ReadonlyMap<string, readonly HealthReport['status'][]> = new Map([
  ['', ['ready', 'degraded']],
  ['changes', ['ready']],
])

function readyStatus(url: string, { status }: HealthReport): number {
  const [, query = ''] = url.split('?')
  const purpose = new URLSearchParams(query).get('for') ?? ''
  const enough = purposes.get(purpose)
  if (!enough) throw invalidParameter('for', 'expected changes')
  return enough.includes(status) ? 200 : 503
}

/**
 * Probes use addresses, so health answers whatever the Host says, and before anything is ready. Ready
 * is who can issue tokens: a store that is away would otherwise take out all processes at once.
 */
export function answerHealth(
  request: IncomingMessage,
  response: ServerResponse,
  report: () => HealthReport,
): boolean {
  const { url = '' } = request
  const [path = ''] = url.split('?')
  if (path !== healthPaths.alive && path !== healthPaths.ready) return false
  assertReading(request, response)
  const health = report()
  const status = path === healthPaths.alive ? 200 : readyStatus(url, health)
  response.setHeader('Cache-Control', 'no-store')
  sendJson(response, status, path === healthPaths.alive ? { status: 'ok' } : health)
  return true
}
