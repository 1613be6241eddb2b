import type { DesignFile } from '@battery-passport/schemas';
import type { ElectrodeBalance } from './electrode-balance.js';
import { modelImpedance, type CellImpedanceState } from './impedance-model.js';
import { FARADAY_C_PER_MOL, GAS_CONSTANT_J_PER_MOL_K } from './impedance-parameters.js';
import type { OpenCircuit } from './open-circuit.js';
import { surfaceStoichiometry } from './particle-diffusion.js';
import type { UniformTable } from './uniform-table.js';

/** How a cell's lumped kinetic values depend on its state. */
export interface CellKinetics {
  /** The impedance values at stoichiometries and a temperature; one object, refilled. */
  at(negativeX: number, positiveX: number, temperatureK: number): CellImpedanceState;
  /** One over the diffusion time of each electrode's particles at the reference temperature, 1/s, over stoichiometry. */
  inverseTime: { negative: UniformTable; positive: UniformTable };
  /** What temperature multiplies it by. */
  inverseTimeFactor(side: 'negative' | 'positive', temperatureK: number): number;
}

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
  return steady[0] - state.negative.chargeTransferOhm - state.positive.chargeTransferOhm;
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
 * V = U_p(x_p) − U_n(x_n) + (T − T_ref) d(U_p − U_n)/dT + Σ (2RT/F) asinh(I R_ct F / 2RT) + I R, x at the surfaces
 * ({@link surfaceStoichiometry}), entropy at the means. The reaction is taken as even over each electrode apart from its
 * linear resistance, which holds below C/3.
 * @param into - Filled with the voltage, V, shape [n].
 * Source: S. Marquis et al., J. Electrochem. Soc. 166 (2019) A3693, doi:10.1149/2.0341915jes (single particle with electrolyte).
 */
export function chargeVoltage(
  design: DesignFile,
  openCircuit: OpenCircuit,
  balance: ElectrodeBalance,
  startNegativeAh: number,
  course: ChargeCourse,
  kinetics: CellKinetics | undefined,
  into: Float64Array,
  offset = 0,
): void {
  const { temperatureK } = course;
  const warmer = temperatureK - design.referenceTemperatureK;
  const thermalV = (2 * GAS_CONSTANT_J_PER_MOL_K * temperatureK) / FARADAY_C_PER_MOL;
  const n = course.passedAh.length;
  const negativeX = new Float64Array(n);
  const positiveX = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const negativeAh = startNegativeAh + course.passedAh[i];
    negativeX[i] = negativeAh / balance.negativeAh;
    positiveX[i] = (balance.lithiumAh - negativeAh) / balance.positiveAh;
    into[offset + i] =
      warmer === 0
        ? 0
        : warmer * (openCircuit.positiveEntropy.value(positiveX[i]) - openCircuit.negativeEntropy.value(negativeX[i]));
  }
  let electrolyteOhm = 0;
  if (kinetics !== undefined && n > 0) {
    electrolyteOhm = steadyElectrolyteOhm(kinetics.at(negativeX[n >> 1], positiveX[n >> 1], temperatureK));
    surfaceStoichiometry(
      startNegativeAh / balance.negativeAh,
      negativeX,
      course.sinceOnS,
      kinetics.inverseTime.negative,
      kinetics.inverseTimeFactor('negative', temperatureK),
      negativeX,
    );
    surfaceStoichiometry(
      (balance.lithiumAh - startNegativeAh) / balance.positiveAh,
      positiveX,
      course.sinceOnS,
      kinetics.inverseTime.positive,
      kinetics.inverseTimeFactor('positive', temperatureK),
      positiveX,
    );
  }
  for (let i = 0; i < n; i++) {
    let voltage = into[offset + i];
    if (kinetics !== undefined) {
      const current = course.currentA[i];
      const { negative, positive } = kinetics.at(negativeX[i], positiveX[i], temperatureK);
      voltage +=
        thermalV *
          (Math.asinh((current * negative.chargeTransferOhm) / thermalV) +
            Math.asinh((current * positive.chargeTransferOhm) / thermalV)) +
        current * electrolyteOhm;
    }
    into[offset + i] = voltage + openCircuit.positive.value(positiveX[i]) - openCircuit.negative.value(negativeX[i]);
  }
}
