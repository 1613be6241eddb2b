import Type, { type Static } from 'typebox';
import { Identifier, Instant } from '../identifier.js';
import { ElementSymbol, MassMg, Ppm } from '../quantity.js';
import { commandSchema, correctionOf, recordDefinition, recordSchema, Supersedes } from '../record.js';
import { transaction } from '../transaction.js';

/**
 * Shares of one element of a pack by origin, ppm of its mass, each rounded down. Only recovered matter whose certificate
 * stands is in the first two; `uncertifiedPpm` was recovered on the ledger without one, or its certificate is contested, revoked
 * or superseded; `declaredPpm` was recovered outside the ledger.
 */
export const RecycledContentShares = Type.Object(
  {
    element: ElementSymbol,
    massMg: MassMg,
    preConsumerPpm: Ppm,
    postConsumerPpm: Ppm,
    uncertifiedPpm: Ppm,
    declaredPpm: Ppm,
    primaryPpm: Ppm,
  },
  { additionalProperties: false },
);
export type RecycledContentShares = Static<typeof RecycledContentShares>;

/** Whether an element reaches the minimum of the rule set. */
export const RecycledContentTest = Type.Object(
  { element: ElementSymbol, minimumPpm: Ppm, met: Type.Boolean() },
  { additionalProperties: false },
);
export type RecycledContentTest = Static<typeof RecycledContentTest>;

/** The recycled content of a pack, computed from what its lots descend from, at one time and under one rule set. */
export const RecycledContentRecord = recordSchema('recycledContent', {
  packId: Identifier,
  ruleSetId: Identifier,
  shares: Type.Array(RecycledContentShares, { maxItems: 32 }),
  meets: Type.Array(RecycledContentTest, { maxItems: 16 }),
  /** The certificates whose credit is counted. */
  certificates: Type.Array(Identifier, { maxItems: 512 }),
  /** Certificates found in the pack whose credit is not counted. */
  excludedCertificates: Type.Array(Identifier, { maxItems: 512 }),
  computedAt: Instant,
});
export type RecycledContentRecord = Static<typeof RecycledContentRecord>;

export const recycledContentRecords = {
  recycledContent: recordDefinition({
    schema: RecycledContentRecord,
    indexes: ['packId'],
    references: (claim) => [
      { kind: 'states-content-of', recordType: 'pack', id: claim.packId, lineage: false },
      ...claim.certificates.map((id) => ({ kind: 'credits', recordType: 'certificate', id, lineage: false })),
      ...correctionOf(claim),
    ],
  }),
};

export const recycledContentTransactions = {
  claimRecycledContent: transaction({
    contract: 'CertificateContract',
    kind: 'submit',
    roles: ['oem'],
    description:
      'Claims the recycled content of a pack: the share per element is computed from its lots and their standing certificates.',
    command: commandSchema({
      claimId: Identifier,
      packId: Identifier,
      ruleSetId: Identifier,
      supersedes: Type.Optional(Supersedes),
    }),
    result: RecycledContentRecord,
  }),
};
