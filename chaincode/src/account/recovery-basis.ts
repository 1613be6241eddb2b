import type { ElementSymbol, RecoveryBasis } from '@battery-passport/schemas';
import type { ElementMasses } from './element-account.js';
import { proportion } from './proportion.js';

/** The basis of what descends from no waste. */
export const NO_BASIS: RecoveryBasis = { activeMaterialMg: 0, elements: [] };

/** The basis of waste that enters recycling: its own active material and elements. */
export function basisOf(activeMaterialMg: number, masses: ElementMasses): RecoveryBasis {
  return toBasis(activeMaterialMg, new Map(masses));
}

/** The sum of bases. */
export function addBases(...bases: readonly RecoveryBasis[]): RecoveryBasis {
  const masses = new Map<ElementSymbol, number>();
  let activeMaterialMg = 0;
  for (const basis of bases) {
    activeMaterialMg += basis.activeMaterialMg;
    for (const { element, massMg } of basis.elements) masses.set(element, (masses.get(element) ?? 0) + massMg);
  }
  return toBasis(activeMaterialMg, masses);
}

/** Draws the share of a basis that goes with `massMg` out of `ofMassMg`, rounded down; the rest remains. */
export function drawBasis(
  basis: RecoveryBasis,
  massMg: number,
  ofMassMg: number,
): { drawn: RecoveryBasis; remaining: RecoveryBasis } {
  const drawnActiveMg = proportion(basis.activeMaterialMg, massMg, ofMassMg);
  const drawn = new Map<ElementSymbol, number>();
  const remaining = new Map<ElementSymbol, number>();
  for (const entry of basis.elements) {
    const share = proportion(entry.massMg, massMg, ofMassMg);
    drawn.set(entry.element, share);
    remaining.set(entry.element, entry.massMg - share);
  }
  return {
    drawn: toBasis(drawnActiveMg, drawn),
    remaining: toBasis(basis.activeMaterialMg - drawnActiveMg, remaining),
  };
}

function toBasis(activeMaterialMg: number, masses: Map<ElementSymbol, number>): RecoveryBasis {
  return {
    activeMaterialMg,
    elements: [...masses]
      .filter(([, massMg]) => massMg > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([element, massMg]) => ({ element, massMg })),
  };
}
