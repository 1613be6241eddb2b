import assert from 'node:assert/strict';
import type { ElementAccount, ElementSymbol, OriginShare } from '@battery-passport/schemas';
import fc from 'fast-check';
import { addAccounts, elementMasses } from '../../src/account/element-account.js';
import { Refusal, type RefusalCode } from '../../src/kernel/refusal.js';
import { balanceElements, type MeasuredOutput } from '../../src/process/element-balance.js';

const NICKEL: ElementAccount = [
  {
    element: 'Ni',
    origins: [
      { kind: 'post-consumer', massMg: 600 },
      { kind: 'primary', minedIn: 'ID', refinedIn: 'CN', massMg: 400 },
    ],
  },
];

const output = (ppm: number, uncertaintyPpm = 0, massMg = 2000): MeasuredOutput => ({
  lotId: 'out',
  massMg,
  massUncertaintyMg: 0,
  composition: [{ element: 'Ni', ppm, uncertaintyPpm }],
});

const refused = (code: RefusalCode, call: () => unknown) =>
  assert.throws(call, (error) => error instanceof Refusal && error.code === code);

describe('balanceElements', () => {
  it('credits what was measured and computes the loss', () => {
    const { entries, accounts } = balanceElements([NICKEL], [output(450_000)]);
    assert.deepEqual(entries, [
      { element: 'Ni', inMg: 1000, outMg: 900, uncertaintyMg: 0, creditedMg: 900, lossMg: 100 },
    ]);
    assert.deepEqual(accounts, [
      [
        {
          element: 'Ni',
          origins: [
            { kind: 'post-consumer', massMg: 540 },
            { kind: 'primary', minedIn: 'ID', refinedIn: 'CN', massMg: 360 },
          ],
        },
      ],
    ]);
  });

  it('credits no more than went in when more was measured within the uncertainty', () => {
    const { entries, accounts } = balanceElements([NICKEL], [output(510_000, 10_000)]);
    assert.deepEqual(entries[0], {
      element: 'Ni',
      inMg: 1000,
      outMg: 1020,
      uncertaintyMg: 20,
      creditedMg: 1000,
      lossMg: 0,
    });
    assert.deepEqual(accounts, [NICKEL]);
  });

  it('refuses more than went in beyond the uncertainty', () => {
    refused('ELEMENT_BALANCE', () => balanceElements([NICKEL], [output(510_500, 10_000)]));
  });

  it('counts the uncertainty of the mass too', () => {
    const heavy = { ...output(510_000), massUncertaintyMg: 40 };
    assert.equal(balanceElements([NICKEL], [heavy]).entries[0]?.creditedMg, 1000);
  });

  it('refuses an element of which none went in', () => {
    refused('ELEMENT_BALANCE', () =>
      balanceElements([NICKEL], [{ ...output(0), composition: [{ element: 'Co', ppm: 1000, uncertaintyPpm: 10 }] }]),
    );
  });

  it('takes an impurity below its own uncertainty as nothing', () => {
    const trace = { ...output(0), composition: [{ element: 'Fe' as const, ppm: 10, uncertaintyPpm: 15 }] };
    const { entries, accounts } = balanceElements([NICKEL], [trace]);
    assert.equal(entries.find(({ element }) => element === 'Fe')?.creditedMg, 0);
    assert.deepEqual(accounts, [[]]);
  });

  it('books what nobody measured as lost', () => {
    const { entries, accounts } = balanceElements([NICKEL], [{ ...output(0), composition: [] }]);
    assert.equal(entries[0]?.lossMg, 1000);
    assert.deepEqual(accounts, [[]]);
  });

  it('refuses a composition that names an element twice or is more than everything', () => {
    const nickel = { element: 'Ni' as const, ppm: 600_000, uncertaintyPpm: 0 };
    refused('COMPOSITION_INVALID', () => balanceElements([NICKEL], [{ ...output(0), composition: [nickel, nickel] }]));
    refused('COMPOSITION_INVALID', () =>
      balanceElements([NICKEL], [{ ...output(0), composition: [nickel, { ...nickel, element: 'Co', ppm: 400_001 }] }]),
    );
  });

  it('conserves every origin of every element to the milligram, whatever goes in and comes out', () => {
    fc.assert(
      fc.property(inputs, yields, (accounts, fractions) => {
        const mixed = addAccounts(...accounts);
        const outputs = outputsOf(mixed, fractions);
        const balance = balanceElements(accounts, outputs);
        const lost = new Map(balance.entries.map(({ element, lossMg }) => [element, lossMg]));
        for (const { element, origins } of mixed) {
          const out = balance.accounts.map((account) => account.find((entry) => entry.element === element));
          const creditedMg = out.reduce((sum, entry) => sum + massOf(entry?.origins ?? []), 0);
          assert.equal(creditedMg + (lost.get(element) ?? 0), massOf(origins));
          for (const origin of origins) {
            const taken = out.flatMap((entry) => entry?.origins ?? []).filter((other) => same(origin, other));
            assert.ok(massOf(taken) <= origin.massMg, 'no origin gives more than it had');
          }
        }
        const inMasses = elementMasses(mixed);
        for (const account of balance.accounts) {
          for (const [element, massMg] of elementMasses(account)) assert.ok(massMg <= (inMasses.get(element) ?? 0));
        }
      }),
    );
  });

  it('shares origins in proportion, so that none is favoured by more than a milligram an output', () => {
    fc.assert(
      fc.property(inputs, yields, (accounts, fractions) => {
        const mixed = addAccounts(...accounts);
        const outputs = outputsOf(mixed, fractions);
        const { accounts: made } = balanceElements(accounts, outputs);
        for (const { element, origins } of mixed) {
          const inMg = massOf(origins);
          for (const account of made) {
            const entry = account.find((candidate) => candidate.element === element);
            if (entry === undefined) continue;
            for (const origin of origins) {
              const gotMg = massOf(entry.origins.filter((other) => same(origin, other)));
              const fairMg = (origin.massMg * massOf(entry.origins)) / inMg;
              assert.ok(Math.abs(gotMg - fairMg) <= outputs.length, `${gotMg} against ${fairMg}`);
            }
          }
        }
      }),
    );
  });
});

