import { DAYS_AGO, DAYS_PER_YEAR, USE_YEARS } from '../calendar.js';
import { SPARE_MODULE, STORY_PACKS, SWAPPED_MODULE, SWAPPED_PACK, type StoryPack } from '../cast.js';
import { batchCommand, handOver, packs, type Story } from '../story.js';
import { summariseUse } from '../telematics.js';
import { cellDesign } from './packs.js';

/** Act 5: five years on the road, summed up once a year; in one pack a weak module is swapped. */
export async function driveForYears(story: Story): Promise<void> {
  const oem = story.person('oem');
  const countersMah = new Map<string, number>();
  for (let year = 1; year <= USE_YEARS; year += 1) {
    const fromDaysAgo = DAYS_AGO.useBegan - (year - 1) * DAYS_PER_YEAR;
    const from = story.calendar.daysAgo(fromDaysAgo);
    const to = story.calendar.daysAgo(fromDaysAgo - DAYS_PER_YEAR);
    const records = STORY_PACKS.map((pack) => {
      const { packId, use } = pack;
      const summary = summariseUse({
        use,
        fullChargeMah: fullChargeMah(story, pack),
        days: DAYS_PER_YEAR,
        counterStartMah: countersMah.get(packId) ?? 0,
      });
      countersMah.set(packId, summary.counterChargeThroughputMah);
      return batchCommand('recordUse', { useRecordId: `USE-${packId}-Y${year}`, packId, from, to, ...summary });
    });
    await oem.batch(records);
  }
  await swapModule(story);
}

/** Charge of one full charge of a pack, mAh. */
export function fullChargeMah({ files }: Story, { model }: StoryPack): number {
  return Math.round(cellDesign(files.designs, model).nominalCapacityAh * 1_000) * model.parallelCells;
}

async function swapModule(story: Story): Promise<void> {
  const { calendar, person } = story;
  const oem = person('oem');
  const remanufacturer = person('remanufacturer');
  await handOver(
    oem,
    remanufacturer,
    [...packs(SWAPPED_PACK), { recordType: 'module', id: SPARE_MODULE }],
    'Warranty case with spare module',
  );
  await remanufacturer.submit('recordRepair', {
    repairId: 'REPAIR-0001',
    packId: SWAPPED_PACK,
    kind: 'module-swap',
    removed: [{ moduleId: SWAPPED_MODULE }],
    fittedModuleIds: [SPARE_MODULE],
    description: 'Module 3 had the lowest cell voltage after rest, 46 mV below the mean of the pack.',
    performedAt: calendar.daysAgo(DAYS_AGO.modulesSwapped),
    documents: [],
  });
  await handOver(remanufacturer, oem, packs(SWAPPED_PACK), 'Repaired pack');
}
