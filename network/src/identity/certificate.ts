// The X.509 library resolves its parts through decorators' metadata, which has to exist before it loads.
import 'reflect-metadata';

import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';

import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

import { isLowS } from './low-s.js';
import type { NodeRole } from './node-role.js';

/** The extension in which Fabric's certificate authority, and so its contracts' `ClientIdentity`, keeps attributes. */
export const FABRIC_ATTRIBUTES_OID = '1.2.3.4.5.6.7.8.1';

/** How long a certificate authority's own certificate is valid, in years. */
export const AUTHORITY_VALIDITY_YEARS = 20;

/** How long an enrolment or TLS certificate is valid, in years: shorter than its authority's. */
export const ENROLMENT_VALIDITY_YEARS = 10;

/** A certificate and the private key it was made for. */
export interface KeyedCertificate {
  readonly certificatePem: string;
  /** ECDSA P-256, PKCS#8. */
  readonly privateKeyPem: string;
}

/** What an enrolment certificate says of its holder. */
export interface EnrolmentSubject {
  /** The common name. */
  readonly id: string;
  readonly role: NodeRole;
  readonly attributes: Readonly<Record<string, string>>;
}

const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNING_ALGORITHM = { name: 'ECDSA', hash: 'SHA-256' };

/** Certificates made a moment ago must be valid on a machine whose clock is a little behind. */
const BACKDATE_MS = 5 * 60 * 1000;

/**
 * Makes a self-signed root.
 * @param commonName - `ca.oem.example.com`.
 * @param organisation - `oem.example.com`.
 */
export async function createRoot(commonName: string, organisation: string): Promise<KeyedCertificate> {
  const keys = await generateKeys();
  const name = [{ CN: [commonName] }, { O: [organisation] }];
  const identifier = await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto);
  return issue(keys, () =>
    X509CertificateGenerator.createSelfSigned(
      {
        name,
        keys,
        signingAlgorithm: SIGNING_ALGORITHM,
        ...validity(AUTHORITY_VALIDITY_YEARS),
        extensions: [
          new BasicConstraintsExtension(true, 0, true),
          new KeyUsagesExtension(
            KeyUsageFlags.digitalSignature | KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign,
            true,
          ),
          identifier,
        ],
      },
      webcrypto,
    ),
  );
}

/** Issues an enrolment certificate: it signs proposals and transactions, and its subject and attributes say for whom. */
export async function createEnrolment(
  root: KeyedCertificate,
  organisation: string,
  { id, role, attributes }: EnrolmentSubject,
): Promise<KeyedCertificate> {
  const extensions = [new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true)];
  const text = JSON.stringify({ attrs: attributes });
  const named = new Extension(FABRIC_ATTRIBUTES_OID, false, new TextEncoder().encode(text));
  return createLeaf(
    root,
    [{ CN: [id] }, { OU: [role] }, { O: [organisation] }],
    Object.keys(attributes).length === 0 ? extensions : [...extensions, named],
  );
}

/**
 * Issues a TLS certificate for a server or a client.
 * @param hosts - DNS names and IP addresses that a server answers under.
 */
export async function createTls(
  root: KeyedCertificate,
  organisation: string,
  { id, hosts }: { readonly id: string; readonly hosts: readonly string[] },
): Promise<KeyedCertificate> {
  const names = hosts.map((host) => ({ type: isIP(host) === 0 ? ('dns' as const) : ('ip' as const), value: host }));
  return createLeaf(
    root,
    [{ CN: [id] }, { O: [organisation] }],
    [
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      ...(names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names)]),
    ],
  );
}

async function createLeaf(
  root: KeyedCertificate,
  subject: Record<string, string[]>[],
  extensions: Extension[],
): Promise<KeyedCertificate> {
  const issuer = new X509Certificate(root.certificatePem);
  const signingKey = await webcrypto.subtle.importKey(
    'pkcs8',
    PemConverter.decodeFirst(root.privateKeyPem),
    KEY_ALGORITHM,
    false,
    ['sign'],
  );
  const keys = await generateKeys();
  const identifiers = [
    await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
    await AuthorityKeyIdentifierExtension.create(issuer.publicKey, false, webcrypto),
  ];
  return issue(keys, () =>
    X509CertificateGenerator.create(
      {
        subject,
        issuer: issuer.subjectName,
        publicKey: keys.publicKey,
        signingKey,
        signingAlgorithm: SIGNING_ALGORITHM,
        ...validity(ENROLMENT_VALIDITY_YEARS),
        extensions: [new BasicConstraintsExtension(false, undefined, true), ...extensions, ...identifiers],
      },
      webcrypto,
    ),
  );
}

/**
 * Repeats until the signature's s is low (every second one is): Fabric rewrites a certificate whose s is high, and an
 * identity's bytes then differ between the one who signs and the one who checks.
 */
async function issue(keys: webcrypto.CryptoKeyPair, make: () => Promise<X509Certificate>): Promise<KeyedCertificate> {
  let certificate = await make();
  while (!isLowS(new Uint8Array(certificate.signature))) certificate = await make();
  const privateKey = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    certificatePem: `${certificate.toString('pem')}\n`,
    privateKeyPem: `${PemConverter.encode(privateKey, PemConverter.PrivateKeyTag)}\n`,
  };
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
}

function validity(years: number): { notBefore: Date; notAfter: Date } {
  const notBefore = new Date(Math.floor((Date.now() - BACKDATE_MS) / 1000) * 1000);
  const notAfter = new Date(notBefore);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + years);
  return { notBefore, notAfter };
}
