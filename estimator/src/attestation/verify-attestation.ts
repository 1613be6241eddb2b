import {
  assertSchema,
  CATHODE_CLASSES,
  digestOf,
  EstimateCredential as EstimateCredentialSchema,
  SchemaError,
  verifyCredential,
} from '@battery-passport/schemas';
import type { DesignFile, EstimateCredential, EstimateSubject, Measurement } from '@battery-passport/schemas';
import { estimateCathodeState, METHOD } from '../estimate.js';
import { EstimatorError } from '../estimator-error.js';
import { attestationSubject } from './attestation.js';

/** Another build may round the last digit the other way: one part per million, one milliampere-hour. */
const ROUNDING = 1;
/** Beyond rounding, values may differ by this share, from differences between builds of the mathematical library. */
const RELATIVE_TOLERANCE = 1e-6;
/** One of the 4,096 points behind a class probability may fall on the other side of a limit, ppm. */
const PROBABILITY_TOLERANCE_PPM = 250;

/** What a verification could check. */
export interface AttestationCheck {
  subject: EstimateSubject;
  /** Whether the proof was checked, which needs the estimator's public key. */
  proof: 'verified' | 'not checked';
}

function mismatch(what: string, stated: unknown, found: unknown): never {
  throw new EstimatorError({
    code: 'ATTESTATION_MISMATCH',
    message: `${what}: the attestation says ${JSON.stringify(stated)}, the measurement gives ${JSON.stringify(found)}`,
  });
}

/** Compares two values member by member; numbers within rounding. */
function compare(what: string, stated: unknown, found: unknown, tolerance: number): void {
  if (typeof stated === 'number' && typeof found === 'number') {
    if (Math.abs(stated - found) > tolerance + RELATIVE_TOLERANCE * Math.abs(found)) mismatch(what, stated, found);
  } else if (typeof stated === 'object' && typeof found === 'object' && stated !== null && found !== null) {
    const keys = new Set([...Object.keys(stated), ...Object.keys(found)]);
    for (const key of keys)
      compare(
        `${what}.${key}`,
        (stated as Record<string, unknown>)[key],
        (found as Record<string, unknown>)[key],
        tolerance,
      );
  } else if (stated !== found) {
    mismatch(what, stated, found);
  }
}

/**
 * Checks an attestation against the measurement that it names: proof, digests, and every number by running the estimate again.
 * @param publicKeyMultibase - The estimator's key, `z6Mk…`, from a source that the caller trusts, such as the ledger's party
 * register; without it the proof is not checked.
 * @throws EstimatorError `ATTESTATION_INVALID` when its shape or proof is wrong; `ATTESTATION_MISMATCH` when it is about
 * another measurement, made by another version of the method, or says other than the measurement gives; and as
 * `estimateCathodeState` does.
 */
export function verifyAttestation(
  attestation: unknown,
  design: DesignFile,
  measurement: Measurement,
  publicKeyMultibase?: string,
): AttestationCheck {
  try {
    assertSchema(EstimateCredentialSchema, attestation, 'attestation');
    if (publicKeyMultibase !== undefined) verifyCredential(attestation, publicKeyMultibase);
  } catch (cause) {
    if (!(cause instanceof SchemaError)) throw cause;
    throw new EstimatorError({ code: 'ATTESTATION_INVALID', message: cause.message, cause });
  }
  const { credentialSubject: stated } = attestation as EstimateCredential;
  if (stated.method.name !== METHOD.name || stated.method.version !== METHOD.version)
    mismatch('method', stated.method, METHOD);
  const measurementDigest = digestOf(measurement);
  if (stated.measurementDigest !== measurementDigest)
    mismatch('measurementDigest', stated.measurementDigest, measurementDigest);
  const designDigest = digestOf(design);
  if (stated.designDigest !== designDigest) mismatch('designDigest', stated.designDigest, designDigest);
  if (measurement.measuredAt !== undefined && measurement.measuredAt !== stated.measuredAt)
    mismatch('measuredAt', stated.measuredAt, measurement.measuredAt);
  const found = attestationSubject(estimateCathodeState(design, measurement), design, measurement, stated.measuredAt);
  const { classProbabilitiesPpm: statedProbabilities, ...statedRest } = stated;
  const { classProbabilitiesPpm: foundProbabilities, ...foundRest } = found;
  for (const name of CATHODE_CLASSES)
    compare(
      `classProbabilitiesPpm.${name}`,
      statedProbabilities[name],
      foundProbabilities[name],
      PROBABILITY_TOLERANCE_PPM,
    );
  compare('credentialSubject', statedRest, foundRest, ROUNDING);
  return { subject: stated, proof: publicKeyMultibase === undefined ? 'not checked' : 'verified' };
}
