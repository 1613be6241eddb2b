import type { CertificateRecord, ElementAccount, LotRecord } from '@battery-passport/schemas';
import type { Ledger } from '../kernel/ledger.js';
import { Refusal } from '../kernel/refusal.js';

/** Longest chain of corrections that is followed before a certificate counts as not standing. */
const MAX_CORRECTIONS = 16;

/** Whether a certificate's credit counts: issued or accepted. While it is contested the credit rests; refused it never was. */
export function stands({ state, superseded }: Pick<CertificateRecord, 'state' | 'superseded'>): boolean {
  return superseded === undefined && (state === 'issued' || state === 'accepted');
}

/**
 * Reads a certificate, or the one that corrects it in the end: matter tagged with a corrected certificate follows the correction.
 * @throws Refusal `RECORD_NOT_FOUND`.
 */
export async function requireLatestCertificate(ledger: Ledger, certificateId: string): Promise<CertificateRecord> {
  let certificate = await ledger.require('certificate', certificateId);
  for (let followed = 0; certificate.superseded !== undefined && followed < MAX_CORRECTIONS; followed += 1) {
    certificate = await ledger.require('certificate', certificate.superseded.byId);
  }
  return certificate;
}

/** The certificates whose credit an account holds, in order. */
export function certificatesIn(account: ElementAccount): string[] {
  const ids = new Set<string>();
  for (const { origins } of account) {
    for (const { certificateId } of origins) if (certificateId !== undefined) ids.add(certificateId);
  }
  return [...ids].sort();
}

/** Tells the certificates of an account whose credit counts from those whose credit does not. */
export async function sortCertificates(
  ledger: Ledger,
  account: ElementAccount,
): Promise<{ readonly standing: string[]; readonly fallen: string[] }> {
  const ids = certificatesIn(account);
  const latest = await Promise.all(ids.map((id) => requireLatestCertificate(ledger, id)));
  const stand = latest.map((certificate) => stands(certificate));
  return { standing: ids.filter((_, index) => stand[index]), fallen: ids.filter((_, index) => !stand[index]) };
}

/**
 * Checks that a lot can be made into something: its certificate, if it has one, is not revoked. What it was revoked for has to be
 * set right first, by reworking or downgrading the lot, which takes the certificate off.
 * @throws Refusal `CERTIFICATE_REVOKED`.
 */
export async function assertCertificateUsable(ledger: Ledger, lot: LotRecord): Promise<void> {
  if (lot.certificateId === undefined) return;
  const { id, state } = await requireLatestCertificate(ledger, lot.certificateId);
  if (state === 'revoked' || state === 'refused') {
    throw new Refusal('CERTIFICATE_REVOKED', `certificate ${id} of lot ${lot.id} is ${state}`);
  }
}
