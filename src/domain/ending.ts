import { list, object, ordinal, type Shape, text } from './shape.ts'

/** A record that is about to make somebody an owner no longer, by the version at which it still does. */
export interface OwnerEnding {
  readonly id: string
  readonly version: number
}

/** What is stored of those that were announced. */
export const ownerEndingsShape: Shape<readonly OwnerEnding[]> = list(
  object<OwnerEnding>({ id: text(), version: ordinal }),
)
