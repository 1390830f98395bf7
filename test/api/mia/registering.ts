import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestServer } from '../../support/server.ts'
import type { TestStore } from '../../support/stores.ts'
import { newTree } from './companies.ts'

/** A server with a company, started once more with settings that let strangers register in there. */
export async function openRegistration(store: TestStore, given: Record<string, string> = {}) {
  const dir = await mkdtemp(join(tmpdir(), 'ostiary-test-'))
  const fresh = store.fresh()
  const beside = { dir, env: fresh.env }
  const first = await startTestServer({ beside })
  const tree = await newTree(first)
  await first.close()
  const env = {
    OSTIARY_REGISTER_ENABLED: 'true',
    OSTIARY_REGISTER_COMPANY_ID: tree.companyId,
    ...given,
  }
  const server = await startTestServer({ beside, env })
  const close = async () => {
    await server.close()
    await fresh.leave()
    await rm(dir, { recursive: true, force: true })
  }
  return { server, tree, close }
}
