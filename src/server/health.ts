import type { ServerResponse } from 'node:http'
import { sendJson } from '../http/json.ts'
import type { HealthReport } from '../telemetry/health.ts'

/** Where probes ask whether the process lives, and whether it can do its work. */
export const healthPaths = { alive: '/-/healthz', ready: '/-/ready' } as const

/** Probes use addresses, so health answers whatever the Host says, and before anything is ready. */
export function answerHealth(
  path: string,
  response: ServerResponse,
  report: () => HealthReport,
): boolean {
  if (path !== healthPaths.alive && path !== healthPaths.ready) return false
  response.setHeader('Cache-Control', 'no-store')
  const health = report()
  if (path === healthPaths.alive) sendJson(response, 200, { status: 'ok' })
  else sendJson(response, health.status === 'ready' ? 200 : 503, health)
  return true
}
