import { writeSync } from 'node:fs';

import { openEmbeddedNetwork } from '../src/index.js';
import { BENCH_CONTRACTS } from './bench-contracts.js';

/** The process that `crash.ts` kills: submits without end and prints each id that was acknowledged, one a line. */
const [dataDir, prefix] = process.argv.slice(2);
if (dataDir === undefined || prefix === undefined) throw new TypeError('usage: crash-writer DIRECTORY PREFIX');

const network = await openEmbeddedNetwork({ dataDir, contracts: BENCH_CONTRACTS });
const connection = network.connect(await network.enrol('OemMSP', { id: 'writer', role: 'client' }));
let next = 0;

async function submitWithoutEnd(): Promise<never> {
  for (;;) {
    const id = `${prefix}-${next++}`;
    await connection.submit('LedgerContract:register', [id, 'x'.repeat(200)]);
    writeSync(1, `${id}\n`);
  }
}

await Promise.all(Array.from({ length: 100 }, submitWithoutEnd));
