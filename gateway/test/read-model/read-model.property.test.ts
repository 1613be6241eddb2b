import assert from 'node:assert/strict';
import fc from 'fast-check';
import type {
  LineagePage,
  LineageRequest,
  Page,
  PageRequest,
  RecordName,
  StoredRecord,
} from '../../src/read-model/answer.js';
import { ReadModel } from '../../src/read-model/read-model.js';
import { chainOf, madeFrom, streamOf, TEST_RULES, type TransactionPlan } from './synthetic-chain.js';
import { withFolder, withReadModel } from './temporary-read-model.js';

const IDS = Array.from({ length: 12 }, (_, index) => `lot-${index.toString(36)}`);
const HOLDERS = ['mine', 'plant', 'mint'];

const write = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      recordType: fc.constant('lot'),
      id: fc.constantFrom(...IDS),
      fields: fc.record({
        holder: fc.constantFrom(...HOLDERS),
        links: fc.array(
          fc
            .tuple(fc.constantFrom(...IDS), fc.constantFrom('made-from', 'blended'))
            .map(([id, kind]) => madeFrom('lot', id, kind)),
          { maxLength: 3 },
        ),
      }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ recordType: fc.constant('lot'), id: fc.constantFrom(...IDS) }) },
);
const transaction: fc.Arbitrary<TransactionPlan> = fc.record({
  writes: fc.uniqueArray(write, { maxLength: 3, selector: ({ id }) => id }),
  validationCode: fc.constantFrom(0, 0, 0, 11),
});
const plan = fc.array(fc.array(transaction, { maxLength: 4 }), { minLength: 1, maxLength: 6 });

interface NaiveLot {
  readonly holder: string;
  readonly firstSeen: number;
}

/** The same history, kept the plainest way. */
function naive(blocks: readonly (readonly TransactionPlan[])[]): {
  lots: Map<string, NaiveLot>;
  links: Set<string>;
  versions: Map<string, number>;
} {
  const lots = new Map<string, NaiveLot>();
  const firstSeen = new Map<string, number>();
  const links = new Set<string>();
  const versions = new Map<string, number>();
  for (const { writes, validationCode } of blocks.flat()) {
    if (validationCode !== 0) continue;
    for (const { id, fields } of writes) {
      if (fields === undefined) {
        if (!lots.delete(id)) continue;
      } else {
        if (!firstSeen.has(id)) firstSeen.set(id, firstSeen.size);
        lots.set(id, { holder: fields['holder'] as string, firstSeen: firstSeen.get(id)! });
        for (const link of fields['links'] as { id: string; kind: string }[])
          links.add(`${id} ${link.kind} ${link.id}`);
      }
      versions.set(id, (versions.get(id) ?? 0) + 1);
    }
  }
  return { lots, links, versions };
}

function naiveDepths(
  links: Iterable<string>,
  start: string,
  isForward: boolean,
  maxDepth: number,
): Map<string, number> {
  const pairs = Array.from(links, (link) => link.split(' ')).map(([child, , parent]) =>
    isForward ? ([parent!, child!] as const) : ([child!, parent!] as const),
  );
  const depths = new Map([[start, 0]]);
  for (let depth = 1; depth <= maxDepth; depth++) {
    const reached = pairs.filter(([near, far]) => depths.get(near) === depth - 1 && !depths.has(far));
    if (reached.length === 0) break;
    for (const [, far] of reached) depths.set(far, depth);
  }
  depths.delete(start);
  return depths;
}

async function pagedIds(
  size: number,
  isFromEnd: boolean,
  ask: (request: PageRequest) => Page<{ readonly id: string }> | Promise<Page<{ readonly id: string }>>,
): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  for (;;) {
    const page: Page<{ readonly id: string }> = await ask(
      isFromEnd ? { last: size, before: cursor } : { first: size, after: cursor },
    );
    const pageIds = page.items.map(({ node }) => node.id);
    if (isFromEnd) ids.unshift(...pageIds);
    else ids.push(...pageIds);
    assert.equal(isFromEnd ? page.hasNextPage : page.hasPreviousPage, cursor !== null);
    if (!(isFromEnd ? page.hasPreviousPage : page.hasNextPage)) {
      assert.equal(page.totalCount, ids.length);
      return ids;
    }
    cursor = (isFromEnd ? page.items[0] : page.items.at(-1))!.cursor;
  }
}

function pagedLineage(model: ReadModel, name: RecordName, isForward: boolean, first: number, maxDepth: number) {
  const nodes: { id: string; depth: number }[] = [];
  const edges: string[] = [];
  for (let after: string | null = null; ;) {
    const request: LineageRequest = { first, after, maxDepth };
    const page: LineagePage = isForward ? model.descendants(name, request) : model.ancestors(name, request);
    nodes.push(...page.nodes);
    edges.push(...page.edges.map(({ kind, from, to }) => `${from.id} ${kind} ${to.id}`));
    after = page.endCursor;
    if (!page.hasNextPage) {
      assert.equal(page.totalCount, nodes.length);
      return { nodes, edges };
    }
  }
}

