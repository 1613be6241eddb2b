import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  CertificateAuthority,
  DEFAULT_ORGANISATIONS,
  DEFAULT_FIRST_PORT,
  exportNetwork,
} from '@battery-passport/network';
import { GatewayError } from '../gateway-error.js';
import { networkDirectory } from './ledger-verification.js';

/**
 * Writes the certificates and keys of a data directory for stock Fabric Gateway clients. The ledger need not be closed: only
 * the organisations' files are read.
 * @throws GatewayError `NOT_FOUND` where there is no network yet; NetworkError `EXPORT_REFUSED`, `IDENTITY_DAMAGED`.
 */
export async function exportFromDirectory(dataDir: string, directory: string): Promise<void> {
  const authorities = await openAuthorities(dataDir);
  const endpoints = authorities.map(({ organisation: { mspId, domain }, tlsRootCertificatePem }, index) => ({
    mspId,
    peerName: `peer0.${domain}`,
    port: DEFAULT_FIRST_PORT + index,
    tlsRootCertificatePem,
  }));
  await exportNetwork(directory, { authorities, endpoints });
}

/** The authorities of a data directory's organisations. @throws GatewayError `NOT_FOUND`; NetworkError `IDENTITY_DAMAGED`. */
export async function openAuthorities(dataDir: string): Promise<CertificateAuthority[]> {
  const organisations = join(networkDirectory(dataDir), 'organisations');
  if (!existsSync(organisations)) {
    throw new GatewayError({
      code: 'NOT_FOUND',
      message: `there is no network in ${dataDir}; "passport up" makes one`,
    });
  }
  return Promise.all(
    DEFAULT_ORGANISATIONS.map((organisation) =>
      CertificateAuthority.createOrOpen(join(organisations, organisation.domain), organisation),
    ),
  );
}
