import type { Company, Environment, Project } from '../sdk/index.ts'
import type { Column } from './table.ts'
import { plain, shownTime } from './terminal.ts'

/** The first columns of companies, projects and environments. */
export const nameColumns: readonly Column[] = [
  { title: 'NAME', least: 16 },
  { title: 'SLUG', least: 12 },
]

type Place = Company | Project | Environment

/** What all of them have, line by line, below their ids. */
export function placeFields({ name, slug, description }: Place) {
  return {
    name: plain(name),
    slug,
    description: description === '' ? undefined : plain(description),
  }
}

/** When it was made, and by whom. */
export function madeBy({ createdAt, createdBy }: Place): string {
  return `${shownTime(createdAt)} by ${createdBy}`
}

/** What a place is called, with its id: names alone may be anybody's. */
export function called(name: string, id: string): string {
  return `${plain(name)} (${id})`
}

/** What creates or renames a place. */
export interface PlaceFlags {
  readonly name: string
  readonly description?: string
}
