/** One electrode of the linearised model at one state; resistances and capacities are of the whole cell, not per area. */
export interface ElectrodeImpedanceState {
  /** Charge-transfer resistance, ohm. */
  chargeTransferOhm: number;
  /** Double-layer capacity, F. */
  doubleLayerF: number;
  /** Magnitude of the open-circuit slope over the electrode's charge, V per coulomb. */
  potentialPerCoulomb: number;
  /** Diffusion time of the particles, radius squared over diffusivity, s. */
  diffusionTimeS: number;
  /** Ohmic resistance of the solid across the electrode, ohm. */
  solidOhm: number;
  /** Ohmic resistance of the electrolyte across the electrode, ohm. */
  electrolyteOhm: number;
  /** Diffusion time of the salt across the electrode, s. */
  electrolyteTimeS: number;
}

/** The whole cell of the linearised model at one state. */
export interface CellImpedanceState {
  negative: ElectrodeImpedanceState;
  positive: ElectrodeImpedanceState;
  /** Ohmic resistance of the electrolyte in the separator, ohm. */
  separatorOhm: number;
  /** Diffusion time of the salt across the separator, s. */
  separatorTimeS: number;
  /** Concentration resistance over ohmic resistance of the electrolyte, the same in the three regions, a ratio. */
  concentrationRatio: number;
  /** Share of the current carried by lithium ions in the electrolyte, a fraction. */
  transferenceFraction: number;
}

// Scratch of one electrode's answer: concentration potential at the separator and voltage, each for a unit of current and
// a unit of salt flux. A single shared block keeps the inner loop free of allocation.
const NEGATIVE = 0;
const POSITIVE = 8;
const electrode = new Float64Array(16);
const mode = new Float64Array(4);

/** Square root with a non-negative real part, into `mode[0..1]`. */
function complexSqrt(re: number, im: number): void {
  const magnitude = Math.sqrt(re * re + im * im);
  const root = Math.sqrt((magnitude + Math.abs(re)) / 2);
  if (root === 0) {
    mode[0] = 0;
    mode[1] = 0;
  } else if (re >= 0) {
    mode[0] = root;
    mode[1] = im / (2 * root);
  } else {
    mode[0] = Math.abs(im) / (2 * root);
    mode[1] = im < 0 ? -root : root;
  }
}

/** coth(s)/s into `mode[0..1]` and 1/(s sinh s) into `mode[2..3]` for s² = (re, im). */
function endSlopeResponse(re: number, im: number): void {
  complexSqrt(re, im);
  const sRe = mode[0];
  const sIm = mode[1];
  const decay = Math.exp(-sRe);
  const eRe = decay * Math.cos(sIm);
  const eIm = -decay * Math.sin(sIm);
  const e2Re = eRe * eRe - eIm * eIm;
  const e2Im = 2 * eRe * eIm;
  // 1 / (s (1 − e^(−2s)))
  const dRe = sRe * (1 - e2Re) + sIm * e2Im;
  const dIm = sIm * (1 - e2Re) - sRe * e2Im;
  const norm = dRe * dRe + dIm * dIm;
  const iRe = dRe / norm;
  const iIm = -dIm / norm;
  mode[0] = (1 + e2Re) * iRe - e2Im * iIm;
  mode[1] = (1 + e2Re) * iIm + e2Im * iRe;
  mode[2] = 2 * (eRe * iRe - eIm * iIm);
  mode[3] = 2 * (eRe * iIm + eIm * iRe);
}

/**
 * Solves one electrode at one frequency; x runs from the collector (0) to the separator (1).
 *
 * v is the potential of solid against electrolyte, w the salt's concentration in volts:
 *   v'' = (R_s + R_e) Y v − w'',   w'' = iωτ w − R_w (Y_F − t₊ Y) v,
 *   v'(0) = −R_s I, w'(0) = 0, v'(1) = R_e I − w'(1), w'(1) = R_w f.
 */
