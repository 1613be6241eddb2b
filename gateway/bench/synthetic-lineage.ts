import { createHash } from 'node:crypto';
import type { ProjectableBlock, ProjectableTransaction } from '../src/read-model/projection.js';
import type { ProjectionRules } from '../src/read-model/projection-rules.js';

/** A graph in layers, from the mines (0) to the certificates: ids of 32 hex digits, each node with its parents' numbers. */
export interface SyntheticLineage {
  readonly ids: readonly string[];
  readonly parents: readonly (readonly number[])[];
}

/** Rules for the benchmarks' records, which hold their own links. */
export const BENCH_RULES: ProjectionRules = {
  version: 'bench-1',
  indexes: { lot: ['holder', 'state', 'material'] },
  referencesOf: (record) =>
    (record['parents'] as string[]).map((id) => ({ kind: 'made-from', recordType: 'lot', id, lineage: true })),
};

/**
 * The same graph for the same seed. Layers are equally large; all but the first have one to four parents a node in the
 * layer before, anywhere in it.
 */
export function syntheticLineage(nodes: number, layers: number, seed = 1): SyntheticLineage {
  const random = mulberry32(seed);
  const layerSize = Math.ceil(nodes / layers);
  // Of 1 to 4 parents, so often that there are twice as many links as nodes.
  const fanIn = [1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 4];
  const ids = Array.from({ length: nodes }, (_, node) => createHash('md5').update(`${seed}:${node}`).digest('hex'));
  const parents = ids.map((_, node) => {
    const layer = Math.floor(node / layerSize);
    if (layer === 0) return [];
    const count = fanIn[Math.floor(random() * fanIn.length)] ?? 2;
    const chosen = new Set<number>();
    while (chosen.size < count) chosen.add((layer - 1) * layerSize + Math.floor(random() * layerSize));
    return [...chosen];
  });
  return { ids, parents };
}

/** The graph as a chain of blocks: one record a node. */
export function* blocksOf(
  { ids, parents }: SyntheticLineage,
  {
    recordsPerTransaction,
    transactionsPerBlock,
  }: { readonly recordsPerTransaction: number; readonly transactionsPerBlock: number },
): Generator<ProjectableBlock> {
  let previousHash = '';
  let node = 0;
  for (let number = 0; node < ids.length; number++) {
    const transactions: ProjectableTransaction[] = [];
    while (transactions.length < transactionsPerBlock && node < ids.length) {
      const end = Math.min(ids.length, node + recordsPerTransaction);
      const writes = [];
      for (; node < end; node++) {
        const id = ids[node] ?? '';
        writes.push({
          key: `\0lot\0${id}\0`,
          value: recordBytes(
            id,
            (parents[node] ?? []).map((parent) => ids[parent] ?? ''),
          ),
        });
        // A contract writes an index mark for each field that it lists by.
        writes.push({ key: `\0byHolder\0holder-${node % 50}\0${id}\0`, value: Uint8Array.of(0) });
      }
      transactions.push(transactionOf(number, transactions.length, writes));
    }
    const headerHash = createHash('sha256').update(`${previousHash}${number}`).digest('hex');
    yield { number: BigInt(number), headerHash, previousHash, dataHash: headerHash, transactions };
    previousHash = headerHash;
  }
}

function transactionOf(block: number, index: number, writes: ProjectableTransaction['writes']): ProjectableTransaction {
  return {
    index,
    transactionId: createHash('sha256').update(`${block}.${index}`).digest('hex'),
    validationCode: 0,
    timestamp: '2026-01-01T00:00:00.000Z',
    creator: { mspId: 'OemMSP', certificatePem: '' },
    endorsers: [{ mspId: 'OemMSP' }, { mspId: 'RecyclerMSP' }],
    transaction: 'LotContract:registerLot',
    args: [writes.find(({ value }) => (value?.byteLength ?? 0) > 1)?.value ?? new Uint8Array()],
    writes,
  };
}

/** About as long as a real lot's record. */
function recordBytes(id: string, parents: readonly string[]): Uint8Array {
  const number = parseInt(id.slice(0, 6), 16);
  return Buffer.from(
    JSON.stringify({
      account: [
        { element: 'Ni', massMg: number * 5, origins: [{ country: 'ID', kind: 'mined', massMg: number * 5 }] },
        { element: 'Co', massMg: number, origins: [{ country: 'CD', kind: 'mined', massMg: number }] },
      ],
      carbonG: number * 13,
      createdAt: '2026-01-01T00:00:00.000Z',
      createdBy: `holder-${number % 50}`,
      createdInTransaction: `${id}${id}`,
      holder: `holder-${number % 50}`,
      id,
      massMg: number * 9,
      material: ['sulfate', 'precursor', 'cathode-powder', 'black-mass'][number % 4],
      parents,
      recordType: 'lot',
      remainingMassMg: number,
      state: ['available', 'held', 'exhausted'][number % 3],
    }),
  );
}

/** Source: Tommy Ettinger's public-domain mulberry32. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
