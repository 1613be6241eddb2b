import { randomBytes, X509Certificate } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import type { Identity } from '../client/ledger-connection.js';
import { NetworkError } from '../network-error.js';
import { createEnrolment, createRoot, createTls, type KeyedCertificate } from './certificate.js';
import { type Credential, readCredential, sortedEntries, writeCredential } from './credential-file.js';
import { syncDirectory } from './durable-file.js';
import { readIssuedRegister, writeIssuedRegister } from './issued-register.js';
import { isNodeRole, type NodeRole } from './node-role.js';
import type { Organisation } from './organisation.js';

/** What to enrol: the same request again answers with the identity that is already there. */
export interface EnrolmentRequest {
  /** Letters, digits and `. _ @ -`, at most 64; becomes the certificate's common name. */
  readonly id: string;
  readonly role: NodeRole;
  /** What contracts read from the certificate: `party`, `roles`. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** An identity that an authority keeps, without its key. */
export interface EnrolledIdentity {
  readonly id: string;
  readonly role: NodeRole;
  readonly attributes: Readonly<Record<string, string>>;
  readonly certificatePem: string;
}

const IDENTIFIER = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;

/** JSON in a certificate is UTF-8, which has no form for half a character. */
const LONE_SURROGATE = /\p{Surrogate}/u;

const AUTHORITY_FILE = 'ca.json';
const TLS_AUTHORITY_FILE = 'tlsca.json';
const REGISTER_FILE = 'issued.json';
const IDENTITIES_DIRECTORY = 'identities';
const TLS_DIRECTORY = 'tls';
const AUTHORITY_KIND = 'authority';
const TLS_KIND = 'tls';

/**
 * One organisation's certificate authorities (enrolment and TLS) and the wallet of what they issued, kept in one
 * directory. Every file is checked when the directory is opened; a damaged or missing one is refused by name, since a
 * root made anew would make every signature of the ledger a stranger's.
 */
export class CertificateAuthority {
  readonly organisation: Organisation;
  readonly #directory: string;
  readonly #root: Credential;
  readonly #tlsRoot: Credential;
  readonly #identities: Map<string, Credential>;
  readonly #tls: Map<string, Credential>;
  /** The last write: one at a time, so that two requests for one id make one certificate. */
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(
    directory: string,
    organisation: Organisation,
    roots: { readonly root: Credential; readonly tlsRoot: Credential },
    issued: { readonly identities: Map<string, Credential>; readonly tls: Map<string, Credential> },
  ) {
    this.#directory = directory;
    this.organisation = organisation;
    this.#root = roots.root;
    this.#tlsRoot = roots.tlsRoot;
    this.#identities = issued.identities;
    this.#tls = issued.tls;
  }

  /**
   * Opens the authority kept in `directory`, or makes a new one where nothing is there.
   * @throws NetworkError `IDENTITY_DAMAGED` naming the file that is missing, unreadable, altered or another
   * organisation's.
   */
  static async createOrOpen(directory: string, organisation: Organisation): Promise<CertificateAuthority> {
    if (await isEmptyOrAbsent(directory)) await createAuthority(directory, organisation);
    return CertificateAuthority.open(directory, organisation);
  }

  /**
   * Opens the authority kept in `directory`.
   * @throws NetworkError `IDENTITY_DAMAGED` naming the file that is missing, unreadable, altered or another
   * organisation's.
   */
  static async open(directory: string, organisation: Organisation): Promise<CertificateAuthority> {
    const root = await readRoot(join(directory, AUTHORITY_FILE), organisation);
    const tlsRoot = await readRoot(join(directory, TLS_AUTHORITY_FILE), organisation);
    const identities = await readIssued(join(directory, IDENTITIES_DIRECTORY), root);
    const tls = await readIssued(join(directory, TLS_DIRECTORY), tlsRoot);
    await checkRegister(directory, filesOf(identities, tls));
    return new CertificateAuthority(directory, organisation, { root, tlsRoot }, { identities, tls });
  }

  /** Signs enrolment certificates. */
  get rootCertificatePem(): string {
    return this.#root.certificatePem;
  }

  /** Signs TLS certificates. */
  get tlsRootCertificatePem(): string {
    return this.#tlsRoot.certificatePem;
  }

  /**
   * Issues an identity and keeps it; the same request again answers with the one that is kept.
   * @throws NetworkError `IDENTITY_MALFORMED` for an id, role or attribute that cannot be written into a certificate;
   * `IDENTITY_CONFLICT` where the id is enrolled with another role or other attributes.
   */
  enrol({ id, role, attributes = {} }: EnrolmentRequest): Promise<Identity> {
    return this.#exclusive(async () => {
      assertIdentifier(id);
      assertRole(role);
      assertAttributes(id, attributes);
      const kept = await this.#kept(IDENTITIES_DIRECTORY, this.#identities, id);
      if (kept !== null) {
        assertSame(kept, role, attributes);
        return toIdentity(kept);
      }
      const keyed = await createEnrolment(this.#root, this.organisation.domain, { id, role, attributes });
      const credential = this.#credential(id, role, attributes, keyed);
      await this.#keep(IDENTITIES_DIRECTORY, this.#identities, credential);
      return toIdentity(credential);
    });
  }