function solveElectrode(
  at: number,
  state: ElectrodeImpedanceState,
  angular: number,
  concentrationRatio: number,
  transference: number,
): void {
  // Particle: tanh z / (z − tanh z) with z² = iωτ; below |z| = 0.1 its series 3/z² + 1/5.
  const zSquared = angular * state.diffusionTimeS;
  let pRe: number;
  let pIm: number;
  if (zSquared < 0.01) {
    pRe = 0.2;
    pIm = zSquared === 0 ? 0 : -3 / zSquared;
  } else {
    const z = Math.sqrt(zSquared / 2);
    const e = Math.exp(-2 * z);
    const eRe = e * Math.cos(2 * z);
    const eIm = -e * Math.sin(2 * z);
    const nRe = 1 - eRe;
    const nIm = -eIm;
    const mRe = 1 + eRe;
    const mIm = eIm;
    const bRe = z * (mRe - mIm) - nRe;
    const bIm = z * (mRe + mIm) - nIm;
    const norm = bRe * bRe + bIm * bIm;
    pRe = (nRe * bRe + nIm * bIm) / norm;
    pIm = (nIm * bRe - nRe * bIm) / norm;
  }
  const diffusionOhm = (state.potentialPerCoulomb * state.diffusionTimeS) / 3;
  const fRe = state.chargeTransferOhm + diffusionOhm * pRe;
  const fIm = diffusionOhm * pIm;
  const fNorm = fRe * fRe + fIm * fIm;
  const yfRe = fRe / fNorm;
  const yfIm = -fIm / fNorm;
  const yRe = yfRe;
  const yIm = yfIm + angular * state.doubleLayerF;
  const rE = state.electrolyteOhm;
  const rS = state.solidOhm;
  const r = rE + rS;
  const rW = concentrationRatio * rE;
  const ycRe = rW * (yfRe - transference * yRe);
  const ycIm = rW * (yfIm - transference * yIm);
  const d = angular * state.electrolyteTimeS;
  // Matrix of (v, w)'': [[a, −i d], [−yc, i d]].
  const aRe = r * yRe + ycRe;
  const aIm = r * yIm + ycIm;
  const hRe = aRe / 2;
  const hIm = (aIm - d) / 2;
  // ((a − d)/2)² + b c with b c = i d yc
  complexSqrt(hRe * hRe - hIm * hIm - d * ycIm, 2 * hRe * hIm + d * ycRe);
  let sRe = mode[0];
  let sIm = mode[1];
  if (sRe * hRe + sIm * hIm < 0) {
    sRe = -sRe;
    sIm = -sIm;
  }
  const mRe = aRe / 2;
  const mIm = (aIm + d) / 2;
  const m1Re = mRe + sRe;
  const m1Im = mIm + sIm;
  const m2Re = mRe - sRe;
  const m2Im = mIm - sIm;
  // Modes (1, e) and (g, 1): e = −yc / (μ1 − i d), g = −i d / (μ2 − a).
  let nRe = m1Re;
  let nIm = m1Im - d;
  let norm = nRe * nRe + nIm * nIm;
  const eRe = -(ycRe * nRe + ycIm * nIm) / norm;
  const eIm = -(ycIm * nRe - ycRe * nIm) / norm;
  nRe = m2Re - aRe;
  nIm = m2Im - aIm;
  norm = nRe * nRe + nIm * nIm;
  const gRe = (-d * nIm) / norm;
  const gIm = (-d * nRe) / norm;
  // Inverse of [[1, g], [e, 1]]
  const qRe = 1 - (eRe * gRe - eIm * gIm);
  const qIm = -(eRe * gIm + eIm * gRe);
  norm = qRe * qRe + qIm * qIm;
  const kRe = qRe / norm;
  const kIm = -qIm / norm;
  endSlopeResponse(m1Re, m1Im);
  const t11Re = mode[0];
  const t11Im = mode[1];
  const t12Re = mode[2];
  const t12Im = mode[3];
  endSlopeResponse(m2Re, m2Im);
  const t21Re = mode[0];
  const t21Im = mode[1];
  const t22Re = mode[2];
  const t22Im = mode[3];
  // For a unit of current (end slopes of v: −R_s and R_e), then for a unit of flux (slopes at x = 1: −R_w and R_w).
  for (let unit = 0; unit < 2; unit++) {
    const v0 = unit === 0 ? -rS : 0;
    const v1 = unit === 0 ? rE : -rW;
    const w1 = unit === 0 ? 0 : rW;
    // Modal end slopes: P⁻¹ (v', w'), P⁻¹ = k [[1, −g], [−e, 1]]
    const a0Re = kRe * v0;
    const a0Im = kIm * v0;
    const b0Re = -(kRe * eRe - kIm * eIm) * v0;
    const b0Im = -(kRe * eIm + kIm * eRe) * v0;
    let xRe = v1 - gRe * w1;
    let xIm = -gIm * w1;
    const a1Re = kRe * xRe - kIm * xIm;
    const a1Im = kRe * xIm + kIm * xRe;
    xRe = w1 - eRe * v1;
    xIm = -eIm * v1;
    const b1Re = kRe * xRe - kIm * xIm;
    const b1Im = kRe * xIm + kIm * xRe;
    // Modal values at both ends
    const uA0Re = t12Re * a1Re - t12Im * a1Im - (t11Re * a0Re - t11Im * a0Im);
    const uA0Im = t12Re * a1Im + t12Im * a1Re - (t11Re * a0Im + t11Im * a0Re);
    const uA1Re = t11Re * a1Re - t11Im * a1Im - (t12Re * a0Re - t12Im * a0Im);
    const uA1Im = t11Re * a1Im + t11Im * a1Re - (t12Re * a0Im + t12Im * a0Re);
    const uB0Re = t22Re * b1Re - t22Im * b1Im - (t21Re * b0Re - t21Im * b0Im);
    const uB0Im = t22Re * b1Im + t22Im * b1Re - (t21Re * b0Im + t21Im * b0Re);
    const uB1Re = t21Re * b1Re - t21Im * b1Im - (t22Re * b0Re - t22Im * b0Im);
    const uB1Im = t21Re * b1Im + t21Im * b1Re - (t22Re * b0Im + t22Im * b0Re);
    const v0Re = uA0Re + gRe * uB0Re - gIm * uB0Im;
    const v0Im = uA0Im + gRe * uB0Im + gIm * uB0Re;
    const v1Re = uA1Re + gRe * uB1Re - gIm * uB1Im;
    const v1Im = uA1Im + gRe * uB1Im + gIm * uB1Re;
    const w0Re = eRe * uA0Re - eIm * uA0Im + uB0Re;
    const w0Im = eRe * uA0Im + eIm * uA0Re + uB0Im;
    const w1Re = eRe * uA1Re - eIm * uA1Im + uB1Re;
    const w1Im = eRe * uA1Im + eIm * uA1Re + uB1Im;
    // ∫ i_e dx from i_e = (v' + R_s I + w') / (R_s + R_e); voltage = v(0) + R_e ∫ i_e − (w(1) − w(0))
    const dwRe = w1Re - w0Re;
    const dwIm = w1Im - w0Im;
    const share = rE / r;
    const offset = at + 4 * unit;
    electrode[offset] = w1Re;
    electrode[offset + 1] = w1Im;
    electrode[offset + 2] = v0Re + share * (v1Re - v0Re + dwRe + (unit === 0 ? rS : 0)) - dwRe;
    electrode[offset + 3] = v0Im + share * (v1Im - v0Im + dwIm) - dwIm;
  }
}

