import assert from 'node:assert/strict';
import { surfaceStoichiometry } from '../../src/cathode/particle-diffusion.js';
import { UniformTable } from '../../src/cathode/uniform-table.js';

const TAU_S = 1000;
const constant = new UniformTable(0, 1, Float64Array.of(1 / TAU_S, 1 / TAU_S));
const RATE_PER_S = 1e-5;

function surface(times: number[], table = constant, factor = 1): Float64Array {
  const into = new Float64Array(times.length);
  surfaceStoichiometry(
    0.3,
    times.map((time) => 0.3 + RATE_PER_S * time),
    times,
    table,
    factor,
    into,
  );
  return into;
}

/** Lead of the surface over the mean for constant diffusivity: Crank (1975), 6.45, summed far enough. */
function crankLead(time: number): number {
  let sum = 0;
  for (let k = 1; k <= 200; k++) {
    let root = (k + 0.5) * Math.PI;
    for (let i = 0; i < 60; i++) root = Math.atan(root) + k * Math.PI;
    sum += Math.exp((-root * root * time) / TAU_S) / (root * root);
  }
  return RATE_PER_S * TAU_S * (1 / 15 - (2 / 3) * sum);
}

describe('diffusion in the particles', () => {
  it('leads by one fifteenth of rate times diffusion time when it is steady', () => {
    const times = Array.from({ length: 60 }, (_, i) => 100 * (i + 1));
    const found = surface(times)[59] - (0.3 + RATE_PER_S * 6000);
    assert.ok(Math.abs(found / ((RATE_PER_S * TAU_S) / 15) - 1) < 1e-6);
  });

  it('follows the exact series after switching on to 2 % of the steady lead', () => {
    const times = Array.from({ length: 80 }, (_, i) => 5 * (i + 1));
    const found = surface(times);
    times.forEach((time, i) => {
      if (time < 60) return;
      const error = found[i] - (0.3 + RATE_PER_S * time) - crankLead(time);
      assert.ok(Math.abs(error) < (0.02 * RATE_PER_S * TAU_S) / 15, `at ${time} s off by ${error}`);
    });
  });

  it('gives the same when it may write over its input', () => {
    const times = [60, 160, 300];
    const means = Float64Array.from(times, (time) => 0.3 + RATE_PER_S * time);
    surfaceStoichiometry(0.3, means, times, constant, 1, means);
    assert.deepEqual(means, surface(times));
  });

  it('leads less where the particles conduct lithium better, and with temperature', () => {
    const times = Array.from({ length: 30 }, (_, i) => 200 * (i + 1));
    const rising = new UniformTable(0.3, 0.36, Float64Array.of(1 / TAU_S, 3 / TAU_S));
    const lead = (values: Float64Array): number => values[29] - (0.3 + RATE_PER_S * 6000);
    assert.ok(lead(surface(times, rising)) < 0.5 * lead(surface(times)));
    assert.ok(Math.abs(lead(surface(times, constant, 2)) / lead(surface(times)) - 0.5) < 1e-6);
  });
});
