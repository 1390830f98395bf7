import type * as typebox from 'typebox'

type Builders = Pick<
  typeof typebox.Type,
  | 'Array'
  | 'Boolean'
  | 'Enum'
  | 'Integer'
  | 'Literal'
  | 'Null'
  | 'Object'
  | 'Optional'
  | 'String'
  | 'Union'
  | 'Unsafe'
>

type Schema = Readonly<Record<string, unknown>>

const optional = new WeakSet<Schema>()

const namesOfRequired = (properties: Readonly<Record<string, Schema>>): readonly string[] =>
  Object.entries(properties).flatMap(([name, schema]) => (optional.has(schema) ? [] : [name]))

const builders = {
  Array: (items: Schema, options?: Schema) => ({ type: 'array', items, ...options }),
  Boolean: (options?: Schema) => ({ type: 'boolean', ...options }),
  Enum: (values: readonly unknown[], options?: Schema) => ({ enum: values, ...options }),
  Integer: (options?: Schema) => ({ type: 'integer', ...options }),
  Literal: (value: unknown, options?: Schema) => ({
    type: typeof value,
    const: value,
    ...options,
  }),
  Null: (options?: Schema) => ({ type: 'null', ...options }),
  Object: (properties: Readonly<Record<string, Schema>>, options?: Schema) => {
    const required = namesOfRequired(properties)
    return { type: 'object', ...(required.length > 0 && { required }), properties, ...options }
  },
  Optional: (schema: Schema) => {
    const marked = { ...schema }
    optional.add(marked)
    return marked
  },
  String: (options?: Schema) => ({ type: 'string', ...options }),
  Union: (anyOf: readonly Schema[], options?: Schema) => ({ anyOf, ...options }),
  Unsafe: (schema: Schema) => schema,
}

/**
 * What schemas are built with: JSON Schema as the builders of TypeBox make it, with their types, so that `Static` says
 * what fits. TypeBox itself is 370 modules, of which every start would load all for these.
 */
// What is built is JSON; what it says of types is known to the compiler alone.
export const Type = builders as unknown as Builders
