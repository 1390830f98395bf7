import { setTimeout as wait } from 'node:timers/promises'
import type { ParameterizedContext } from 'koa'
import { miaApp } from './api/mia/router.ts'
import { runInBackground } from './background.ts'
import { dispatcher, type Routes } from './dispatch.ts'
import { actorOf } from './domain/context.ts'
import { revokeToken } from './domain/tokens.ts'
import { type FirstStart, firstStart } from './first-start.ts'
import { accessTokenCheck, type Checked } from './http/access-tokens.ts'
import { clientAddress } from './http/client-address.ts'
import { type Handler, openListener } from './http/listener.ts'
import { requestId } from './http/request-id.ts'
import { oauthEndpoints } from './oauth/endpoint.ts'
import { fetchKeySets } from './oauth/jwks-uri.ts'
import type { OAuthOptions } from './oauth/options.ts'
import { noteOutcome } from './outcomes.ts'
import { openParts, type Parts, type World } from './parts.ts'
import { documents, hosts, issuerOf } from './published.ts'
import { verifyJwt } from './signing/jwt.ts'
import { healthReport } from './telemetry/health.ts'
import { faultFields } from './telemetry/logger.ts'
import { type Pulse, upkeep } from './upkeep.ts'

export interface RunningServer {
  readonly issuer: string
  readonly port: number
  /** What the first start on an empty store made; absent on later starts. */
  readonly first: FirstStart | undefined
  /** Finishes what came in, writes what was gathered, and closes everything. */
  readonly close: () => Promise<void>
}

/** So long the store is waited for when all requests are answered: a silent one holds nobody up. */
const leavingMs = 1500

/** The parts of one running server that its handlers share. */
interface Running extends World, Parts {
  readonly issuer: string
  readonly check: (token: string) => Checked
  readonly assertFresh: () => void
}

/** The core for the key that signs now, behind our gate. */
function oauthHandler(running: Running, pulse: Pulse): Handler {
  const { issuer, settings, keyring, directory, store, now, log, book, throttle } = running
  const { assertions, jwksUri, profile, defaultResource, requireAudience } = settings.oauth
  const core: OAuthOptions = {
    issuer,
    key: keyring.current,
    tokenSeconds: settings.tokens.accessSeconds,
    tokenType: settings.tokens.type,
    defaultResource: defaultResource || issuer,
    requireAudience,
    rules: { issuer, isFapi: profile === 'fapi', ...assertions },
    lookups: {
      account: (clientId) => directory.accountByClientId(clientId),
      peppers: running.peppers,
      now,
    },
    claim: (id, expiresAt) => store.claim(id, expiresAt),
    claimHorizon: () => pulse.claimHorizon,
    fetch: fetchKeySets({
      ...jwksUri,
      now,
      onFailure: (uri, error) => log.warn('a jwks_uri was not read', { uri, error: String(error) }),
    }),
  }
  const endpoints = oauthEndpoints(core, {
    issuer,
    assertionRefusalStatus: assertions.refusalStatus,
    assertFresh: running.assertFresh,
    waitSeconds: (clientId, address) => throttle.waitSeconds(clientId, address),
    check: running.check,
    revoke: async ({ account, requestId: id }, token) => {
      if (account) await revokeToken(running.use(actorOf(account, []), id), token, account)
    },
    requestId,
    address: clientAddress(settings.http.trustedProxies),
    onOutcome: (outcome) => noteOutcome(outcome, { log, book, throttle }),
  })
  return (request, response) => {
    endpoints(request, response).catch((error) => {
      log.error('request failed', { requestId: requestId(request), ...faultFields(error) })
      response.destroy()
    })
  }
}

function answerFields(ctx: ParameterizedContext, milliseconds: number) {
  const actor: unknown = Reflect.get(ctx.state, 'actor')
  const clientId = typeof actor === 'object' && actor !== null && 'clientId' in actor
  return {
    requestId: requestId(ctx.req),
    method: ctx.method,
    path: ctx.path.slice(0, 200),
    status: ctx.status,
    milliseconds: Math.round(milliseconds * 10) / 10,
    ...(clientId && { clientId: actor.clientId }),
  }
}

