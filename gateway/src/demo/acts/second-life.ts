import type { SortingDecisionRecord } from '@battery-passport/schemas';
import { DAYS_AGO } from '../calendar.js';
import { STORY_PACKS, type StoryPack, type UsePattern } from '../cast.js';
import { handOver, packs, type Story } from '../story.js';
import { summariseUse } from '../telematics.js';
import { routed } from './sorting.js';
import { fullChargeMah } from './years-of-use.js';

/** A battery that takes up solar power by day and gives it back in the evening. */
const STORAGE: UsePattern = {
  fullCyclesPerYear: 310,
  fastChargesPerCycle: 0,
  vehicleToGridFraction: 1,
  meanTemperatureK: 295,
};

/** Act 8: packs sorted for repurposing get a new passport, linked to the old, and a second life beside a solar roof. */
export async function giveSecondLife(story: Story, decisions: readonly SortingDecisionRecord[]): Promise<void> {
  const { calendar, person } = story;
  const packIds = routed(decisions, ['repurpose']);
  if (packIds.length === 0) return;
  const operator = person('second-life-operator');
  await handOver(person('collector'), operator, packs(...packIds), 'Packs for storage');
  const from = calendar.daysAgo(DAYS_AGO.secondLifeBegan);
  const to = calendar.daysAgo(DAYS_AGO.secondLifeRecorded);
  for (const packId of packIds) {
    const pack = STORY_PACKS.find((candidate) => candidate.packId === packId) as StoryPack;
    const newPackId = secondLifeOf(packId);
    await operator.submit('repurposePack', {
      packId,
      newPackId,
      gtin: pack.model.gtin,
      serial: newPackId,
      plant: { countryCode: 'JP', name: 'Hikari workshop, Chiba' },
      repurposedAt: from,
    });
    await operator.submit('placePackOnMarket', { packId: newPackId, placedOnMarketAt: from });
    await operator.submit('recordUse', {
      useRecordId: `USE-${newPackId}-1`,
      packId: newPackId,
      from,
      to,
      ...summariseUse({
        use: STORAGE,
        fullChargeMah: fullChargeMah(story, pack),
        days: DAYS_AGO.secondLifeBegan - DAYS_AGO.secondLifeRecorded,
        counterStartMah: 0,
      }),
    });
  }
}

/** Identifier of a pack's second passport. */
function secondLifeOf(packId: string): string {
  return `${packId}-SL`;
}
