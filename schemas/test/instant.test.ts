import assert from 'node:assert/strict';
import fc from 'fast-check';
import { instantAt, instantSeconds, isInstant } from '../src/index.js';

describe('an instant', () => {
  it('is the second that it says, and reads back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 946_684_800, max: 4_102_444_799 }), (seconds) => {
        const instant = instantAt(seconds);
        assert.ok(isInstant(instant));
        assert.equal(instantSeconds(instant), seconds);
      }),
    );
  });

  it('agrees with the calendar on every day of a leap year and of a common year', () => {
    for (const year of [2028, 2030]) {
      for (let month = 1; month <= 12; month++) {
        for (let day = 0; day <= 32; day++) {
          const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}T00:00:00Z`;
          const date = new Date(Date.UTC(year, month - 1, day));
          const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
          assert.equal(isInstant(text), exists, text);
        }
      }
    }
  });

  for (const text of [
    '2031-02-29T00:00:00Z',
    '2031-03-01T24:00:00Z',
    '2031-03-01T00:60:00Z',
    '2031-03-01T00:00:60Z',
    '2031-03-01T00:00:00.000Z',
    '2031-03-01T00:00:00+00:00',
    '2031-03-01 00:00:00Z',
    '2031-03-01',
    '2031-3-1T0:0:0Z',
    '',
  ]) {
    it(`is not ${JSON.stringify(text)}`, () => {
      assert.ok(!isInstant(text));
    });
  }
});
