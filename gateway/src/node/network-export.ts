import { existsSync } from 'node:fs';
import {
  DEFAULT_FIRST_PORT,
  DEFAULT_ORGANISATIONS,
  exportNetwork,
  openAuthorities,
  type CertificateAuthority,
} from '@battery-passport/network';
import { GatewayError } from '../gateway-error.js';
import { networkDirectory } from './ledger-verification.js';

/**
 * Writes the certificates and keys of a data directory for stock Fabric Gateway clients. The ledger need not be closed: only
 * the organisations' files are read.
 * @throws GatewayError `NOT_FOUND` where there is no network yet; NetworkError `EXPORT_REFUSED`, `IDENTITY_DAMAGED`.
 */
export async function exportFromDirectory(dataDir: string, directory: string): Promise<void> {
  const authorities = await authoritiesOf(dataDir);
  const endpoints = authorities.map(({ organisation: { mspId, domain }, tlsRootCertificatePem }, index) => ({
    mspId,
    peerName: `peer0.${domain}`,
    port: DEFAULT_FIRST_PORT + index,
    tlsRootCertificatePem,
  }));
  await exportNetwork(directory, { authorities, endpoints });
}

/** The authorities of a data directory's organisations. @throws GatewayError `NOT_FOUND`; NetworkError `IDENTITY_DAMAGED`. */
export async function authoritiesOf(dataDir: string): Promise<CertificateAuthority[]> {
  const directory = networkDirectory(dataDir);
  if (!existsSync(directory)) {
    throw new GatewayError({
      code: 'NOT_FOUND',
      message: `there is no network in ${dataDir}; "passport up" makes one`,
    });
  }
  return openAuthorities(directory, DEFAULT_ORGANISATIONS);
}
