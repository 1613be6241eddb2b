import Type, { type Static } from 'typebox';
import { ElementAccount } from '../element-account.js';
import { Identifier, Instant, LongText } from '../identifier.js';
import { CarbonGPerKg, CathodeChemistry, Count, ElementSymbol, PositiveMassMg, Ppm } from '../quantity.js';
import { commandSchema, correctionOf, PrivateDetail, recordDefinition, recordSchema, Supersedes } from '../record.js';
import { transaction } from '../transaction.js';
import { GradeProperty } from './grade.js';
import { LotMaterial } from './lot.js';

/** Chain-of-custody models of ISO 22095. The ledger's accounts show physical content, so book and claim is not among them. */
export const CHAIN_OF_CUSTODY_MODELS = [
  'identity-preserved',
  'segregated',
  'controlled-blending',
  'mass-balance',
] as const;
/** Chain-of-custody model, ISO 22095. */
export const ChainOfCustodyModel = Type.Enum([...CHAIN_OF_CUSTODY_MODELS], { description: 'ISO 22095 model' });
export type ChainOfCustodyModel = (typeof CHAIN_OF_CUSTODY_MODELS)[number];

/** A limit that a lot misses: out of bounds, not measured, or measured by another method. */
export const GradeShortfall = Type.Object(
  {
    property: GradeProperty,
    cause: Type.Enum(['below-minimum', 'above-maximum', 'not-measured', 'other-method']),
    limit: Type.Optional(Count),
    measured: Type.Optional(Count),
    uncertainty: Type.Optional(Count),
  },
  { additionalProperties: false },
);
export type GradeShortfall = Static<typeof GradeShortfall>;

/**
 * Shares of one element by origin, ppm of its mass, each rounded down. `declaredPpm` was recovered outside the ledger and is
 * only claimed by a document, so it never counts.
 */
export const ElementShares = Type.Object(
  { element: ElementSymbol, preConsumerPpm: Ppm, postConsumerPpm: Ppm, declaredPpm: Ppm, primaryPpm: Ppm },
  { additionalProperties: false },
);
export type ElementShares = Static<typeof ElementShares>;

/**
 * Recovery: recovered mass over the mass in the waste that it descends from, ppm, rounded down. Matter that was added on
 * the way, such as lithium at re-lithiation, is not recovered. `null` where no waste active material went in.
 */
export const RecoveryRates = Type.Object(
  {
    activeMaterialPpm: Type.Union([Ppm, Type.Null()]),
    elements: Type.Array(Type.Object({ element: ElementSymbol, ppm: Ppm }, { additionalProperties: false }), {
      maxItems: 32,
    }),
  },
  { additionalProperties: false },
);
export type RecoveryRates = Static<typeof RecoveryRates>;

/** What a contract computes of a lot for its certificate; nobody types any of it in. */
export const CertificateFindings = {
  outcome: Type.Enum(['met', 'refused']),
  shortfalls: Type.Array(GradeShortfall, { maxItems: 32 }),
  /** Whether every limit holds with the assay's whole uncertainty against it (guarded acceptance, ISO 14253-1). */
  guarded: Type.Boolean(),
  material: LotMaterial,
  chemistry: Type.Optional(CathodeChemistry),
  massMg: PositiveMassMg,
  account: ElementAccount,
  recycledShares: Type.Array(ElementShares, { maxItems: 32 }),
  recovery: RecoveryRates,
  carbonGPerKg: CarbonGPerKg,
};

/** A finding of {@link CertificateFindings} by itself, as a preview returns it. */
export const CertificatePreview = Type.Object(CertificateFindings, { additionalProperties: false });
export type CertificatePreview = Static<typeof CertificatePreview>;

