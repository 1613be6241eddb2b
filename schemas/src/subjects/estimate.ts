import Type, { type Static } from 'typebox';
import { CREDENTIALS_V2_CONTEXT } from '../credential/credential.js';
import { EDDSA_JCS_2022 } from '../credential/data-integrity-proof.js';
import { Identifier, Instant, LongText, Sha256Digest } from '../identifier.js';
import { CathodeChemistry, ChargeMah, Ppm, RatioPpm, SignedPpm } from '../quantity.js';
import { commandSchema, recordDefinition, recordSchema, Supersedes } from '../record.js';
import { transaction } from '../transaction.js';

/**
 * States of a cathode. Limits, in this order: `depleted` at 20 % or more of the positive active material lost; else
 * `cracked-and-reconstructed`, `cracked` and `surface-reconstructed` by a crack area ratio or a surface layer ratio of 1.5
 * or more; else `lithium-deficient`.
 */
export const CATHODE_CLASSES = [
  'lithium-deficient',
  'cracked',
  'surface-reconstructed',
  'cracked-and-reconstructed',
  'depleted',
] as const;
/** State of a cathode. */
export const CathodeClass = Type.Enum([...CATHODE_CLASSES], { description: 'State of a cathode' });
export type CathodeClass = (typeof CATHODE_CLASSES)[number];

/** How long an attestation counts after its measurement, days. */
export const ATTESTATION_VALIDITY_DAYS = 180;

// An interval may reach past what the value itself may be: where little is known, that is the honest width.
const WidePpm = Type.Integer({ minimum: -1_000_000_000, maximum: 1_000_000_000, description: 'ppm, signed' });
const SigmaPpm = Type.Integer({ minimum: 0, maximum: 1_000_000_000, description: 'One standard deviation, ppm' });

const interval = <T extends Type.TSchema>(item: T) =>
  Type.Array(item, { minItems: 2, maxItems: 2, description: 'Lower and upper end of the 90 % interval' });

/** A fraction of the fresh cell that was lost: below zero if more is there than when fresh. */
export const LossEstimate = Type.Object(
  { valuePpm: SignedPpm, sigmaPpm: SigmaPpm, interval90Ppm: interval(WidePpm) },
  { additionalProperties: false },
);
export type LossEstimate = Static<typeof LossEstimate>;

/** A ratio to the fresh cell, 1,000,000 being unchanged. */
export const RatioEstimate = Type.Object(
  { valuePpm: RatioPpm, sigmaPpm: SigmaPpm, interval90Ppm: interval(WidePpm) },
  { additionalProperties: false },
);
export type RatioEstimate = Static<typeof RatioEstimate>;

/** Usable charge of a cell between its voltage limits. */
export const CapacityEstimate = Type.Object(
  { valueMah: ChargeMah, sigmaMah: ChargeMah, interval90Mah: interval(ChargeMah) },
  { additionalProperties: false },
);
export type CapacityEstimate = Static<typeof CapacityEstimate>;

/** Probability of each class; the sum is 1,000,000 but for rounding. */
export const ClassProbabilities = Type.Object(
  {
    'lithium-deficient': Ppm,
    cracked: Ppm,
    'surface-reconstructed': Ppm,
    'cracked-and-reconstructed': Ppm,
    depleted: Ppm,
  },
  { additionalProperties: false },
);

/** The estimator's method. */
export const EstimationMethod = Type.Object({ name: Identifier, version: Identifier }, { additionalProperties: false });

const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** What is estimated; a quantity that the measurement cannot tell is null, and `notIdentifiable` says why. */
const quantities = {
  lli: orNull(LossEstimate),
  lamPe: orNull(LossEstimate),
  lamNe: orNull(LossEstimate),
  crackAreaRatio: orNull(RatioEstimate),
  surfaceLayerRatio: orNull(RatioEstimate),
  capacity: orNull(CapacityEstimate),
  /** Capacity over the design's nominal, 1,000,000 being as new. */
  soh: orNull(RatioEstimate),
};

/** Names of the estimated quantities. */
export const ESTIMATED_QUANTITIES = [
  'lli',
  'lamPe',
  'lamNe',
  'crackAreaRatio',
  'surfaceLayerRatio',
  'capacity',
  'soh',
] as const;
export type EstimatedQuantity = (typeof ESTIMATED_QUANTITIES)[number];

