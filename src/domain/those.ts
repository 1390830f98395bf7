/** Those of a list that a test leaves: the very same list where it leaves all, so that what is made of it is kept once. */
export function those<T>(list: readonly T[], isLeft: (one: T) => boolean): readonly T[] {
  const left = list.filter(isLeft)
  return left.length === list.length ? list : left
}
