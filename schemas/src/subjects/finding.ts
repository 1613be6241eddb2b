import Type, { type Static } from 'typebox';
import { Identifier, Instant, Text } from '../identifier.js';
import { CathodeChemistry, ChargeMah, Count, Ppm, RatioPpm, SignedPpm } from '../quantity.js';
import {
  commandSchema,
  correctionOf,
  Documents,
  PrivateDetail,
  recordDefinition,
  recordSchema,
  Supersedes,
} from '../record.js';
import { transaction } from '../transaction.js';
import { CathodeClass } from './estimate.js';

/**
 * How a pack was used, by which an estimator's answers are told apart. Computed from the pack's counters: `second-life` has a
 * previous passport; `vehicle-to-grid` gave at least a tenth of its charge throughput back to the grid; `fast-charged` was
 * charged fast at least once in three full charges; `unrecorded` has no charge throughput. The limits are our own.
 */
export const USE_PROFILES = ['unrecorded', 'ordinary', 'fast-charged', 'vehicle-to-grid', 'second-life'] as const;
/** How a pack was used. */
export const UseProfile = Type.Enum([...USE_PROFILES], { description: 'How a pack was used' });
export type UseProfile = (typeof USE_PROFILES)[number];

const measuredLoss = Type.Object({ valuePpm: SignedPpm, sigmaPpm: Ppm }, { additionalProperties: false });
const measuredRatio = Type.Object({ valuePpm: RatioPpm, sigmaPpm: RatioPpm }, { additionalProperties: false });

/** What a laboratory measured of the opened cells, with one standard deviation; the quantities are those of an attestation. */
export const FindingQuantities = Type.Object(
  {
    lli: Type.Optional(measuredLoss),
    lamPe: Type.Optional(measuredLoss),
    lamNe: Type.Optional(measuredLoss),
    crackAreaRatio: Type.Optional(measuredRatio),
    surfaceLayerRatio: Type.Optional(measuredRatio),
    capacity: Type.Optional(Type.Object({ valueMah: ChargeMah, sigmaMah: ChargeMah }, { additionalProperties: false })),
  },
  { additionalProperties: false },
);
export type FindingQuantities = Static<typeof FindingQuantities>;

/** A laboratory's finding after opening: the measured state of named cells, bound to the attestation that it tests. */
export const FindingRecord = recordSchema('finding', {
  attestationId: Identifier,
  packId: Identifier,
  laboratoryId: Identifier,
  estimatorId: Identifier,
  cellSerials: Type.Array(Identifier, { minItems: 1, maxItems: 256, uniqueItems: true }),
  attestedClass: CathodeClass,
  measuredClass: CathodeClass,
  /** Whether the attested class is the measured one. */
  agrees: Type.Boolean(),
  /** How the laboratory measured: `SEM cross-section and XRD`. */
  method: Text,
  quantities: Type.Optional(FindingQuantities),
  use: UseProfile,
  /** The score that it counts in. */
  scoreId: Identifier,
  measuredAt: Instant,
  documents: Documents,
});
export type FindingRecord = Static<typeof FindingRecord>;

/** How often a class was attested and another, or the same, was measured. */
export const ConfusionEntry = Type.Object(
  { attested: CathodeClass, measured: CathodeClass, count: Count },
  { additionalProperties: false },
);
export type ConfusionEntry = Static<typeof ConfusionEntry>;

/** An estimator's tested answers for one method version, chemistry and use. Written by findings only. */
export const EstimatorScoreRecord = recordSchema('estimatorScore', {
  estimatorId: Identifier,
  methodName: Identifier,
  methodVersion: Identifier,
  chemistry: CathodeChemistry,
  use: UseProfile,
  /** Entries above zero, in the order of the classes. */
  confusion: Type.Array(ConfusionEntry, { maxItems: 25 }),
});
export type EstimatorScoreRecord = Static<typeof EstimatorScoreRecord>;

/** Counts over one or several scores; the rate is floor(correct × 10^6 / tested), null where nothing was tested. */
const tally = {
  testedCount: Count,
  correctCount: Count,
  correctRatePpm: Type.Union([Ppm, Type.Null()]),
  confusion: Type.Array(ConfusionEntry, { maxItems: 25 }),
};

/** What the ledger holds of estimators' answers against what was found after opening. */
export const EstimatorTrackRecord = Type.Object(
  {
    ...tally,
    scores: Type.Array(
      Type.Object(
        {
          estimatorId: Identifier,
          methodName: Identifier,
          methodVersion: Identifier,
          chemistry: CathodeChemistry,
          use: UseProfile,
          ...tally,
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
export type EstimatorTrackRecord = Static<typeof EstimatorTrackRecord>;

export const findingRecords = {
  finding: recordDefinition({
    schema: FindingRecord,
    indexes: ['attestationId', 'packId', 'laboratoryId', 'estimatorId'],
    references: (finding) => [
      { kind: 'tests', recordType: 'attestation', id: finding.attestationId, lineage: false },
      { kind: 'about', recordType: 'pack', id: finding.packId, lineage: false },
      { kind: 'counts-in', recordType: 'estimatorScore', id: finding.scoreId, lineage: false },
      ...correctionOf(finding),
    ],
  }),
  estimatorScore: recordDefinition({
    schema: EstimatorScoreRecord,
    indexes: ['estimatorId', 'methodName', 'chemistry'],
    references: ({ estimatorId }) => [{ kind: 'scores', recordType: 'party', id: estimatorId, lineage: false }],
  }),
};

export const findingTransactions = {
  recordFinding: transaction({
    contract: 'FindingContract',
    kind: 'submit',
    roles: ['laboratory'],
    description:
      'Records what a laboratory found after opening cells, and counts it for or against the attestation that it tests.',
    command: commandSchema({
      findingId: Identifier,
      attestationId: Identifier,
      cellSerials: Type.Array(Identifier, { minItems: 1, maxItems: 256, uniqueItems: true }),
      measuredClass: CathodeClass,
      method: Text,
      quantities: Type.Optional(FindingQuantities),
      measuredAt: Instant,
      documents: Type.Optional(Documents),
      supersedes: Type.Optional(Supersedes),
      private: Type.Optional(PrivateDetail),
    }),
    result: FindingRecord,
    takesPrivateDetail: true,
  }),
  getEstimatorRecord: transaction({
    contract: 'FindingContract',
    kind: 'evaluate',
    roles: 'anyone',
    description:
      'Reads how often estimators were right: counts, rate and confusion matrix by method version, chemistry and use.',
    command: commandSchema({
      estimatorId: Type.Optional(Identifier),
      methodName: Type.Optional(Identifier),
      methodVersion: Type.Optional(Identifier),
      chemistry: Type.Optional(CathodeChemistry),
      use: Type.Optional(UseProfile),
    }),
    result: EstimatorTrackRecord,
  }),
};
