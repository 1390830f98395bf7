import { parentPort, workerData } from 'node:worker_threads'
import { batchRunner } from './batch.ts'
import { checkpointer } from './checkpoint.ts'
import { connect } from './connection.ts'
import type { Write, WriterData } from './writes.ts'

const pragmas = [
  'synchronous = FULL',
  // Savepoints keep what they may have to undo: by default in a file.
  'temp_store = MEMORY',
  // KiB, and pages: random keys touch much of an index, and one page many times.
  'cache_size = -8000',
  'wal_autocheckpoint = 4000',
] as const

// The thread that alone writes to the file, so that no fsync holds the event loop: it gets batches
// and answers each with what became of its writes, until it is told to close.
const { file, restMs }: WriterData = workerData
const db = connect(file)
for (const pragma of pragmas) db.get(`PRAGMA ${pragma}`)
const run = batchRunner(db)
const written = checkpointer(db, restMs)
written()

parentPort?.on('message', (message: readonly Write[] | 'close') => {
  if (message !== 'close') {
    parentPort?.postMessage(run(message))
    return written()
  }
  db.close()
  parentPort?.close()
})
