import {
  assertSchema,
  CATHODE_CLASSES,
  CATHODE_CHEMISTRIES,
  CREDENTIALS_V2_CONTEXT,
  digestOf,
  ESTIMATE_CREDENTIAL_TYPE,
  EstimateCredential as EstimateCredentialSchema,
  partyKeyUrn,
  partyUrn,
  SchemaError,
  signCredential,
} from '@battery-passport/schemas';
import type { DesignFile, EstimateCredential, EstimateSubject, Measurement } from '@battery-passport/schemas';
import type { Quantity } from '../cathode/posterior.js';
import { METHOD, type Estimate, type QuantityName } from '../estimate.js';
import { EstimatorError } from '../estimator-error.js';

const PPM = 1_000_000;
const MAH_PER_AH = 1000;
/** The ledger takes whole parts per million up to a thousandfold; a wider interval says no more. */
const WIDEST = 1_000_000_000;

const UNDEFINED_TERMS_CONTEXT = 'https://www.w3.org/ns/credentials/undefined-terms/v2';

/** How each quantity is called on the ledger. */
const LEDGER_NAME = {
  lli: 'lli',
  lamPe: 'lamPe',
  lamNe: 'lamNe',
  crackAreaRatio: 'crackAreaRatio',
  surfaceLayerRatio: 'surfaceLayerRatio',
  capacityAh: 'capacity',
  sohFraction: 'soh',
} as const satisfies Record<QuantityName, string>;

function whole(value: number, scale: number, low = -WIDEST): number {
  const rounded = Math.round(value * scale);
  // −0 is not canonical JSON's 0.
  return Math.min(WIDEST, Math.max(low, rounded)) + 0;
}

function lossPpm(quantity: Quantity | null) {
  return quantity && ppm(quantity, -WIDEST, -PPM, PPM);
}

function ratioPpm(quantity: Quantity | null) {
  return quantity && ppm(quantity, 0, 0, WIDEST);
}

function ppm({ value, sigma, interval90 }: Quantity, low: number, valueLow: number, valueHigh: number) {
  return {
    valuePpm: Math.min(valueHigh, Math.max(valueLow, whole(value, PPM))),
    sigmaPpm: whole(sigma, PPM, 0),
    interval90Ppm: [whole(interval90[0], PPM, low), whole(interval90[1], PPM, low)] as [number, number],
  };
}

/** Whole parts per million that sum to a million: what rounding leaves goes to the largest. */
function probabilitiesPpm(probabilities: Estimate['classProbabilities']): EstimateSubject['classProbabilitiesPpm'] {
  const rounded = Object.fromEntries(
    CATHODE_CLASSES.map((name) => [name, whole(probabilities[name], PPM, 0)]),
  ) as EstimateSubject['classProbabilitiesPpm'];
  const largest = CATHODE_CLASSES.reduce((best, one) => (rounded[one] > rounded[best] ? one : best));
  rounded[largest] += PPM - CATHODE_CLASSES.reduce((sum, one) => sum + rounded[one], 0);
  return rounded;
}

/**
 * An estimate as the ledger reads it: contracts have no floating point, so fractions and ratios are whole parts per million
 * and capacity whole milliampere-hours.
 * @param measuredAt - When the charge began, UTC to the second, RFC 3339.
 * @throws EstimatorError `DESIGN_INVALID` when the design's chemistry is not one that the ledger knows.
 */
export function attestationSubject(
  estimate: Estimate,
  design: DesignFile,
  measurement: Measurement,
  measuredAt: string,
): EstimateSubject {
  const chemistry = CATHODE_CHEMISTRIES.find((one) => one === design.cathodeChemistry);
  if (chemistry === undefined) {
    throw new EstimatorError({
      code: 'DESIGN_INVALID',
      message: `cathode chemistry ${design.cathodeChemistry} is not one of ${CATHODE_CHEMISTRIES.join(', ')}`,
    });
  }
  const { capacityAh } = estimate;
  return {
    packId: estimate.packId,
    ...(measurement.moduleId === undefined ? {} : { moduleId: measurement.moduleId }),
    designId: estimate.designId,
    chemistry,
    cathodeClass: estimate.cathodeClass,
    classProbabilitiesPpm: probabilitiesPpm(estimate.classProbabilities),
    lli: lossPpm(estimate.lli),
    lamPe: lossPpm(estimate.lamPe),
    lamNe: lossPpm(estimate.lamNe),
    crackAreaRatio: ratioPpm(estimate.crackAreaRatio),
    surfaceLayerRatio: ratioPpm(estimate.surfaceLayerRatio),
    capacity: capacityAh && {
      valueMah: whole(capacityAh.value, MAH_PER_AH, 0),
      sigmaMah: whole(capacityAh.sigma, MAH_PER_AH, 0),
      interval90Mah: [whole(capacityAh.interval90[0], MAH_PER_AH, 0), whole(capacityAh.interval90[1], MAH_PER_AH, 0)],
    },
    soh: ratioPpm(estimate.sohFraction),
    notIdentifiable: Object.fromEntries(
      Object.entries(estimate.notIdentifiable).map(([name, reason]) => [LEDGER_NAME[name as QuantityName], reason]),
    ),
    method: { ...METHOD },
    measurementDigest: digestOf(measurement),
    designDigest: digestOf(design),
    measuredAt,
  };
}

/** Who signs an estimate, and when. */
export interface AttestationOptions {
  estimate: Estimate;
  design: DesignFile;
  measurement: Measurement;
  /** Party identifier of the estimator on the ledger. */
  estimatorPartyId: string;
  /** Which of the party's keys signs. */
  keyId: string;
  /** That key's secret half as a Multikey, `z3u2…`. */
  secretKeyMultibase: string;
  /** When the charge began, RFC 3339, UTC to the second. */
  measuredAt: string;
  /** When it is signed, likewise; given, never read from a clock. */
  issuedAt: string;
}

/**
 * Signs an estimate as a W3C verifiable credential with an `eddsa-jcs-2022` proof.
 * @throws EstimatorError `ATTESTATION_INVALID` when the result is not what the ledger would read, `DESIGN_INVALID`.
 */
export function attest(options: AttestationOptions): EstimateCredential {
  const { estimate, design, measurement, estimatorPartyId, keyId, secretKeyMultibase, measuredAt, issuedAt } = options;
  const credential = {
    '@context': [CREDENTIALS_V2_CONTEXT, UNDEFINED_TERMS_CONTEXT] as [typeof CREDENTIALS_V2_CONTEXT, string],
    type: ['VerifiableCredential', ESTIMATE_CREDENTIAL_TYPE] as const,
    issuer: partyUrn(estimatorPartyId),
    validFrom: issuedAt,
    credentialSubject: attestationSubject(estimate, design, measurement, measuredAt),
  };
  try {
    const signed = signCredential(credential, {
      secretKeyMultibase,
      created: issuedAt,
      verificationMethod: partyKeyUrn(estimatorPartyId, keyId),
    });
    assertSchema(EstimateCredentialSchema, signed, 'attestation');
    return signed as unknown as EstimateCredential;
  } catch (cause) {
    if (!(cause instanceof SchemaError)) throw cause;
    throw new EstimatorError({ code: 'ATTESTATION_INVALID', message: cause.message, cause });
  }
}
