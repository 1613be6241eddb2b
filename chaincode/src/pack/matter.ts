import type { ElementAccount } from '@battery-passport/schemas';
import { addAccounts, drawAccount } from '../account/element-account.js';
import { proportion } from '../account/proportion.js';
import { Refusal } from '../kernel/refusal.js';

/** What is in a pack or a module: elements by origin, cathode active material, and the carbon footprint that goes with it. */
export interface Matter {
  readonly contents: ElementAccount;
  readonly activeMaterialMg: number;
  readonly carbonG: number;
}

/** Nothing. */
export const NO_MATTER: Matter = { contents: [], activeMaterialMg: 0, carbonG: 0 };

/** Puts two quantities together. @throws Refusal `ORIGINS_EXCEEDED`, `MASS_TOO_LARGE`. */
export function joinMatter(one: Matter, other: Matter): Matter {
  return {
    contents: addAccounts(one.contents, other.contents),
    activeMaterialMg: safeSum(one.activeMaterialMg, other.activeMaterialMg),
    carbonG: safeSum(one.carbonG, other.carbonG),
  };
}

/**
 * Takes the share that goes with `massMg` out of `ofMassMg`, each quantity rounded down; the rest remains, so that both add
 * up to what there was. All of it goes when the masses are equal.
 */
export function drawMatter(matter: Matter, massMg: number, ofMassMg: number): { drawn: Matter; remaining: Matter } {
  const contents = drawAccount(matter.contents, massMg, ofMassMg);
  const activeMaterialMg = proportion(matter.activeMaterialMg, massMg, ofMassMg);
  const carbonG = proportion(matter.carbonG, massMg, ofMassMg);
  return {
    drawn: { contents: contents.drawn, activeMaterialMg, carbonG },
    remaining: {
      contents: contents.remaining,
      activeMaterialMg: matter.activeMaterialMg - activeMaterialMg,
      carbonG: matter.carbonG - carbonG,
    },
  };
}

function safeSum(one: number, other: number): number {
  const sum = one + other;
  if (!Number.isSafeInteger(sum)) throw new Refusal('MASS_TOO_LARGE', 'a quantity would pass 2^53 − 1');
  return sum;
}
