import {
  CATHODE_CLASSES,
  digestOf,
  type CathodeClass,
  type ConfusionEntry,
  type DesignRecord,
  type EstimatorScoreRecord,
  type EstimatorTrackRecord,
  type PackRecord,
  type UseProfile,
} from '@battery-passport/schemas';

/** Part of the charge throughput that has to go back to the grid for a pack to count as used so: one in this many. */
const VEHICLE_TO_GRID_ONE_IN = 10n;
/** Fast charges a full charge for a pack to count as charged fast: one in this many. */
const FAST_CHARGED_ONE_IN = 3n;

/** How a pack was used, from its counters. @param design - Gives the charge of one full charge. */
export function useProfile(
  { counters, previousPackId }: Pick<PackRecord, 'counters' | 'previousPackId'>,
  design: Pick<DesignRecord, 'cellNominalCapacityMah' | 'parallelCells'>,
): UseProfile {
  if (previousPackId !== undefined) return 'second-life';
  const throughputMah = BigInt(counters.chargeThroughputMah);
  if (throughputMah === 0n) return 'unrecorded';
  if (BigInt(counters.vehicleToGridThroughputMah) * VEHICLE_TO_GRID_ONE_IN >= throughputMah) return 'vehicle-to-grid';
  const fullChargeMah = BigInt(design.cellNominalCapacityMah) * BigInt(design.parallelCells);
  const fastMah = BigInt(counters.fastChargeCount) * fullChargeMah * FAST_CHARGED_ONE_IN;
  return fastMah >= throughputMah ? 'fast-charged' : 'ordinary';
}

/** What a score is about. */
export type ScoreSubject = Pick<
  EstimatorScoreRecord,
  'estimatorId' | 'methodName' | 'methodVersion' | 'chemistry' | 'use'
>;

/** Identifier of the one score about a subject: a digest, since the parts together are longer than an identifier. */
export function scoreId({ estimatorId, methodName, methodVersion, chemistry, use }: ScoreSubject): string {
  return `score-${digestOf([estimatorId, methodName, methodVersion, chemistry, use]).slice('sha256:'.length, 47)}`;
}

/** Counts an answer, or takes it back with −1. Entries stay in the order of the classes and above zero. */
export function countAnswer(
  confusion: readonly ConfusionEntry[],
  attested: CathodeClass,
  measured: CathodeClass,
  by: 1 | -1,
): ConfusionEntry[] {
  return addConfusion(confusion, [{ attested, measured, count: by }]);
}

function addConfusion(...matrices: readonly (readonly ConfusionEntry[])[]): ConfusionEntry[] {
  return CATHODE_CLASSES.flatMap((attested) =>
    CATHODE_CLASSES.flatMap((measured) => {
      const count = matrices
        .flat()
        .filter((entry) => entry.attested === attested && entry.measured === measured)
        .reduce((sum, entry) => sum + entry.count, 0);
      return count > 0 ? [{ attested, measured, count }] : [];
    }),
  );
}

/** Counts of a confusion matrix; the rate is floor(correct × 10^6 / tested), null where nothing was tested. */
export function tally(confusion: readonly ConfusionEntry[]): {
  testedCount: number;
  correctCount: number;
  correctRatePpm: number | null;
  confusion: ConfusionEntry[];
} {
  const testedCount = confusion.reduce((sum, { count }) => sum + count, 0);
  const correctCount = confusion.reduce((sum, entry) => sum + (entry.attested === entry.measured ? entry.count : 0), 0);
  return {
    testedCount,
    correctCount,
    correctRatePpm: testedCount === 0 ? null : Number((BigInt(correctCount) * 1_000_000n) / BigInt(testedCount)),
    confusion: [...confusion],
  };
}

/** What scores say together and each by itself. */
export function trackRecord(scores: readonly EstimatorScoreRecord[]): EstimatorTrackRecord {
  return {
    ...tally(addConfusion(...scores.map(({ confusion }) => confusion))),
    scores: scores.map(({ estimatorId, methodName, methodVersion, chemistry, use, confusion }) => ({
      estimatorId,
      methodName,
      methodVersion,
      chemistry,
      use,
      ...tally(confusion),
    })),
  };
}
