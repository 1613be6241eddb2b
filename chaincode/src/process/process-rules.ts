import type {
  CathodeChemistry,
  ElementAccount,
  ElementSymbol,
  LotMaterial,
  LotRecord,
  ProcessKind,
  ProcessStepRecord,
  Reagent,
  RecoveryBasis,
  StepCarbon,
  StepEnergy,
  StepInput,
  StepOutput,
} from '@battery-passport/schemas';
import { carbonFactorSet } from '@battery-passport/schemas';
import { apportion } from '../account/apportion.js';
import { elementMasses, withoutCertificates } from '../account/element-account.js';
import { addBases, basisOf } from '../account/recovery-basis.js';
import { isChemistryOf } from '../design/design-rules.js';
import { Refusal } from '../kernel/refusal.js';
import type { RecordStamp } from '../kernel/transaction-context.js';
import { newLot, type DrawnMatter } from '../lot/lot-rules.js';
import { balanceElements } from './element-balance.js';
import { bearsCarbon, isOnTheWay, isRecycling, OUTPUTS_BY_KIND, outputWasteStatus } from './process-kind.js';
import { stepCarbon, totalCarbonG } from './step-carbon.js';

/** What a step is, as its operator states it, with its inputs as the ledger knows them. */
export interface StepStatement {
  readonly kind: ProcessKind;
  readonly method: string;
  readonly countryCode: string;
  readonly inputs: readonly StepInput[];
  readonly outputs: readonly StepOutput[];
  readonly takenUpMg: number;
  readonly energy: StepEnergy;
  readonly reagents: readonly Reagent[];
  readonly carbonFactors: string;
}

/** What follows from a step: balances, carbon, and the matter of each output in their order. */
export interface StepOutcome {
  readonly elementBalance: ProcessStepRecord['elementBalance'];
  readonly activeMaterial: ProcessStepRecord['activeMaterial'];
  readonly massLossMg: number;
  readonly carbon: StepCarbon;
  readonly carbonG: number;
  readonly outputs: readonly DrawnMatter[];
}

/** Steps whose active material is made new and needs none to go in. */
const MAKING_KINDS: ReadonlySet<ProcessKind> = new Set<ProcessKind>(['manufacturing', 'synthesis']);

/** Steps that cannot be done without energy: a plant that used none did not run. Packs can be taken apart by hand. */
const KINDS_WITH_ENERGY: ReadonlySet<ProcessKind> = new Set<ProcessKind>([
  'synthesis',
  'foil-separation',
  'regeneration',
  'hydrometallurgy',
  'pyrometallurgy',
  'refining',
]);

/** Method of regeneration that makes another composition. */
const UPCYCLING = 'upcycling';

/**
 * Computes everything that follows from a step: the one function that a contract and an auditor both run.
 * @throws Refusal `OUTPUT_UNFIT`, `CHEMISTRY_MISMATCH`, `ENERGY_MISSING`, `MASS_BALANCE`, `ELEMENT_BALANCE`,
 * `ACTIVE_MATERIAL_BALANCE`, `ACTIVE_MATERIAL_INVALID`, `COMPOSITION_INVALID`, `CARBON_FACTOR_MISSING`, `CARBON_FACTOR_FIXED`,
 * `RULE_SET_UNKNOWN`, `ORIGINS_EXCEEDED`, `MASS_TOO_LARGE`, `CARBON_TOO_LARGE`.
 */