/** Why a quantity is null, per quantity. */
export const NotIdentifiable = Type.Object(
  {
    lli: Type.Optional(LongText),
    lamPe: Type.Optional(LongText),
    lamNe: Type.Optional(LongText),
    crackAreaRatio: Type.Optional(LongText),
    surfaceLayerRatio: Type.Optional(LongText),
    capacity: Type.Optional(LongText),
    soh: Type.Optional(LongText),
  },
  { additionalProperties: false },
);

/** What an estimator states of one pack or module: the `credentialSubject` of its credential. */
export const EstimateSubject = Type.Object(
  {
    packId: Identifier,
    moduleId: Type.Optional(Identifier),
    /** The design file's `designId`, which is the design record's `estimatorDesignId`. */
    designId: Identifier,
    chemistry: CathodeChemistry,
    cathodeClass: CathodeClass,
    classProbabilitiesPpm: ClassProbabilities,
    ...quantities,
    notIdentifiable: NotIdentifiable,
    method: EstimationMethod,
    measurementDigest: Sha256Digest,
    designDigest: Sha256Digest,
    measuredAt: Instant,
  },
  { additionalProperties: false },
);
export type EstimateSubject = Static<typeof EstimateSubject>;

/** Type that an estimate's credential has besides `VerifiableCredential`. */
export const ESTIMATE_CREDENTIAL_TYPE = 'CathodeStateAttestation';

const PARTY_URN_PREFIX = 'urn:battery-passport:party:';

/** Address of a party as the issuer of a credential: the data model wants a URL, which a URN is. */
export function partyUrn(partyId: string): string {
  return PARTY_URN_PREFIX + partyId;
}

/** Address of a party's key as a proof's `verificationMethod`. */
export function partyKeyUrn(partyId: string, keyId: string): string {
  return `${partyUrn(partyId)}#${keyId}`;
}

/**
 * An estimator's signed estimate: a W3C verifiable credential (data model 2.0) with one Data Integrity proof.
 * `issuer` is {@link partyUrn} of the estimator; the proof names the key by {@link partyKeyUrn} or as `did:key`.
 */
