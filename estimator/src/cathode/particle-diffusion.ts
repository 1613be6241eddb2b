import type { UniformTable } from './uniform-table.js';

const SHELLS = 12;
/** Shells grow thinner towards the surface, where the profile is steep after switching on. */
const THINNING = 1.6;
/** The first step, across the instant of switching on, is split so that the fast modes settle. */
const FIRST_SPLIT = 5;

const edge = Float64Array.from({ length: SHELLS + 1 }, (_, k) => 1 - (1 - k / SHELLS) ** THINNING);
const volume = Float64Array.from({ length: SHELLS }, (_, k) => edge[k + 1] ** 3 - edge[k] ** 3);
/** Conductance of each inner face for unit diffusion time: 3 r² / distance of the shells' middles. */
const conductance = Float64Array.from(
  { length: SHELLS - 1 },
  (_, k) => (3 * edge[k + 1] ** 2) / ((edge[k + 2] - edge[k]) / 2),
);
/**
 * What lies between the outermost shell's mean and the surface, for unit rate and diffusion time: set so that the steady
 * lead of the surface over the mean is exactly 1/15.
 * Source: J. Crank, The Mathematics of Diffusion (1975), equation 6.45 at long times.
 */
const SURFACE_LEAD = ((): number => {
  const profile = new Float64Array(SHELLS);
  let below = 0;
  for (let k = 0; k < SHELLS - 1; k++) {
    below += volume[k];
    profile[k + 1] = profile[k] + below / conductance[k];
  }
  let mean = 0;
  for (let k = 0; k < SHELLS; k++) mean += volume[k] * profile[k];
  return 1 / 15 - (profile[SHELLS - 1] - mean);
})();

const concentration = new Float64Array(SHELLS);
const inverse = new Float64Array(SHELLS);
const upper = new Float64Array(SHELLS);

/**
 * Stoichiometry at the surface of spherical particles while their mean changes, with a diffusion time that depends on
 * stoichiometry.
 *
 * Finite volumes, implicit in time with the diffusion times of the step's beginning: conserves lithium exactly, is exact for
 * a constant diffusion time under steady current, and never oscillates.
 * @param startX - Stoichiometry at rest, everywhere.
 * @param meanX - Mean at each time, shape [n].
 * @param timeS - Time since rest, s, ascending, shape [n].
 * @param inverseTime - One over the diffusion time (radius squared over diffusivity), 1/s, over stoichiometry.
 * @param inverseTimeFactor - Multiplies it, for temperature.
 * @param into - Filled with the stoichiometry at the surface, shape [n]; may be `meanX` itself.
 */
export function surfaceStoichiometry(
  startX: number,
  meanX: ArrayLike<number>,
  timeS: ArrayLike<number>,
  inverseTime: UniformTable,
  inverseTimeFactor: number,
  into: Float64Array,
): void {
  concentration.fill(startX);
  let previousMean = startX;
  let previousTime = 0;
  for (let i = 0; i < meanX.length; i++) {
    const whole = timeS[i] - previousTime;
    // Read before `into` is written: it may be the same array.
    const mean = meanX[i];
    const rate = whole > 0 ? (mean - previousMean) / whole : 0;
    const splits = i === 0 ? FIRST_SPLIT : 1;
    for (let split = 0; split < splits; split++) {
      // Halving towards the beginning: 1/16, 1/16, 1/8, 1/4, 1/2 of the first step.
      const dt = splits === 1 ? whole : whole * 2 ** (split === 0 ? 1 - splits : split - splits);
      for (let k = 0; k < SHELLS; k++) inverse[k] = inverseTimeFactor * inverseTime.at(concentration[k]);
      let coupling = 0;
      for (let k = 0; k < SHELLS; k++) {
        const next = k < SHELLS - 1 ? dt * conductance[k] * 0.5 * (inverse[k] + inverse[k + 1]) : 0;
        const source = k === SHELLS - 1 ? rate * dt : 0;
        const diagonal = volume[k] + coupling + next - (k > 0 ? coupling * upper[k - 1] : 0);
        upper[k] = next / diagonal;
        concentration[k] =
          (volume[k] * concentration[k] + source + (k > 0 ? coupling * concentration[k - 1] : 0)) / diagonal;
        coupling = next;
      }
      for (let k = SHELLS - 2; k >= 0; k--) concentration[k] += upper[k] * concentration[k + 1];
    }
    const outer = concentration[SHELLS - 1];
    const guess = outer + (SURFACE_LEAD * rate) / (inverseTimeFactor * inverseTime.at(outer));
    into[i] = outer + (SURFACE_LEAD * rate) / (inverseTimeFactor * inverseTime.at(guess));
    previousMean = mean;
    previousTime = timeS[i]!;
  }
}