/**
 * Impedance of a cell by the linearised Doyle–Fuller–Newman model in closed form.
 *
 * Each porous electrode has two exponential modes (potential and salt), coupled through the separator's salt.
 * @param state - The cell's lumped resistances, capacities and times.
 * @param frequencyHz - Frequencies, Hz, positive.
 * @param into - Filled with real then imaginary part for each frequency, ohm, shape [2n].
 * @param offset - Where in `into` to begin.
 * Source: M. Doyle, J. Meyers, J. Newman, J. Electrochem. Soc. 147 (2000) 99, doi:10.1149/1.1393162 (the linearised
 * equations); G. Paasch et al., Electrochim. Acta 38 (1993) 2653 (closed form of one electrode).
 */
export function modelImpedance(
  state: CellImpedanceState,
  frequencyHz: ArrayLike<number>,
  into: Float64Array,
  offset = 0,
): void {
  const ratio = state.concentrationRatio;
  const separatorW = ratio * state.separatorOhm;
  for (let i = 0; i < frequencyHz.length; i++) {
    const angular = 2 * Math.PI * frequencyHz[i];
    solveElectrode(NEGATIVE, state.negative, angular, ratio, state.transferenceFraction);
    solveElectrode(POSITIVE, state.positive, angular, ratio, state.transferenceFraction);
    endSlopeResponse(0, angular * state.separatorTimeS);
    const t1Re = separatorW * mode[0];
    const t1Im = separatorW * mode[1];
    const t2Re = separatorW * mode[2];
    const t2Im = separatorW * mode[3];
    // (bn + t1) fn − t2 fp = −an ;  −t2 fn + (bp + t1) fp = −ap   (unit current, real direction of flux)
    const nRe = electrode[4] + t1Re;
    const nIm = electrode[5] + t1Im;
    const pRe = electrode[12] + t1Re;
    const pIm = electrode[13] + t1Im;
    const detRe = nRe * pRe - nIm * pIm - (t2Re * t2Re - t2Im * t2Im);
    const detIm = nRe * pIm + nIm * pRe - 2 * t2Re * t2Im;
    const norm = detRe * detRe + detIm * detIm;
    const anRe = electrode[0];
    const anIm = electrode[1];
    const apRe = electrode[8];
    const apIm = electrode[9];
    let xRe = -(anRe * pRe - anIm * pIm) - (apRe * t2Re - apIm * t2Im);
    let xIm = -(anRe * pIm + anIm * pRe) - (apRe * t2Im + apIm * t2Re);
    const fnRe = (xRe * detRe + xIm * detIm) / norm;
    const fnIm = (xIm * detRe - xRe * detIm) / norm;
    xRe = -(apRe * nRe - apIm * nIm) - (anRe * t2Re - anIm * t2Im);
    xIm = -(apRe * nIm + apIm * nRe) - (anRe * t2Im + anIm * t2Re);
    const fpRe = (xRe * detRe + xIm * detIm) / norm;
    const fpIm = (xIm * detRe - xRe * detIm) / norm;
    // w across the separator: (t1 + t2)(fp + ... ) = w_R − w_L = (t1 − t2) fp − (t2 − t1) fn
    const tRe = t1Re - t2Re;
    const tIm = t1Im - t2Im;
    const sRe = fpRe + fnRe;
    const sIm = fpIm + fnIm;
    const acrossRe = tRe * sRe - tIm * sIm;
    const acrossIm = tRe * sIm + tIm * sRe;
    const vnRe = electrode[2] + electrode[6] * fnRe - electrode[7] * fnIm;
    const vnIm = electrode[3] + electrode[6] * fnIm + electrode[7] * fnRe;
    const vpRe = -(electrode[10] + electrode[14] * fpRe - electrode[15] * fpIm);
    const vpIm = -(electrode[11] + electrode[14] * fpIm + electrode[15] * fpRe);
    into[offset + 2 * i] = -(vpRe - state.separatorOhm + acrossRe - vnRe);
    into[offset + 2 * i + 1] = -(vpIm + acrossIm - vnIm);
  }
}
