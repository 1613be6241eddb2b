import type { CathodeClass } from '@battery-passport/schemas';

/** Share of positive active material lost from which a cathode counts as depleted. */
export const DEPLETED_LAM_PE = 0.2;
/** Crack area ratio, and surface layer ratio, from which a cathode counts as cracked, or reconstructed. */
export const DAMAGED_RATIO = 1.5;

/** The class of a cathode whose state is known. */
export function cathodeClassOf(lamPe: number, crackAreaRatio: number, surfaceLayerRatio: number): CathodeClass {
  if (lamPe >= DEPLETED_LAM_PE) return 'depleted';
  const cracked = crackAreaRatio >= DAMAGED_RATIO;
  const reconstructed = surfaceLayerRatio >= DAMAGED_RATIO;
  if (cracked && reconstructed) return 'cracked-and-reconstructed';
  if (cracked) return 'cracked';
  return reconstructed ? 'surface-reconstructed' : 'lithium-deficient';
}
