import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { Level } from 'level';
import { join } from 'node:path';
import type { RecordType } from '@battery-passport/schemas';
import type { GatewayErrorCode } from '../../src/gateway-error.js';
import type { ReadView } from '../../src/graphql/graph-context.js';
import type { PageRequest } from '../../src/read-model/answer.js';
import { ReadModel } from '../../src/read-model/read-model.js';
import { chainOf, madeFrom, stateKey, stateValue, streamOf, TEST_RULES, type Write } from './synthetic-chain.js';
import { withFolder, withReadModel } from './temporary-read-model.js';

function lot(id: string, fields: Readonly<Record<string, unknown>> = {}): Write {
  return { recordType: 'lot', id, fields: { holder: 'mine', state: 'available', ...fields } };
}

function refusedWith(code: GatewayErrorCode): (error: unknown) => boolean {
  return (error) => (error as { code?: unknown }).code === code;
}

const name = (id: string, recordType: RecordType = 'lot'): { recordType: RecordType; id: string } => ({
  recordType,
  id,
});

const CHAIN = chainOf([
  [{ writes: [] }],
  [{ writes: [lot('ore-2'), lot('ore-1')] }, { writes: [lot('spoilt')], validationCode: 11 }],
  [
    {
      writes: [
        lot('powder', { holder: 'plant', links: [madeFrom('lot', 'ore-1'), madeFrom('lot', 'ore-2', 'blended')] }),
      ],
    },
    { writes: [lot('ore-1', { state: 'exhausted' })] },
  ],
  [
    {
      writes: [
        {
          recordType: 'pack',
          id: 'pack-1',
          fields: { origin: { country: 'FI' }, tags: ['a', 'b'], links: [madeFrom('lot', 'powder')] },
        },
      ],
    },
  ],
  [{ writes: [{ recordType: 'lot', id: 'ore-2' }] }],
]);

