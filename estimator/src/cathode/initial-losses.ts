import { agedKinetics, FRESH_KINETICS, type DesignCalibration } from './design-calibration.js';
import { agedBalance, STOICHIOMETRY_LIMITS, type Losses } from './electrode-balance.js';
import { chargeVoltage, type ChargeCourse } from './charge-model.js';
import type { ChargeRecord } from './charge-record.js';

const LLI_GRID = [0, 0.06, 0.12, 0.18, 0.24, 0.32];
const LAM_PE_GRID = [0, 0.08, 0.16, 0.24, 0.32, 0.42];
const LAM_NE_GRID = [0, 0.06, 0.12, 0.2];
const POINTS = 32;
/** The best points, then the best that lie apart from those before: neighbours mostly lead into one valley. */
const BEST = 3;
const BEST_APART = 2;
const APART = 0.07;

/** A start of the fit: losses, and lithium in the negative electrode when the charge began, Ah. */
export type InitialLosses = Losses & { startAh: number };

/**
 * The best few of a grid of losses, scored on the shape of the charge: a constant shift of voltage is free, since the
 * polarisation of the aged cell is not known yet. The charge at the beginning follows from the rest voltage, or from the
 * first point of the charge.
 * @returns One to five starts, best first; empty when no point of the grid can hold the charge that passed.
 */
export function initialLosses(calibration: DesignCalibration, record: ChargeRecord): InitialLosses[] {
  const { design, openCircuit, fresh, kinetics } = calibration;
  const stride = Math.max(1, Math.floor(record.voltageV.length / POINTS));
  const pick = (values: Float64Array): Float64Array => values.filter((_, i) => i % stride === 0);
  const course: ChargeCourse = {
    passedAh: pick(record.course.passedAh),
    currentA: pick(record.course.currentA),
    sinceOnS: pick(record.course.sinceOnS),
    temperatureK: record.course.temperatureK,
  };
  const observed = pick(record.voltageV);
  const predicted = new Float64Array(observed.length);
  const passedAh = course.passedAh[course.passedAh.length - 1];
  const scored: { start: InitialLosses; score: number }[] = [];
  const { low, high } = STOICHIOMETRY_LIMITS;
  for (const lli of LLI_GRID)
    for (const lamPe of LAM_PE_GRID)
      for (const lamNe of LAM_NE_GRID) {
        const balance = agedBalance(fresh, { lli, lamPe, lamNe });
        const lowest = Math.max(low * balance.negativeAh, balance.lithiumAh - high * balance.positiveAh);
        const highest = Math.min(high * balance.negativeAh, balance.lithiumAh - low * balance.positiveAh) - passedAh;
        if (highest <= lowest) continue;
        const open = (negativeAh: number): number =>
          openCircuit.positive.value((balance.lithiumAh - negativeAh) / balance.positiveAh) -
          openCircuit.negative.value(negativeAh / balance.negativeAh);
        const target = record.rest?.voltageV ?? observed[0];
        let from = lowest;
        let to = highest;
        for (let i = 0; i < 30; i++) {
          const middle = (from + to) / 2;
          if (open(middle) < target) from = middle;
          else to = middle;
        }
        const startAh = (from + to) / 2;
        const aged = kinetics && agedKinetics(calibration, kinetics, balance, FRESH_KINETICS);
        chargeVoltage(design, openCircuit, balance, startAh, course, aged, predicted);
        let sum = 0;
        let squares = 0;
        for (let i = 0; i < predicted.length; i++) {
          const difference = Math.max(-0.2, Math.min(0.2, predicted[i] - observed[i]));
          sum += difference;
          squares += difference * difference;
        }
        scored.push({ start: { lli, lamPe, lamNe, startAh }, score: squares - (sum * sum) / predicted.length });
      }
  scored.sort((a, b) => a.score - b.score);
  const chosen = scored.slice(0, BEST).map(({ start }) => start);
  for (const { start } of scored) {
    if (chosen.length >= BEST + BEST_APART) break;
    if (chosen.every((one) => Math.abs(one.lamPe - start.lamPe) + Math.abs(one.lli - start.lli) > APART))
      chosen.push(start);
  }
  return chosen;
}
