import type { ElementAccount, ElementSymbol } from '@battery-passport/schemas';
import { elementMasses } from '../src/account/element-account.js';
import type { MemoryWorld } from './memory-world.js';

/** Masses of elements, mg; a plain object, so that a difference shows in a failing test. */
export type Masses = Partial<Record<ElementSymbol, number>>;

/** Adds the elements of an account to masses. */
export function addTo(masses: Masses, account: ElementAccount, sign: 1 | -1 = 1): void {
  for (const [element, massMg] of elementMasses(account)) {
    masses[element] = (masses[element] ?? 0) + sign * massMg;
  }
}

/** Masses without the elements of which there is nothing. */
export function present(masses: Masses): Masses {
  return Object.fromEntries(Object.entries(masses).filter(([, massMg]) => massMg !== 0));
}

/** Where everything is now: in lots, in packs, in modules on their own. A corrected record holds nothing any more. */
export function elementsPresent(world: MemoryWorld): Masses {
  const masses: Masses = {};
  for (const lot of world.records('lot')) if (lot.superseded === undefined) addTo(masses, lot.remaining);
  for (const pack of world.records('pack')) if (pack.superseded === undefined) addTo(masses, pack.contents);
  for (const module of world.records('module')) addTo(masses, module.contents);
  return present(masses);
}

/** What steps lost, by their own balances. */
export function elementsLost(world: MemoryWorld): Masses {
  const masses: Masses = {};
  for (const step of world.records('processStep')) {
    if (step.superseded !== undefined) continue;
    for (const { element, lossMg } of step.elementBalance) masses[element] = (masses[element] ?? 0) + lossMg;
  }
  return present(masses);
}
