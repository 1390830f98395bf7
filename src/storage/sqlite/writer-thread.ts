import { parentPort as port } from 'node:worker_threads'
import { batchRunner } from './batch.ts'
import { checkpointer } from './checkpoint.ts'
import { connect } from './connection.ts'
import type { WriterData, WriterMessage } from './writes.ts'

const pragmas = [
  'synchronous = FULL',
  // Savepoints keep what they may have to undo: by default in a file.
  'temp_store = MEMORY',
  // KiB, and pages: random keys touch much of an index, and one page many times.
  'cache_size = -8000',
  'wal_autocheckpoint = 4000',
] as const

// The thread that alone writes to a file, so that no fsync holds the event loop: it is told which, gets
// batches and answers each with what became of its writes, until it is told to close.
function openFile({ file, restMs }: WriterData) {
  const db = connect(file)
  for (const pragma of pragmas) db.get(`PRAGMA ${pragma}`)
  const run = batchRunner(db)
  const { written, stop } = checkpointer(db, restMs)
  written()
  port?.on('message', function take(message: WriterMessage) {
    if (message !== 'close') {
      port?.postMessage(run(message))
      return written()
    }
    port?.off('message', take)
    stop()
    db.close()
    port?.once('message', openFile)
    port?.postMessage('closed')
  })
}

port?.once('message', openFile)
