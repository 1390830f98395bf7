import type { Command } from 'commander'

/**
 * What keeps the garbage of logins by assertion small, and those who look for it off the core that callers need:
 * docs/performance.md has the figures.
 */
export const memoryFlags = [
  '--max-semi-space-size=4',
  '--heap-growing-percent=30',
  '--v8-pool-size=1',
] as const

/** Few arenas for many threads: what one thread has freed is room for the next. For glibc; others pass over it. */
export const memorySettings = { MALLOC_ARENA_MAX: '2' } as const

/**
 * V8 sizes its heap when it starts, so that flags set later change nothing: the process becomes
 * another one that has them, under the same number. Where the system cannot do so it goes on as it is.
 */
function takeMemoryFlags(): void {
  const { execArgv, execPath, argv, env, execve, platform } = process
  const missing = memoryFlags.filter((flag) => !execArgv.includes(flag))
  if (missing.length === 0 || platform === 'win32' || execve === undefined) return
  execve(execPath, [execPath, ...execArgv, ...missing, ...argv.slice(1)], {
    ...memorySettings,
    ...env,
  })
}

/** Adds the verb that starts the server. */
export function serveCommand(program: Command): void {
  program
    .command('serve')
    .description('start the server; settings come from OSTIARY_CONFIG and the environment')
    .action(async () => {
      takeMemoryFlags()
      await import('../../main.ts')
    })
}
