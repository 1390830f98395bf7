import type { Caller } from './calls.ts'
import type { CompanyAuditFilter } from './company-audit.ts'
import type { AuditFilter } from './management.ts'
import { listQuery } from './paging.ts'
import type { CallOptions } from './waiting.ts'

/** In which forms a list is taken along, and their media types. */
const types = { csv: 'text/csv', jsonl: 'application/x-ndjson' } as const

/** A table (RFC 4180), or an object a line. */
export type ExportFormat = keyof typeof types

/**
 * Takes a whole list along: its text comes a part at a time, as fast as it is read, and fails where the
 * answer breaks off. A part need not end where a line does.
 */
export type Export<Filter> = (
  format: ExportFormat,
  filter?: Filter & CallOptions,
) => AsyncIterable<string>

/** The export of the audit log at a path. */
export function exportOf(call: Caller, path: string): Export<AuditFilter & CompanyAuditFilter> {
  return (format, { signal, ...filter } = {}) =>
    call.stream(`${path}${listQuery({ ...filter, format })}`, types[format], { signal })
}
