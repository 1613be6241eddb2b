import type { OpenCircuit } from './open-circuit.js';

/** How much of a fresh cell's lithium and active material is lost, fractions. */
export interface Losses {
  /** Lithium inventory lost. */
  lli: number;
  /** Positive active material lost. */
  lamPe: number;
  /** Negative active material lost. */
  lamNe: number;
}

/** Capacities of a cell's electrodes and the lithium that cycles between them, Ah. */
export interface ElectrodeBalance {
  positiveAh: number;
  negativeAh: number;
  lithiumAh: number;
}

/** Bounds between which a stoichiometry is physical and tabulated, fractions. */
export const STOICHIOMETRY_LIMITS = { low: 0.0005, high: 0.9995 } as const;

/**
 * Balance of an aged cell: each capacity shrinks with its own loss. Lithium is lost from what is left in the particles, so
 * the three losses are independent.
 * Source: M. Dubarry et al., J. Power Sources 219 (2012) 204, doi:10.1016/j.jpowsour.2012.07.016.
 */
export function agedBalance(fresh: ElectrodeBalance, losses: Losses): ElectrodeBalance {
  return {
    positiveAh: fresh.positiveAh * (1 - losses.lamPe),
    negativeAh: fresh.negativeAh * (1 - losses.lamNe),
    lithiumAh: fresh.lithiumAh * (1 - losses.lli),
  };
}

/** Charge in the negative electrode, Ah, at which the open-circuit voltage is as asked, or an end of either electrode. */
function negativeChargeAtVoltage(
  openCircuit: OpenCircuit,
  balance: ElectrodeBalance,
  voltageV: number,
  lowest: number,
  highest: number,
): number {
  const difference = (negativeAh: number): number =>
    openCircuit.positive.value((balance.lithiumAh - negativeAh) / balance.positiveAh) -
    openCircuit.negative.value(negativeAh / balance.negativeAh) -
    voltageV;
  if (difference(lowest) >= 0) return lowest;
  if (difference(highest) <= 0) return highest;
  let low = lowest;
  let high = highest;
  // A voltage that rises with charge crosses once; bisection cannot return another root's neighbour as Newton may.
  for (let i = 0; i < 60 && high - low > 1e-12 * balance.lithiumAh; i++) {
    const middle = (low + high) / 2;
    if (difference(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** A cell's usable window: lithium in the negative electrode at both ends, and the charge between them, Ah. */
export interface UsableWindow {
  /** Negative electrode's charge when empty, Ah. */
  emptyAh: number;
  /** Negative electrode's charge when full, Ah. */
  fullAh: number;
  /** Capacity, Ah. */
  capacityAh: number;
}

/**
 * The charge between the two voltage limits at the reference temperature; where an electrode is full or empty first, the
 * window ends there.
 */
export function usableWindow(
  openCircuit: OpenCircuit,
  balance: ElectrodeBalance,
  voltageMinV: number,
  voltageMaxV: number,
): UsableWindow {
  const { low, high } = STOICHIOMETRY_LIMITS;
  const lowest = Math.max(low * balance.negativeAh, balance.lithiumAh - high * balance.positiveAh);
  const highest = Math.min(high * balance.negativeAh, balance.lithiumAh - low * balance.positiveAh);
  if (!(highest > lowest)) return { emptyAh: lowest, fullAh: lowest, capacityAh: 0 };
  const emptyAh = negativeChargeAtVoltage(openCircuit, balance, voltageMinV, lowest, highest);
  const fullAh = negativeChargeAtVoltage(openCircuit, balance, voltageMaxV, lowest, highest);
  return { emptyAh, fullAh, capacityAh: Math.max(0, fullAh - emptyAh) };
}
