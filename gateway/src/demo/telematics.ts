import type { CommandOf } from '@battery-passport/schemas';
import type { UsePattern } from './cast.js';
import { merkleRoot } from './merkle-root.js';

const SECONDS_PER_DAY = 86_400;

/** Edges of the histograms, the same for every pack, so that fleets can be added up. */
const SOC_EDGES_PPM = [0, 200_000, 400_000, 600_000, 800_000, 1_000_000];
const TEMPERATURE_EDGES_MK = [253_150, 273_150, 283_150, 293_150, 303_150, 323_150];
const DEPTH_EDGES_PPM = [0, 200_000, 400_000, 600_000, 800_000, 1_000_000];
const C_RATE_EDGES_MILLI_C = [0, 20, 200, 500, 1_000, 3_000];

/** Time at each state of charge: most packs stand between 40 and 80 %. */
const SOC_SHARES = [0.06, 0.18, 0.31, 0.33, 0.12];
/** Discharges by depth: drives are mostly shallow. */
const DEPTH_SHARES = [0.38, 0.33, 0.18, 0.08, 0.03];
/** Swing of a pack's monthly mean temperature over the year, and its scatter within a month, K. */
const SEASON_K = 9;
const SCATTER_K = 6;
/** Part of the charge that comes back on discharge. */
const COULOMBIC_FRACTION = 0.998;
/** Discharges for one full cycle. */
const DISCHARGES_PER_CYCLE = 3.2;

/** What a vehicle reports of one month. */
interface TelematicsRow {
  readonly month: number;
  readonly days: number;
  readonly chargeMah: number;
  readonly dischargeMah: number;
  readonly vehicleToGridMah: number;
  readonly fastCharges: number;
  readonly meanTemperatureMk: number;
}

/** A stretch of use. */
export interface UsePeriod {
  readonly use: UsePattern;
  /** Charge of one full charge of the pack, mAh. */
  readonly fullChargeMah: number;
  readonly days: number;
  /** The pack's counter of charge when the period begins, mAh. */
  readonly counterStartMah: number;
}

/** What a period's use record says, besides of which pack and when. */
export type UseSummary = Omit<CommandOf<'recordUse'>, 'useRecordId' | 'packId' | 'from' | 'to' | 'supersedes'>;

/** Sums up a period as the carmaker's telematics do: the rows stay there, their Merkle root goes to the ledger. */
export function summariseUse(period: UsePeriod): UseSummary {
  const rows = telematicsRows(period);
  const sum = (quantity: (row: TelematicsRow) => number) => rows.reduce((total, row) => total + quantity(row), 0);
  const chargeThroughputMah = sum(({ chargeMah }) => chargeMah);
  const cycles = chargeThroughputMah / period.fullChargeMah;
  return {
    chargeThroughputMah,
    dischargeThroughputMah: sum(({ dischargeMah }) => dischargeMah),
    vehicleToGridThroughputMah: sum(({ vehicleToGridMah }) => vehicleToGridMah),
    fastChargeCount: sum(({ fastCharges }) => fastCharges),
    counterChargeThroughputMah: period.counterStartMah + chargeThroughputMah,
    stateOfChargeTemperatureS: {
      socEdgesPpm: SOC_EDGES_PPM,
      temperatureEdgesMk: TEMPERATURE_EDGES_MK,
      durationS: SOC_SHARES.map((socShare) =>
        TEMPERATURE_EDGES_MK.slice(1).map((_, bin) =>
          sum((row) => Math.floor(row.days * SECONDS_PER_DAY * socShare * temperatureShare(row, bin))),
        ),
      ),
    },
    depthOfDischargeCounts: {
      edgesPpm: DEPTH_EDGES_PPM,
      counts: DEPTH_SHARES.map((share) => Math.round(cycles * DISCHARGES_PER_CYCLE * share)),
    },
    cRateDurationS: { edgesMilliC: C_RATE_EDGES_MILLI_C, durationS: cRateDurations(period, cycles) },
    rowsMerkleRoot: merkleRoot(rows),
    rowCount: rows.length,
  };
}

function telematicsRows({ use, fullChargeMah, days }: UsePeriod): TelematicsRow[] {
  const months = Math.max(1, Math.round((days * 12) / 365));
  return Array.from({ length: months }, (_, month): TelematicsRow => {
    const from = Math.floor((days * month) / months);
    const rowDays = Math.floor((days * (month + 1)) / months) - from;
    // Driven a little more in summer than in winter.
    const season = Math.sin((2 * Math.PI * (month + 0.5)) / 12);
    const cycles = (use.fullCyclesPerYear * rowDays * (1 + 0.08 * season)) / 365;
    const chargeMah = Math.round(cycles * fullChargeMah);
    const dischargeMah = Math.floor(chargeMah * COULOMBIC_FRACTION);
    return {
      month,
      days: rowDays,
      chargeMah,
      dischargeMah,
      vehicleToGridMah: Math.floor(dischargeMah * use.vehicleToGridFraction),
      fastCharges: Math.round(cycles * use.fastChargesPerCycle),
      meanTemperatureMk: Math.round((use.meanTemperatureK + SEASON_K * season) * 1_000),
    };
  });
}

/** Part of a month between two temperature edges, for a logistic scatter about the month's mean. */
function temperatureShare({ meanTemperatureMk }: TelematicsRow, bin: number): number {
  const below = (edge: number | undefined, outside: number): number =>
    edge === undefined ? outside : 1 / (1 + Math.exp((meanTemperatureMk - edge) / (SCATTER_K * 1_000)));
  const lower = bin === 0 ? 0 : below(TEMPERATURE_EDGES_MK[bin], 0);
  const upper = bin === TEMPERATURE_EDGES_MK.length - 2 ? 1 : below(TEMPERATURE_EDGES_MK[bin + 1], 1);
  return upper - lower;
}

/** Time at each C-rate: driving and charging take what the cycles need, the rest is rest. */
function cRateDurations({ days, use }: UsePeriod, cycles: number): number[] {
  const hours = (rateC: number, share: number) => (2 * cycles * share) / rateC;
  const fastShare = Math.min(0.4, use.fastChargesPerCycle * 0.5);
  const moving = [
    hours(0.1, 0.4 - fastShare / 2),
    hours(0.35, 0.4 - fastShare / 2),
    hours(0.7, 0.2),
    hours(1.5, fastShare),
  ];
  const movingS = moving.map((time) => Math.floor(time * 3_600));
  const restS = Math.max(0, days * SECONDS_PER_DAY - movingS.reduce((sum, time) => sum + time, 0));
  return [Math.floor(restS), ...movingS];
}
