import tls from 'node:tls'
import type { Command } from 'commander'
import { UsageError } from './failure.ts'
import { readInput } from './world.ts'

/** Trusts the certificates of a file in every connection of this process, besides the usual ones. */
export function trustCertificates(command: Command, file: string): void {
  const pem = readInput(command, file, '--ca-file')
  // Node 24.5 brought it; before that, Node itself reads a variable.
  const { getCACertificates, setDefaultCACertificates } = tls
  if (setDefaultCACertificates === undefined) {
    throw new UsageError(`--ca-file: needs Node 24.5; set NODE_EXTRA_CA_CERTS=${file} instead`)
  }
  try {
    if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw new Error('no certificate')
    setDefaultCACertificates([...getCACertificates('default'), pem])
  } catch {
    throw new UsageError(`--ca-file: ${file} holds no certificate in PEM`)
  }
}