export function computeStep(step: StepStatement): StepOutcome {
  assertOutputsFit(step);
  assertEnergyUsed(step);
  const massLossMg = balanceMass(step);
  const { entries, accounts } = balanceElements(
    step.inputs.map(({ account }) => account),
    step.outputs,
  );
  const activeMaterial = balanceActiveMaterial(step);
  const factors = carbonFactorSet(step.carbonFactors);
  if (factors === undefined) throw new Refusal('RULE_SET_UNKNOWN', `there are no carbon factors ${step.carbonFactors}`);
  const carbon = stepCarbon(factors, {
    countryCode: step.countryCode,
    energy: step.energy,
    reagents: step.reagents,
    inputsG: sumOf(step.inputs, ({ carbonG }) => carbonG),
  });
  const carbonG = totalCarbonG(carbon);
  const carbonShares = apportion(carbonG, massesOf(step.outputs, bearsCarbon));
  const bases = shareBasis(step, accounts, activeMaterial.shares);
  return {
    elementBalance: entries,
    activeMaterial: activeMaterial.balance,
    massLossMg,
    carbon,
    carbonG,
    outputs: step.outputs.map(({ massMg }, index) => ({
      massMg,
      account:
        step.outputs[index]?.material === 'process-scrap'
          ? withoutCertificates(accounts[index] ?? [])
          : (accounts[index] ?? []),
      activeMaterialMg: activeMaterial.shares[index] ?? 0,
      carbonG: carbonShares[index] ?? 0,
      basis: bases[index] ?? { activeMaterialMg: 0, elements: [] },
    })),
  };
}

/** The lots that a step makes, one for each output; its operator holds them. */
export function outputLots(
  step: Pick<ProcessStepRecord, 'id' | 'kind' | 'operator' | 'inputs' | 'outputs'>,
  matter: readonly DrawnMatter[],
  stamp: RecordStamp,
): LotRecord[] {
  const parents = step.inputs.map(({ recordType, id, massMg }) => ({ recordType, id, massMg }));
  return step.outputs.flatMap((output, index) => {
    const made = matter[index];
    if (made === undefined) return [];
    const lot = newLot({
      id: output.lotId,
      stamp,
      holder: step.operator,
      material: output.material,
      chemistry: output.chemistry,
      composition: output.composition.length === 0 ? undefined : output.composition,
      source: { kind: 'process-step', stepId: step.id, parents },
      wasteStatus: outputWasteStatus(step.kind, output.material, step.inputs),
      matter: made,
    });
    return [lot];
  });
}

function assertOutputsFit({ kind, method, inputs, outputs }: StepStatement): void {
  const mayChange = MAKING_KINDS.has(kind) || (kind === 'regeneration' && method === UPCYCLING);
  for (const { lotId, material, chemistry, massMg, activeMaterialMg } of outputs) {
    if (!OUTPUTS_BY_KIND[kind].has(material)) {
      throw new Refusal('OUTPUT_UNFIT', `${material} (${lotId}) does not come out of ${kind}`);
    }
    if (activeMaterialMg > massMg || (activeMaterialMg > 0 && chemistry === undefined)) {
      throw new Refusal(
        'ACTIVE_MATERIAL_INVALID',
        `${lotId}: active material needs a chemistry and is part of the mass`,
      );
    }
    if (activeMaterialMg > 0 && !mayChange && !inputs.some((input) => isSame(input.chemistry, chemistry))) {
      throw new Refusal('CHEMISTRY_MISMATCH', `${lotId} cannot be ${String(chemistry)}: none of it went in`);
    }
  }
}

/** Whether two chemistries can be the same material; `NMC` stands for a composition that is not stated. */
function isSame(one: CathodeChemistry | undefined, other: CathodeChemistry | undefined): boolean {
  return one !== undefined && other !== undefined && isChemistryOf({ cathodeChemistry: one }, other);
}

function assertEnergyUsed({ kind, energy }: StepStatement): void {
  if (KINDS_WITH_ENERGY.has(kind) && energy.electricityWh === 0 && energy.heatWh === 0) {
    throw new Refusal('ENERGY_MISSING', `${kind} takes electricity or heat`);
  }
}

/** Mass that went in and did not come out, mg. @throws Refusal `MASS_BALANCE`. */
function balanceMass({ inputs, outputs, reagents, takenUpMg }: StepStatement): number {
  const inMg = safe(sumOf(inputs, ({ massMg }) => massMg) + sumOf(reagents, ({ massMg }) => massMg) + takenUpMg);
  const outMg = safe(sumOf(outputs, ({ massMg }) => massMg));
  const uncertaintyMg = sumOf(outputs, ({ massUncertaintyMg }) => massUncertaintyMg);
  if (outMg - uncertaintyMg > inMg) {
    throw new Refusal('MASS_BALANCE', `${outMg} ± ${uncertaintyMg} mg came out, ${inMg} mg went in`);
  }
  return Math.max(0, inMg - outMg);
}

