import type { Adapter } from 'oidc-provider'

const nothing = async () => undefined

/**
 * The core stores nothing: access tokens are JWTs, clients come from the directory, and replays are
 * claimed in one step before the core would look them up and then save them in two.
 */
export function noAdapter(): Adapter {
  return {
    upsert: nothing,
    find: nothing,
    findByUserCode: nothing,
    findByUid: nothing,
    consume: nothing,
    destroy: nothing,
    revokeByGrantId: nothing,
  }
}
