import { type KeyObject, X509Certificate } from 'node:crypto';

import { parseSerializedIdentity } from '../block/envelope.js';
import { NetworkError } from '../network-error.js';
import { isNodeRole, type NodeRole } from './node-role.js';

/** What a ledger knows of one organisation: enough to tell whose a certificate is. Plain data, so that it crosses threads. */
export interface MembershipRoot {
  readonly mspId: string;
  readonly rootCertificatePem: string;
  readonly endorses: boolean;
}

/** A certificate holder that a member organisation vouches for. */
export interface Member {
  readonly mspId: string;
  readonly certificatePem: string;
  /** ECDSA P-256. */
  readonly publicKey: KeyObject;
  readonly role: NodeRole;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** How many identities are remembered; the least recently added goes first. */
const CACHED_MEMBERS = 10_000;

/** One block and nothing else: OpenSSL would read the first of several and overlook text around it. */
const ONE_CERTIFICATE = /^-----BEGIN CERTIFICATE-----\r?\n[A-Za-z0-9+/=\r\n]+-----END CERTIFICATE-----\r?\n?$/;

const EXACT_TEXT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Tells members from strangers as Fabric's MSPs do: issued by the organisation's root itself, P-256, no authority's
 * certificate, one node role in the subject, within its validity.
 */
export class MembershipRegistry {
  readonly #roots: ReadonlyMap<string, X509Certificate>;
  readonly #endorsing: ReadonlySet<string>;
  readonly #members = new Map<string, Member>();

  /** @throws NetworkError `IDENTITY_MALFORMED` where a root is not a self-signed authority or an MSP id occurs twice. */
  constructor(roots: readonly MembershipRoot[]) {
    this.#roots = new Map(roots.map(({ mspId, rootCertificatePem }) => [mspId, parseRoot(mspId, rootCertificatePem)]));
    if (this.#roots.size !== roots.length) throw new NetworkError('IDENTITY_MALFORMED', 'an MSP id occurs twice');
    this.#endorsing = new Set(roots.filter(({ endorses }) => endorses).map(({ mspId }) => mspId));
  }

  /** Every organisation, in the order given. */
  get mspIds(): string[] {
    return [...this.#roots.keys()];
  }

  /** True for an organisation whose peers' signatures count towards the policy. */
  endorses(mspId: string): boolean {
    return this.#endorsing.has(mspId);
  }

  /**
   * Reads a serialised `msp.SerializedIdentity` and answers who it is.
   * @param at - When the certificate has to be valid; null asks nothing of its validity, as when old blocks are checked.
   * @throws NetworkError `IDENTITY_MALFORMED` where it is not an identity or its certificate breaks a rule,
   * `IDENTITY_UNKNOWN` where no member organisation issued it, `IDENTITY_EXPIRED` outside its validity.
   */
  identify(serializedIdentity: Uint8Array, at: Date | null = new Date()): Member {
    const key = Buffer.from(serializedIdentity).toString('latin1');
    let member = this.#members.get(key);
    if (member === undefined) {
      member = this.#examine(serializedIdentity);
      if (this.#members.size >= CACHED_MEMBERS) {
        const oldest = this.#members.keys().next();
        if (oldest.done !== true) this.#members.delete(oldest.value);
      }
      this.#members.set(key, member);
    }
    if (at !== null && (at < member.notBefore || at > member.notAfter)) {
      throw new NetworkError(
        'IDENTITY_EXPIRED',
        `the certificate of ${member.mspId} is valid from ${member.notBefore.toISOString()} to ${member.notAfter.toISOString()}`,
      );
    }
    return member;
  }

  #examine(serializedIdentity: Uint8Array): Member {
    const { mspId, idBytes } = parseIdentity(serializedIdentity);
    const root = this.#roots.get(mspId);
    if (root === undefined) {
      throw new NetworkError(
        'IDENTITY_UNKNOWN',
        `${JSON.stringify(mspId.slice(0, 80))} is no organisation of this ledger`,
      );
    }
    const certificatePem = decodeText(idBytes);
    const certificate = parseCertificate(certificatePem, mspId);
    if (!certificate.checkIssued(root) || !certificate.verify(root.publicKey)) {
      throw new NetworkError('IDENTITY_UNKNOWN', `the certificate was not issued by ${mspId}`);
    }
    if (certificate.ca) throw new NetworkError('IDENTITY_MALFORMED', 'an authority’s certificate is no identity');
    assertP256(certificate, mspId);
    return {
      mspId,
      certificatePem,
      publicKey: certificate.publicKey,
      role: nodeRole(certificate, mspId),
      notBefore: new Date(certificate.validFrom),
      notAfter: new Date(certificate.validTo),
    };
  }
}

function parseRoot(mspId: string, pem: string): X509Certificate {
  const certificate = parseCertificate(pem, mspId);
  assertP256(certificate, mspId);
  if (!certificate.ca || !certificate.verify(certificate.publicKey)) {
    throw new NetworkError('IDENTITY_MALFORMED', `the root of ${mspId} is not a self-signed authority`);
  }
  return certificate;
}

function parseIdentity(bytes: Uint8Array): { mspId: string; idBytes: Uint8Array } {
  try {
    return parseSerializedIdentity(bytes);
  } catch (error) {
    throw new NetworkError('IDENTITY_MALFORMED', 'the creator is not a SerializedIdentity', { cause: error });
  }
}

function decodeText(bytes: Uint8Array): string {
  try {
    return EXACT_TEXT.decode(bytes);
  } catch (error) {
    throw new NetworkError('IDENTITY_MALFORMED', 'the certificate is not text', { cause: error });
  }
}

function parseCertificate(pem: string, mspId: string): X509Certificate {
  if (!ONE_CERTIFICATE.test(pem)) {
    throw new NetworkError('IDENTITY_MALFORMED', `expected one PEM certificate of ${mspId} and nothing else`);
  }
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw new NetworkError('IDENTITY_MALFORMED', `the certificate of ${mspId} does not parse`, { cause: error });
  }
}

function assertP256(certificate: X509Certificate, mspId: string): void {
  let curve: string | undefined;
  try {
    curve = certificate.publicKey.asymmetricKeyDetails?.namedCurve;
  } catch (error) {
    throw new NetworkError('IDENTITY_MALFORMED', `the certificate of ${mspId} has no usable key`, { cause: error });
  }
  if (curve !== 'prime256v1') {
    throw new NetworkError('IDENTITY_MALFORMED', `the certificate of ${mspId} is not of a P-256 key`);
  }
}

function nodeRole(certificate: X509Certificate, mspId: string): NodeRole {
  const { OU } = certificate.toLegacyObject().subject as { readonly OU?: string | readonly string[] };
  const roles = (typeof OU === 'string' ? [OU] : (OU ?? [])).filter(isNodeRole);
  const [role] = roles;
  if (role === undefined || roles.length > 1) {
    throw new NetworkError(
      'IDENTITY_MALFORMED',
      `the certificate of ${mspId} names ${roles.length} node roles, not one`,
    );
  }
  return role;
}