/**
 * Active material over a step. Making may make any; regeneration may add what its reagents weigh, since lithium comes back;
 * other steps can only lose it, and within the uncertainty of the masses the credit is what went in.
 * @throws Refusal `ACTIVE_MATERIAL_BALANCE`.
 */
function balanceActiveMaterial({ kind, inputs, outputs }: StepStatement): {
  balance: ProcessStepRecord['activeMaterial'];
  shares: number[];
} {
  const inMg = sumOf(inputs, ({ activeMaterialMg }) => activeMaterialMg);
  const stated = outputs.map(({ activeMaterialMg }) => activeMaterialMg);
  const outMg = safe(stated.reduce((sum, massMg) => sum + massMg, 0));
  const balance = { inMg, outMg, lossMg: Math.max(0, inMg - outMg) };
  if (MAKING_KINDS.has(kind)) return { balance, shares: stated };
  const addedMg =
    kind === 'regeneration'
      ? sumOf(inputs, ({ activeMaterialMg, massMg }) => (activeMaterialMg === 0 ? massMg : 0))
      : 0;
  const uncertaintyMg = sumOf(outputs, (output) => (output.activeMaterialMg > 0 ? output.massUncertaintyMg : 0));
  if (outMg - uncertaintyMg > inMg + addedMg) {
    throw new Refusal(
      'ACTIVE_MATERIAL_BALANCE',
      `${outMg} ± ${uncertaintyMg} mg of active material came out, ${inMg} mg went in`,
    );
  }
  return { balance, shares: apportion(Math.min(outMg, inMg + addedMg), stated) };
}

/**
 * Shares what is asked to be recovered among the outputs: each element by where it went, active material likewise, but only to
 * outputs on the way to a product while there is one, so that matter thrown away lowers the recovery of the rest.
 * Manufacturing waste that a step makes is the basis of its own recovery.
 */
function shareBasis(
  { kind, inputs, outputs }: StepStatement,
  accounts: readonly ElementAccount[],
  activeShares: readonly number[],
): RecoveryBasis[] {
  const whole = addBases(...inputs.map(({ basis }) => basis));
  const masses = accounts.map((account) => elementMasses(account));
  const elementShares = whole.elements.map(({ element, massMg }) => ({
    element,
    shares: apportion(
      massMg,
      weigh(
        outputs,
        masses.map((held) => held.get(element) ?? 0),
      ),
    ),
  }));
  const activeBasis = apportion(whole.activeMaterialMg, weigh(outputs, activeShares));
  return outputs.map(({ material }, index) => {
    const carried = basisOf(
      activeBasis[index] ?? 0,
      new Map<ElementSymbol, number>(elementShares.map(({ element, shares }) => [element, shares[index] ?? 0])),
    );
    if (material !== 'process-scrap' || isRecycling(kind)) return carried;
    return basisOf(activeShares[index] ?? 0, masses[index] ?? new Map<ElementSymbol, number>());
  });
}

/** Weights of the outputs for one thing: what those on the way to a product hold of it, else what all hold, else their mass. */
function weigh(outputs: readonly StepOutput[], held: readonly number[]): readonly number[] {
  const onTheWay = held.map((massMg, index) => {
    const output = outputs[index];
    return output !== undefined && isOnTheWay(output.material) ? massMg : 0;
  });
  if (onTheWay.some((massMg) => massMg > 0)) return onTheWay;
  return held.some((massMg) => massMg > 0) ? held : massesOf(outputs, isOnTheWay);
}

/** Masses of the outputs that count, or of all where none does. */
function massesOf(outputs: readonly StepOutput[], counts: (material: LotMaterial) => boolean): number[] {
  const counted = outputs.map(({ material, massMg }) => (counts(material) ? massMg : 0));
  return counted.some((massMg) => massMg > 0) ? counted : outputs.map(({ massMg }) => massMg);
}

function sumOf<T>(items: readonly T[], quantity: (item: T) => number): number {
  return items.reduce((sum, item) => sum + quantity(item), 0);
}

function safe(massMg: number): number {
  if (!Number.isSafeInteger(massMg)) throw new Refusal('MASS_TOO_LARGE', 'a mass would pass 2^53 − 1 mg');
  return massMg;
}