function managementHandler(running: Running): Handler {
  const { issuer, settings, directory, peppers, log } = running
  const app = miaApp({
    issuer,
    audience: issuer,
    check: running.check,
    assertFresh: running.assertFresh,
    clientKeys: {
      directory,
      peppers,
      publicKeys: settings.api.publicClientKeys,
      isRequired: settings.api.requireClientKey,
    },
    use: (actor, ctx) => running.use(actor, requestId(ctx.req)),
    onFailure: (error, ctx) => {
      log.error('request failed', { requestId: requestId(ctx.req), ...faultFields(error) })
    },
    onAnswer: (ctx, milliseconds) => log.info('request', answerFields(ctx, milliseconds)),
  })
  app.silent = true
  const handle = app.callback()
  return (request, response) => void handle(request, response)
}

function runningParts(world: World, parts: Parts, issuer: string): Running {
  const { keyring, directory } = parts
  const verify = (token: string) => {
    return verifyJwt(token, keyring, {
      issuer,
      now: world.now,
      // For the clock of the process that issued it; `exp` is exact.
      toleranceSeconds: world.settings.oauth.assertions.clockToleranceSeconds,
      typ: ['at+jwt', 'JWT'],
    })
  }
  const { maxStalenessSeconds } = world.settings.storage
  return {
    ...world,
    ...parts,
    issuer,
    check: accessTokenCheck(verify, directory),
    assertFresh: () => directory.assertFresh(maxStalenessSeconds),
  }
}

/** Builds the routes, and keeps them in step with the keys. */
function buildRoutes(running: Running, pulse: Pulse) {
  let oauth = oauthHandler(running, pulse)
  let served = documents(running)
  const routes: Routes = {
    issuer: running.issuer,
    edge: { hosts: hosts(running, running.issuer) },
    documents: () => served,
    oauth: () => oauth,
    management: managementHandler(running),
  }
  const onNewKeys = () => {
    oauth = oauthHandler(running, pulse)
    served = documents(running)
    running.log.info('signing keys changed', { current: running.keyring.current.kid })
  }
  running.keyring.onChange(onNewKeys)
  return routes
}

/** Ends what runs beside the requests, and writes what was gathered. */
async function leave({ store, book, log }: Running, stopTasks: () => Promise<void>): Promise<void> {
  try {
    await stopTasks()
    await book.write(store, true)
  } catch (error) {
    log.warn('not written', faultFields(error))
  }
  await store.close().catch((error) => log.warn('not closed', faultFields(error)))
}

/** Opens the parts and makes the first account; what was opened is closed when that fails. */
async function openAll(world: World, issuer: string) {
  const { data, bootstrap } = world.settings
  const parts = await openParts(world)
  try {
    const system = parts.use({ kind: 'system', name: 'first start' }, 'first-start')
    const first = await firstStart(system, { dir: data.dir, issuer }, bootstrap)
    await parts.directory.catchUp()
    return { parts, first }
  } catch (error) {
    await parts.store.close()
    throw error
  }
}

/** Starts a server: listens at once, is ready when store and keys are. */
export async function startServer(world: World): Promise<RunningServer> {
  const { settings, log } = world
  let running: Running | undefined
  let routes: Routes | undefined
  let isDraining = false
  const pulse: Pulse = { claimHorizon: 0, takesWrites: true }
  const report = () =>
    healthReport({
      isStarted: routes !== undefined,
      isDraining,
      hasKey: running !== undefined,
      takesWrites: pulse.takesWrites,
      storeSilenceMs: running?.directory.staleness ?? Number.POSITIVE_INFINITY,
      maxStalenessMs: settings.storage.maxStalenessSeconds * 1000,
    })
  const listener = await openListener(settings.http, () => dispatcher(() => routes, report))
  const issuer = issuerOf(world, listener)
  const { parts, first } = await openAll(world, issuer).catch(async (error) => {
    await listener.drain(0)
    throw error
  })
  running = runningParts(world, parts, issuer)
  pulse.claimHorizon = await parts.store.claimHorizon()
  const ready = buildRoutes(running, pulse)
  const stopTasks = runInBackground(upkeep(running, pulse), (name, error) =>
    log.warn('a background task failed', { task: name, ...faultFields(error) }),
  )
  routes = ready
  return {
    issuer,
    port: listener.port,
    first,
    async close() {
      isDraining = true
      await listener.drain(settings.http.drainSeconds)
      await Promise.race([leave(running, stopTasks), wait(leavingMs, undefined, { ref: false })])
    },
  }
}
