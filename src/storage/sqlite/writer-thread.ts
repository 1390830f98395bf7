import { parentPort, workerData } from 'node:worker_threads'
import { batchRunner } from './batch.ts'
import { connect } from './connection.ts'
import type { Write } from './writes.ts'

// The thread that alone writes to the file, so that no fsync holds the event loop: it gets batches
// and answers each with what became of its writes, until it is told to close.
const db = connect(String(workerData))
db.get('PRAGMA synchronous = FULL')
const run = batchRunner(db)

parentPort?.on('message', (message: readonly Write[] | 'close') => {
  if (message !== 'close') return parentPort?.postMessage(run(message))
  db.close()
  parentPort?.close()
})
