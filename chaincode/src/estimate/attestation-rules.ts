import {
  ATTESTATION_VALIDITY_DAYS,
  ESTIMATED_QUANTITIES,
  instantAt,
  instantSeconds,
  partyKeyUrn,
  partyUrn,
  SchemaError,
  verificationMethodOf,
  verifyCredential,
  type AccreditationRecord,
  type AttestationRecord,
  type DesignRecord,
  type EstimateCredential,
  type EstimateRequestRecord,
  type EstimateSubject,
  type PackRecord,
  type PartyKey,
  type PartyRecord,
} from '@battery-passport/schemas';
import { Refusal } from '../kernel/refusal.js';
import { isKeyValidAt } from '../party/party-rules.js';

const SECONDS_PER_DAY = 86_400;
/** Each of the five class probabilities is rounded on its own. */
const PROBABILITY_ROUNDING_PPM = 5;

/**
 * When an attestation of a measurement stops counting.
 * @param validUntil - Where the credential itself ends earlier.
 */
export function attestationExpiry(measuredAt: string, validUntil?: string): string {
  const latestS = instantSeconds(measuredAt) + ATTESTATION_VALIDITY_DAYS * SECONDS_PER_DAY;
  return instantAt(validUntil === undefined ? latestS : Math.min(latestS, instantSeconds(validUntil)));
}

/** Checks that a credential was issued by the party that submits it. @throws Refusal `NOT_ISSUER`. */
export function assertIssuer({ issuer }: EstimateCredential, partyId: string): void {
  if (issuer !== partyUrn(partyId)) throw new Refusal('NOT_ISSUER', `the credential is issued by ${issuer}`);
}

/**
 * Checks that an estimate is of the very thing that was asked about, and made with its design.
 * @throws Refusal `ATTESTATION_FOREIGN`, `DESIGN_MISMATCH`.
 */
export function assertBound(subject: EstimateSubject, request: EstimateRequestRecord, design: DesignRecord): void {
  if (subject.packId !== request.packId || subject.moduleId !== request.moduleId) {
    throw new Refusal(
      'ATTESTATION_FOREIGN',
      `the estimate is of ${[subject.packId, subject.moduleId].join(' ').trim()}, asked was ${[request.packId, request.moduleId].join(' ').trim()}`,
    );
  }
  if (
    subject.designId !== design.estimatorDesignId ||
    subject.designDigest !== design.estimatorDesignDigest ||
    subject.chemistry !== design.cathodeChemistry
  ) {
    throw new Refusal('DESIGN_MISMATCH', `the estimate was made with another design than ${design.id} names`);
  }
}

/** The accreditation under which an estimate counts. @throws Refusal `ESTIMATOR_NOT_ACCREDITED`. */
export function accreditationFor(
  subject: EstimateSubject,
  accreditations: readonly AccreditationRecord[],
): AccreditationRecord {
  const measuredAt = instantSeconds(subject.measuredAt);
  const found = accreditations.find(
    ({ state, chemistries, methodNames, validFrom, validUntil, superseded }) =>
      state === 'active' &&
      superseded === undefined &&
      chemistries.includes(subject.chemistry) &&
      methodNames.includes(subject.method.name) &&
      measuredAt >= instantSeconds(validFrom) &&
      measuredAt <= instantSeconds(validUntil),
  );
  if (found === undefined) {
    throw new Refusal(
      'ESTIMATOR_NOT_ACCREDITED',
      `no accreditation for ${subject.chemistry} by ${subject.method.name} at ${subject.measuredAt}`,
    );
  }
  return found;
}

/**
 * Checks the credential's signature and that its key was good when it was measured and when it was signed.
 * @returns The key.
 * @throws Refusal `ATTESTATION_KEY_INVALID`, `ATTESTATION_SIGNATURE_INVALID`.
 */
export function assertSigned(credential: EstimateCredential, estimator: PartyRecord, now: string): PartyKey {
  const { verificationMethod, created } = credential.proof;
  const key = estimator.keys.find(
    ({ keyId, publicKeyMultibase }) =>
      verificationMethod === partyKeyUrn(estimator.id, keyId) ||
      verificationMethod === verificationMethodOf(publicKeyMultibase),
  );
  if (key === undefined) {
    throw new Refusal('ATTESTATION_KEY_INVALID', `party ${estimator.id} has no key ${verificationMethod}`);
  }
  try {
    verifyCredential(credential, key.publicKeyMultibase);
  } catch (error) {
    if (error instanceof SchemaError)
      throw new Refusal('ATTESTATION_SIGNATURE_INVALID', `${error.code}: ${error.message}`);
    throw error;
  }
  assertKeyGood(key, [credential.credentialSubject.measuredAt, created], now);
  return key;
}

