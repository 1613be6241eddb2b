import { join } from 'node:path';

import { CertificateAuthority } from './certificate-authority.js';
import type { Organisation } from './organisation.js';

/** Where a data directory keeps an organisation's authority. */
export function authorityPath(dataDir: string, { domain }: Organisation): string {
  return join(dataDir, 'organisations', domain);
}

/**
 * Opens the authorities of a data directory without its ledger, which a running node holds.
 * @throws NetworkError `IDENTITY_DAMAGED` where one is missing or damaged; none is made.
 */
export async function openAuthorities(
  dataDir: string,
  organisations: readonly Organisation[],
): Promise<CertificateAuthority[]> {
  const authorities: CertificateAuthority[] = [];
  for (const organisation of organisations) {
    authorities.push(await CertificateAuthority.open(authorityPath(dataDir, organisation), organisation));
  }
  return authorities;
}
