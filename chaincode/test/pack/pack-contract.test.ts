import assert from 'node:assert/strict';
import type { ElementAccount, ModuleRecord, PackRecord } from '@battery-passport/schemas';
import fc from 'fast-check';
import { addAccounts, elementMasses } from '../../src/account/element-account.js';
import type { MemoryWorld } from '../memory-world.js';
import { collect, hand, pack, packInService, swap } from './pack-life.js';

const masses = (account: ElementAccount) => Object.fromEntries(elementMasses(account));

/** Everything that packs and modules hold. */
function held(world: MemoryWorld): { contents: Record<string, number>; activeMaterialMg: number; carbonG: number } {
  const things: (PackRecord | ModuleRecord)[] = [...world.records('pack'), ...world.records('module')];
  return {
    contents: masses(addAccounts(...things.map(({ contents }) => contents))),
    activeMaterialMg: things.reduce((sum, thing) => sum + thing.activeMaterialMg, 0),
    carbonG: things.reduce((sum, thing) => sum + thing.carbonG, 0),
  };
}

describe('a pack', () => {
  let given: MemoryWorld;
  let world: MemoryWorld;
  const packOf = (id: string) => {
    const record = world.record('pack', id);
    assert.ok(record !== undefined, id);
    return record;
  };
  const moduleOf = (id: string) => {
    const record = world.record('module', id);
    assert.ok(record !== undefined, id);
    return record;
  };

  before(async () => {
    given = await packInService();
  });

  beforeEach(() => {
    world = given.fork();
  });

  it('takes from its lots exactly what they lose, origin by origin', () => {
    const lot = world.record('lot', 'powder');
    assert.ok(lot !== undefined);
    const { contents, activeMaterialMg, carbonG, digitalLink } = packOf('pack-1');
    assert.deepEqual(addAccounts(contents, lot.remaining), lot.account);
    assert.equal(activeMaterialMg + lot.remainingActiveMaterialMg, lot.activeMaterialMg);
    assert.equal(carbonG + lot.remainingCarbonG, lot.carbonG);
    assert.equal(activeMaterialMg, 99_999);
    assert.equal(digitalLink, '/01/09506000134352/21/pack-1');
  });

  it('is listed by holder, state and design', () => {
    for (const key of ['holder\0oem', 'state\0in-service', 'designId\0design-1']) {
      assert.ok(world.state.values.has(`\0pack~${key}\0pack-1\0`), key);
    }
    assert.ok(!world.state.values.has('\0pack~state\0manufactured\0pack-1\0'));
  });

  it('may be registered with nothing known of its material', async () => {
    const { contents } = await world.submit('oem', 'registerPack', pack('pack-2'));
    assert.deepEqual(contents, []);
  });

  it('is corrected by another record, which takes over its material and may take its names', async () => {
    await world.submit('oem', 'registerPack', pack('wrong', { materials: [{ lotId: 'powder', massMg: 1_000 }] }));
    const before = held(world);
    await world.submit(
      'oem',
      'registerPack',
      pack('right', {
        serial: 'wrong',
        modules: pack('wrong').modules,
        materials: [{ lotId: 'powder', massMg: 1_500 }],
        supersedes: { id: 'wrong', reason: 'The first weighing was short.' },
      }),
    );
    assert.deepEqual(packOf('wrong').superseded, {
      byId: 'right',
      reason: 'The first weighing was short.',
      author: 'oem',
      at: world.now,
    });
    assert.deepEqual(packOf('wrong').contents, []);
    assert.equal(packOf('right').activeMaterialMg, 1_500);
    assert.equal(held(world).activeMaterialMg - before.activeMaterialMg, 500);
    await world.submit('oem', 'registerPack', pack('third', { modules: pack('third').modules }));
  });

  it('frees a GTIN and serial that its correction no longer uses', async () => {
    await world.submit('oem', 'registerPack', pack('wrong', { serial: 'S7' }));
    const supersedes = { id: 'wrong', reason: 'serial of its neighbour' };
    await world.submit('oem', 'registerPack', pack('right', { modules: pack('wrong').modules, supersedes }));
    await world.submit('oem', 'registerPack', pack('neighbour', { serial: 'S7' }));
    assert.equal(packOf('neighbour').serial, 'S7');
  });

  it('is held by whoever takes it in when it is given back', async () => {
    await collect(world, {}, 'collector');
    const { holder, state, collection } = packOf('pack-1');
    assert.deepEqual([holder, state], ['collector', 'collected']);
    assert.deepEqual(collection, {
      countryCode: 'JP',
      regionCode: 'JP-14',
      collectedAt: '2031-02-10T00:00:00Z',
      condition: 'intact',
    });
  });

  it('goes to recycling unused when its maker takes it in before it was on the market', async () => {
    await world.submit('oem', 'registerPack', pack('pack-2'));
    await collect(world, { packId: 'pack-2', condition: 'defective' }, 'oem');
    assert.equal(packOf('pack-2').placedOnMarketAt, undefined);
  });

  describe('when a module is swapped', () => {
    beforeEach(async () => {
      await world.submit('oem', 'registerModule', {
        moduleId: 'spare',
        designId: 'design-1',
        massMg: 100_000,
        cellCount: 2,
        materials: [{ lotId: 'powder', massMg: 33_333 }],
      });
    });

    it('keeps every milligram, and the module takes its share by mass', async () => {
      const before = held(world);
      const whole = packOf('pack-1');
      await world.submit(
        'oem',
        'recordRepair',
        swap('pack-1', { removed: [{ moduleId: 'pack-1-a' }], fittedModuleIds: ['spare'] }),
      );
      assert.deepEqual(held(world), before);
      const removed = moduleOf('pack-1-a');
      assert.equal(removed.activeMaterialMg, Math.floor((whole.activeMaterialMg * 100_001) / 300_000));
      assert.deepEqual([removed.state, removed.packId, removed.holder], ['loose', 'pack-1', 'oem']);
      assert.deepEqual(moduleOf('spare').contents, []);
      assert.deepEqual(
        packOf('pack-1').modules.map(({ moduleId, state }) => [moduleId, state]),
        [
          ['pack-1-a', 'removed'],
          ['pack-1-b', 'fitted'],
          ['spare', 'fitted'],
        ],
      );
      assert.equal(packOf('pack-1').state, 'in-service');
    });

    it('is in repair while a module is missing, and in service when it is back in its place', async () => {
      const before = packOf('pack-1');
      await world.submit('oem', 'recordRepair', swap('pack-1', { removed: [{ moduleId: 'pack-1-a' }] }));
      assert.equal(packOf('pack-1').state, 'in-repair');
      await world.submit('oem', 'recordRepair', swap('pack-1', { repairId: 'back', fittedModuleIds: ['pack-1-a'] }));
      const { state, contents, modules } = packOf('pack-1');
      assert.equal(state, 'in-service');
      assert.deepEqual(contents, before.contents);
      assert.ok(modules.every(({ fittedLater }) => fittedLater === undefined));
    });

    it('gives all that is in it to its last module', async () => {
      await world.submit(
        'oem',
        'recordRepair',
        swap('pack-1', { removed: [{ moduleId: 'pack-1-b' }, { moduleId: 'pack-1-a' }] }),
      );
      const { contents, activeMaterialMg, carbonG } = packOf('pack-1');
      assert.deepEqual({ contents, activeMaterialMg, carbonG }, { contents: [], activeMaterialMg: 0, carbonG: 0 });
    });

    it('lets a later module out again under a name of its own, and back in', async () => {
      const before = held(world);
      const removed = [{ moduleId: 'pack-1-a' }];
      await world.submit('oem', 'recordRepair', swap('pack-1', { removed, fittedModuleIds: ['spare'] }));
      const out = swap('pack-1', { repairId: 'out', removed: [{ moduleId: 'spare', looseModuleId: 'spare-2' }] });
      await world.submit('oem', 'recordRepair', out);
      assert.equal(moduleOf('spare').laterModuleId, 'spare-2');
      assert.equal(moduleOf('spare-2').formerModuleId, 'spare');
      await world.submit('oem', 'recordRepair', swap('pack-1', { repairId: 'in', fittedModuleIds: ['spare-2'] }));
      assert.equal(packOf('pack-1').modules.length, 3);
      assert.equal(moduleOf('spare-2').state, 'fitted');
      assert.deepEqual(held(world), before);
    });

    it('forgets the attestation of the pack as it was', async () => {
      const record = { ...packOf('pack-1'), attestationId: 'old' };
      world.state.values.set('\0pack\0pack-1\0', new TextEncoder().encode(JSON.stringify(record)));
      await world.submit('oem', 'recordRepair', swap('pack-1', { removed: [{ moduleId: 'pack-1-a' }] }));
      assert.equal(packOf('pack-1').attestationId, undefined);
    });

    it('conserves elements, active material and carbon over any swaps', async function () {
      this.timeout(60_000);
      const choice = fc.record({ out: fc.nat(2), back: fc.boolean() });
      await fc.assert(
        fc.asyncProperty(fc.array(choice, { minLength: 1, maxLength: 6 }), async (choices) => {
          const start = world;
          world = start.fork();
          try {
            const before = held(world);
            for (const [index, { out, back }] of choices.entries()) {
              const fitted = packOf('pack-1').modules.filter(({ state }) => state === 'fitted');
              const leaving = fitted[out % Math.max(fitted.length, 1)];
              if (leaving !== undefined) {
                const named = { moduleId: leaving.moduleId };
                const later = leaving.fittedLater === true && leaving.recordId === undefined;
                await world.submit(
                  'oem',
                  'recordRepair',
                  swap('pack-1', {
                    repairId: `out-${index}`,
                    removed: [later ? { ...named, looseModuleId: `${leaving.moduleId}-${index}` } : named],
                  }),
                );
                assert.deepEqual(held(world), before);
              }
              const loose = world
                .records('module')
                .find(({ state, id }) => state === 'loose' && (back || id === 'spare'));
              if (loose !== undefined) {
                await world.submit(
                  'oem',
                  'recordRepair',
                  swap('pack-1', { repairId: `in-${index}`, fittedModuleIds: [loose.id] }),
                );
                assert.deepEqual(held(world), before);
              }
            }
          } finally {
            world = start;
          }
        }),
        { numRuns: 40 },
      );
    });
  });

  describe('when it is repurposed', () => {
    beforeEach(async () => {
      await collect(world);
      await world.submit('recycler', 'publishSortingPolicy', {
        policyId: 'storage',
        version: 1,
        note: 'Everything goes to storage.',
        rules: [{ ruleId: 'all', when: {}, route: 'repurpose' }],
      });
      await world.submit('recycler', 'sortPack', {
        decisionId: 'decision-1',
        packId: 'pack-1',
        policyRecordId: 'storage-v1',
      });
      await hand(world, 'pack', 'pack-1', 'recycler', 'second-life');
    });

    it('ends, linked to a new passport that takes everything over and counts from zero', async () => {
      const before = held(world);
      const next = await world.submit('second-life', 'repurposePack', {
        packId: 'pack-1',
        newPackId: 'pack-1-sl',
        gtin: '09506000134352',
        serial: 'SL1',
        plant: { countryCode: 'JP', name: 'Chiba' },
        repurposedAt: '2031-02-20T00:00:00Z',
      });
      const old = packOf('pack-1');
      assert.deepEqual([old.state, old.endReason, old.nextPackId], ['repurposed', 'repurposed', 'pack-1-sl']);
      assert.deepEqual(old.contents, []);
      assert.deepEqual([next.previousPackId, next.state, next.holder], ['pack-1', 'manufactured', 'second-life']);
      assert.deepEqual(next.counters, {
        chargeThroughputMah: 0,
        vehicleToGridThroughputMah: 0,
        fastChargeCount: 0,
        useRecordCount: 0,
      });
      assert.deepEqual(held(world), before);
    });
  });

  it('takes nothing with it when it ends by export, and stays to be read', async () => {
    await world.submit('oem', 'endPack', { packId: 'pack-1', endedAt: '2031-02-20T00:00:00Z', reason: 'exported' });
    const { state, endReason, endedAt, contents } = packOf('pack-1');
    assert.deepEqual([state, endReason, endedAt], ['ended', 'exported', '2031-02-20T00:00:00Z']);
    assert.ok(contents.length > 0);
  });

  it('costs few reads of state to register', async () => {
    await world.submit('oem', 'registerPack', pack('pack-2'));
    // Party, design, the pack itself, its GTIN and serial, and each of its two modules.
    assert.equal(world.last?.reads.length, 6);
  });
});