const byHolder =
  (model: ReadModel, value: string) =>
  (request: PageRequest): Page<StoredRecord> =>
    model.list('lot', request, { field: 'holder', value });

describe('the read model, over random chains', () => {
  it('answers as a plain replay of the chain does, and pages cover everything once', async () => {
    await fc.assert(
      fc.asyncProperty(plan, fc.integer({ min: 1, max: 5 }), fc.boolean(), async (blocks, size, isFromEnd) => {
        const { lots, versions } = naive(blocks);
        const commitOrder = [...lots].sort(([, a], [, b]) => a.firstSeen - b.firstSeen);
        await withReadModel(chainOf(blocks), async (model) => {
          assert.deepEqual(
            await pagedIds(size, isFromEnd, (page) => model.list('lot', page)),
            commitOrder.map(([id]) => id),
          );
          assert.deepEqual(
            await pagedIds(size, isFromEnd, (page) => model.listById('lot', page)),
            [...lots.keys()].sort(),
          );
          for (const holder of HOLDERS) {
            assert.deepEqual(
              await pagedIds(size, isFromEnd, byHolder(model, holder)),
              commitOrder.filter(([, lot]) => lot.holder === holder).map(([id]) => id),
            );
          }
          for (const id of IDS) {
            assert.equal(model.record({ recordType: 'lot', id })?.['holder'], lots.get(id)?.holder);
            assert.equal(model.versions({ recordType: 'lot', id }, {}).totalCount, versions.get(id) ?? 0);
          }
          assert.equal(model.transactions({ first: 1 }).totalCount, blocks.flat().length);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('finds the ancestors and descendants that a plain search finds, each once, with every link between them once', async () => {
    await fc.assert(
      fc.asyncProperty(
        plan,
        fc.constantFrom(...IDS),
        fc.boolean(),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 12 }),
        async (blocks, id, isForward, first, maxDepth) => {
          const { links } = naive(blocks);
          const expected = naiveDepths(links, id, isForward, maxDepth);
          await withReadModel(chainOf(blocks), (model) => {
            const { nodes, edges } = pagedLineage(model, { recordType: 'lot', id }, isForward, first, maxDepth);
            assert.deepEqual(
              nodes.map((node) => `${node.id} ${node.depth}`).sort(),
              Array.from(expected, ([node, depth]) => `${node} ${depth}`).sort(),
            );
            const isReached = (node: string): boolean => node === id || expected.has(node);
            const expectedEdges = [...links].filter((link) => {
              const [child, , parent] = link.split(' ') as [string, string, string];
              // A link back to the start reaches nothing new.
              return isReached(child) && isReached(parent) && (isForward ? child : parent) !== id;
            });
            assert.deepEqual(edges.sort(), expectedEdges.sort());
          });
        },
      ),
      { numRuns: 100 },
    );
  });

  it('finds a path exactly as long as the ancestor is deep', async () => {
    await fc.assert(
      fc.asyncProperty(plan, fc.constantFrom(...IDS), fc.constantFrom(...IDS), async (blocks, from, to) => {
        const { links } = naive(blocks);
        const depth = naiveDepths(links, from, false, Infinity).get(to);
        await withReadModel(chainOf(blocks), (model) => {
          const path = model.path({ recordType: 'lot', id: from }, { recordType: 'lot', id: to });
          if (from !== to) assert.equal(path.length, depth === undefined ? 0 : depth + 1);
          for (const [index, { id }] of path.slice(1).entries()) {
            assert.ok([...links].some((link) => link.startsWith(`${path[index]!.id} `) && link.endsWith(` ${id}`)));
          }
        });
      }),
      { numRuns: 60 },
    );
  });

  it('is the same bytes however often it is stopped and opened again, and after a rebuild', async () => {
    await fc.assert(
      fc.asyncProperty(plan, fc.nat(6), async (blocks, stopAt) => {
        const chain = chainOf(blocks);
        const atOnce = await withReadModel(chain, (model) => model.fingerprint());
        await withFolder(async (directory) => {
          const first = await ReadModel.open({ directory, rules: TEST_RULES });
          await first.follow(streamOf(chain.slice(0, stopAt)), (block) => block);
          await first.close();
          const second = await ReadModel.open({ directory, rules: TEST_RULES });
          await second.follow(streamOf(chain), (block) => block);
          assert.equal(await second.fingerprint(), atOnce);
          await second.rebuild();
          await second.follow(streamOf(chain), (block) => block);
          assert.equal(await second.fingerprint(), atOnce);
          await second.close();
        });
      }),
      { numRuns: 25 },
    );
  });
});
