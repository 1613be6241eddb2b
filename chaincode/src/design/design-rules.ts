import type { CathodeChemistry, CommandOf, DesignRecord } from '@battery-passport/schemas';
import { Refusal } from '../kernel/refusal.js';

/** Checks that a design's numbers can be of one pack. @throws Refusal `DESIGN_INVALID`. */
export function assertDesign(design: CommandOf<'registerDesign'>): void {
  if (design.cathodeMassMg > design.packMassMg) {
    throw new Refusal(
      'DESIGN_INVALID',
      `${design.cathodeMassMg} mg of cathode exceed the pack's ${design.packMassMg} mg`,
    );
  }
  const cells = cellCount(design);
  if (design.moduleCount > cells) {
    throw new Refusal('DESIGN_INVALID', `${cells} cells cannot fill ${design.moduleCount} modules`);
  }
  if (design.certifiedEnergyWh > design.packNominalEnergyWh) {
    throw new Refusal('DESIGN_INVALID', 'the certified usable energy exceeds the nominal energy');
  }
}

/** Cells of one pack. */
export function cellCount(design: Pick<DesignRecord, 'seriesCells' | 'parallelCells'>): number {
  return design.seriesCells * design.parallelCells;
}

/** Whether cathode material of one chemistry is what a design says; `NMC` stands for a composition that is not stated. */
export function isChemistryOf(design: Pick<DesignRecord, 'cathodeChemistry'>, chemistry: CathodeChemistry): boolean {
  const wanted = design.cathodeChemistry;
  if (wanted === 'NMC' || chemistry === 'NMC') return wanted.startsWith('NMC') && chemistry.startsWith('NMC');
  return wanted === chemistry;
}
