import Type, { type Static } from 'typebox';
import { ElementAccount } from '../element-account.js';
import { CountryCode, Identifier, Instant, Text } from '../identifier.js';
import {
  CarbonG,
  CarbonGPerKg,
  CathodeChemistry,
  Count,
  ElementSymbol,
  EnergyWh,
  MassMg,
  PositiveMassMg,
  VoltageMv,
} from '../quantity.js';
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
import { ASSET_TYPES, Composition, LotMaterial, LotRecord, RecoveryBasis } from './lot.js';

/** What a process step does. The first two make new things; the others take waste apart and back to material. */
export const PROCESS_KINDS = [
  'manufacturing',
  'synthesis',
  'disassembly',
  'foil-separation',
  'extraction',
  'regeneration',
  'hydrometallurgy',
  'pyrometallurgy',
  'refining',
] as const;
/** Kind of a process step. */
export const ProcessKind = Type.Enum([...PROCESS_KINDS], { description: 'Kind of a process step' });
export type ProcessKind = (typeof PROCESS_KINDS)[number];

/** Steps that recycle: what goes in as waste comes out as recovered material. */
export const RECYCLING_KINDS = [
  'disassembly',
  'foil-separation',
  'extraction',
  'regeneration',
  'hydrometallurgy',
  'pyrometallurgy',
  'refining',
] as const satisfies readonly ProcessKind[];

/** The most inputs and outputs of one step: a day of packs at a plant goes in several steps. */
export const MAX_STEP_INPUTS = 256;
export const MAX_STEP_OUTPUTS = 64;

/** Where a step took place. */
export const Facility = Type.Object({ countryCode: CountryCode, name: Text }, { additionalProperties: false });

/** Electricity from the grid and heat from fuel that a step used. */
export const StepEnergy = Type.Object({ electricityWh: EnergyWh, heatWh: EnergyWh }, { additionalProperties: false });
export type StepEnergy = Static<typeof StepEnergy>;

/**
 * A reagent that bears no accounted element, by name and mass; one that does, such as lithium hydroxide, goes in as a lot.
 * `carbonGPerKg` is stated only where the step's carbon factors have no value of their own.
 */
export const Reagent = Type.Object(
  { name: Identifier, massMg: PositiveMassMg, carbonGPerKg: Type.Optional(CarbonGPerKg) },
  { additionalProperties: false },
);
export type Reagent = Static<typeof Reagent>;

/** How packs and modules were opened. */
export const Disassembly = Type.Object(
  { voltageBeforeOpeningMv: VoltageMv, electrolyteRemovedMg: MassMg, durationMinutes: Count, energyWh: EnergyWh },
  { additionalProperties: false },
);
export type Disassembly = Static<typeof Disassembly>;

/** What goes into a step, as the operator states it: a quantity of a lot, or a whole pack or module as weighed. */
export const StepInputStatement = Type.Object(
  { recordType: Type.Enum([...ASSET_TYPES]), id: Identifier, massMg: PositiveMassMg },
  { additionalProperties: false },
);
export type StepInputStatement = Static<typeof StepInputStatement>;

/** What came out of a step, as measured. Uncertainties are expanded (k = 2), absolute. */
export const StepOutput = Type.Object(
  {
    lotId: Identifier,
    material: LotMaterial,
    chemistry: Type.Optional(CathodeChemistry),
    massMg: PositiveMassMg,
    massUncertaintyMg: MassMg,
    composition: Composition,
    activeMaterialMg: MassMg,
  },
  { additionalProperties: false },
);
export type StepOutput = Static<typeof StepOutput>;

/** What went into a step, with what the ledger knows of it. `account` is already of the kind that waste becomes in the step. */
export const StepInput = Type.Object(
  {
    recordType: Type.Enum([...ASSET_TYPES]),
    id: Identifier,
    massMg: PositiveMassMg,
    chemistry: Type.Optional(CathodeChemistry),
    account: ElementAccount,
    activeMaterialMg: MassMg,
    carbonG: CarbonG,
    basis: RecoveryBasis,
    wasteStatus: Type.Enum(['none', 'pre-consumer', 'post-consumer']),
  },
  { additionalProperties: false },
);
export type StepInput = Static<typeof StepInput>;

