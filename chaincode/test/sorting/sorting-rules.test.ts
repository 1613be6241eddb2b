import assert from 'node:assert/strict';
import {
  CATHODE_CHEMISTRIES,
  CATHODE_CLASSES,
  DEFAULT_SORTING_POLICY,
  type CathodeClass,
  type EstimateSubject,
  type SortingRule,
} from '@battery-passport/schemas';
import fc from 'fast-check';
import { assertPolicy, evaluateSortingPolicy, type SortingCase } from '../../src/sorting/sorting-rules.js';
import { estimate } from '../pack/pack-life.js';

const { rules } = DEFAULT_SORTING_POLICY as { rules: SortingRule[] };
const quantity = (valuePpm: number) => ({ valuePpm, sigmaPpm: 0, interval90Ppm: [valuePpm, valuePpm] });

function probable(cathodeClass: CathodeClass, ppm: number): EstimateSubject['classProbabilitiesPpm'] {
  const rest = Math.floor((1_000_000 - ppm) / 4);
  const all = CATHODE_CLASSES.map((name) => [name, name === cathodeClass ? ppm : rest]);
  return Object.fromEntries(all) as EstimateSubject['classProbabilitiesPpm'];
}

function measured(change: Partial<EstimateSubject> = {}, condition: SortingCase['condition'] = 'intact'): SortingCase {
  return {
    chemistry: 'NMC811',
    condition,
    attestation: estimate({ surfaceLayerRatio: quantity(1_100_000), ...change }),
  };
}

describe('the default sorting policy', () => {
  const cases: [string, string, string | undefined, SortingCase][] = [
    ['a healthy pack for reuse', 'reuse', undefined, measured({ soh: quantity(930_000) })],
    ['a worn pack for repurposing', 'repurpose', undefined, measured({ soh: quantity(780_000) })],
    [
      'lithium-deficient cathode for re-lithiation',
      'direct-recycling',
      're-lithiation',
      measured({ soh: quantity(650_000) }),
    ],
    [
      'a reconstructed surface for annealing',
      'direct-recycling',
      'surface-annealing',
      measured({
        cathodeClass: 'surface-reconstructed',
        classProbabilitiesPpm: probable('surface-reconstructed', 900_000),
        surfaceLayerRatio: quantity(3_000_000),
      }),
    ],
    [
      'cracked grains for conversion',
      'direct-recycling',
      'single-crystal-conversion',
      measured({ cathodeClass: 'cracked', classProbabilitiesPpm: probable('cracked', 900_000) }),
    ],
    [
      'depleted cathode for hydrometallurgy',
      'hydrometallurgy',
      undefined,
      measured({ cathodeClass: 'depleted', classProbabilitiesPpm: probable('depleted', 900_000) }),
    ],
    [
      'an uncertain class for hydrometallurgy',
      'hydrometallurgy',
      undefined,
      measured({ cathodeClass: 'cracked', classProbabilitiesPpm: probable('cracked', 500_000) }),
    ],
    ['a damaged pack for nothing yet', 'reject', undefined, measured({}, 'damaged')],
    ['what was not measured for nothing yet', 'reject', undefined, { ...measured(), attestation: undefined }],
  ];

  for (const [what, route, method, sortingCase] of cases) {
    it(`sends ${what}`, () => {
      const rule = evaluateSortingPolicy(rules, sortingCase);
      assert.deepEqual([rule.route, rule.method], [route, method]);
    });
  }

  it('is one that can be published', () => assertPolicy({ rules }));
});

describe('a sorting policy', () => {
  const sohAtLeast = (sohMinPpm: number): SortingRule[] => [
    { ruleId: 'healthy', when: { sohMinPpm }, route: 'reuse' },
    { ruleId: 'rest', when: {}, route: 'reject' },
  ];

  it('takes a value at its limit', () => {
    assert.equal(evaluateSortingPolicy(sohAtLeast(900_000), measured()).route, 'reuse');
    assert.equal(evaluateSortingPolicy(sohAtLeast(900_001), measured()).route, 'reject');
  });

  it('never takes an unknown quantity as within a limit, however wide', () => {
    const unknown = measured({ soh: null });
    assert.equal(evaluateSortingPolicy(sohAtLeast(0), unknown).route, 'reject');
  });

  it('decides every case by the first of its rules that applies, whatever the rules', () => {
    const ppm = fc.integer({ min: 0, max: 1_200_000 });
    const rule = fc.record({
      when: fc.record(
        {
          chemistries: fc.uniqueArray(fc.constantFrom(...CATHODE_CHEMISTRIES), { minLength: 1 }),
          classes: fc.uniqueArray(fc.constantFrom(...CATHODE_CLASSES), { minLength: 1 }),
          sohMinPpm: ppm,
          lamPeMaxPpm: fc.integer({ min: 0, max: 1_000_000 }),
        },
        { requiredKeys: ['classes'] },
      ),
      route: fc.constantFrom('reuse' as const, 'repurpose' as const, 'hydrometallurgy' as const),
    });
    fc.assert(
      fc.property(
        fc.array(rule, { maxLength: 6 }),
        fc.constantFrom(...CATHODE_CLASSES),
        ppm,
        (drawn, cathodeClass, soh) => {
          const policy: SortingRule[] = [
            ...drawn.map(({ when, route }, index) => ({ ruleId: `r${index}`, when, route })),
            { ruleId: 'rest', when: {}, route: 'reject' },
          ];
          assertPolicy({ rules: policy });
          const { ruleId } = evaluateSortingPolicy(policy, measured({ cathodeClass, soh: quantity(soh) }));
          const expected = drawn.findIndex(
            ({ when }) =>
              (when.chemistries ?? ['NMC811']).includes('NMC811') &&
              when.classes.includes(cathodeClass) &&
              soh >= (when.sohMinPpm ?? 0) &&
              50_000 <= (when.lamPeMaxPpm ?? 50_000),
          );
          assert.equal(ruleId, expected === -1 ? 'rest' : `r${expected}`);
        },
      ),
    );
  });
});
