import assert from 'node:assert/strict';
import type { RecoveryBasis } from '@battery-passport/schemas';
import fc from 'fast-check';
import { addBases, basisOf, drawBasis, NO_BASIS } from '../../src/account/recovery-basis.js';

const masses = fc.integer({ min: 0, max: 1_000_000_000 });
const bases: fc.Arbitrary<RecoveryBasis> = fc
  .tuple(masses, masses, masses)
  .map(([active, ni, li]) => basisOf(active, new Map([['Ni', ni] as const, ['Li', li] as const])));

describe('a recovery basis', () => {
  it('is neither more nor less after a part was drawn', () => {
    fc.assert(
      fc.property(
        bases,
        fc.integer({ min: 1, max: 1e9 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (basis, of, f) => {
          const { drawn, remaining } = drawBasis(basis, Math.floor(f * of), of);
          assert.deepEqual(addBases(drawn, remaining), basis);
        },
      ),
    );
  });

  it('lists its elements by symbol and leaves out those that are not there', () => {
    assert.deepEqual(basisOf(5, new Map([['Ni', 2] as const, ['Co', 0] as const, ['Li', 1] as const])), {
      activeMaterialMg: 5,
      elements: [
        { element: 'Li', massMg: 1 },
        { element: 'Ni', massMg: 2 },
      ],
    });
  });

  it('of nothing is nothing', () => {
    assert.deepEqual(addBases(), NO_BASIS);
  });
});
