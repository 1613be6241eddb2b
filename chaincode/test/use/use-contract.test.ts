import assert from 'node:assert/strict';
import { TRANSACTIONS, type CommandOf } from '@battery-passport/schemas';
import fc from 'fast-check';
import type { MemoryWorld } from '../memory-world.js';
import { collect, packInService } from '../pack/pack-life.js';

const HOURS = 3_600;

function use(change: Partial<CommandOf<'recordUse'>> = {}): CommandOf<'recordUse'> {
  return {
    useRecordId: 'use-1',
    packId: 'pack-1',
    from: '2028-06-01T00:00:00Z',
    to: '2028-06-02T00:00:00Z',
    chargeThroughputMah: 50_000,
    dischargeThroughputMah: 48_000,
    vehicleToGridThroughputMah: 1_000,
    fastChargeCount: 1,
    counterChargeThroughputMah: 50_000,
    stateOfChargeTemperatureS: {
      socEdgesPpm: [0, 500_000, 1_000_000],
      temperatureEdgesMk: [263_150, 293_150, 323_150],
      durationS: [
        [6 * HOURS, 6 * HOURS],
        [6 * HOURS, 6 * HOURS],
      ],
    },
    depthOfDischargeCounts: { edgesPpm: [0, 500_000, 1_000_000], counts: [1, 1] },
    cRateDurationS: { edgesMilliC: [0, 100, 3_000], durationS: [20 * HOURS, 4 * HOURS] },
    rowsMerkleRoot: `sha256:${'1'.repeat(64)}`,
    rowCount: 86_400,
    ...change,
  };
}

const nextDay = {
  useRecordId: 'use-2',
  from: '2028-06-02T00:00:00Z',
  to: '2028-06-03T00:00:00Z',
  counterChargeThroughputMah: 100_000,
};

describe('use of a pack', () => {
  let given: MemoryWorld;
  let world: MemoryWorld;

  before(async () => {
    given = await packInService();
  });

  beforeEach(() => {
    world = given.fork();
  });

  it('adds up in the pack, period after period', async () => {
    await world.submit('oem', 'recordUse', use());
    const second = await world.submit('oem', 'recordUse', use(nextDay));
    assert.equal(second.sequence, 2);
    assert.equal(second.counterStartMah, 50_000);
    const pack = world.record('pack', 'pack-1');
    assert.deepEqual(pack?.counters, {
      chargeThroughputMah: 100_000,
      vehicleToGridThroughputMah: 2_000,
      fastChargeCount: 2,
      useRecordCount: 2,
    });
    assert.equal(pack.lastUseTo, nextDay.to);
  });

  it('may have gaps, over which the counter advances by more than the period charged', async () => {
    await world.submit('oem', 'recordUse', use());
    const later = use({ ...nextDay, from: '2028-07-01T00:00:00Z', to: '2028-07-02T00:00:00Z' });
    const record = await world.submit('oem', 'recordUse', { ...later, counterChargeThroughputMah: 900_000 });
    assert.equal(record.counterChargeThroughputMah, 900_000);
  });

  it('is corrected with its totals, and the wrong record stays and shows it', async () => {
    await world.submit('oem', 'recordUse', use());
    const supersedes = { id: 'use-1', reason: 'The counter was read in Wh.' };
    const right = use({ useRecordId: 'use-1b', fastChargeCount: 0, counterChargeThroughputMah: 60_000, supersedes });
    const record = await world.submit('oem', 'recordUse', right);
    assert.equal(record.sequence, 1);
    assert.equal(world.record('useRecord', 'use-1')?.superseded?.byId, 'use-1b');
    const pack = world.record('pack', 'pack-1');
    assert.deepEqual(pack?.counters, {
      chargeThroughputMah: 60_000,
      vehicleToGridThroughputMah: 1_000,
      fastChargeCount: 0,
      useRecordCount: 1,
    });
    assert.equal(pack.lastUseRecordId, 'use-1b');
  });

  it('may be told after the pack was given back, up to that time', async () => {
    await collect(world);
    const last = use({ from: '2031-02-09T00:00:00Z', to: '2031-02-10T00:00:00Z' });
    assert.equal((await world.submit('oem', 'recordUse', last)).sequence, 1);
  });

  it('has no field for text, place or confidential detail', () => {
    const { takesPrivateDetail, command } = TRANSACTIONS.recordUse;
    assert.equal(takesPrivateDetail, undefined);
    const fields = Object.keys(command.properties).filter((name) => name !== 'supersedes');
    const text = fields.filter((name) => {
      const property = command.properties[name as keyof typeof command.properties] as {
        type?: string;
        pattern?: string;
      };
      return property.type === 'string' && property.pattern === undefined;
    });
    assert.deepEqual(text, []);
    assert.ok(!fields.includes('private'));
  });

  it('never makes a counter run backwards or periods overlap, whatever is sent', async () => {
    const period = fc.record({
      startH: fc.nat(72),
      hours: fc.nat(48),
      counter: fc.nat(200_000),
      charged: fc.nat(60_000),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(period, { maxLength: 8 }), async (periods) => {
        const trial = world.fork();
        const at = (hours: number) => new Date(Date.UTC(2028, 5, 1, hours)).toISOString().replace('.000', '');
        for (const [index, { startH, hours, counter, charged }] of periods.entries()) {
          const sent = use({
            useRecordId: `u-${index}`,
            from: at(startH),
            to: at(startH + hours),
            chargeThroughputMah: charged,
            counterChargeThroughputMah: counter,
            stateOfChargeTemperatureS: { socEdgesPpm: [0, 1], temperatureEdgesMk: [0, 1], durationS: [[0]] },
            cRateDurationS: { edgesMilliC: [0, 1], durationS: [0] },
          });
          await trial.submit('oem', 'recordUse', sent).catch(() => undefined);
        }
        const records = trial.records('useRecord').sort((a, b) => a.sequence - b.sequence);
        for (const [index, record] of records.entries()) {
          const before = records[index - 1];
          assert.ok(record.from < record.to);
          if (before === undefined) continue;
          assert.ok(before.to <= record.from);
          assert.ok(
            record.counterChargeThroughputMah - before.counterChargeThroughputMah >= record.chargeThroughputMah,
          );
        }
      }),
      { numRuns: 60 },
    );
  });
});
