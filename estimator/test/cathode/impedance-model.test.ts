import assert from 'node:assert/strict';
import { Matrix, solve } from 'ml-matrix';
import {
  modelImpedance,
  type CellImpedanceState,
  type ElectrodeImpedanceState,
} from '../../src/cathode/impedance-model.js';

const state: CellImpedanceState = {
  negative: {
    chargeTransferOhm: 0.022,
    doubleLayerF: 0.34,
    potentialPerCoulomb: 1.2e-5,
    diffusionTimeS: 1040,
    solidOhm: 0.002,
    electrolyteOhm: 0.007,
    electrolyteTimeS: 70,
  },
  positive: {
    chargeTransferOhm: 0.0026,
    doubleLayerF: 2.4,
    potentialPerCoulomb: 3e-5,
    diffusionTimeS: 6800,
    solidOhm: 0.004,
    electrolyteOhm: 0.004,
    electrolyteTimeS: 50,
  },
  separatorOhm: 0.0004,
  separatorTimeS: 1.6,
  concentrationRatio: 2,
  transferenceFraction: 0.26,
};

function impedance(of: CellImpedanceState, hertz: number): { re: number; im: number } {
  const out = new Float64Array(2);
  modelImpedance(of, [hertz], out);
  return { re: out[0], im: out[1] };
}

interface Complex {
  re: number;
  im: number;
}

/** Admittances of one electrode straight from their definitions, by complex arithmetic written out. */
function admittances(electrode: ElectrodeImpedanceState, angular: number): { faradaic: Complex; total: Complex } {
  // tanh z / (z − tanh z), z = (1 + i) √(ωτ/2), by exponentials
  const half = Math.sqrt((angular * electrode.diffusionTimeS) / 2);
  const e: Complex = { re: Math.exp(-2 * half) * Math.cos(2 * half), im: -Math.exp(-2 * half) * Math.sin(2 * half) };
  const divide = (a: Complex, b: Complex): Complex => {
    const n = b.re ** 2 + b.im ** 2;
    return { re: (a.re * b.re + a.im * b.im) / n, im: (a.im * b.re - a.re * b.im) / n };
  };
  const tanh = divide({ re: 1 - e.re, im: -e.im }, { re: 1 + e.re, im: e.im });
  const particle = divide(tanh, { re: half - tanh.re, im: half - tanh.im });
  const scale = (electrode.potentialPerCoulomb * electrode.diffusionTimeS) / 3;
  const faradaic = divide(
    { re: 1, im: 0 },
    { re: electrode.chargeTransferOhm + scale * particle.re, im: scale * particle.im },
  );
  return { faradaic, total: { re: faradaic.re, im: faradaic.im + angular * electrode.doubleLayerF } };
}

/**
 * The same equations by finite volumes, n to a region: an independent solver. Unknowns are the potential v (electrodes only)
 * and the salt w of every cell, real and imaginary.
 */
