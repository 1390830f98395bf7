import { setTimeout as wait } from 'node:timers/promises'
import { isProblem } from '../domain/problem.ts'
import type { Broken } from '../http/broken.ts'
import { issuerOf } from '../http/issuer.ts'
import { openListener } from '../http/listener.ts'
import { healthReport } from '../telemetry/health.ts'
import { runInBackground, writeGathered } from './background.ts'
import { type FirstStart, firstStart } from './first-start/first-start.ts'
import { markFolders } from './installation/in-place.ts'
import { settleIn, warnOfForeignSecrets } from './installation/settle-in.ts'
import { failureFields } from './outage.ts'
import { dispatcher, openRoutes, type Routes } from './routes.ts'
import { seldom } from './seldom.ts'
import { openServices, type Runtime, type Services } from './services.ts'

/** A server that answers. */
export interface StartedServer {
  readonly issuer: string
  readonly port: number
  /** What the first start on an empty store made; absent on later starts. */
  readonly first: FirstStart | undefined
  /** Finishes what came in, writes what was gathered, and closes everything. */
  readonly close: () => Promise<void>
}

/** So long the store is waited for when all requests are answered: a silent one holds nobody up. */
const leavingMs = 1500

/** How far the start has come; requests that arrive before its end see it too. */
interface Progress {
  services?: Services
  routes?: Routes
  isDraining: boolean
}

function reportOf({ services, routes, isDraining }: Progress, { settings }: Runtime) {
  return healthReport({
    isStarted: routes !== undefined,
    isDraining,
    hasKey: services !== undefined,
    isClockGood: services?.clock.disagreement === undefined,
    takesWrites: services?.storeHealth.takesWrites ?? true,
    storeSilenceMs: services?.directory.staleness ?? Number.POSITIVE_INFINITY,
    maxStalenessMs: settings.storage.maxStalenessSeconds * 1000,
  })
}

/** Opens the parts and makes the first account; what was opened is closed when that fails. */
async function openAll(runtime: Runtime, issuer: string) {
  const services = await openServices(runtime, issuer)
  try {
    const first = await firstStart(services)
    await settleIn(services)
    await services.directory.catchUp()
    warnOfForeignSecrets(services)
    return { services, first }
  } catch (error) {
    await services.store.close()
    throw error
  }
}

const retryMs = 1000

/** A store that goes away again while it is read at the start is waited for like one that is late. */
async function openPatiently(runtime: Runtime, issuer: string) {
  const deadline = performance.now() + runtime.settings.storage.startTimeoutSeconds * 1000
  for (;;) {
    try {
      return await openAll(runtime, issuer)
    } catch (error) {
      const isOver = performance.now() + retryMs > deadline
      if (isOver || !isProblem(error, 'store.unavailable')) throw error
      runtime.log.warn('waiting for the store', failureFields(error))
      await wait(retryMs)
    }
  }
}

/** Ends what runs beside the requests, and writes what was gathered. */
async function leave(services: Services, stopTasks: () => Promise<void>): Promise<void> {
  const { store, log, bcrypt } = services
  await bcrypt.close()
  try {
    await stopTasks()
    await writeGathered(services, true)
    await markFolders(services.settings, store)
  } catch (error) {
    log.warn('not written', failureFields(error))
  }
  await store.close().catch((error) => log.warn('not closed', failureFields(error)))
}

/** Starts a server: listens at once, is ready when store and keys are. */
export async function startServer(runtime: Runtime): Promise<StartedServer> {
  const { settings } = runtime
  const progress: Progress = { isDraining: false }
  const report = () => reportOf(progress, runtime)
  const dispatch = dispatcher(() => progress.routes, report)
  const onBroken = seldom(runtime.now, (broken: Broken & { readonly times: number }) => {
    runtime.log.warn('a request was no HTTP', { ...broken })
  })
  const listener = await openListener(settings.http, () => dispatch, onBroken)
  const issuer = issuerOf(settings.issuer, listener)
  const { services, first } = await openPatiently(runtime, issuer).catch(async (error) => {
    await listener.drain(0)
    throw error
  })
  progress.services = services
  const routes = openRoutes(services, report)
  const stopTasks = runInBackground(services)
  progress.routes = routes
  return {
    issuer,
    port: listener.port,
    first,
    async close() {
      progress.isDraining = true
      services.directory.endNews()
      await listener.drain(settings.http.drainSeconds)
      await Promise.race([leave(services, stopTasks), wait(leavingMs, undefined, { ref: false })])
    },
  }
}