export const EstimateCredential = Type.Object(
  {
    '@context': Type.Array(Type.String({ pattern: '^https://[!-~]{1,200}$' }), { minItems: 1, maxItems: 4 }),
    id: Type.Optional(Type.String({ pattern: '^(urn|https):[!-~]{1,200}$' })),
    type: Type.Array(Type.Enum(['VerifiableCredential', ESTIMATE_CREDENTIAL_TYPE]), {
      minItems: 2,
      maxItems: 2,
      uniqueItems: true,
    }),
    issuer: Type.String({ pattern: `^${PARTY_URN_PREFIX}[A-Za-z0-9][A-Za-z0-9._-]{0,63}$` }),
    validFrom: Type.Optional(Instant),
    validUntil: Type.Optional(Instant),
    credentialSubject: EstimateSubject,
    proof: Type.Object(
      {
        '@context': Type.Optional(
          Type.Array(Type.String({ pattern: '^https://[!-~]{1,200}$' }), { minItems: 1, maxItems: 4 }),
        ),
        id: Type.Optional(Type.String({ pattern: '^(urn|https):[!-~]{1,200}$' })),
        type: Type.Literal('DataIntegrityProof'),
        cryptosuite: Type.Literal(EDDSA_JCS_2022),
        created: Instant,
        verificationMethod: Type.String({ pattern: '^(urn|did|https):[!-~]{1,250}$' }),
        proofPurpose: Type.Literal('assertionMethod'),
        proofValue: Type.String({ pattern: '^z[1-9A-HJ-NP-Za-km-z]{80,88}$' }),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false, description: `Credential in the context ${CREDENTIALS_V2_CONTEXT}` },
);
export type EstimateCredential = Static<typeof EstimateCredential>;

/** Why an estimate is asked for. */
export const ESTIMATE_PURPOSES = ['use', 'warranty', 'resale', 'sorting', 'repurposing', 'audit'] as const;

/** A request for an estimate of a pack or of one module of it. */
export const EstimateRequestRecord = recordSchema('estimateRequest', {
  packId: Identifier,
  moduleId: Type.Optional(Identifier),
  requestedBy: Identifier,
  purpose: Type.Enum([...ESTIMATE_PURPOSES]),
  expiresAt: Instant,
  state: Type.Enum(['open', 'answered', 'withdrawn', 'expired']),
  attestationId: Type.Optional(Identifier),
});
export type EstimateRequestRecord = Static<typeof EstimateRequestRecord>;

/** An estimate as the ledger took it: every field comes out of the signed credential, which is kept whole. */
export const AttestationRecord = recordSchema('attestation', {
  packId: Identifier,
  moduleId: Type.Optional(Identifier),
  requestId: Identifier,
  estimatorId: Identifier,
  keyId: Identifier,
  /** The accreditation under which it counts. */
  accreditationId: Identifier,
  chemistry: CathodeChemistry,
  method: EstimationMethod,
  cathodeClass: CathodeClass,
  classProbabilitiesPpm: ClassProbabilities,
  ...quantities,
  measurementDigest: Sha256Digest,
  designDigest: Sha256Digest,
  measuredAt: Instant,
  /** {@link ATTESTATION_VALIDITY_DAYS} after `measuredAt`. */
  expiresAt: Instant,
  credential: EstimateCredential,
});
export type AttestationRecord = Static<typeof AttestationRecord>;

export const estimateRecords = {
  estimateRequest: recordDefinition({
    schema: EstimateRequestRecord,
    indexes: ['packId', 'state', 'requestedBy'],
    references: (request) => [
      { kind: 'about', recordType: 'pack', id: request.packId, lineage: false },
      ...(request.attestationId === undefined
        ? []
        : [{ kind: 'answered-by', recordType: 'attestation', id: request.attestationId, lineage: false }]),
    ],
  }),
  attestation: recordDefinition({
    schema: AttestationRecord,
    indexes: ['packId', 'estimatorId', 'cathodeClass'],
    references: (attestation) => [
      { kind: 'about', recordType: 'pack', id: attestation.packId, lineage: false },
      { kind: 'answers', recordType: 'estimateRequest', id: attestation.requestId, lineage: false },
      { kind: 'issued-by', recordType: 'party', id: attestation.estimatorId, lineage: false },
      { kind: 'accredited-by', recordType: 'accreditation', id: attestation.accreditationId, lineage: false },
      ...(attestation.supersedes === undefined
        ? []
        : [{ kind: 'corrects', recordType: 'attestation', id: attestation.supersedes.id, lineage: false }]),
    ],
  }),
};

const askers = [
  'oem',
  'collector',
  'remanufacturer',
  'second-life-operator',
  'recycler',
  'cathode-maker',
  'regulator',
] as const;

export const estimateTransactions = {
  requestEstimate: transaction({
    contract: 'EstimateContract',
    kind: 'submit',
    roles: askers,
    description: "Asks for an estimate of a pack or module: by its holder, the pack's maker, or the regulator.",
    command: commandSchema({
      requestId: Identifier,
      packId: Identifier,
      moduleId: Type.Optional(Identifier),
      purpose: Type.Enum([...ESTIMATE_PURPOSES]),
      expiresAt: Instant,
    }),
    result: EstimateRequestRecord,
  }),
  withdrawEstimateRequest: transaction({
    contract: 'EstimateContract',
    kind: 'submit',
    roles: askers,
    description: 'Withdraws an open estimate request, by the party that asked.',
    command: commandSchema({ requestId: Identifier }),
    result: EstimateRequestRecord,
  }),
  expireEstimateRequest: transaction({
    contract: 'EstimateContract',
    kind: 'submit',
    roles: [...askers, 'estimator'],
    description: 'Closes an open estimate request whose time has passed.',
    command: commandSchema({ requestId: Identifier }),
    result: EstimateRequestRecord,
  }),
  submitAttestation: transaction({
    contract: 'EstimateContract',
    kind: 'submit',
    roles: ['estimator'],
    description: 'Answers an estimate request with a signed estimate, or corrects the answer with a reason.',
    command: commandSchema({
      attestationId: Identifier,
      requestId: Identifier,
      credential: EstimateCredential,
      supersedes: Type.Optional(Supersedes),
    }),
    result: AttestationRecord,
  }),
};
