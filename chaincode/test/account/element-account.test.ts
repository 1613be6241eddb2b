import assert from 'node:assert/strict';
import { assertSchema, ELEMENTS, ElementAccount, ORIGIN_KINDS, originKey } from '@battery-passport/schemas';
import fc from 'fast-check';
import {
  accountMassMg,
  addAccounts,
  drawAccount,
  elementMasses,
  reclassify,
  scaleAccount,
  withoutCertificates,
} from '../../src/account/element-account.js';
import { Refusal } from '../../src/kernel/refusal.js';
import { accounts } from './account-arbitrary.js';

/** Mass of each origin of each element. */
function masses(account: ElementAccount): Map<string, number> {
  return new Map(
    account.flatMap(({ element, origins }) =>
      origins.map((origin): [string, number] => [`${element}|${originKey(origin)}`, origin.massMg]),
    ),
  );
}

function assertNormal(account: ElementAccount): void {
  assertSchema(ElementAccount, account, 'account');
  const elements = account.map(({ element }) => element);
  assert.deepEqual(elements, [...new Set(elements)].sort());
  for (const { origins } of account) {
    const keys = origins.map(originKey);
    assert.deepEqual(keys, [...new Set(keys)].sort());
  }
}

describe('an account of origins', () => {
  it('adds up to the same account in any order and grouping', () => {
    fc.assert(
      fc.property(accounts(), accounts(), accounts(), (a, b, c) => {
        const sum = addAccounts(a, b, c);
        assert.deepEqual(addAccounts(c, addAccounts(b, a)), sum);
        assertNormal(sum);
        assert.equal(accountMassMg(sum), accountMassMg(a) + accountMassMg(b) + accountMassMg(c));
      }),
    );
  });

  it('is neither more nor less after a part was drawn, for every origin', () => {
    fc.assert(
      fc.property(
        accounts(),
        fc.integer({ min: 1, max: 1e12 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (account, of, f) => {
          const massMg = Math.floor(f * of);
          const { drawn, remaining } = drawAccount(account, massMg, of);
          assertNormal(drawn);
          assertNormal(remaining);
          assert.deepEqual(addAccounts(drawn, remaining), addAccounts(account));
        },
      ),
    );
  });

  it('gives no more of any origin than its share, and less than one milligram less', () => {
    fc.assert(
      fc.property(accounts(), fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 0, max: 1e6 }), (account, a, b) => {
        const [massMg, of] = a < b ? [a, b] : [b, a];
        if (of === 0) return;
        const drawn = masses(drawAccount(addAccounts(account), massMg, of).drawn);
        for (const [key, heldMg] of masses(addAccounts(account))) {
          const exact = BigInt(heldMg) * BigInt(massMg);
          const scaled = BigInt(drawn.get(key) ?? 0) * BigInt(of);
          assert.ok(scaled <= exact && exact < scaled + BigInt(of));
        }
      }),
    );
  });

  it('gives everything when everything is drawn', () => {
    fc.assert(
      fc.property(accounts(), fc.integer({ min: 1 }), (account, of) => {
        const { drawn, remaining } = drawAccount(account, of, of);
        assert.deepEqual([drawn, remaining], [addAccounts(account), []]);
      }),
    );
  });

  it('is exact where milligrams times milligrams pass 2^53', () => {
    const account: ElementAccount = [{ element: 'Ni', origins: [{ kind: 'primary', massMg: 9_007_199_254_740_991 }] }];
    const { drawn, remaining } = drawAccount(account, 3_002_399_751_580_330, 9_007_199_254_740_991);
    assert.equal(accountMassMg(drawn), 3_002_399_751_580_330);
    assert.equal(accountMassMg(remaining), 6_004_799_503_160_661);
  });

  it('refuses to draw more than there is', () => {
    assert.throws(() => drawAccount([{ element: 'Ni', origins: [{ kind: 'primary', massMg: 1 }] }], 2, 1), RangeError);
  });

  it('reaches a target mass exactly, without making an origin', () => {
    fc.assert(
      fc.property(
        accounts(),
        fc.array(fc.integer({ min: 0, max: 1e15 }), { minLength: 32, maxLength: 32 }),
        (account, draws) => {
          const held = [...elementMasses(account).keys()];
          const targets = new Map(held.map((element, index) => [element, draws[index] ?? 0]));
          const scaled = scaleAccount(account, targets);
          assertNormal(scaled);
          for (const [element, targetMg] of targets) assert.equal(elementMasses(scaled).get(element) ?? 0, targetMg);
          const origins = new Set(masses(account).keys());
          for (const key of masses(scaled).keys()) assert.ok(origins.has(key));
        },
      ),
    );
  });

  it('gives what rounding leaves to the largest origin', () => {
    const account: ElementAccount = [
      {
        element: 'Ni',
        origins: [
          { kind: 'primary', minedIn: 'AU', massMg: 1 },
          { kind: 'primary', minedIn: 'ID', massMg: 2 },
        ],
      },
    ];
    assert.deepEqual(scaleAccount(account, new Map([['Ni', 2]])), [
      { element: 'Ni', origins: [{ kind: 'primary', minedIn: 'ID', massMg: 2 }] },
    ]);
  });

  it('refuses a target for an element of which it knows no origin', () => {
    assert.throws(() => scaleAccount([], new Map([['Li', 1]])), RangeError);
  });

  it('keeps its masses when its origins are renamed, and merges those that become one', () => {
    fc.assert(
      fc.property(accounts(), fc.constantFrom(...ORIGIN_KINDS), (account, kind) => {
        const renamed = reclassify(account, () => ({ kind }));
        assert.deepEqual(elementMasses(renamed), elementMasses(addAccounts(account)));
        for (const { origins } of renamed) assert.equal(origins.length, 1);
      }),
    );
  });

  it('loses its certificates and nothing else when it has to be certified anew', () => {
    fc.assert(
      fc.property(accounts(), (account) => {
        const bare = withoutCertificates(account);
        assert.deepEqual(elementMasses(bare), elementMasses(addAccounts(account)));
        assert.ok(bare.every(({ origins }) => origins.every(({ certificateId }) => certificateId === undefined)));
      }),
    );
  });

  it('refuses more origins of an element than one account carries', () => {
    const origins = Array.from({ length: 65 }, (_, index) => ({
      kind: 'post-consumer' as const,
      certificateId: `certificate-${index}`,
      massMg: 1,
    }));
    assert.throws(
      () => addAccounts([{ element: 'Ni', origins }]),
      (error) => error instanceof Refusal && error.code === 'ORIGINS_EXCEEDED',
    );
  });

  it('refuses masses beyond what every JSON reader agrees on', () => {
    const most: ElementAccount = [{ element: 'Ni', origins: [{ kind: 'primary', massMg: Number.MAX_SAFE_INTEGER }] }];
    const one: ElementAccount = [{ element: 'Ni', origins: [{ kind: 'primary', minedIn: 'ID', massMg: 1 }] }];
    for (const other of [most, one]) {
      assert.throws(
        () => addAccounts(most, other),
        (error) => error instanceof Refusal && error.code === 'MASS_TOO_LARGE',
      );
    }
  });

  it('knows every element of the schema', () => {
    const account = addAccounts(
      ELEMENTS.map((element) => ({ element, origins: [{ kind: 'primary' as const, massMg: 1 }] })),
    );
    assert.equal(accountMassMg(account), ELEMENTS.length);
    assertNormal(account);
  });
});
