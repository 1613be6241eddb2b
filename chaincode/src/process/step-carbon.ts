import {
  carbonFactorSet,
  type CarbonFactorSet,
  type Reagent,
  type StepCarbon,
  type StepEnergy,
} from '@battery-passport/schemas';
import { Refusal } from '../kernel/refusal.js';

const WH_PER_KWH = 1_000n;
const MG_PER_KG = 1_000_000n;

/**
 * The carbon factors that a step names, if they were in force when it finished.
 * @throws Refusal `RULE_SET_UNKNOWN`, `RULE_SET_NOT_IN_FORCE`.
 */
export function requireCarbonFactors(id: string, finishedAt: string): CarbonFactorSet {
  const factors = carbonFactorSet(id);
  if (factors === undefined) throw new Refusal('RULE_SET_UNKNOWN', `there are no carbon factors ${id}`);
  if (finishedAt < factors.appliesFrom) {
    throw new Refusal(
      'RULE_SET_NOT_IN_FORCE',
      `${id} applies from ${factors.appliesFrom}, the step ended ${finishedAt}`,
    );
  }
  return factors;
}

/**
 * Carbon footprint of a step, g CO2e, each part rounded down: what the inputs carried, grid electricity of the plant's country,
 * heat, and reagents.
 * @throws Refusal `CARBON_FACTOR_MISSING` for a reagent that neither the factors nor the command has a value for, and
 * `CARBON_FACTOR_FIXED` for one that has a value in both.
 */
export function stepCarbon(
  factors: CarbonFactorSet,
  step: {
    readonly countryCode: string;
    readonly energy: StepEnergy;
    readonly reagents: readonly Reagent[];
    readonly inputsG: number;
  },
): StepCarbon {
  const gridGPerKwh = Object.hasOwn(factors.electricityGPerKwh, step.countryCode)
    ? factors.electricityGPerKwh[step.countryCode]
    : undefined;
  return {
    inputsG: step.inputsG,
    electricityG: rounded(step.energy.electricityWh, gridGPerKwh ?? factors.otherCountriesGPerKwh, WH_PER_KWH),
    heatG: rounded(step.energy.heatWh, factors.heatGPerKwh, WH_PER_KWH),
    reagentsG: step.reagents.reduce(
      (sum, reagent) => sum + rounded(reagent.massMg, reagentGPerKg(factors, reagent), MG_PER_KG),
      0,
    ),
  };
}

/** The whole of a step's carbon. @throws Refusal `CARBON_TOO_LARGE` past 2^53 − 1 g. */
export function totalCarbonG({ inputsG, electricityG, heatG, reagentsG }: StepCarbon): number {
  const sum = inputsG + electricityG + heatG + reagentsG;
  if (!Number.isSafeInteger(sum)) throw new Refusal('CARBON_TOO_LARGE', 'a carbon footprint would pass 2^53 − 1 g');
  return sum;
}

function reagentGPerKg(factors: CarbonFactorSet, { name, carbonGPerKg }: Reagent): number {
  const known = Object.hasOwn(factors.reagentsGPerKg, name) ? factors.reagentsGPerKg[name] : undefined;
  if (known === undefined) {
    if (carbonGPerKg === undefined) {
      throw new Refusal('CARBON_FACTOR_MISSING', `${factors.id} has no value for ${name}: state carbonGPerKg`);
    }
    return carbonGPerKg;
  }
  if (carbonGPerKg !== undefined) {
    throw new Refusal('CARBON_FACTOR_FIXED', `${factors.id} says ${known} g/kg for ${name}: state none`);
  }
  return known;
}

function rounded(quantity: number, factor: number, per: bigint): number {
  return Number((BigInt(quantity) * BigInt(factor)) / per);
}
