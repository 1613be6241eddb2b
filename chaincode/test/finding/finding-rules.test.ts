import assert from 'node:assert/strict';
import { CATHODE_CLASSES } from '@battery-passport/schemas';
import fc from 'fast-check';
import { countAnswer, scoreId, tally, trackRecord, useProfile } from '../../src/finding/finding-rules.js';

const design = { cellNominalCapacityMah: 50_000, parallelCells: 2 };
const used = (chargeThroughputMah: number, vehicleToGridThroughputMah: number, fastChargeCount: number) => ({
  counters: { chargeThroughputMah, vehicleToGridThroughputMah, fastChargeCount, useRecordCount: 1 },
});

describe('useProfile', () => {
  it('tells uses apart by the counters, limits included', () => {
    assert.equal(useProfile(used(0, 0, 0), design), 'unrecorded');
    assert.equal(useProfile(used(3_000_000, 299_999, 9), design), 'ordinary');
    assert.equal(useProfile(used(3_000_000, 300_000, 0), design), 'vehicle-to-grid');
    assert.equal(useProfile(used(3_000_000, 0, 10), design), 'fast-charged');
    assert.equal(useProfile({ ...used(3_000_000, 300_000, 10), previousPackId: 'pack-0' }, design), 'second-life');
  });
});

describe('scoreId', () => {
  it('is an identifier that differs with each part', () => {
    const subject = {
      estimatorId: 'e'.repeat(64),
      methodName: 'm'.repeat(64),
      methodVersion: '1.0.0',
      chemistry: 'NMC622',
      use: 'ordinary',
    } as const;
    const ids = [
      subject,
      { ...subject, estimatorId: 'e' },
      { ...subject, methodVersion: '1.0.1' },
      { ...subject, chemistry: 'LFP' as const },
      { ...subject, use: 'second-life' as const },
    ].map(scoreId);
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(ids.every((id) => /^score-[0-9a-f]{40}$/.test(id)));
  });
});

describe('countAnswer', () => {
  const classes = fc.constantFrom(...CATHODE_CLASSES);

  it('counts every answer, in any order, and takes each back', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(classes, classes), { maxLength: 40 }), (answers) => {
        const count = (list: typeof answers) =>
          list.reduce<Parameters<typeof countAnswer>[0]>(
            (confusion, [attested, measured]) => countAnswer(confusion, attested, measured, 1),
            [],
          );
        const confusion = count(answers);
        assert.deepEqual(count(answers.toReversed()), confusion);
        const { testedCount, correctCount } = tally(confusion);
        assert.equal(testedCount, answers.length);
        assert.equal(correctCount, answers.filter(([attested, measured]) => attested === measured).length);
        const none = answers.reduce<Parameters<typeof countAnswer>[0]>(
          (left, [attested, measured]) => countAnswer(left, attested, measured, -1),
          confusion,
        );
        assert.deepEqual(none, []);
      }),
    );
  });
});

describe('trackRecord', () => {
  it('has no rate where nothing was tested', () => {
    assert.deepEqual(trackRecord([]), {
      testedCount: 0,
      correctCount: 0,
      correctRatePpm: null,
      confusion: [],
      scores: [],
    });
  });
});