const ELEMENTS: readonly ElementSymbol[] = ['Li', 'Ni', 'Co', 'Al'];

const origin = fc.oneof(
  fc.record({
    kind: fc.constant('primary' as const),
    minedIn: fc.constantFrom('ID', 'CD', 'AU'),
    refinedIn: fc.constantFrom('CN', 'FI'),
  }),
  fc.record({
    kind: fc.constantFrom('pre-consumer' as const, 'post-consumer' as const, 'declared-pre-consumer' as const),
  }),
);

const inputs = fc.array(
  fc.uniqueArray(fc.constantFrom(...ELEMENTS), { minLength: 1 }).chain((elements) =>
    fc.tuple(
      ...elements.map((element) =>
        fc
          .array(
            fc.tuple(origin, fc.integer({ min: 1, max: 5_000_000 })).map(([kind, massMg]) => ({ ...kind, massMg })),
            { minLength: 1, maxLength: 5 },
          )
          .map((origins) => ({ element, origins })),
      ),
    ),
  ),
  { minLength: 1, maxLength: 4 },
);

/** For each output the share of each element that is measured in it, as a fraction of a third of what went in. */
const yields = fc.array(fc.tuple(...ELEMENTS.map(() => fc.integer({ min: 0, max: 1000 }))), {
  minLength: 1,
  maxLength: 3,
});

function outputsOf(mixed: ElementAccount, fractions: readonly (readonly number[])[]): MeasuredOutput[] {
  const massMg = 200_000_000;
  return fractions.map((shares, index) => ({
    lotId: `out-${index}`,
    massMg,
    massUncertaintyMg: 0,
    composition: mixed.map(({ element, origins }) => ({
      element,
      ppm: Math.floor((massOf(origins) * (shares[ELEMENTS.indexOf(element)] ?? 0) * 1000) / (3 * massMg)),
      uncertaintyPpm: 1,
    })),
  }));
}

function massOf(origins: readonly OriginShare[]): number {
  return origins.reduce((sum, { massMg }) => sum + massMg, 0);
}

function same(one: OriginShare, other: OriginShare): boolean {
  return one.kind === other.kind && one.minedIn === other.minedIn && one.refinedIn === other.refinedIn;
}