/** A recovered-material certificate of one lot: grade, recycled shares, recovery and carbon at the time of issue. */
export const CertificateRecord = recordSchema('certificate', {
  lotId: Identifier,
  assayId: Identifier,
  specRecordId: Identifier,
  issuerId: Identifier,
  issuedAt: Instant,
  chainOfCustodyModel: ChainOfCustodyModel,
  ...CertificateFindings,
  state: Type.Enum(['issued', 'refused', 'accepted', 'contested', 'revoked']),
  acceptance: Type.Optional(
    Type.Object(
      { by: Identifier, lotId: Identifier, at: Instant, incomingAssayId: Type.Optional(Identifier) },
      { additionalProperties: false },
    ),
  ),
  contest: Type.Optional(
    Type.Object(
      {
        by: Identifier,
        lotId: Identifier,
        reason: LongText,
        at: Instant,
        incomingAssayId: Type.Optional(Identifier),
        /** What the incoming assay misses of the grade, computed. */
        shortfalls: Type.Array(GradeShortfall, { maxItems: 32 }),
        outcome: Type.Optional(Type.Enum(['upheld', 'dismissed'])),
        resolvedBy: Type.Optional(Identifier),
        resolvedAt: Type.Optional(Instant),
        resolution: Type.Optional(LongText),
      },
      { additionalProperties: false },
    ),
  ),
  revocation: Type.Optional(
    Type.Object({ by: Identifier, reason: LongText, at: Instant }, { additionalProperties: false }),
  ),
});
export type CertificateRecord = Static<typeof CertificateRecord>;

export const certificateRecords = {
  certificate: recordDefinition({
    schema: CertificateRecord,
    indexes: ['lotId', 'issuerId', 'state'],
    references: (certificate) => [
      { kind: 'certifies', recordType: 'lot', id: certificate.lotId, lineage: true },
      { kind: 'rests-on', recordType: 'assay', id: certificate.assayId, lineage: false },
      { kind: 'measured-against', recordType: 'gradeSpecification', id: certificate.specRecordId, lineage: false },
      ...correctionOf(certificate),
    ],
  }),
};

const issuers = ['recycler', 'cathode-maker'] as const;

export const certificateTransactions = {
  issueCertificate: transaction({
    contract: 'CertificateContract',
    kind: 'submit',
    roles: issuers,
    description:
      'Issues the certificate of a recovered lot: grade, recycled shares, recovery and carbon are computed from its lineage.',
    command: commandSchema({
      certificateId: Identifier,
      lotId: Identifier,
      assayId: Identifier,
      specRecordId: Identifier,
      chainOfCustodyModel: ChainOfCustodyModel,
      supersedes: Type.Optional(Supersedes),
      private: Type.Optional(PrivateDetail),
    }),
    result: CertificateRecord,
    takesPrivateDetail: true,
  }),
  acceptCertificate: transaction({
    contract: 'CertificateContract',
    kind: 'submit',
    roles: ['cathode-maker', 'oem'],
    description:
      'Accepts a certificate as the buyer who holds its lot or a part of it, after an incoming assay if there is one.',
    command: commandSchema({
      certificateId: Identifier,
      lotId: Type.Optional(Identifier),
      incomingAssayId: Type.Optional(Identifier),
    }),
    result: CertificateRecord,
  }),
  contestCertificate: transaction({
    contract: 'CertificateContract',
    kind: 'submit',
    roles: ['cathode-maker', 'oem'],
    description:
      'Contests a certificate as the buyer who holds its lot or a part of it; its credit rests until the contest is resolved.',
    command: commandSchema({
      certificateId: Identifier,
      lotId: Type.Optional(Identifier),
      incomingAssayId: Type.Optional(Identifier),
      reason: LongText,
    }),
    result: CertificateRecord,
  }),
  resolveContest: transaction({
    contract: 'CertificateContract',
    kind: 'submit',
    roles: [...issuers, 'oem', 'regulator'],
    description:
      'Resolves a contest: the regulator either way, the issuer by conceding (upheld), the contesting buyer by withdrawing (dismissed).',
    command: commandSchema({
      certificateId: Identifier,
      outcome: Type.Enum(['upheld', 'dismissed']),
      resolution: LongText,
    }),
    result: CertificateRecord,
  }),
  revokeCertificate: transaction({
    contract: 'CertificateContract',
    kind: 'submit',
    roles: [...issuers, 'regulator'],
    description:
      'Revokes a certificate, by its issuer or the regulator: its credit counts no more, wherever it has gone.',
    command: commandSchema({ certificateId: Identifier, reason: LongText }),
    result: CertificateRecord,
  }),
  previewCertificate: transaction({
    contract: 'CertificateContract',
    kind: 'evaluate',
    roles: 'anyone',
    description: 'Computes what a certificate of a lot would say, without issuing it.',
    command: commandSchema({ lotId: Identifier, assayId: Identifier, specRecordId: Identifier }),
    result: CertificatePreview,
  }),
};
