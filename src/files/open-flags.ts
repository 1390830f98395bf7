import { constants } from 'node:fs'

/** For reading. Without O_NONBLOCK, opening a pipe waits for who writes into it, and the end of the process for that. */
export const readAtOnce = constants.O_RDONLY | constants.O_NONBLOCK
