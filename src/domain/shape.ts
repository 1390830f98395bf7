declare const described: unique symbol

/** A JSON Schema of which the compiler knows what it describes. It is data: others compile it. */
export interface Shape<T> {
  readonly schema: Readonly<Record<string, unknown>>
  readonly [described]?: T
}

/** A member that may be left out. */
export interface Optional<T> extends Shape<T> {
  readonly isOptional: true
}

type Members<T> = {
  readonly [K in keyof T]-?: undefined extends T[K]
    ? Optional<Exclude<T[K], undefined>>
    : Shape<T[K]>
}

const isOptional = (shape: object) => 'isOptional' in shape

/** A text, such as a name or an identifier of one kind. */
export function text<T extends string = string>(): Shape<T> {
  return { schema: { type: 'string' } }
}

/** A text of one form, as a regular expression says it. */
export function textOf(pattern: string): Shape<string> {
  return { schema: { type: 'string', pattern } }
}

/** A number, such as a time in milliseconds. */
export const number: Shape<number> = { schema: { type: 'number' } }

/** A whole number from 1 on. */
export const ordinal: Shape<number> = { schema: { type: 'integer', minimum: 1 } }

/** A whole number from 0 on. */
export const count: Shape<number> = { schema: { type: 'integer', minimum: 0 } }

/** True or false. */
export const flag: Shape<boolean> = { schema: { type: 'boolean' } }

/** One of a closed list of texts. */
export function oneOf<T extends string>(...values: readonly T[]): Shape<T> {
  return { schema: { enum: values } }
}

/** A list whose items have all the same shape. */
export function list<T>({ schema }: Shape<T>): Shape<readonly T[]> {
  return { schema: { type: 'array', items: schema } }
}

/** Texts by names of their own. */
export const textsByName: Shape<Readonly<Record<string, string>>> = {
  schema: { type: 'object', additionalProperties: { type: 'string' } },
}

/** One of two shapes. */
export function either<A, B>(one: Shape<A>, other: Shape<B>): Shape<A | B> {
  return { schema: { anyOf: [one.schema, other.schema] } }
}

/** What a member that may be left out looks like when it is there. */
export function optional<T>({ schema }: Shape<T>): Optional<T> {
  return { schema, isOptional: true }
}

/** An object with every member of its type, and with whatever else a later release has put there. */
export function object<T extends object>(members: Members<T>): Shape<T> {
  const shapes: readonly (readonly [string, Shape<unknown>])[] = Object.entries(members)
  return {
    schema: {
      type: 'object',
      required: shapes.filter(([, shape]) => !isOptional(shape)).map(([name]) => name),
      properties: Object.fromEntries(shapes.map(([name, { schema }]) => [name, schema])),
    },
  }
}
