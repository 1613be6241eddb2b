import type { ConsumedMaterial, DesignRecord, LotMaterial, LotRecord } from '@battery-passport/schemas';
import { isChemistryOf } from '../design/design-rules.js';
import { Refusal } from '../kernel/refusal.js';
import type { TransactionContext } from '../kernel/transaction-context.js';
import { addMatter } from '../lot/lot-rules.js';
import { drawFromLot } from '../lot/lot-use.js';
import type { Matter } from './matter.js';

/** Materials from which packs are not built: they are still ore, an intermediate, or waste. */
const UNFIT: ReadonlySet<LotMaterial> = new Set<LotMaterial>([
  'ore',
  'concentrate',
  'precursor',
  'process-scrap',
  'black-mass',
  'delaminated-cathode',
  'extracted-cathode',
  'residue',
]);

/**
 * Draws the materials of a pack or a module from lots that the caller holds.
 * @param massMg - What the thing weighs.
 * @throws Refusal `DUPLICATE_INPUT`, `MATERIAL_UNFIT`, `DESIGN_MISMATCH`, `OVERWEIGHT`, and those of `drawFromLot`.
 */
export async function consumeMaterials(
  context: TransactionContext,
  materials: readonly ConsumedMaterial[],
  design: DesignRecord,
  massMg: number,
): Promise<Matter> {
  if (new Set(materials.map(({ lotId }) => lotId)).size !== materials.length) {
    throw new Refusal('DUPLICATE_INPUT', 'a lot is named twice');
  }
  const parts = [];
  for (const { lotId, massMg: wantedMg } of materials) {
    const { lot, drawn } = await drawFromLot(context, lotId, wantedMg);
    assertFits(lot, design);
    parts.push(drawn);
  }
  const sum = addMatter(...parts);
  if (sum.massMg > massMg) {
    throw new Refusal('OVERWEIGHT', `${sum.massMg} mg of material cannot be in a thing of ${massMg} mg`);
  }
  return { contents: sum.account, activeMaterialMg: sum.activeMaterialMg, carbonG: sum.carbonG };
}

function assertFits(lot: LotRecord, design: DesignRecord): void {
  if (UNFIT.has(lot.material) || lot.wasteStatus !== 'none') {
    throw new Refusal('MATERIAL_UNFIT', `lot ${lot.id} is ${lot.material}, waste status ${lot.wasteStatus}`);
  }
  if (lot.activeMaterialMg === 0 || lot.chemistry === undefined) return;
  if (!isChemistryOf(design, lot.chemistry)) {
    throw new Refusal(
      'DESIGN_MISMATCH',
      `lot ${lot.id} is ${lot.chemistry}, design ${design.id} takes ${design.cathodeChemistry}`,
    );
  }
}
