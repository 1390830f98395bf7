import { Worker } from 'node:worker_threads'
import { moduleBeside } from '../../files/module-beside.ts'
import type { WriterData } from './writes.ts'

/** Threads that have closed their file, and wait for another one: to start one takes 30 ms of CPU. */
const free: Worker[] = []
const mostFree = 2

/** A thread that is about to open this file, and to run what it is sent. Nobody else has it until it is freed. */
export function threadFor(data: WriterData): Worker {
  const worker = free.pop() ?? started()
  worker.removeAllListeners()
  worker.postMessage(data)
  return worker
}

/** Takes back a thread that has closed its file, and in which nobody listens to anything any more. */
export function freeThread(worker: Worker): void {
  worker.removeAllListeners()
  if (free.length >= mostFree) return void worker.terminate()
  free.push(worker)
  // `exit` follows an error.
  worker.on('error', () => {})
  worker.on('exit', () => free.splice(free.indexOf(worker), 1))
}

function started(): Worker {
  const worker = new Worker(moduleBeside(import.meta.url, 'writer-thread'))
  // It never keeps the process alive; while a batch is out, the timer does.
  worker.unref()
  return worker
}
