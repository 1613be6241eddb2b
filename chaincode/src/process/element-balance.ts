import type {
  ElementAccount,
  ElementBalanceEntry,
  ElementSymbol,
  OriginShare,
  StepOutput,
} from '@battery-passport/schemas';
import { apportion } from '../account/apportion.js';
import { addAccounts, elementMasses } from '../account/element-account.js';
import { Refusal } from '../kernel/refusal.js';

const PPM = 1_000_000n;

/** What a balance needs of an output: its measured mass and composition, with their uncertainties. */
export type MeasuredOutput = Pick<StepOutput, 'lotId' | 'massMg' | 'massUncertaintyMg' | 'composition'>;

/** The balance of each element over a step, and the account that each output takes on. */
export interface ElementBalance {
  readonly entries: ElementBalanceEntry[];
  /** Accounts of the outputs, in their order. */
  readonly accounts: ElementAccount[];
}

/**
 * Balances every element over a step. What came out is measured; an output's account is credited no more than went in, and what
 * went in and is not credited is the loss. Measured above what went in is refused beyond the stated uncertainty, which adds
 * up linearly over the outputs; within it the credit is what went in. Outputs draw their origins in proportion from what
 * went in, to the milligram, so that outputs and loss together are the inputs for every single origin.
 * @param inputs - Accounts of what went in, of the kinds of origin that they have after the step.
 * @throws Refusal `ELEMENT_BALANCE`, `COMPOSITION_INVALID`, `ORIGINS_EXCEEDED`, `MASS_TOO_LARGE`.
 */
export function balanceElements(inputs: readonly ElementAccount[], outputs: readonly MeasuredOutput[]): ElementBalance {
  for (const output of outputs) assertComposition(output);
  const mixed = addAccounts(...inputs);
  const inMasses = elementMasses(mixed);
  const elements = [...new Set([...inMasses.keys(), ...measuredElements(outputs)])].sort();
  const credited = outputs.map((): { element: ElementSymbol; origins: OriginShare[] }[] => []);
  const entries = elements.map((element): ElementBalanceEntry => {
    const inMg = inMasses.get(element) ?? 0;
    const measured = outputs.map((output) => measuredMg(output, element));
    const outMg = total(measured.map(({ massMg }) => massMg));
    const uncertaintyMg = total(measured.map(({ uncertainty }) => uncertainty));
    if (outMg - uncertaintyMg > inMg) {
      throw new Refusal('ELEMENT_BALANCE', `${element}: ${outMg} ± ${uncertaintyMg} mg came out, ${inMg} mg went in`);
    }
    const creditedMg = Math.min(outMg, inMg);
    const shares = apportion(
      creditedMg,
      measured.map(({ massMg }) => massMg),
    );
    let origins = mixed.find((entry) => entry.element === element)?.origins ?? [];
    for (const [index, share] of shares.entries()) {
      const drawn = drawOrigins(origins, share);
      origins = drawn.remaining;
      if (drawn.drawn.length > 0) credited[index]?.push({ element, origins: drawn.drawn });
    }
    return { element, inMg, outMg, uncertaintyMg, creditedMg, lossMg: inMg - creditedMg };
  });
  return { entries, accounts: credited.map((account) => addAccounts(account)) };
}

/** Measured mass of an element in an output, mg, rounded down, and how far off it may be. */
function measuredMg(output: MeasuredOutput, element: ElementSymbol): { massMg: number; uncertainty: number } {
  const entry = output.composition.find((measured) => measured.element === element);
  if (entry === undefined) return { massMg: 0, uncertainty: 0 };
  const massMg = BigInt(output.massMg);
  return {
    massMg: Number((massMg * BigInt(entry.ppm)) / PPM),
    uncertainty: Number(
      (massMg * BigInt(entry.uncertaintyPpm) + BigInt(output.massUncertaintyMg) * BigInt(entry.ppm)) / PPM,
    ),
  };
}

function assertComposition({ lotId, composition }: MeasuredOutput): void {
  if (new Set(composition.map(({ element }) => element)).size !== composition.length) {
    throw new Refusal('COMPOSITION_INVALID', `the composition of ${lotId} names an element twice`);
  }
  const sumPpm = total(composition.map(({ ppm }) => ppm));
  if (sumPpm > 1_000_000) {
    throw new Refusal('COMPOSITION_INVALID', `the elements of ${lotId} add up to ${sumPpm} ppm`);
  }
}

function measuredElements(outputs: readonly MeasuredOutput[]): ElementSymbol[] {
  return outputs.flatMap(({ composition }) => composition.map(({ element }) => element));
}

function drawOrigins(
  origins: readonly OriginShare[],
  massMg: number,
): { drawn: OriginShare[]; remaining: OriginShare[] } {
  const shares = apportion(
    massMg,
    origins.map((origin) => origin.massMg),
  );
  const drawn: OriginShare[] = [];
  const remaining: OriginShare[] = [];
  for (const [index, origin] of origins.entries()) {
    const share = shares[index] ?? 0;
    if (share > 0) drawn.push({ ...origin, massMg: share });
    if (share < origin.massMg) remaining.push({ ...origin, massMg: origin.massMg - share });
  }
  return { drawn, remaining };
}

function total(quantities: readonly number[]): number {
  const sum = quantities.reduce((whole, quantity) => whole + quantity, 0);
  if (!Number.isSafeInteger(sum)) throw new Refusal('MASS_TOO_LARGE', 'a mass would pass 2^53 − 1 mg');
  return sum;
}
