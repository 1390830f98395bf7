import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Lets processes of the tests share what Node made of the sources: half of what a start costs. */
export const compileCache = {
  NODE_COMPILE_CACHE: join(tmpdir(), `ostiary-compile-cache-${process.getuid?.() ?? 0}`),
} as const
