import type { Command } from 'commander'
import type {
  AdminClient,
  IssuerPatch,
  ListFilter,
  NewIssuer,
  TrustedIssuer,
} from '../../sdk/index.ts'
import { confirm, withYes } from '../confirm.ts'
import { UsageError } from '../failure.ts'
import { list } from '../given.ts'
import { companyIdOf, issuerIdOf } from '../named.ts'
import { one, withOrder } from '../paging.ts'
import { called } from '../place-lines.ts'
import { keylessAdminOf, withLogin } from '../remote.ts'
import type { Column } from '../table.ts'
import { fields, plain, print, printList, shownTime } from '../terminal.ts'

const columns: readonly Column[] = [
  { title: 'ISSUER' },
  { title: 'NAME', least: 12 },
  { title: 'URL', least: 12 },
  { title: 'STATE' },
  { title: 'FROM', isExtra: true },
]

const row = ({ id, name, issuer, state, source }: TrustedIssuer) => [
  id,
  plain(name),
  plain(issuer),
  state,
  source,
]

async function listAll({ sort, search }: ListFilter, command: Command): Promise<void> {
  const { issuers } = keylessAdminOf(command)
  const pages = one(async () => await issuers.list({ sort, search }))
  await printList(command, { pages, columns, row, none: 'no issuer is trusted' })
}

function issuerLines(issuer: TrustedIssuer): string[] {
  const { createdAt, createdBy, groupsClaim, clientId } = issuer
  return fields({
    issuer: issuer.id,
    name: plain(issuer.name),
    url: plain(issuer.issuer),
    audience: plain(issuer.audience),
    state: issuer.state,
    'person claim': issuer.personClaim,
    'name claim': issuer.nameClaim,
    'email claim': issuer.emailClaim,
    'groups claim': groupsClaim ?? 'none',
    'sign-in client id': clientId,
    'plain http': issuer.allowInsecure ? 'allowed' : undefined,
    companies: issuer.companies.join(', ') || 'none',
    from: issuer.source,
    created: createdAt && `${shownTime(createdAt)} by ${createdBy}`,
  })
}

function printIssuer(command: Command, issuer: TrustedIssuer): void {
  print(command, { json: issuer, lines: issuerLines(issuer) })
}

/** The issuer that is meant, and the calls about it. */
async function found(command: Command, given: string) {
  const { issuers } = keylessAdminOf(command)
  return { issuers, id: await issuerIdOf(issuers, given) }
}

interface ReadFlags {
  readonly name?: string
  readonly audience?: string
  readonly nameClaim?: string
  readonly emailClaim?: string
  readonly groupsClaim?: string
  readonly signInClientId?: string
  readonly allowInsecure?: boolean
  readonly companies?: string[]
}

async function companyIds(admin: AdminClient, given: readonly string[] | undefined) {
  if (given === undefined) return undefined
  const ids: string[] = []
  for (const one of given) ids.push(await companyIdOf(admin, one))
  return ids
}

interface TrustFlags extends ReadFlags {
  readonly name: string
  readonly audience: string
  readonly personClaim?: string
}

async function trust(issuer: string, flags: TrustFlags, command: Command): Promise<void> {
  const admin = keylessAdminOf(command)
  const { signInClientId: clientId, companies, name, audience, ...claims } = flags
  const { personClaim, nameClaim, emailClaim, groupsClaim, allowInsecure } = claims
  const input: NewIssuer = {
    ...{ name, issuer, audience, personClaim, nameClaim, emailClaim, groupsClaim },
    ...{ clientId, allowInsecure, companies: await companyIds(admin, companies) },
  }
  printIssuer(command, await admin.issuers.create(input))
}

/** An empty text takes away what may be absent. */
const orNone = (given: string | undefined) => (given === '' ? null : given)

async function update(given: string, flags: ReadFlags, command: Command): Promise<void> {
  const { name, audience, nameClaim, emailClaim, allowInsecure } = flags
  const admin = keylessAdminOf(command)
  const patch: IssuerPatch = {
    ...{ name, audience, nameClaim, emailClaim, allowInsecure },
    groupsClaim: orNone(flags.groupsClaim),
    clientId: orNone(flags.signInClientId),
    companies: await companyIds(admin, flags.companies),
  }
  if (Object.values(patch).every((value) => value === undefined)) {
    throw new UsageError('issuers update: say what shall be different, such as --audience')
  }
  const { issuers, id } = await found(command, given)
  printIssuer(command, await issuers.update(id, patch))
}

type OfIssuer = readonly [given: string, flags: unknown, command: Command]

async function show(...[given, , command]: OfIssuer): Promise<void> {
  const { issuers, id } = await found(command, given)
  printIssuer(command, await issuers.read(id))
}

function turning(state: TrustedIssuer['state']) {
  return async (...[given, , command]: OfIssuer): Promise<void> => {
    const { issuers, id } = await found(command, given)
    const issuer = await issuers.update(id, { state })
    print(command, { json: issuer, lines: [`${called(issuer.name, id)} is ${issuer.state}`] })
  }
}

async function remove(...[given, , command]: OfIssuer): Promise<void> {
  const { issuers, id } = await found(command, given)
  const it = called((await issuers.read(id)).name, id)
  await confirm(command, `Trust ${it} no longer, whose people can then not sign in`)
  await issuers.delete(id)
  print(command, { json: { id, deleted: true }, lines: [`deleted ${it}, for good`] })
}

/** How its tokens are read. */
function withReading(command: Command): Command {
  return withLogin(command)
    .option('--name-claim <claim>', 'what says how somebody is called')
    .option('--email-claim <claim>', 'what holds their mail address')
    .option('--groups-claim <claim>', 'what holds their groups; "" for none')
    .option('--sign-in-client-id <id>', 'what this server is called there; "" for nothing')
    .option('--companies <list>', 'those whose groups its groups are; "" for none', list)
}

function changingVerbs(issuers: Command): void {
  withReading(issuers.command('trust <url>'))
    .description('take the tokens of an issuer, by what stands in iss')
    .requiredOption('--name <name>', 'what it is called here')
    .requiredOption('--audience <audience>', 'what a token must be for')
    .option('--person-claim <claim>', 'what names a person for good')
    .option('--allow-insecure', 'read it over plain http, on the machine of the server')
    .action(trust)
  withReading(issuers.command('update <issuer>'))
    .description('change how its tokens are read')
    .option('--name <name>', 'what it is called here')
    .option('--audience <audience>', 'what a token must be for')
    .option('--allow-insecure', 'read it over plain http, on the machine of the server')
    .option('--no-allow-insecure', 'do not')
    .action(update)
  withLogin(issuers.command('disable <issuer>'))
    .description('refuse its tokens, at once')
    .action(turning('disabled'))
  withLogin(issuers.command('enable <issuer>'))
    .description('take them again')
    .action(turning('enabled'))
  withYes(withLogin(issuers.command('delete <issuer>')))
    .description('trust it no longer; its people stay, and cannot sign in')
    .action(remove)
}

/** Adds the verbs of issuers whose tokens say who a person is. */
export function issuersCommand(program: Command): void {
  const issuers = program
    .command('issuers')
    .description('whose tokens say who a person is, each named by its id or name')
  withOrder(withLogin(issuers.command('list')))
    .description('those of the settings, then the others, oldest first')
    .action(listAll)
  withLogin(issuers.command('show <issuer>')).description('one of them').action(show)
  changingVerbs(issuers)
}
