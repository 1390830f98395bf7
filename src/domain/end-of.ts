/** Waits for the end of something, for so many milliseconds at most. */
export async function endOf(end: Promise<void>, mostMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, mostMs)
  })
  await Promise.race([end, late])
  clearTimeout(timer)
}
