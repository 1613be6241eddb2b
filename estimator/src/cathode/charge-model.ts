import type { DesignFile } from '@battery-passport/schemas';
import type { ElectrodeBalance } from './electrode-balance.js';
import { modelImpedance, type CellImpedanceState } from './impedance-model.js';
import { FARADAY_C_PER_MOL, GAS_CONSTANT_J_PER_MOL_K } from './impedance-parameters.js';
import type { OpenCircuit } from './open-circuit.js';
import { surfaceLead } from './particle-diffusion.js';

/** Fills a cell's lumped impedance values for the stoichiometries and temperature given. */
export type KineticsAt = (negativeX: number, positiveX: number, temperatureK: number) => CellImpedanceState;

const STEADY_HZ = [1e-6];
const steady = new Float64Array(2);

/**
 * Resistance of the electrolyte, the solid and the uneven reaction under steady current: the model's limit at low frequency
 * without diffusion in the particles, less the two charge transfers.
 */
export function steadyElectrolyteOhm(state: CellImpedanceState): number {
  const negative = { ...state.negative, potentialPerCoulomb: 0 };
  const positive = { ...state.positive, potentialPerCoulomb: 0 };
  modelImpedance({ ...state, negative, positive }, STEADY_HZ, steady);
  return steady[0]! - state.negative.chargeTransferOhm - state.positive.chargeTransferOhm;
}

/** A piece of a charge at (nearly) constant current. */
export interface ChargeCourse {
  /** Charge passed since the cell was at rest, Ah, shape [n]. */
  passedAh: Float64Array;
  /** Current, A, positive charges, shape [n]. */
  currentA: Float64Array;
  /** Time since the current was switched on, s, shape [n]. */
  sinceOnS: Float64Array;
  /** Temperature, K. */
  temperatureK: number;
}

/**
 * Voltage of a cell along a charge: open-circuit potentials at the particles' surfaces, entropy, charge transfer and a
 * resistance.
 *
 * V = U_p(x_p − δ_p) − U_n(x_n + δ_n) + (T − T_ref) d(U_p − U_n)/dT + Σ (2RT/F) asinh(I R_ct F / 2RT) + I R, with
 * δ = (τ/15)(I/3600Q)·{@link surfaceLead}. The reaction is taken as even over each electrode apart from its linear
 * resistance, which holds below C/3.
 * @param into - Filled with the voltage, V, shape [n].
 * Source: S. Marquis et al., J. Electrochem. Soc. 166 (2019) A3693, doi:10.1149/2.0341915jes (single particle with electrolyte).
 */
export function chargeVoltage(
  design: DesignFile,
  openCircuit: OpenCircuit,
  balance: ElectrodeBalance,
  startNegativeAh: number,
  course: ChargeCourse,
  kineticsAt: KineticsAt | undefined,
  into: Float64Array,
  offset = 0,
): void {
  const { temperatureK } = course;
  const warmer = temperatureK - design.referenceTemperatureK;
  const thermalV = (2 * GAS_CONSTANT_J_PER_MOL_K * temperatureK) / FARADAY_C_PER_MOL;
  const n = course.passedAh.length;
  let electrolyteOhm = 0;
  if (kineticsAt !== undefined && n > 0) {
    const middle = startNegativeAh + course.passedAh[n >> 1]!;
    electrolyteOhm = steadyElectrolyteOhm(
      kineticsAt(middle / balance.negativeAh, (balance.lithiumAh - middle) / balance.positiveAh, temperatureK),
    );
  }
  for (let i = 0; i < n; i++) {
    const negativeAh = startNegativeAh + course.passedAh[i]!;
    let negativeX = negativeAh / balance.negativeAh;
    let positiveX = (balance.lithiumAh - negativeAh) / balance.positiveAh;
    let voltage =
      warmer === 0
        ? 0
        : warmer * (openCircuit.positiveEntropy.value(positiveX) - openCircuit.negativeEntropy.value(negativeX));
    const current = course.currentA[i]!;
    if (kineticsAt !== undefined && current !== 0) {
      const state = kineticsAt(negativeX, positiveX, temperatureK);
      const since = course.sinceOnS[i]!;
      const { negative, positive } = state;
      voltage +=
        thermalV *
          (Math.asinh((current * negative.chargeTransferOhm) / thermalV) +
            Math.asinh((current * positive.chargeTransferOhm) / thermalV)) +
        current * electrolyteOhm;
      const perSecond = current / 54000;
      negativeX +=
        (perSecond * negative.diffusionTimeS * surfaceLead(since / negative.diffusionTimeS)) / balance.negativeAh;
      positiveX -=
        (perSecond * positive.diffusionTimeS * surfaceLead(since / positive.diffusionTimeS)) / balance.positiveAh;
    }
    into[offset + i] = voltage + openCircuit.positive.value(positiveX) - openCircuit.negative.value(negativeX);
  }
}
