import { Type } from '../schema/type.ts'

/** A text of any kind. */
export const text = (description: string) => Type.String({ description, maxLength: 4096 })
/** A text of a form: `expected` is the pattern in words. */
export const form = (pattern: string, expected: string) => ({ pattern, expected })
/** A text that is never shown. */
export const secret = (description: string) =>
  Type.String({ description, maxLength: 4096, secret: true })
/** True or false. */
export const flag = (description: string) => Type.Boolean({ description })
/** A list of texts. */
export const texts = (description: string) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 2048 }), { description, maxItems: 100 })
/** A whole number within bounds. */
export const whole = (minimum: number, maximum: number, description: string) =>
  Type.Integer({ minimum, maximum, description })
/** One of a closed list of texts. */
export const oneOf = <T extends string>(values: readonly T[], description: string) =>
  Type.Unsafe<T>({ type: 'string', enum: values, description })
/** Settings that belong together: no others are known. */
export const section = <T extends Parameters<typeof Type.Object>[0]>(members: T) =>
  Type.Object(members, { additionalProperties: false })
