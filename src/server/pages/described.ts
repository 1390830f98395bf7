/** What an OpenAPI document says, read as far as a page shows it. */

type Members = Readonly<Record<string, unknown>>

/** The members of a part of a document; none when it is no object. */
export function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

/** The items of a part of a document; none when it is no array. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** A text of a document; empty when it is none. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** One operation: a method of a path. */
export interface Operation {
  readonly method: string
  readonly path: string
  readonly id: string
  readonly content: Members
}

/** Every operation of a document, in its order. */
export function operationsOf(document: unknown): readonly Operation[] {
  return Object.entries(membersOf(membersOf(document)['paths'])).flatMap(([path, methods]) =>
    Object.entries(membersOf(methods)).map(([method, operation]) => {
      const content = membersOf(operation)
      return { method: method.toUpperCase(), path, id: textOf(content['operationId']), content }
    }),
  )
}

/** The first schema of a content, and the media type that it is for. */
export function contentOf(value: unknown): { readonly type: string; readonly schema: unknown } {
  const [[type, media] = ['', {}]] = Object.entries(membersOf(membersOf(value)['content']))
  return { type, schema: membersOf(media)['schema'] }
}
