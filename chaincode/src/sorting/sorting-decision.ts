import type { ModuleRecord, PackRecord, Route, SortingDecisionRecord } from '@battery-passport/schemas';
import type { Ledger } from '../kernel/ledger.js';
import { Refusal } from '../kernel/refusal.js';

/**
 * Reads the decision that sends a pack or a module on one of the wanted routes.
 * @throws Refusal `WRONG_ROUTE` when it is not sorted or sorted otherwise, `RECORD_SUPERSEDED` when the estimate that the
 * decision rests on was corrected since: it has to be decided again.
 */
export async function requireRoute(
  ledger: Ledger,
  asset: PackRecord | ModuleRecord,
  wanted: readonly Route[],
): Promise<SortingDecisionRecord> {
  const what = `${asset.recordType} ${asset.id}`;
  if (asset.sortingDecisionId === undefined) throw new Refusal('WRONG_ROUTE', `${what} is not sorted`);
  const decision = await ledger.requireCurrent('sortingDecision', asset.sortingDecisionId);
  if (decision.attestationCorrectedBy !== undefined) {
    throw new Refusal(
      'RECORD_SUPERSEDED',
      `decision ${decision.id} rests on an estimate that ${decision.attestationCorrectedBy} corrects`,
    );
  }
  if (!wanted.includes(decision.route)) {
    throw new Refusal('WRONG_ROUTE', `${what} is sorted for ${decision.route}, not for ${wanted.join(' or ')}`);
  }
  return decision;
}
