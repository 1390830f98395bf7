import { onceAMinute } from './once-a-minute.ts'

/** Writes the first of a kind of line at once, then one a minute, which says how many it stands for. */
export function seldom<F extends object>(
  now: () => number,
  write: (fields: F & { readonly times: number }) => void,
): (fields: F) => void {
  const isTime = onceAMinute(now)
  let times = 0
  return (fields) => {
    times += 1
    if (!isTime(false)) return
    write({ ...fields, times })
    times = 0
  }
}
