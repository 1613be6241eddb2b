import assert from 'node:assert/strict';
import { canonicalJson, digestOfBytes, type CommandOf } from '@battery-passport/schemas';
import { MemoryWorld } from '../memory-world.js';

const lot = (lotId: string): CommandOf<'registerLot'> => ({
  lotId,
  material: 'reagent',
  massMg: 100,
  account: [],
  carbonG: 0,
});

describe('records', () => {
  let world: MemoryWorld;

  beforeEach(async () => {
    world = await MemoryWorld.founded();
  });

  it('are listed in pages that join without a gap or a repetition', async () => {
    const ids = Array.from({ length: 25 }, (_, index) => `lot-${String(index).padStart(2, '0')}`);
    await world.submit('supplier', 'runBatch', {
      commands: ids.map((id) => ({ transaction: 'registerLot', command: lot(id) })),
    });
    const listed: string[] = [];
    let bookmark: string | undefined;
    do {
      const page = await world.evaluate('oem', 'listRecords', {
        recordType: 'lot',
        field: 'holder',
        value: 'supplier',
        pageSize: 10,
        ...(bookmark === undefined ? {} : { bookmark }),
      });
      listed.push(...page.ids);
      ({ bookmark } = page);
    } while (bookmark !== undefined);
    assert.deepEqual(listed, ids);
  });

  it('tell their versions, newest first, each with its transaction', async () => {
    await world.submit('supplier', 'registerLot', lot('lot-1'), { at: '2031-03-01T00:00:00Z' });
    await world.submit('supplier', 'holdLot', { lotId: 'lot-1', reason: 'sample' }, { at: '2031-03-02T00:00:00Z' });
    const { versions } = await world.evaluate('oem', 'getRecordHistory', { recordType: 'lot', id: 'lot-1' });
    assert.deepEqual(
      versions.map(({ at, record }) => [at, (record as { state: string }).state]),
      [
        ['2031-03-02T00:00:00Z', 'held'],
        ['2031-03-01T00:00:00Z', 'available'],
      ],
    );
    assert.notEqual(versions[0]?.transactionId, versions[1]?.transactionId);
  });

  it('keep the salted digest of confidential detail when it is purged', async () => {
    const detail = new TextEncoder().encode(
      canonicalJson({ customer: 'Hidden Works', salt: '00112233445566778899aabbccddeeff' }),
    );
    const digest = digestOfBytes(detail);
    await world.submit(
      'supplier',
      'registerLot',
      { ...lot('lot-1'), private: { collection: 'oem-recycler', digest } },
      { private: detail },
    );
    assert.deepEqual(await world.evaluate('recycler', 'getPrivateDetail', { recordType: 'lot', id: 'lot-1' }), {
      customer: 'Hidden Works',
      salt: '00112233445566778899aabbccddeeff',
    });
    for (const value of world.state.values.values()) assert.ok(!new TextDecoder().decode(value).includes('Hidden'));
    await world.submit('supplier', 'purgePrivateDetail', { recordType: 'lot', id: 'lot-1' });
    assert.equal(world.state.private.size, 0);
    assert.deepEqual(world.record('lot', 'lot-1')?.private, { collection: 'oem-recycler', digest });
  });
});

describe('a batch', () => {
  let world: MemoryWorld;

  beforeEach(async () => {
    world = await MemoryWorld.founded();
  });

  it('lets each command see what those before it did, and answers in order', async () => {
    const { results } = await world.submit('supplier', 'runBatch', {
      commands: [
        { transaction: 'registerLot', command: lot('lot-1') },
        { transaction: 'splitLot', command: { lotId: 'lot-1', parts: [{ lotId: 'lot-2', massMg: 40 }] } },
        { transaction: 'drawDownLot', command: { lotId: 'lot-1', massMg: 60, reason: 'sample' } },
      ],
    });
    assert.equal(results.length, 3);
    assert.deepEqual([world.record('lot', 'lot-1')?.state, world.record('lot', 'lot-2')?.massMg], ['exhausted', 40]);
    assert.deepEqual(
      world.facts().map(({ fact }) => fact),
      ['LotRegistered', 'LotSplit', 'LotDrawnDown'],
    );
    assert.equal(world.last?.event?.name, 'runBatch');
  });

  it('writes each record once, however often it changed', async () => {
    await world.submit('supplier', 'registerLot', lot('lot-1'));
    await world.submit('supplier', 'runBatch', {
      commands: [
        { transaction: 'holdLot', command: { lotId: 'lot-1', reason: 'sample' } },
        { transaction: 'releaseLot', command: { lotId: 'lot-1' } },
      ],
    });
    assert.deepEqual([...world.last!.writes.keys()], ['\0lot\0lot-1\0']);
  });

  it('leaves the same state as its commands one by one', async () => {
    const commands: {
      transaction: 'registerLot' | 'holdLot';
      command: CommandOf<'registerLot'> | CommandOf<'holdLot'>;
    }[] = [
      { transaction: 'registerLot', command: lot('lot-1') },
      { transaction: 'holdLot', command: { lotId: 'lot-1', reason: 'sample' } },
    ];
    const apart = world.fork();
    for (const { transaction, command } of commands) await apart.send('supplier', transaction, canonicalJson(command));
    await world.submit('supplier', 'runBatch', { commands });
    const stateOf = ({ state }: MemoryWorld) =>
      [...state.values]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => [
          key,
          new TextDecoder().decode(value).replace(/"createdInTransaction":"[0-9a-f]+",|"updatedAt":"[^"]+",?/g, ''),
        ]);
    assert.deepEqual(stateOf(world), stateOf(apart));
  });

  it('takes a thousand commands', async () => {
    await world.submit('supplier', 'runBatch', {
      commands: Array.from({ length: 1000 }, (_, index) => ({
        transaction: 'registerLot',
        command: lot(`lot-${index}`),
      })),
    });
    assert.equal(world.records('lot').length, 1000);
  });
});
