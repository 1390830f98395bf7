import type { IncomingMessage, ServerResponse } from 'node:http'
import { type AdmitOptions, type Admitted, admit } from './admit.ts'
import type { Read } from './attempt.ts'
import { type CoreOptions, openCore } from './core.ts'
import { type Granting, granter } from './grant.ts'
import { judge } from './judge.ts'
import type { OAuthOptions } from './options.ts'
import { paths } from './provider.ts'
import { sendToken } from './report.ts'

/** What the endpoints ask of the rest of the system. */
export interface EndpointOptions extends AdmitOptions, CoreOptions {}

/** What becomes of a login; what is left to the core goes there with what was found out about it. */
type Decision =
  | Exclude<Granting, { readonly is: 'left' }>
  | { readonly is: 'left'; readonly attempt: Read; readonly cause?: undefined }

/** The steps between admission and report; a failure is where the request ends. */
function decide(core: OAuthOptions): (admitted: Admitted) => Promise<Decision> {
  const judged = judge(core)
  const grant = granter(core)
  return async (admitted) => {
    const { attempt } = admitted
    try {
      const judgement = await judged(attempt)
      const left = { is: 'left', attempt: judgement.read } as const
      const isToken = attempt.origin.path === paths.token
      if (!isToken || judgement.verdict !== 'proven') return left
      const granting = await grant(admitted, judgement)
      return granting.is === 'left' ? left : granting
    } catch (cause) {
      return { is: 'refusal', attempt, cause }
    }
  }
}

/**
 * The handler of the OAuth endpoints: admit, judge, grant, report. What is plain and good is
 * answered at once; for all the rest the core judges and grants.
 */
export function oauthEndpoints(
  core: OAuthOptions,
  options: EndpointOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const decided = decide(core)
  const toCore = openCore(core, options)
  const empty = Buffer.alloc(0)
  return async (request, response) => {
    const admission = await admit(request, options)
    if (!admission.isAdmitted) {
      const { attempt, cause } = admission
      return await toCore({ request, body: empty, run: { attempt, cause } }, response)
    }
    const decision = await decided(admission)
    if (decision.is === 'token') return sendToken(response, decision, options)
    const { attempt, cause } = decision
    await toCore({ request, body: admission.body, run: { attempt, cause } }, response)
  }
}
