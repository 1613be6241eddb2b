import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { openEmbeddedNetwork, openLedgerReader, verifyLedger } from '../src/index.js';
import { BENCH_CONTRACTS } from './bench-contracts.js';

/**
 * How long a ledger of many transactions takes to open, and to be verified from genesis.
 *
 *     node network/dist/bench/open.js [--json] [--transactions N] [--block N]
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    transactions: { type: 'string', default: '100000' },
    block: { type: 'string', default: '100' },
  },
});
const transactions = Number(values.transactions);
const dataDir = await mkdtemp(join(tmpdir(), 'ledger-open-'));
try {
  const network = await openEmbeddedNetwork({
    dataDir,
    contracts: BENCH_CONTRACTS,
    batch: { maxTransactions: Number(values.block), maxWaitMs: 100 },
  });
  const connection = network.connect(await network.enrol('OemMSP', { id: 'bench', role: 'client' }));
  let next = 0;
  await Promise.all(
    Array.from({ length: 400 }, async () => {
      while (next < transactions)
        await connection.submit('LedgerContract:register', [`pack-${next++}`, 'x'.repeat(500)]);
    }),
  );
  const blocks = network.height();
  await network.close();

  const openingMs: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const started = performance.now();
    const again = await openEmbeddedNetwork({ dataDir, contracts: BENCH_CONTRACTS });
    openingMs.push(Math.round(performance.now() - started));
    await again.close();
  }
  const reader = await openLedgerReader(dataDir);
  const started = performance.now();
  const report = await verifyLedger(reader);
  const verifyS = (performance.now() - started) / 1000;
  await reader.close();
  const result = {
    machine: `${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores, Node ${process.version}`,
    date: new Date().toISOString(),
    transactions,
    blocks: Number(blocks),
    openingMs,
    findings: report.findings.length,
    verifiedPerS: Math.round(transactions / verifyS),
  };
  console.log(values.json ? JSON.stringify(result) : result);
} finally {
  await rm(dataDir, { recursive: true, force: true });
}
