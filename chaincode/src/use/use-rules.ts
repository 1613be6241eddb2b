import { instantSeconds, type CommandOf, type PackRecord, type UseRecord } from '@battery-passport/schemas';
import { Refusal } from '../kernel/refusal.js';

/** What a period of use is stated as. */
export type UseStatement = Omit<CommandOf<'recordUse'>, 'useRecordId' | 'supersedes'>;

/** States in which a period of use may be stated: rows also arrive after the pack was given back. */
const USED: ReadonlySet<PackRecord['state']> = new Set<PackRecord['state']>([
  'in-service',
  'in-repair',
  'collected',
  'sorted',
]);

/** From when to when a next period may be, and what the pack's counter then read. */
export interface UseBaseline {
  readonly from: string;
  /** When the pack was given back, if it was. */
  readonly until?: string;
  readonly counterMah: number;
  readonly sequence: number;
}

/**
 * Where a pack's next period of use connects: after the last one, or after the placing on the market.
 * @throws Refusal `ILLEGAL_TRANSITION` for a pack that never was in use.
 */
export function nextBaseline(pack: PackRecord): UseBaseline {
  if (pack.placedOnMarketAt === undefined || !USED.has(pack.state)) {
    throw new Refusal('ILLEGAL_TRANSITION', `pack ${pack.id} is ${pack.state}: only what was in service is used`);
  }
  return {
    from: pack.lastUseTo ?? pack.placedOnMarketAt,
    ...(pack.collection === undefined ? {} : { until: pack.collection.collectedAt }),
    counterMah: pack.counters.chargeThroughputMah,
    sequence: pack.counters.useRecordCount + 1,
  };
}

/**
 * Where the correction of a pack's last period connects: where that period did.
 * @throws Refusal `CORRECTION_CONFLICT` for any other period, since later ones rest on it.
 */
export function correctionBaseline(pack: PackRecord, wrong: UseRecord): UseBaseline {
  if (wrong.packId !== pack.id || pack.lastUseRecordId !== wrong.id) {
    throw new Refusal('CORRECTION_CONFLICT', `use record ${wrong.id} is not the last one of pack ${pack.id}`);
  }
  return { from: wrong.from, counterMah: wrong.counterStartMah, sequence: wrong.sequence };
}

/**
 * Checks a period of use against where it connects and against itself.
 * @throws Refusal `PERIOD_INVALID`, `USE_PERIOD_OVERLAP`, `TIME_IMPLAUSIBLE`, `COUNTER_BACKWARDS`, `THROUGHPUT_INVALID`,
 * `HISTOGRAM_INVALID`.
 */
export function assertUse(use: UseStatement, baseline: UseBaseline): void {
  const periodS = instantSeconds(use.to) - instantSeconds(use.from);
  if (periodS <= 0) throw new Refusal('PERIOD_INVALID', `a period from ${use.from} cannot end at ${use.to}`);
  if (instantSeconds(use.from) < instantSeconds(baseline.from)) {
    throw new Refusal('USE_PERIOD_OVERLAP', `the period begins at ${use.from}, before ${baseline.from}`);
  }
  if (baseline.until !== undefined && instantSeconds(use.to) > instantSeconds(baseline.until)) {
    throw new Refusal('TIME_IMPLAUSIBLE', `the period ends at ${use.to}, the pack was given back at ${baseline.until}`);
  }
  if (use.counterChargeThroughputMah < baseline.counterMah + use.chargeThroughputMah) {
    throw new Refusal(
      'COUNTER_BACKWARDS',
      `the counter reads ${use.counterChargeThroughputMah} mAh after ${baseline.counterMah} mAh and ${use.chargeThroughputMah} mAh charged`,
    );
  }
  if (use.vehicleToGridThroughputMah > use.dischargeThroughputMah) {
    throw new Refusal('THROUGHPUT_INVALID', 'more went back to the grid than was discharged');
  }
  assertHistograms(use, periodS);
}

/**
 * A pack's counters after a period; the totals of a period that is corrected are taken back first.
 * @throws Refusal `THROUGHPUT_INVALID` when a total would pass 2^53 − 1.
 */
export function afterUse(pack: PackRecord, use: UseStatement & { readonly id: string }, wrong?: UseRecord): PackRecord {
  const { counters } = pack;
  return {
    ...pack,
    counters: {
      chargeThroughputMah: use.counterChargeThroughputMah,
      vehicleToGridThroughputMah: total(
        counters.vehicleToGridThroughputMah - (wrong?.vehicleToGridThroughputMah ?? 0),
        use.vehicleToGridThroughputMah,
      ),
      fastChargeCount: total(counters.fastChargeCount - (wrong?.fastChargeCount ?? 0), use.fastChargeCount),
      useRecordCount: counters.useRecordCount + (wrong === undefined ? 1 : 0),
    },
    lastUseTo: use.to,
    lastUseRecordId: use.id,
  };
}

function total(before: number, more: number): number {
  const sum = before + more;
  if (!Number.isSafeInteger(sum)) throw new Refusal('THROUGHPUT_INVALID', 'a total would pass 2^53 − 1');
  return sum;
}

function assertHistograms(use: UseStatement, periodS: number): void {
  const { stateOfChargeTemperatureS: joint, depthOfDischargeCounts: depth, cRateDurationS: rate } = use;
  assertEdges('state of charge', joint.socEdgesPpm, joint.durationS.length);
  for (const row of joint.durationS) assertEdges('temperature', joint.temperatureEdgesMk, row.length);
  assertEdges('depth of discharge', depth.edgesPpm, depth.counts.length);
  assertEdges('C-rate', rate.edgesMilliC, rate.durationS.length);
  assertWithin('state of charge and temperature', joint.durationS.flat(), periodS);
  assertWithin('C-rate', rate.durationS, periodS);
}

function assertEdges(what: string, edges: readonly number[], bins: number): void {
  if (edges.length !== bins + 1) {
    throw new Refusal('HISTOGRAM_INVALID', `${what}: ${edges.length} edges do not fit ${bins} bins`);
  }
  if (edges.some((edge, index) => index > 0 && edge <= (edges[index - 1] ?? edge))) {
    throw new Refusal('HISTOGRAM_INVALID', `${what}: the edges do not ascend`);
  }
}

function assertWithin(what: string, durationsS: readonly number[], periodS: number): void {
  const totalS = durationsS.reduce((sum, durationS) => sum + durationS, 0);
  if (totalS > periodS) {
    throw new Refusal('HISTOGRAM_INVALID', `${what}: ${totalS} s do not fit into a period of ${periodS} s`);
  }
}
