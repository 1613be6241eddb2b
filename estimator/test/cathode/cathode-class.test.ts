import assert from 'node:assert/strict';
import { cathodeClassOf } from '../../src/cathode/cathode-class.js';

describe('the class of a cathode', () => {
  for (const [lamPe, a, s, expected] of [
    [0.05, 1.1, 1.2, 'lithium-deficient'],
    [0.05, 1.5, 1.2, 'cracked'],
    [0.05, 1.4999, 1.5, 'surface-reconstructed'],
    [0.1999, 1.5, 1.5, 'cracked-and-reconstructed'],
    [0.2, 3, 3, 'depleted'],
    [0.2, 1, 1, 'depleted'],
  ] as const)
    it(`is ${expected} at ${lamPe * 100} % lost, area ${a}, layer ${s}`, () => {
      assert.equal(cathodeClassOf(lamPe, a, s), expected);
    });
});