/**
 * Balance of one element over a step. `outMg` is what was measured, `uncertaintyMg` how far off that may be, `creditedMg` what
 * the outputs' accounts hold: never more than went in. `lossMg` is computed, in − credited.
 */
export const ElementBalanceEntry = Type.Object(
  {
    element: ElementSymbol,
    inMg: MassMg,
    outMg: MassMg,
    uncertaintyMg: MassMg,
    creditedMg: MassMg,
    lossMg: MassMg,
  },
  { additionalProperties: false },
);
export type ElementBalanceEntry = Static<typeof ElementBalanceEntry>;

/** Where a step's carbon comes from, g CO2e. */
export const StepCarbon = Type.Object(
  { inputsG: CarbonG, electricityG: CarbonG, heatG: CarbonG, reagentsG: CarbonG },
  { additionalProperties: false },
);
export type StepCarbon = Static<typeof StepCarbon>;

/** One run of a process at one plant: what went in, what came out, what was lost, and what it took. */
export const ProcessStepRecord = recordSchema('processStep', {
  operator: Identifier,
  kind: ProcessKind,
  /** The method within the kind: `electric-pulse`, `re-lithiation`, `solvent-extraction`, … */
  method: Identifier,
  facility: Facility,
  startedAt: Instant,
  finishedAt: Instant,
  inputs: Type.Array(StepInput, { minItems: 1, maxItems: MAX_STEP_INPUTS }),
  outputs: Type.Array(StepOutput, { minItems: 1, maxItems: MAX_STEP_OUTPUTS }),
  elementBalance: Type.Array(ElementBalanceEntry, { maxItems: 32 }),
  activeMaterial: Type.Object(
    { inMg: MassMg, outMg: MassMg, lossMg: MassMg },
    {
      additionalProperties: false,
      description: 'Balance of the cathode active material; what is made new has no loss',
    },
  ),
  /** Mass taken up from air, process gas or water. */
  takenUpMg: MassMg,
  massLossMg: MassMg,
  energy: StepEnergy,
  reagents: Type.Array(Reagent, { maxItems: 64 }),
  disassembly: Type.Optional(Disassembly),
  /** Carbon footprint of all outputs together: what the inputs carried, energy, reagents. */
  carbonG: CarbonG,
  carbon: StepCarbon,
  /** The dated set of carbon factors that was applied. */
  carbonFactors: Identifier,
  documents: Documents,
});
export type ProcessStepRecord = Static<typeof ProcessStepRecord>;

export const processRecords = {
  processStep: recordDefinition({
    schema: ProcessStepRecord,
    indexes: ['operator', 'kind'],
    references: (step) => [
      ...step.inputs.map(({ recordType, id }) => ({ kind: 'input', recordType, id, lineage: true })),
      ...correctionOf(step),
    ],
  }),
};

export const processTransactions = {
  recordProcessStep: transaction({
    contract: 'ProcessContract',
    kind: 'submit',
    roles: ['material-supplier', 'recycler', 'cathode-maker', 'oem'],
    description:
      'Records a process step: draws its inputs, makes its output lots, and computes losses, origins, recovery and carbon.',
    command: commandSchema({
      stepId: Identifier,
      kind: ProcessKind,
      method: Identifier,
      facility: Facility,
      startedAt: Instant,
      finishedAt: Instant,
      inputs: Type.Array(StepInputStatement, { minItems: 1, maxItems: MAX_STEP_INPUTS }),
      outputs: Type.Array(StepOutput, { minItems: 1, maxItems: MAX_STEP_OUTPUTS }),
      takenUpMg: Type.Optional(MassMg),
      energy: StepEnergy,
      reagents: Type.Optional(Type.Array(Reagent, { maxItems: 64 })),
      disassembly: Type.Optional(Disassembly),
      carbonFactors: Identifier,
      documents: Type.Optional(Documents),
      supersedes: Type.Optional(Supersedes),
      private: Type.Optional(PrivateDetail),
    }),
    result: Type.Object({ step: ProcessStepRecord, lots: Type.Array(LotRecord) }, { additionalProperties: false }),
    takesPrivateDetail: true,
  }),
};
