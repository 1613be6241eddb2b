import {
  DEFAULT_SORTING_POLICY,
  sortingPolicyRecordId,
  type Route,
  type SortingDecisionRecord,
} from '@battery-passport/schemas';
import { DAYS_AGO } from '../calendar.js';
import { STORY_PACKS } from '../cast.js';
import { batchCommand, handOver, packs, type Story } from '../story.js';

/** Routes that end at the recycler. */
const TO_RECYCLER: readonly Route[] = ['direct-recycling', 'hydrometallurgy', 'reject'];

/**
 * Act 7: the collector sorts the returned packs. The contract computes each route from the published policy and the attestation;
 * then the packs go where they are sent.
 * @returns The decision of each returned pack.
 */
export async function sortPacks(
  story: Story,
  attestations: ReadonlyMap<string, string>,
): Promise<readonly SortingDecisionRecord[]> {
  const collector = story.person('collector');
  const returned = STORY_PACKS.filter((pack) => pack.returned !== undefined);
  const { policyId, version } = DEFAULT_SORTING_POLICY;
  await collector.batch(
    returned.map(({ packId }) => {
      const attestationId = attestations.get(packId);
      return batchCommand('sortPack', {
        decisionId: decisionId(packId),
        packId,
        policyRecordId: sortingPolicyRecordId(policyId, version),
        ...(attestationId === undefined ? {} : { attestationId }),
      });
    }),
  );
  const decisions: SortingDecisionRecord[] = [];
  for (const { packId } of returned) decisions.push(await collector.read('sortingDecision', decisionId(packId)));
  await reuse(story, routed(decisions, ['reuse']));
  await sendToRecycler(story, routed(decisions, TO_RECYCLER));
  return decisions;
}

/** Packs that were given some of the routes. */
export function routed(decisions: readonly SortingDecisionRecord[], routes: readonly Route[]): string[] {
  return decisions.filter(({ route }) => routes.includes(route)).map(({ packId }) => packId);
}

/** Sound packs go back to the carmaker and on the market again. */
async function reuse({ calendar, person }: Story, packIds: readonly string[]): Promise<void> {
  if (packIds.length === 0) return;
  const oem = person('oem');
  await handOver(person('collector'), oem, packs(...packIds), 'Packs for reuse');
  const placedOnMarketAt = calendar.daysAgo(DAYS_AGO.backOnMarket);
  await oem.batch(packIds.map((packId) => batchCommand('placePackOnMarket', { packId, placedOnMarketAt })));
}

async function sendToRecycler({ person }: Story, packIds: readonly string[]): Promise<void> {
  const recycler = person('recycler');
  // A first offer is refused: the plant has no bay free that day.
  const [first] = packIds;
  if (first === undefined) return;
  const collector = person('collector');
  const offerId = `OF-${first}-early`;
  await collector.submit('offerCustody', {
    offerId,
    asset: { recordType: 'pack', id: first },
    to: recycler.partyId,
    consignment: 'Truck 1, Monday',
  });
  await recycler.submit('refuseCustody', { offerId, reason: 'No quarantine bay is free on Monday.' });
  await handOver(collector, recycler, packs(...packIds), 'Trucks 1 and 2, Thursday');
}

function decisionId(packId: string): string {
  return `SORT-${packId}`;
}