  /**
   * Issues a TLS certificate and keeps it; the same request again answers with the one that is kept.
   * @throws NetworkError `IDENTITY_MALFORMED` for an id that cannot be a file's name; `IDENTITY_CONFLICT` where the id
   * has a certificate for other hosts.
   */
  enrolTls({ id, hosts }: { readonly id: string; readonly hosts: readonly string[] }): Promise<KeyedCertificate> {
    return this.#exclusive(async () => {
      assertIdentifier(id);
      const attributes = { hosts: hosts.join(',') };
      const kept = await this.#kept(TLS_DIRECTORY, this.#tls, id);
      if (kept !== null) {
        assertSame(kept, TLS_KIND, attributes);
        return toKeyed(kept);
      }
      const keyed = await createTls(this.#tlsRoot, this.organisation.domain, { id, hosts });
      const credential = this.#credential(id, TLS_KIND, attributes, keyed);
      await this.#keep(TLS_DIRECTORY, this.#tls, credential);
      return toKeyed(credential);
    });
  }

  /** @throws NetworkError `IDENTITY_UNKNOWN` where nothing is enrolled under the id. */
  identity(id: string): Identity {
    const kept = this.#identities.get(id);
    if (kept === undefined) {
      throw new NetworkError('IDENTITY_UNKNOWN', `${this.organisation.mspId} has enrolled no "${id}"`);
    }
    return toIdentity(kept);
  }

  /** Everything enrolled, in the order of ids, without keys. */
  list(): EnrolledIdentity[] {
    return [...this.#identities.values()]
      .sort((left, right) => (left.id < right.id ? -1 : 1))
      .flatMap(({ id, kind, attributes, certificatePem }) =>
        isNodeRole(kind) ? [{ id, role: kind, attributes, certificatePem }] : [],
      );
  }

  #credential(id: string, kind: string, attributes: Readonly<Record<string, string>>, keyed: KeyedCertificate) {
    return { mspId: this.organisation.mspId, id, kind, attributes: { ...attributes }, ...keyed };
  }

  /** Looks on disk too: a command beside the running node may have enrolled the same id. */
  async #kept(directory: string, wallet: Map<string, Credential>, id: string): Promise<Credential | null> {
    const known = wallet.get(id);
    if (known !== undefined) return known;
    const path = join(this.#directory, directory, `${id}.json`);
    const credential = await readIssuedFile(path, directory === TLS_DIRECTORY ? this.#tlsRoot : this.#root);
    if (credential !== null) wallet.set(id, credential);
    return credential;
  }

  async #keep(directory: string, wallet: Map<string, Credential>, credential: Credential): Promise<void> {
    await mkdir(join(this.#directory, directory), { recursive: true, mode: 0o700 });
    // A file system that ignores case would put two ids into one file.
    const folded = credential.id.toLowerCase();
    const clash = [...wallet.keys()].find((id) => id.toLowerCase() === folded);
    if (clash !== undefined) {
      throw new NetworkError('IDENTITY_CONFLICT', `"${credential.id}" differs from "${clash}" in case alone`);
    }
    await writeCredential(join(this.#directory, directory, `${credential.id}.json`), credential);
    wallet.set(credential.id, credential);
    const register = join(this.#directory, REGISTER_FILE);
    const listed = await readIssuedRegister(register);
    await writeIssuedRegister(register, new Set([...listed, ...filesOf(this.#identities, this.#tls)]));
  }

  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#writing.then(work);
    this.#writing = done.catch(() => undefined);
    return done;
  }
}

async function isEmptyOrAbsent(directory: string): Promise<boolean> {
  try {
    return (await readdir(directory)).length === 0;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return true;
    throw new NetworkError('IDENTITY_DAMAGED', `${directory} cannot be read`, { cause: error });
  }
}

/** Builds the directory beside its place and moves it there whole, so that a crash leaves all of it or none. */
async function createAuthority(directory: string, { mspId, domain }: Organisation): Promise<void> {
  const parent = dirname(directory);
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const temporary = join(parent, `.${basename(directory)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    for (const name of [IDENTITIES_DIRECTORY, TLS_DIRECTORY]) {
      await mkdir(join(temporary, name), { recursive: true, mode: 0o700 });
    }
    for (const [file, id] of [
      [AUTHORITY_FILE, `ca.${domain}`],
      [TLS_AUTHORITY_FILE, `tlsca.${domain}`],
    ] as const) {
      const keyed = await createRoot(id, domain);
      await writeCredential(join(temporary, file), { mspId, id, kind: AUTHORITY_KIND, attributes: {}, ...keyed });
    }
    await writeIssuedRegister(join(temporary, REGISTER_FILE), new Set());
    await rename(temporary, directory);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
  await syncDirectory(parent);
}

function filesOf(identities: ReadonlyMap<string, Credential>, tls: ReadonlyMap<string, Credential>): Set<string> {
  return new Set([
    ...[...identities.keys()].map((id) => `${IDENTITIES_DIRECTORY}/${id}.json`),
    ...[...tls.keys()].map((id) => `${TLS_DIRECTORY}/${id}.json`),
  ]);
}

/** What is listed must be there; what is there and not yet listed was written just before a crash. */
async function checkRegister(directory: string, present: ReadonlySet<string>): Promise<void> {
  const register = join(directory, REGISTER_FILE);
  const listed = await readIssuedRegister(register);
  for (const file of listed) if (!present.has(file)) throw damaged(join(directory, file), 'is missing');
  if (present.size > listed.size) await writeIssuedRegister(register, present);
}

async function readRoot(path: string, { mspId }: Organisation): Promise<Credential> {
  const credential = await readCredential(path);
  if (credential === null) throw damaged(path, 'is missing');
  if (credential.mspId !== mspId) throw damaged(path, `belongs to ${credential.mspId}, not to ${mspId}`);
  const certificate = new X509Certificate(credential.certificatePem);
  if (!certificate.ca || !certificate.verify(certificate.publicKey)) throw damaged(path, 'holds no root certificate');
  return credential;
}

async function readIssued(directory: string, root: Credential): Promise<Map<string, Credential>> {
  const issued = new Map<string, Credential>();
  let names: string[];
  try {
    names = (await readdir(directory)).filter((name) => name.endsWith('.json')).sort();
  } catch (error) {
    // A copy may leave empty directories out; the register of what was issued says whether anything is missing.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return issued;
    throw new NetworkError('IDENTITY_DAMAGED', `${directory} cannot be read`, { cause: error });
  }
  for (const name of names) {
    const credential = await readIssuedFile(join(directory, name), root);
    if (credential !== null) issued.set(credential.id, credential);
  }
  return issued;
}

/** @returns null where there is no such file. */
async function readIssuedFile(path: string, root: Credential): Promise<Credential | null> {
  const credential = await readCredential(path);
  if (credential === null) return null;
  if (`${credential.id}.json` !== basename(path)) throw damaged(path, 'holds another identity');
  const issuer = new X509Certificate(root.certificatePem);
  const certificate = new X509Certificate(credential.certificatePem);
  if (!certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey)) {
    throw damaged(path, `was not issued by ${root.id}`);
  }
  return credential;
}

function damaged(path: string, what: string): NetworkError {
  return new NetworkError('IDENTITY_DAMAGED', `${path} ${what}; restore it from a backup`);
}

function assertIdentifier(id: string): void {
  if (!IDENTIFIER.test(id)) {
    throw new NetworkError(
      'IDENTITY_MALFORMED',
      `an identity’s id is 1 to 64 letters, digits and ". _ @ -", got ${JSON.stringify(id.slice(0, 80))}`,
    );
  }
}

function assertRole(role: string): void {
  if (!isNodeRole(role)) {
    throw new NetworkError(
      'IDENTITY_MALFORMED',
      `a role is client, peer, admin or orderer, got ${JSON.stringify(role)}`,
    );
  }
}

function assertAttributes(id: string, attributes: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === '' || typeof value !== 'string' || LONE_SURROGATE.test(name + value)) {
      throw new NetworkError('IDENTITY_MALFORMED', `attribute "${name}" of "${id}" is not a name with a text`);
    }
  }
}

function assertSame(kept: Credential, kind: string, attributes: Readonly<Record<string, string>>): void {
  const same =
    kept.kind === kind && JSON.stringify(sortedEntries(kept.attributes)) === JSON.stringify(sortedEntries(attributes));
  if (!same) {
    throw new NetworkError(
      'IDENTITY_CONFLICT',
      `"${kept.id}" of ${kept.mspId} is enrolled as ${kept.kind} with ${JSON.stringify(kept.attributes)}, asked was ${kind} with ${JSON.stringify(attributes)}`,
    );
  }
}

function toIdentity({ mspId, certificatePem, privateKeyPem }: Credential): Identity {
  return { mspId, certificatePem, privateKeyPem };
}

function toKeyed({ certificatePem, privateKeyPem }: Credential): KeyedCertificate {
  return { certificatePem, privateKeyPem };
}
