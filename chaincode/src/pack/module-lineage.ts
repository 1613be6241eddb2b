import type { ModuleRecord } from '@battery-passport/schemas';
import type { Ledger } from '../kernel/ledger.js';
import { Refusal } from '../kernel/refusal.js';

/** How many packs a walk back along swapped modules visits: a longer chain of swaps is refused rather than not looked at. */
const MAX_PACKS_VISITED = 64;

/**
 * Checks that a module does not come, through packs and swapped modules, out of the pack that it is to be fitted into: a pack
 * cannot descend from itself.
 * @throws Refusal `LINEAGE_CYCLE`.
 */
export async function assertNotDescendant(ledger: Ledger, packId: string, module: ModuleRecord): Promise<void> {
  const visited = new Set<string>();
  const pending = module.packId === undefined ? [] : [module.packId];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    if (id === packId) {
      throw new Refusal('LINEAGE_CYCLE', `module ${module.id} descends from pack ${packId}`);
    }
    if (visited.has(id)) continue;
    visited.add(id);
    if (visited.size > MAX_PACKS_VISITED) {
      throw new Refusal('LINEAGE_CYCLE', `module ${module.id} has passed through more than ${MAX_PACKS_VISITED} packs`);
    }
    const pack = await ledger.require('pack', id);
    if (pack.previousPackId !== undefined) pending.push(pack.previousPackId);
    for (const { moduleId, fittedLater } of pack.modules) {
      if (fittedLater !== true) continue;
      const { packId: from } = await ledger.require('module', moduleId);
      if (from !== undefined) pending.push(from);
    }
  }
}
