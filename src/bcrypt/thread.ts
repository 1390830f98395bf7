import { parentPort } from 'node:worker_threads'
import { compareSync } from 'bcryptjs'

/** What the thread is asked: whether a digest is of a secret. */
export interface Comparison {
  readonly digest: string
  readonly secret: string
}

// The thread that alone computes bcrypt, so that no check holds the event loop: one after the other.
parentPort?.on('message', ({ digest, secret }: Comparison) => {
  parentPort?.postMessage(compareSync(secret, digest))
})
