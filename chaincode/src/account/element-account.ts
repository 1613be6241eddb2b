import {
  MAX_ORIGINS_PER_ELEMENT,
  originKey,
  type ElementAccount,
  type ElementSymbol,
  type OriginShare,
} from '@battery-passport/schemas';
import { Refusal } from '../kernel/refusal.js';
import { proportion } from './proportion.js';

/** Where an atom comes from, without how many. */
export type Origin = Omit<OriginShare, 'massMg'>;

/** Masses of some elements, mg. */
export type ElementMasses = ReadonlyMap<ElementSymbol, number>;

type OriginsByElement = Map<ElementSymbol, Map<string, OriginShare>>;

/**
 * The sum of accounts: masses of the same element and origin become one, in the order that the schema states.
 * Also brings a single account into that order.
 * @throws Refusal `ORIGINS_EXCEEDED` past {@link MAX_ORIGINS_PER_ELEMENT}, `MASS_TOO_LARGE` past 2^53 − 1 mg.
 */
export function addAccounts(...accounts: readonly ElementAccount[]): ElementAccount {
  const sum: OriginsByElement = new Map();
  for (const account of accounts) {
    for (const { element, origins } of account) {
      for (const origin of origins) add(sum, element, origin);
    }
  }
  return toAccount(sum);
}

/**
 * Draws the share of an account that goes with `massMg` out of `ofMassMg`: of each origin rounded down, and the rest
 * remains. `drawn` and `remaining` add up to the account, to the milligram.
 * @throws RangeError when `massMg` lies outside 0 to `ofMassMg`.
 */
export function drawAccount(
  account: ElementAccount,
  massMg: number,
  ofMassMg: number,
): { drawn: ElementAccount; remaining: ElementAccount } {
  const drawn: OriginsByElement = new Map();
  const remaining: OriginsByElement = new Map();
  for (const { element, origins } of account) {
    for (const origin of origins) {
      const share = proportion(origin.massMg, massMg, ofMassMg);
      if (share > 0) add(drawn, element, { ...origin, massMg: share });
      if (share < origin.massMg) add(remaining, element, { ...origin, massMg: origin.massMg - share });
    }
  }
  return { drawn: toAccount(drawn), remaining: toAccount(remaining) };
}

/**
 * Brings each element of an account to a target mass, with its origins in the same proportions: each rounded down, and
 * the largest takes what rounding leaves, so that the element's mass is the target exactly. Elements without a target go.
 * @throws RangeError when a target is above zero for an element that the account does not hold: nothing says its origin.
 */
export function scaleAccount(account: ElementAccount, targetsMg: ElementMasses): ElementAccount {
  const held = elementMasses(account);
  for (const [element, targetMg] of targetsMg) {
    if (targetMg > 0 && !held.has(element)) throw new RangeError(`expected an account that holds ${element}`);
  }
  const scaled: OriginsByElement = new Map();
  for (const { element, origins } of account) {
    const targetMg = targetsMg.get(element) ?? 0;
    const heldMg = held.get(element) ?? 0;
    if (targetMg === 0) continue;
    const shares = origins.map(({ massMg }) => Number((BigInt(massMg) * BigInt(targetMg)) / BigInt(heldMg)));
    const rest = targetMg - shares.reduce((sum, share) => sum + share, 0);
    const largest = indexOfLargest(origins.map(({ massMg }) => massMg));
    for (const [index, origin] of origins.entries()) {
      const massMg = (shares[index] ?? 0) + (index === largest ? rest : 0);
      if (massMg > 0) add(scaled, element, { ...origin, massMg });
    }
  }
  return toAccount(scaled);
}

/** Gives every origin of an account another one, such as a certificate or a kind; masses stay. */
export function reclassify(
  account: ElementAccount,
  change: (origin: Origin, element: ElementSymbol) => Origin,
): ElementAccount {
  const changed: OriginsByElement = new Map();
  for (const { element, origins } of account) {
    for (const { massMg, ...origin } of origins) add(changed, element, { ...change(origin, element), massMg });
  }
  return toAccount(changed);
}

/** Takes the credit of certificates off an account: the matter keeps its origin, and has to be certified anew. */
export function withoutCertificates(account: ElementAccount): ElementAccount {
  return reclassify(account, (certified) => {
    const origin = { ...certified };
    delete origin.certificateId;
    return origin;
  });
}

/** Mass of each element, mg, over all origins. */
export function elementMasses(account: ElementAccount): Map<ElementSymbol, number> {
  return new Map(
    account.map(({ element, origins }) => [element, origins.reduce((sum, { massMg }) => sum + massMg, 0)]),
  );
}

/** Mass of everything that an account holds, mg. */
export function accountMassMg(account: ElementAccount): number {
  let sum = 0;
  for (const massMg of elementMasses(account).values()) sum += massMg;
  return assertMass(sum);
}

function add(sum: OriginsByElement, element: ElementSymbol, origin: OriginShare): void {
  let origins = sum.get(element);
  if (origins === undefined) {
    origins = new Map();
    sum.set(element, origins);
  }
  const key = originKey(origin);
  const before = origins.get(key);
  origins.set(key, before === undefined ? origin : { ...before, massMg: assertMass(before.massMg + origin.massMg) });
}

function toAccount(sum: OriginsByElement): ElementAccount {
  return [...sum]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([element, byKey]) => {
      if (byKey.size > MAX_ORIGINS_PER_ELEMENT) {
        throw new Refusal(
          'ORIGINS_EXCEEDED',
          `${element} would have ${byKey.size} origins, more than ${MAX_ORIGINS_PER_ELEMENT}`,
        );
      }
      const origins = [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, origin]) => origin);
      assertMass(origins.reduce((total, { massMg }) => total + massMg, 0));
      return { element, origins };
    });
}

function indexOfLargest(masses: readonly number[]): number {
  let largest = 0;
  for (const [index, massMg] of masses.entries()) if (massMg > (masses[largest] ?? 0)) largest = index;
  return largest;
}

function assertMass(massMg: number): number {
  if (!Number.isSafeInteger(massMg)) throw new Refusal('MASS_TOO_LARGE', 'a mass would pass 2^53 − 1 mg');
  return massMg;
}
