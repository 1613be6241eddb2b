import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReadModel } from '../src/read-model/read-model.js';
import { report } from './figure.js';
import { BENCH_RULES, blocksOf, syntheticLineage } from './synthetic-lineage.js';

/** How fast a chain of one-record transactions is taken in: what a rebuild costs, and how far behind a gateway falls. */
const TRANSACTIONS = 60_000;
const TRANSACTIONS_PER_BLOCK = 100;

const directory = await mkdtemp(join(tmpdir(), 'bench-rebuild-'));
try {
  const lineage = syntheticLineage(TRANSACTIONS, 12);
  const blocks = [...blocksOf(lineage, { recordsPerTransaction: 1, transactionsPerBlock: TRANSACTIONS_PER_BLOCK })];
  const model = await ReadModel.open({ directory, rules: BENCH_RULES });
  const start = performance.now();
  for (const block of blocks) await model.apply(block);
  const takenInS = (performance.now() - start) / 1000;

  // A store that exists already is thrown away first.
  const rebuildStart = performance.now();
  await model.rebuild();
  for (const block of blocks) await model.apply(block);
  const rebuiltInS = (performance.now() - rebuildStart) / 1000;
  await model.close();

  report(
    `Read model: ${TRANSACTIONS} transactions in blocks of ${TRANSACTIONS_PER_BLOCK}, one record of 600 bytes each`,
    [
      {
        name: 'taken in, empty store',
        value: TRANSACTIONS / takenInS,
        unit: 'transactions/s',
        target: { atLeast: 5000 },
      },
      { name: 'rebuilt', value: TRANSACTIONS / rebuiltInS, unit: 'transactions/s', target: { atLeast: 5000 } },
      { name: 'resident memory', value: process.memoryUsage.rss() / 2 ** 20, unit: 'MiB' },
    ],
  );
} finally {
  await rm(directory, { recursive: true, force: true });
}