function finiteVolumes(of: CellImpedanceState, hertz: number, n: number): Complex {
  const angular = 2 * Math.PI * hertz;
  const regions = [of.negative, undefined, of.positive].map((electrode) => ({
    electrode,
    rE: electrode?.electrolyteOhm ?? of.separatorOhm,
    rS: electrode?.solidOhm ?? 0,
    tau: electrode?.electrolyteTimeS ?? of.separatorTimeS,
  }));
  const h = 1 / n;
  const vAt = (region: number, k: number): number => (region === 0 ? k : n + k);
  const wAt = (region: number, k: number): number => 2 * n + region * n + k;
  const unknowns = 5 * n;
  const matrix = Matrix.zeros(2 * unknowns, 2 * unknowns);
  const right = Matrix.zeros(2 * unknowns, 1);
  const add = (row: number, column: number, value: Complex): void => {
    matrix.set(2 * row, 2 * column, matrix.get(2 * row, 2 * column) + value.re);
    matrix.set(2 * row, 2 * column + 1, matrix.get(2 * row, 2 * column + 1) - value.im);
    matrix.set(2 * row + 1, 2 * column, matrix.get(2 * row + 1, 2 * column) + value.im);
    matrix.set(2 * row + 1, 2 * column + 1, matrix.get(2 * row + 1, 2 * column + 1) + value.re);
  };
  const real = (value: number): Complex => ({ re: value, im: 0 });
  regions.forEach(({ electrode, rE, rS, tau }, region) => {
    const rW = of.concentrationRatio * rE;
    for (let k = 0; k < n; k++) {
      const row = wAt(region, k);
      // Salt: flux out − flux in + h (iωτ/R_w w − (Y_F − t₊ Y) v) = 0 with flux −w'/R_w
      for (const side of [-1, 1]) {
        let otherRegion = region;
        let other = k + side;
        if (other < 0 || other >= n) {
          otherRegion += side;
          other = side < 0 ? n - 1 : 0;
        }
        if (otherRegion < 0 || otherRegion > 2) continue;
        const conductance = 1 / ((h / 2) * (rW + of.concentrationRatio * regions[otherRegion].rE));
        add(row, wAt(region, k), real(conductance));
        add(row, wAt(otherRegion, other), real(-conductance));
      }
      add(row, wAt(region, k), { re: 0, im: (h * angular * tau) / rW });
      if (electrode === undefined) continue;
      const { faradaic, total } = admittances(electrode, angular);
      const t = of.transferenceFraction;
      add(row, vAt(region, k), {
        re: -h * (faradaic.re - t * total.re),
        im: -h * (faradaic.im - t * total.im),
      });
      // Current: i(right) − i(left) − h Y v = 0 with i = (v' + w' + R_s) / (R_s + R_e), unit current
      const balance = vAt(region, k);
      add(balance, vAt(region, k), { re: -h * total.re, im: -h * total.im });
      for (const side of [-1, 1]) {
        const other = k + side;
        if (other >= 0 && other < n) {
          const conductance = 1 / (h * (rS + rE));
          for (const at of [vAt, wAt]) {
            add(balance, at(region, other), real(conductance));
            add(balance, at(region, k), real(-conductance));
          }
          right.set(2 * balance, 0, right.get(2 * balance, 0) - (side * rS) / (rS + rE));
        } else {
          const atSeparator = (region === 0) === (side === 1);
          right.set(2 * balance, 0, right.get(2 * balance, 0) - side * (atSeparator ? 1 : 0));
        }
      }
    }
  });
  const solution = solve(matrix, right);
  const read = (index: number): Complex => ({ re: solution.get(2 * index, 0), im: solution.get(2 * index + 1, 0) });
  const voltage: Complex = { re: 0, im: 0 };
  const plus = ({ re, im }: Complex, factor: number): void => {
    voltage.re += factor * re;
    voltage.im += factor * im;
  };
  // v(collector of the positive) − v(collector of the negative) − ∫ R_e i + w(end) − w(beginning)
  plus(read(vAt(2, n - 1)), 1);
  plus(real(of.positive.solidOhm), -h / 2);
  plus(read(vAt(0, 0)), -1);
  plus(real(of.negative.solidOhm), -h / 2);
  plus(read(wAt(2, n - 1)), 1);
  plus(read(wAt(0, 0)), -1);
  plus(real(of.separatorOhm), -1);
  for (const region of [0, 2]) {
    const { rE, rS } = regions[region];
    for (let face = 0; face <= n; face++) {
      const weight = (face === 0 || face === n ? 0.5 : 1) * h * rE;
      if (face === 0 || face === n) {
        plus(real((region === 0) === (face === n) ? 1 : 0), -weight);
        continue;
      }
      const conductance = 1 / (h * (rS + rE));
      for (const at of [vAt, wAt]) {
        plus(read(at(region, face)), -weight * conductance);
        plus(read(at(region, face - 1)), weight * conductance);
      }
      plus(real(rS / (rS + rE)), -weight);
    }
  }
  return { re: -voltage.re, im: -voltage.im };
}

describe('the linearised impedance in closed form', () => {
  for (const hertz of [0.01, 0.3, 20, 1000]) {
    it(`agrees with finite volumes at ${hertz} Hz, whose error falls with the second order`, () => {
      const exact = impedance(state, hertz);
      const distance = (n: number): number => {
        const coarse = finiteVolumes(state, hertz, n);
        return Math.hypot(coarse.re - exact.re, coarse.im - exact.im) / Math.hypot(exact.re, exact.im);
      };
      const [coarse, fine] = [distance(10), distance(20)];
      assert.ok(fine < 5e-3, `relative error ${fine} of 20 volumes to a region`);
      assert.ok(coarse / fine > 3.2 || fine < 1e-5, `error fell by ${coarse / fine} only`);
    });
  }

  it('is the ohmic resistance of the two conductors beside each other at high frequency', () => {
    const { negative, positive, separatorOhm } = state;
    const beside = (electrode: ElectrodeImpedanceState): number =>
      (electrode.solidOhm * electrode.electrolyteOhm) / (electrode.solidOhm + electrode.electrolyteOhm);
    const expected = separatorOhm + beside(negative) + beside(positive);
    assert.ok(Math.abs(impedance(state, 1e12).re / expected - 1) < 1e-3);
  });

  it('falls to charge transfer beside double layer where the conductors resist nothing', () => {
    const ideal = (electrode: ElectrodeImpedanceState): ElectrodeImpedanceState => ({
      ...electrode,
      potentialPerCoulomb: 0,
      solidOhm: 1e-9,
      electrolyteOhm: 1e-9,
    });
    const of = { ...state, negative: ideal(state.negative), positive: ideal(state.positive), separatorOhm: 1e-9 };
    const angular = 2 * Math.PI * 10;
    let re = 0;
    let im = 0;
    for (const { chargeTransferOhm: r, doubleLayerF: c } of [state.negative, state.positive]) {
      const norm = 1 + (angular * r * c) ** 2;
      re += r / norm;
      im -= (angular * r * r * c) / norm;
    }
    const found = impedance(of, 10);
    assert.ok(Math.abs(found.re - re) < 1e-5 * re && Math.abs(found.im - im) < 1e-5 * Math.abs(im));
  });

  it('is the open-circuit slope over the charge at low frequency', () => {
    const capacitive = impedance(state, 1e-7).im * 2 * Math.PI * 1e-7;
    const slope = state.negative.potentialPerCoulomb + state.positive.potentialPerCoulomb;
    assert.ok(Math.abs(-capacitive / slope - 1) < 1e-3);
  });
});
