import assert from 'node:assert/strict';
import {
  CARBON_FACTOR_SETS,
  carbonFactorSet,
  isInstant,
  RECOVERY_RULE_SETS,
  recoveryRuleSetAt,
  RECYCLED_CONTENT_RULE_SETS,
  recycledContentRuleSet,
} from '../src/index.js';

describe('dated rule sets', () => {
  for (const [name, ruleSets] of Object.entries({
    'recycled content': RECYCLED_CONTENT_RULE_SETS,
    recovery: RECOVERY_RULE_SETS,
    'carbon factors': CARBON_FACTOR_SETS,
  })) {
    it(`of ${name} have each its own identifier, a source and a date, in order of date`, () => {
      assert.equal(new Set(ruleSets.map(({ id }) => id)).size, ruleSets.length);
      for (const { appliesFrom, source } of ruleSets) assert.ok(isInstant(appliesFrom) && source.length > 0);
      const dates = ruleSets.map(({ appliesFrom }) => appliesFrom);
      assert.deepEqual(dates, [...dates].sort());
    });
  }

  it('hold the minimums of Article 8', () => {
    const minimum = (id: string, element: string) =>
      recycledContentRuleSet(id)?.minimums.find((entry) => entry.element === element)?.minimumPpm;
    assert.equal(minimum('eu-2023-1542-art8-2031', 'Co'), 160_000);
    assert.equal(minimum('eu-2023-1542-art8-2031', 'Li'), 60_000);
    assert.equal(minimum('eu-2023-1542-art8-2036', 'Co'), 260_000);
    assert.equal(minimum('eu-2023-1542-art8-2036', 'Ni'), 150_000);
    assert.equal(recycledContentRuleSet('ours'), undefined);
  });

  it('say which recovery targets apply at an instant', () => {
    assert.equal(recoveryRuleSetAt('2025-12-31T23:59:59Z'), undefined);
    assert.equal(recoveryRuleSetAt('2026-01-01T00:00:00Z')?.recyclingEfficiencyPpm, 650_000);
    const at2032 = recoveryRuleSetAt('2032-06-01T00:00:00Z');
    assert.equal(at2032?.minimums.find(({ element }) => element === 'Li')?.minimumPpm, 800_000);
    assert.equal(at2032.recyclingEfficiencyPpm, 700_000);
  });

  it('charge a country without a grid factor the highest of its set', () => {
    for (const { electricityGPerKwh, otherCountriesGPerKwh } of CARBON_FACTOR_SETS) {
      assert.equal(otherCountriesGPerKwh, Math.max(...Object.values(electricityGPerKwh)));
    }
    assert.equal(carbonFactorSet('ours'), undefined);
  });

  it('hold integers only, so that every endorser computes the same', () => {
    for (const { electricityGPerKwh, reagentsGPerKg, heatGPerKwh } of CARBON_FACTOR_SETS) {
      const factors = [...Object.values(electricityGPerKwh), ...Object.values(reagentsGPerKg), heatGPerKwh];
      assert.ok(factors.every(Number.isSafeInteger));
    }
  });
});
