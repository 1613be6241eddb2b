import Type, { type Static } from 'typebox';
import { Identifier, Instant, LongText } from '../identifier.js';
import { CathodeChemistry, Ppm, RatioPpm, SignedPpm } from '../quantity.js';
import { commandSchema, recordDefinition, recordSchema, Supersedes } from '../record.js';
import { transaction } from '../transaction.js';
import { CathodeClass } from './estimate.js';
import { Collection, MAX_MODULES_PER_PACK, Route } from './pack.js';

/** How a cathode is brought back: lithium restored, the surface annealed, cracked grains made single crystals, or a new composition. */
export const REGENERATION_METHODS = [
  're-lithiation',
  'surface-annealing',
  'single-crystal-conversion',
  'upcycling',
] as const;
/** How a cathode is brought back. */
export const RegenerationMethod = Type.Enum([...REGENERATION_METHODS], { description: 'Regeneration method' });
export type RegenerationMethod = (typeof REGENERATION_METHODS)[number];

/**
 * What must hold for a rule to apply; an absent member asks nothing. Limits are inclusive and compare against the estimated
 * value. A limit on a quantity that is not known is never met, nor is any limit of an estimate where there is none.
 */
export const SortingCondition = Type.Object(
  {
    chemistries: Type.Optional(Type.Array(CathodeChemistry, { minItems: 1, uniqueItems: true })),
    conditions: Type.Optional(Type.Array(Collection.properties.condition, { minItems: 1, uniqueItems: true })),
    classes: Type.Optional(Type.Array(CathodeClass, { minItems: 1, uniqueItems: true })),
    /** Probability of the attested class. */
    minClassProbabilityPpm: Type.Optional(Ppm),
    sohMinPpm: Type.Optional(RatioPpm),
    sohMaxPpm: Type.Optional(RatioPpm),
    lliMinPpm: Type.Optional(SignedPpm),
    lliMaxPpm: Type.Optional(SignedPpm),
    lamPeMinPpm: Type.Optional(SignedPpm),
    lamPeMaxPpm: Type.Optional(SignedPpm),
    crackAreaRatioMinPpm: Type.Optional(RatioPpm),
    crackAreaRatioMaxPpm: Type.Optional(RatioPpm),
    surfaceLayerRatioMinPpm: Type.Optional(RatioPpm),
    surfaceLayerRatioMaxPpm: Type.Optional(RatioPpm),
  },
  { additionalProperties: false },
);
export type SortingCondition = Static<typeof SortingCondition>;

/** One rule of a policy; `method` belongs to direct recycling and to nothing else. */
export const SortingRule = Type.Object(
  {
    ruleId: Identifier,
    when: SortingCondition,
    route: Route,
    method: Type.Optional(RegenerationMethod),
  },
  { additionalProperties: false },
);
export type SortingRule = Static<typeof SortingRule>;

// The record's identifier is `<policyId>-v<version>` and has to be an identifier itself.
const PolicyId = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,55}$',
  description: 'Identifier of a policy over its versions',
});
const Version = Type.Integer({ minimum: 1, maximum: 99_999, description: 'Version, counted from 1' });

const policyContent = {
  policyId: PolicyId,
  version: Version,
  /** The first rule that applies decides; the last asks nothing, so that one always does. */
  rules: Type.Array(SortingRule, { minItems: 1, maxItems: 64 }),
  note: LongText,
};

/** A published sorting policy; a version never changes. */
export const SortingPolicyRecord = recordSchema('sortingPolicy', {
  ...policyContent,
  state: Type.Enum(['published', 'retired']),
  retirement: Type.Optional(Type.Object({ reason: LongText, at: Instant }, { additionalProperties: false })),
});
export type SortingPolicyRecord = Static<typeof SortingPolicyRecord>;

/** Identifier of a policy version's record. */
export function sortingPolicyRecordId(policyId: string, version: number): string {
  return `${policyId}-v${version}`;
}

/** Where a pack or a module goes, as the policy has it; anyone can compute it again from the named records. */
export const SortingDecisionRecord = recordSchema('sortingDecision', {
  packId: Identifier,
  moduleId: Type.Optional(Identifier),
  /** The estimate that it rests on; none where the pack could not be measured. */
  attestationId: Type.Optional(Identifier),
  policyRecordId: Identifier,
  ruleId: Identifier,
  route: Route,
  method: Type.Optional(RegenerationMethod),
  decidedAt: Instant,
  /** Set when the estimate that it rests on is corrected by this attestation: decide again. */
  attestationCorrectedBy: Type.Optional(Identifier),
});
export type SortingDecisionRecord = Static<typeof SortingDecisionRecord>;

export const sortingRecords = {
  sortingPolicy: recordDefinition({
    schema: SortingPolicyRecord,
    indexes: ['policyId', 'state'],
    references: () => [],
  }),
  sortingDecision: recordDefinition({
    schema: SortingDecisionRecord,
    indexes: ['packId', 'route'],
    references: (decision) => [
      { kind: 'sorts', recordType: 'pack', id: decision.packId, lineage: false },
      { kind: 'by-policy', recordType: 'sortingPolicy', id: decision.policyRecordId, lineage: false },
      ...(decision.attestationId === undefined
        ? []
        : [{ kind: 'rests-on', recordType: 'attestation', id: decision.attestationId, lineage: false }]),
      ...(decision.supersedes === undefined
        ? []
        : [{ kind: 'corrects', recordType: 'sortingDecision', id: decision.supersedes.id, lineage: false }]),
    ],
  }),
};

const sorters = ['recycler', 'remanufacturer', 'collector'] as const;
const publishers = [...sorters, 'regulator'] as const;

export const sortingTransactions = {
  publishSortingPolicy: transaction({
    contract: 'SortingContract',
    kind: 'submit',
    roles: publishers,
    description: 'Publishes the next version of a sorting policy.',
    command: commandSchema(policyContent),
    result: SortingPolicyRecord,
  }),
  retireSortingPolicy: transaction({
    contract: 'SortingContract',
    kind: 'submit',
    roles: publishers,
    description: 'Retires a version of a sorting policy: nothing is sorted by it any more.',
    command: commandSchema({ policyRecordId: Identifier, reason: LongText }),
    result: SortingPolicyRecord,
  }),
  sortPack: transaction({
    contract: 'SortingContract',
    kind: 'submit',
    roles: sorters,
    description: 'Sorts a collected pack: the contract computes the route from the policy and the attestation.',
    command: commandSchema({
      decisionId: Identifier,
      packId: Identifier,
      attestationId: Type.Optional(Identifier),
      policyRecordId: Identifier,
      supersedes: Type.Optional(Supersedes),
    }),
    result: SortingDecisionRecord,
  }),
  sortModules: transaction({
    contract: 'SortingContract',
    kind: 'submit',
    roles: sorters,
    description: 'Sorts modules of a collected pack one by one; each then has a record and a route of its own.',
    command: commandSchema({
      packId: Identifier,
      policyRecordId: Identifier,
      modules: Type.Array(
        commandSchema({
          decisionId: Identifier,
          moduleId: Identifier,
          /** Identifier of the module's record, where it cannot be `moduleId` itself. */
          looseModuleId: Type.Optional(Identifier),
          attestationId: Type.Optional(Identifier),
          supersedes: Type.Optional(Supersedes),
        }),
        { minItems: 1, maxItems: MAX_MODULES_PER_PACK },
      ),
    }),
    result: Type.Object({ decisions: Type.Array(SortingDecisionRecord) }, { additionalProperties: false }),
  }),
};
