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
    Object.entries(membersOf(methods)).flatMap(([method, operation]) => {
      const content = membersOf(operation)
      const id = textOf(content['operationId'])
      return method === '$ref' ? [] : [{ method: method.toUpperCase(), path, id, content }]
    }),
  )
}

/** A path that stands for another. */
export interface Alias {
  readonly given: string
  readonly meant: string
}

/** Every path of a document that stands for another (RFC 6901 §6), in its order. */
export function aliasesIn(document: unknown): readonly Alias[] {
  return Object.entries(membersOf(membersOf(document)['paths'])).flatMap(([given, item]) => {
    const [, pointer] = textOf(membersOf(item)['$ref']).split('#/paths/')
    if (pointer === undefined) return []
    const meant = decodeURI(pointer).replaceAll('~1', '/').replaceAll('~0', '~')
    return [{ given, meant }]
  })
}

/** The first schema of a content, and the media type that it is for. */
export function contentOf(value: unknown): { readonly type: string; readonly schema: unknown } {
  const [[type, media] = ['', {}]] = Object.entries(membersOf(membersOf(value)['content']))
  return { type, schema: membersOf(media)['schema'] }
}