/**
 * Checks that a key was valid at the instants at which it was used and is not revoked by now: whoever has a stolen key can
 * write any date.
 * @throws Refusal `ATTESTATION_KEY_INVALID`.
 */
export function assertKeyGood(key: PartyKey, usedAt: readonly string[], now: string): void {
  for (const instant of usedAt) {
    if (!isKeyValidAt(key, instant)) {
      throw new Refusal('ATTESTATION_KEY_INVALID', `key ${key.keyId} was not valid at ${instant}`);
    }
  }
  if (key.revoked !== undefined && instantSeconds(now) >= instantSeconds(key.revoked.at)) {
    throw new Refusal('ATTESTATION_KEY_INVALID', `key ${key.keyId} is revoked as of ${key.revoked.at}`);
  }
}

/**
 * Checks that an estimate's numbers can belong together: probabilities add up, the class is the most probable one, values lie in
 * their intervals, and what is not known says why.
 * @throws Refusal `ATTESTATION_INCONSISTENT`.
 */
export function assertConsistent(subject: EstimateSubject): void {
  const probabilities = Object.values(subject.classProbabilitiesPpm);
  const sumPpm = probabilities.reduce((sum, ppm) => sum + ppm, 0);
  if (Math.abs(sumPpm - 1_000_000) > PROBABILITY_ROUNDING_PPM) {
    throw new Refusal('ATTESTATION_INCONSISTENT', `class probabilities add up to ${sumPpm} ppm`);
  }
  if (subject.classProbabilitiesPpm[subject.cathodeClass] < Math.max(...probabilities)) {
    throw new Refusal('ATTESTATION_INCONSISTENT', `${subject.cathodeClass} is not the most probable class`);
  }
  for (const name of ESTIMATED_QUANTITIES) {
    const quantity = subject[name];
    if ((quantity === null) !== (subject.notIdentifiable[name] !== undefined)) {
      throw new Refusal('ATTESTATION_INCONSISTENT', `${name}: exactly what is not known has a reason`);
    }
    if (quantity === null) continue;
    const [value, interval] =
      'valueMah' in quantity
        ? [quantity.valueMah, quantity.interval90Mah]
        : [quantity.valuePpm, quantity.interval90Ppm];
    const [low = value, high = value] = interval;
    if (low > value || value > high) {
      throw new Refusal('ATTESTATION_INCONSISTENT', `${name} ${value} lies outside its interval ${low} to ${high}`);
    }
  }
}

/**
 * Checks that an attestation still tells of a pack at an instant.
 * @param moduleId - The module that is asked about, if it is not the whole pack.
 * @throws Refusal `ATTESTATION_FOREIGN`, `ATTESTATION_EXPIRED`, `ATTESTATION_STALE`.
 */
export function assertUsable(attestation: AttestationRecord, pack: PackRecord, now: string, moduleId?: string): void {
  if (attestation.packId !== pack.id || (attestation.moduleId !== undefined && attestation.moduleId !== moduleId)) {
    throw new Refusal(
      'ATTESTATION_FOREIGN',
      `attestation ${attestation.id} is of ${attestation.packId} ${attestation.moduleId ?? ''}`.trim(),
    );
  }
  assertFresh(attestation, now);
  if (attestation.moduleId === undefined) assertNotStale(attestation.measuredAt, pack);
}

/** Checks that an attestation still counts. @throws Refusal `ATTESTATION_EXPIRED`. */
export function assertFresh({ measuredAt, expiresAt }: ExpiringEstimate, now: string): void {
  if (instantSeconds(now) > instantSeconds(expiresAt)) {
    throw new Refusal('ATTESTATION_EXPIRED', `measured at ${measuredAt}, it counted until ${expiresAt}`);
  }
}

interface ExpiringEstimate {
  readonly measuredAt: string;
  readonly expiresAt: string;
}

/** Checks that no module was changed since a measurement of the whole pack. @throws Refusal `ATTESTATION_STALE`. */
export function assertNotStale(measuredAt: string, { id, modulesChangedAt }: PackRecord): void {
  if (modulesChangedAt !== undefined && instantSeconds(measuredAt) < instantSeconds(modulesChangedAt)) {
    throw new Refusal('ATTESTATION_STALE', `modules of pack ${id} were changed at ${modulesChangedAt}`);
  }
}
