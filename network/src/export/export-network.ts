import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

import type { GrpcEndpoint } from '../grpc/grpc-endpoint.js';
import type { KeyedCertificate } from '../identity/certificate.js';
import type { CertificateAuthority } from '../identity/certificate-authority.js';
import { NODE_ROLES } from '../identity/node-role.js';
import { NetworkError } from '../network-error.js';
import { connectionProfile } from './connection-profile.js';

/** What to write out. */
export interface NetworkExport {
  readonly authorities: readonly CertificateAuthority[];
  /** Where the peers answer, or will once the node is started with its ports open. */
  readonly endpoints: readonly GrpcEndpoint[];
}

/** What was written. */
export interface ExportedNetwork {
  readonly directory: string;
  /** Folders of users, relative to the directory: `peerOrganizations/oem.example.com/users/User1@oem.example.com`. */
  readonly users: readonly string[];
}

/** The client that every export holds, as cryptogen's does; enrol it beforehand to give it a party and roles. */
export const EXPORTED_CLIENT = 'User1';

const EXPORTED_ADMIN = 'Admin';

/**
 * Writes certificates and keys in the folder layout of Fabric's cryptogen, with a `connection.json`, so that a stock
 * Fabric Gateway client in any language connects with them. Every enrolled client and administrator is written, `User1`
 * and `Admin` are enrolled where they are not yet. The authorities' own keys stay where they are.
 * @param directory - Must not exist or be empty; after a failure nothing is left there.
 * @throws NetworkError `EXPORT_REFUSED` where the directory holds something or cannot be written.
 */
export async function exportNetwork(
  directory: string,
  { authorities, endpoints }: NetworkExport,
): Promise<ExportedNetwork> {
  const target = resolve(directory);
  await assertVacant(target);
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`);
  const users: string[] = [];
  try {
    await mkdir(temporary, { recursive: true, mode: 0o700 });
    for (const authority of authorities) {
      const folder = join('peerOrganizations', authority.organisation.domain);
      for (const user of await writeOrganisation(join(temporary, folder), authority)) users.push(join(folder, user));
    }
    const organisations = authorities.map(({ organisation }) => organisation);
    const profile = JSON.stringify(connectionProfile(organisations, endpoints), null, 2);
    await writeFile(join(temporary, 'connection.json'), `${profile}\n`);
    await removeVacant(target);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if (error instanceof NetworkError) throw error;
    throw new NetworkError('EXPORT_REFUSED', `${target} cannot be written`, { cause: error });
  }
  return { directory: target, users };
}

async function assertVacant(directory: string): Promise<void> {
  let names: string[];
  try {
    names = await readdir(directory);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw new NetworkError('EXPORT_REFUSED', `${directory} cannot be read`, { cause: error });
  }
  if (names.length > 0) {
    throw new NetworkError('EXPORT_REFUSED', `${directory} holds ${names.length} entries; name a new directory`);
  }
}

/** Fails where something was put there meanwhile, rather than deleting it. */
async function removeVacant(directory: string): Promise<void> {
  try {
    await rmdir(directory);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}

/** @returns Folders of the users, relative to the organisation's. */
async function writeOrganisation(folder: string, authority: CertificateAuthority): Promise<string[]> {
  const { domain } = authority.organisation;
  await writeAuthority(join(folder, 'ca'), `ca.${domain}`, authority.rootCertificatePem);
  await writeAuthority(join(folder, 'tlsca'), `tlsca.${domain}`, authority.tlsRootCertificatePem);
  await writeMsp(join(folder, 'msp'), authority, null);

  const peerName = `peer0.${domain}`;
  const peer = await authority.enrol({ id: peerName, role: 'peer' });
  const peerTls = await authority.enrolTls({ id: peerName, hosts: [peerName, 'localhost', '127.0.0.1'] });
  await writeNode(join(folder, 'peers', peerName), authority, { name: peerName, keyed: peer }, peerTls, 'server');

  await enrolWhereMissing(authority);
  const users: string[] = [];
  for (const { id, role } of authority.list()) {
    if (role !== 'client' && role !== 'admin') continue;
    const name = id.endsWith(`@${domain}`) ? id : `${id}@${domain}`;
    const user = join('users', name);
    const tls = await authority.enrolTls({ id, hosts: [] });
    await writeNode(join(folder, user), authority, { name, keyed: authority.identity(id) }, tls, 'client');
    users.push(user);
  }
  return users;
}

async function enrolWhereMissing(authority: CertificateAuthority): Promise<void> {
  const enrolled = new Set(authority.list().map(({ id }) => id));
  if (!enrolled.has(EXPORTED_CLIENT)) await authority.enrol({ id: EXPORTED_CLIENT, role: 'client' });
  if (!enrolled.has(EXPORTED_ADMIN)) await authority.enrol({ id: EXPORTED_ADMIN, role: 'admin' });
}

async function writeAuthority(folder: string, name: string, certificatePem: string): Promise<void> {
  await writeFiles(folder, { [`${name}-cert.pem`]: certificatePem });
}

async function writeNode(
  folder: string,
  authority: CertificateAuthority,
  signer: { readonly name: string; readonly keyed: KeyedCertificate },
  tls: KeyedCertificate,
  side: 'server' | 'client',
): Promise<void> {
  await writeMsp(join(folder, 'msp'), authority, signer);
  await writeFiles(join(folder, 'tls'), {
    'ca.crt': authority.tlsRootCertificatePem,
    [`${side}.crt`]: tls.certificatePem,
    [`${side}.key`]: tls.privateKeyPem,
  });
}

async function writeMsp(
  folder: string,
  { organisation: { domain }, rootCertificatePem, tlsRootCertificatePem }: CertificateAuthority,
  signer: { readonly name: string; readonly keyed: KeyedCertificate } | null,
): Promise<void> {
  const root = `ca.${domain}-cert.pem`;
  await writeFiles(folder, { 'config.yaml': nodeOus(root) });
  await writeFiles(join(folder, 'cacerts'), { [root]: rootCertificatePem });
  await writeFiles(join(folder, 'tlscacerts'), { [`tlsca.${domain}-cert.pem`]: tlsRootCertificatePem });
  if (signer === null) return;
  await writeFiles(join(folder, 'signcerts'), { [`${signer.name}-cert.pem`]: signer.keyed.certificatePem });
  await writeFiles(join(folder, 'keystore'), { priv_sk: signer.keyed.privateKeyPem });
}

/** The MSP's own configuration: a node's role is the organisational unit of its certificate. */
function nodeOus(root: string): string {
  const identifiers = NODE_ROLES.map(
    (role) =>
      `  ${role.charAt(0).toUpperCase()}${role.slice(1)}OUIdentifier:\n` +
      `    Certificate: cacerts/${root}\n` +
      `    OrganizationalUnitIdentifier: ${role}\n`,
  );
  return `NodeOUs:\n  Enable: true\n${identifiers.join('')}`;
}

async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content, { mode: 0o600 });
}