describe('the read model', () => {
  it('answers what the GraphQL layer asks', async () => {
    await withReadModel([], (model) => {
      const view: ReadView = model;
      assert.deepEqual(view.standing(), { blockNumber: -1, headerHash: '' });
    });
  });

  it('shows a record as its last valid transaction left it', async () => {
    await withReadModel(CHAIN, (model) => {
      assert.equal(model.record(name('ore-1'))?.['state'], 'exhausted');
      assert.equal(model.record(name('spoilt')), undefined);
      assert.equal(model.record(name('ore-2')), undefined);
      assert.deepEqual(
        model.records([name('powder'), name('nothing')]).map((record) => record?.id),
        ['powder', undefined],
      );
    });
  });

  it('keeps every version with the transaction that wrote it, and a deletion as one', async () => {
    await withReadModel(CHAIN, (model) => {
      const versions = model.versions(name('ore-2'), { first: 10 });
      assert.deepEqual(
        versions.items.map(({ node }) => [node.blockNumber, node.transactionIndex, node.value?.id ?? null]),
        [
          [1, 0, 'ore-2'],
          [4, 0, null],
        ],
      );
      const second = model.versions(name('ore-1'), { last: 1 });
      assert.equal(second.items[0]?.node.transactionId, CHAIN[2]?.transactions[1]?.transactionId);
      assert.deepEqual([second.totalCount, second.hasPreviousPage, second.hasNextPage], [2, true, false]);
    });
  });

  it('lists by type in commit order and by id, and by fields, also inside objects and arrays', async () => {
    await withReadModel(CHAIN, async (model) => {
      const ids = (page: { items: readonly { node: { id: string } }[] }): string[] =>
        page.items.map(({ node }) => node.id);
      assert.deepEqual(ids(model.list('lot', {})), ['ore-1', 'powder']);
      assert.deepEqual(ids(await model.listById('lot', { last: 1 })), ['powder']);
      assert.deepEqual(ids(model.list('lot', {}, { field: 'state', value: 'exhausted' })), ['ore-1']);
      assert.deepEqual(ids(model.list('lot', {}, { field: 'state', value: 'available' })), ['powder']);
      assert.deepEqual(ids(model.list('pack', {}, { field: 'origin.country', value: 'FI' })), ['pack-1']);
      assert.deepEqual(ids(model.list('pack', {}, { field: 'tags', value: 'b' })), ['pack-1']);
      assert.equal(model.count('lot'), 2);
      assert.throws(() => model.list('lot', {}, { field: 'mass', value: '1' }), refusedWith('BAD_REQUEST'));
    });
  });

  it('finds transactions by id, refused ones with the reason', async () => {
    await withReadModel(CHAIN, (model) => {
      const refused = model.transaction(CHAIN[1]?.transactions[1]?.transactionId ?? '');
      assert.deepEqual([refused?.validationCode, refused?.refusal, refused?.written], [11, 'MVCC_READ_CONFLICT', []]);
      const valid = model.transaction(CHAIN[1]?.transactions[0]?.transactionId ?? '');
      assert.deepEqual(valid?.written, [name('ore-2'), name('ore-1')]);
      assert.deepEqual([valid.command, valid.endorsers, valid.refusal], [{ n: 1 }, ['OemMSP', 'RecyclerMSP'], null]);
      assert.equal(model.transactions({ last: 2 }).items[1]?.node.blockNumber, 4);
      assert.equal(model.block(2)?.headerHash, CHAIN[2]?.headerHash);
      assert.equal(model.blocks({}).totalCount, 5);
    });
  });

  it('follows lineage both ways, with kinds and shortest depths', async () => {
    await withReadModel(CHAIN, (model) => {
      const back = model.ancestors(name('pack-1', 'pack'), {});
      assert.deepEqual(
        back.nodes.map(({ id, depth }) => [id, depth]),
        [
          ['powder', 1],
          ['ore-1', 2],
          ['ore-2', 2],
        ],
      );
      assert.deepEqual(
        back.edges.map(({ kind, from, to }) => `${from.id} ${kind} ${to.id}`),
        ['pack-1 made-from powder', 'powder made-from ore-1', 'powder blended ore-2'],
      );
      assert.deepEqual(
        model.descendants(name('ore-1'), { maxDepth: 1 }).nodes.map(({ id }) => id),
        ['powder'],
      );
      assert.deepEqual(
        model.path(name('pack-1', 'pack'), name('ore-2')).map(({ id }) => id),
        ['pack-1', 'powder', 'ore-2'],
      );
      assert.deepEqual(model.path(name('ore-2'), name('pack-1', 'pack')), []);
      assert.deepEqual(
        model.children(name('powder')).map(({ from }) => from.id),
        ['pack-1'],
      );
      assert.deepEqual(model.lineageCounts(name('powder')), {
        parents: 2,
        children: 1,
        ancestors: 2,
        descendants: 1,
        isComplete: true,
      });
    });
  });

  it('is not misled by a cycle, and includes a parent that a later version names', async () => {
    const cycle = chainOf([
      [{ writes: [lot('a', { links: [madeFrom('lot', 'b')] }), lot('b', { links: [madeFrom('lot', 'a')] })] }],
      [{ writes: [lot('a', { links: [madeFrom('lot', 'b'), madeFrom('lot', 'c')] })] }],
    ]);
    await withReadModel(cycle, (model) => {
      assert.deepEqual(
        model.ancestors(name('a'), {}).nodes.map(({ id }) => id),
        ['b', 'c'],
      );
      assert.deepEqual(
        model.descendants(name('c'), {}).nodes.map(({ id, depth }) => [id, depth]),
        [
          ['a', 1],
          ['b', 2],
        ],
      );
    });
  });

  it('lists who points at a record by a link that is not lineage, until the link is gone', async () => {
    const measures = { kind: 'measures', recordType: 'lot', id: 'l', lineage: false };
    const certificate = (links: object[]): Write => ({ recordType: 'certificate', id: 'c', fields: { links } });
    const blocks = chainOf([[{ writes: [certificate([measures])] }], [{ writes: [certificate([])] }]]);
    await withReadModel(blocks.slice(0, 1), async (model) => {
      assert.equal(model.referrers(name('l'), 'measures', {}).items[0]?.node.id, 'c');
      assert.deepEqual(model.ancestors(name('c', 'certificate'), {}).nodes, []);
      await model.apply(blocks[1]!);
      assert.equal(model.referrers(name('l'), 'measures', {}).totalCount, 0);
    });
  });

  it('answers at one block from a pinned view while blocks come in', async () => {
    await withReadModel(CHAIN.slice(0, 3), async (model) => {
      const pinned = model.pin();
      const { view } = pinned;
      const before = view.descendants(name('powder'), {});
      await model.follow(streamOf(CHAIN), (block) => block);
      assert.equal(view.record(name('ore-2'))?.id, 'ore-2');
      assert.deepEqual(view.descendants(name('powder'), {}), before);
      assert.equal(view.standing().blockNumber, 2);
      assert.equal(model.standing().blockNumber, 4);
      assert.equal(model.descendants(name('powder'), {}).totalCount, 1);
      pinned.release();
    });
  });

  it('answers at one block at every moment while a block is being written', async () => {
    const blocks = chainOf(
      Array.from({ length: 40 }, (_, block) => [
        { writes: Array.from({ length: 50 }, (_, at) => lot(`lot-${block}-${at}`)) },
      ]),
    );
    await withReadModel([], async (model) => {
      let isDone = false;
      const following = model.follow(streamOf(blocks), (block) => block).finally(() => (isDone = true));
      let reads = 0;
      for (const ended = (): boolean => isDone; !ended(); reads++) {
        const { blockNumber } = model.standing();
        const page = model.list('lot', { last: 1 });
        assert.equal(page.totalCount, (blockNumber + 1) * 50);
        if (blockNumber >= 0) assert.equal(page.items[0]?.node.id, `lot-${blockNumber}-49`);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await following;
      assert.ok(reads > 0);
    });
  });

  it('keeps the pages of a walk together when the graph grows between them', async () => {
    const links = [madeFrom('lot', 'root')];
    const blocks = chainOf([
      [{ writes: [lot('c1', { links }), lot('c2', { links })] }],
      [{ writes: [lot('c3', { links })] }],
    ]);
    await withReadModel(blocks.slice(0, 1), async (model) => {
      const first = model.descendants(name('root'), { first: 1 });
      await model.apply(blocks[1]!);
      const second = model.descendants(name('root'), { first: 10, after: first.endCursor });
      assert.deepEqual([first.nodes[0]?.id, second.nodes.map(({ id }) => id), second.totalCount], ['c1', ['c2'], 2]);
      assert.equal(model.descendants(name('root'), {}).totalCount, 3);
    });
  });
});

describe('the read model, following a chain', () => {
  it('passes over blocks that are in already and goes on where it stood', async () => {
    await withFolder(async (directory) => {
      for (const end of [2, 5, 5]) {
        const model = await ReadModel.open({ directory, rules: TEST_RULES });
        await model.follow(streamOf(CHAIN.slice(0, end)), (block) => block);
        assert.equal(model.nextBlock(), BigInt(end));
        await model.close();
      }
    });
  });

  it('refuses a chain that forks, at the tip, before it, and one that leaves a block out', async () => {
    const other = chainOf(
      [[{ writes: [] }], [{ writes: [lot('else')] }], [{ writes: [] }], [{ writes: [] }], [{ writes: [] }]],
      'other',
    );
    await withReadModel(CHAIN.slice(0, 3), async (model) => {
      const before = await model.fingerprint();
      await assert.rejects(model.apply(other[3]!), refusedWith('READ_MODEL_FORK'));
      await assert.rejects(model.apply(other[1]!), refusedWith('READ_MODEL_FORK'));
      await assert.rejects(model.apply(CHAIN[4]!), refusedWith('READ_MODEL_FORK'));
      assert.equal(await model.fingerprint(), before);
      assert.equal(await model.apply(CHAIN[3]!), true);
    });
  });

  it('tells a ledger that is shorter or another from its own', async () => {
    await withReadModel(CHAIN, async (model) => {
      await model.confirmChain((number) => Promise.resolve(CHAIN[Number(number)]?.headerHash ?? null));
      await assert.rejects(
        model.confirmChain(() => Promise.resolve(null)),
        refusedWith('READ_MODEL_FORK'),
      );
    });
  });

  it('is the same bytes whether it came block by block, over restarts, or was rebuilt', async () => {
    const whole = await withReadModel(CHAIN, (model) => model.fingerprint());
    await withFolder(async (directory) => {
      for (const block of CHAIN) {
        const model = await ReadModel.open({ directory, rules: TEST_RULES });
        await model.apply(block);
        await model.close();
      }
      const model = await ReadModel.open({ directory, rules: TEST_RULES });
      assert.equal(await model.fingerprint(), whole);
      await model.rebuild();
      assert.equal(model.standingAt(), null);
      await model.follow(streamOf(CHAIN), (block) => block);
      assert.equal(await model.fingerprint(), whole);
      await model.close();
    });
  });

  it('waits for a block and says when it does not come', async () => {
    await withReadModel(CHAIN.slice(0, 1), async (model) => {
      const waiting = model.waitForBlock(1n, 5_000);
      await model.apply(CHAIN[1]!);
      await waiting;
      await assert.rejects(model.waitForBlock(7, 20), refusedWith('READ_MODEL_BEHIND'));
    });
  });

  it('stops following when it is told to, even while no block comes', async () => {
    await withReadModel([], async (model) => {
      const stop = new AbortController();
      const silent = (async function* () {
        yield* CHAIN.slice(0, 2);
        await delay(60_000, undefined, { ref: false });
      })();
      const following = model.follow(silent, (block) => block, stop.signal);
      await model.waitForBlock(1);
      stop.abort();
      await following;
      assert.equal(model.nextBlock(), 2n);
    });
  });
});

describe("the read model's changes", () => {
  it('come in the order of the chain, from any block, and none is lost on a slow reader', async () => {
    await withReadModel(CHAIN.slice(0, 2), async (model) => {
      const seen: string[] = [];
      for await (const { blockNumber, id } of model.changes(undefined, 0)) {
        // The reader is still at the first change when the others come in.
        if (seen.length === 0) await model.follow(streamOf(CHAIN), (block) => block);
        seen.push(`${blockNumber} ${id}`);
        if (seen.length === 6) break;
      }
      assert.deepEqual(seen, ['1 ore-2', '1 ore-1', '2 powder', '2 ore-1', '3 pack-1', '4 ore-2']);
    });
  });

  it('end with the signal, with the reader, and with the read model', async () => {
    await withReadModel(CHAIN, async (model) => {
      const stop = new AbortController();
      const aborted = model.changes(stop.signal).next();
      const returned = model.changes();
      const waiting = returned.next();
      stop.abort();
      await returned.return?.();
      assert.deepEqual([(await aborted).done, (await waiting).done], [true, true]);
      const closed = assert.rejects(model.changes().next(), refusedWith('INTERNAL'));
      await model.close();
      await closed;
      assert.throws(() => model.record(name('ore-1')), refusedWith('INTERNAL'));
    });
  });
});

describe("the read model's store", () => {
  it('is refused when other rules or another format made it, and is made anew by a rebuild', async () => {
    await withReadModel(CHAIN, async (model, directory) => {
      await model.close();
      const rules = { ...TEST_RULES, version: 'test-2' };
      await assert.rejects(ReadModel.open({ directory, rules }), refusedWith('READ_MODEL_FORMAT'));
      const level = new Level<string, string>(join(directory, 'store'));
      await level.put('m', JSON.stringify({ format: 0 }));
      await level.close();
      await assert.rejects(ReadModel.open({ directory, rules: TEST_RULES }), refusedWith('READ_MODEL_FORMAT'));
      const rebuilt = await ReadModel.open({ directory, rules, rebuild: true });
      assert.equal(rebuilt.standingAt(), null);
      await rebuilt.close();
    });
  });

  for (const [lost, key] of [
    ['its checkpoint', 'm'],
    ['its last block', `b\0${'4'.padStart(12, '0')}`],
    ['a page of lineage nodes', `N\0${'0'.repeat(8)}`],
    ['a page of lineage links', `E\0${'0'.repeat(8)}`],
  ] as const) {
    it(`is refused when it has lost ${lost}`, async () => {
      await withReadModel(CHAIN, async (model, directory) => {
        await model.close();
        const level = new Level<string, string>(join(directory, 'store'));
        await level.del(key);
        await level.close();
        await assert.rejects(ReadModel.open({ directory, rules: TEST_RULES }), refusedWith('READ_MODEL_DAMAGED'));
      });
    });
  }

  it('is opened by one at a time', async () => {
    await withReadModel(CHAIN, async (_model, directory) => {
      await assert.rejects(ReadModel.open({ directory, rules: TEST_RULES }), refusedWith('NODE_RUNNING'));
    });
  });

  it('is compared with the state of the ledger, record by record', async () => {
    const entry = (write: Write): { key: string; value: Uint8Array } => ({
      key: stateKey(write),
      value: stateValue(write) ?? new Uint8Array(),
    });
    const powder = lot('powder', {
      holder: 'plant',
      links: [madeFrom('lot', 'ore-1'), madeFrom('lot', 'ore-2', 'blended')],
    });
    const pack = {
      recordType: 'pack',
      id: 'pack-1',
      fields: { origin: { country: 'FI' }, tags: ['a', 'b'], links: [madeFrom('lot', 'powder')] },
    };
    const ore = lot('ore-1', { state: 'exhausted' });
    await withReadModel(CHAIN, async (model) => {
      const found = async (writes: Write[]): Promise<string[]> => {
        const differences = [];
        for await (const { kind, recordType, id } of model.differences(writes.map(entry))) {
          differences.push(`${kind} ${recordType} ${id}`);
        }
        return differences;
      };
      assert.deepEqual(await found([pack, ore, powder]), []);
      assert.deepEqual(await found([pack, lot('ore-1'), powder]), ['value lot ore-1']);
      assert.deepEqual(await found([ore, powder, lot('late')]), [
        'missing lot late',
        'extra pack pack-1',
        'list lot ',
        'list pack ',
      ]);
      const versions = [];
      const version = { blockNumber: 2n, transactionIndex: 1 };
      for await (const difference of model.differences([ore, powder, pack].map((w) => ({ ...entry(w), version })))) {
        versions.push(`${difference.kind} ${difference.id}`);
      }
      assert.deepEqual(versions, ['version powder', 'version pack-1']);
    });
  });
});

describe('a page request', () => {
  const bad: readonly (readonly [string, PageRequest, GatewayErrorCode])[] = [
    ['no entries', { first: 0 }, 'BAD_REQUEST'],
    ['too many entries', { first: 1001 }, 'BAD_REQUEST'],
    ['part of an entry', { first: 1.5 }, 'BAD_REQUEST'],
    ['both ends', { first: 1, last: 1 }, 'BAD_REQUEST'],
    ['a cursor that is none', { first: 1, after: 'what' }, 'BAD_CURSOR'],
    ['a cursor of another list', { first: 1, after: Buffer.from('block:1').toString('base64url') }, 'BAD_CURSOR'],
    [
      'a cursor spelled otherwise',
      { first: 1, after: `${Buffer.from('record:1').toString('base64url')}==` },
      'BAD_CURSOR',
    ],
    ['a cursor with a sign', { first: 1, after: Buffer.from('record:-1').toString('base64url') }, 'BAD_CURSOR'],
  ];
  for (const [what, request, code] of bad) {
    it(`is refused when it asks for ${what}`, async () => {
      await withReadModel(CHAIN, (model) => assert.throws(() => model.list('lot', request), refusedWith(code)));
    });
  }
});
