import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { STORY_PACKS } from '../../src/demo/cast.js';
import { merkleRoot } from '../../src/demo/merkle-root.js';
import { FORMULAS, massFraction, theoreticalCapacityMahPerG } from '../../src/demo/stoichiometry.js';
import { summariseUse } from '../../src/demo/telematics.js';

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

describe('a summary of telematics', () => {
  for (const { packId, use } of STORY_PACKS) {
    it(`holds no more time than the year of ${packId} has, and a counter that goes on`, () => {
      const summary = summariseUse({ use, fullChargeMah: 165_000, days: 365, counterStartMah: 1_000_000 });
      const periodS = 365 * 86_400;
      for (const times of [summary.stateOfChargeTemperatureS.durationS.flat(), summary.cRateDurationS.durationS]) {
        assert.ok(sum(times) <= periodS);
        assert.ok(sum(times) > 0.99 * periodS);
        assert.ok(times.every((time) => Number.isInteger(time) && time >= 0));
      }
      assert.equal(summary.counterChargeThroughputMah, 1_000_000 + summary.chargeThroughputMah);
      assert.ok(summary.vehicleToGridThroughputMah <= summary.dischargeThroughputMah);
      assert.equal(summary.rowCount, 12);
    });
  }
});

describe('the Merkle root of rows', () => {
  const hash = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
  const leaf = (text: string) => hash(Buffer.of(0), Buffer.from(text));

  it('is the hash of nothing where there are none', () => {
    assert.equal(merkleRoot([]), 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('splits three rows after the second, as RFC 6962 does', () => {
    const expected = hash(Buffer.of(1), hash(Buffer.of(1), leaf('1'), leaf('{"a":2}')), leaf('"3"'));
    assert.equal(merkleRoot([1, { a: 2 }, '3']), `sha256:${expected.toString('hex')}`);
  });
});

describe('the stoichiometry of the story', () => {
  it('gives NMC811 its 275.5 mAh/g and nickel sulphate its 22.3 % of nickel', () => {
    assert.equal(theoreticalCapacityMahPerG('NMC811').toFixed(1), '275.5');
    assert.equal(massFraction(FORMULAS.nickelSulphateHexahydrate, 'Ni').toFixed(4), '0.2233');
  });
});
