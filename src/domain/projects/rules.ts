/** What an operator may set of projects; the rules only read it. */
export interface ProjectRules {
  /** The slug of the company whose projects are those of nobody's company; it is made on first use. */
  readonly company: string
  /** Who makes projects there: anybody who signed in, or who owns the company. */
  readonly createdBy: 'everyone' | 'owners'
  /** Who manages service accounts of a project. */
  readonly accountsManagedBy: 'managers' | 'owners'
}
