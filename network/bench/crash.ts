import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { openEmbeddedNetwork, openLedgerReader } from '../src/index.js';
import { BENCH_CONTRACTS } from './bench-contracts.js';

/**
 * Kills the writing process with SIGKILL at a random moment under load, again and again on one ledger, and opens it
 * each time: what was acknowledged is there, nothing is half there, and no help was needed.
 *
 *     node network/dist/bench/crash.js [--json] [--rounds N]
 */
interface Round {
  readonly acknowledged: number;
  readonly lost: number;
  readonly halfWritten: number;
  readonly reopened: boolean;
}

const RECORD = '\0record\0';
const HOLDER = '\0holder\0a\0';

/** Runs the writer until it is killed, 0.2 to 1.2 s after its first acknowledgement. */
async function writeUntilKilled(dataDir: string, prefix: string): Promise<string[]> {
  const writer = spawn(
    process.execPath,
    [fileURLToPath(new URL('./crash-writer.js', import.meta.url)), dataDir, prefix],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const acknowledged: string[] = [];
  let armed = false;
  for await (const line of createInterface({ input: writer.stdout })) {
    acknowledged.push(line);
    if (!armed) {
      armed = true;
      setTimeout(() => writer.kill('SIGKILL'), 200 + Math.random() * 1000);
    }
  }
  return acknowledged;
}

async function check(dataDir: string, acknowledged: readonly string[]): Promise<Pick<Round, 'lost' | 'halfWritten'>> {
  const records = new Set<string>();
  const holders = new Set<string>();
  const reader = await openLedgerReader(dataDir);
  try {
    for await (const { key } of reader.state()) {
      if (key.startsWith(RECORD)) records.add(key.slice(RECORD.length, -1));
      if (key.startsWith(HOLDER)) holders.add(key.slice(HOLDER.length, -1));
    }
    let indexed = 0;
    for await (const { validationCode } of reader.transactionIndex()) if (validationCode === 0) indexed += 1;
    let changes = 0;
    for await (const { key } of reader.history()) if (key.startsWith(RECORD)) changes += 1;
    let missingBlocks = 0;
    for (let number = 0n; number < reader.height; number += 1n) {
      if ((await reader.block(number)) === null) missingBlocks += 1;
    }
    let stray = 0;
    for await (const { reason } of reader.strayRecords()) stray += reason === '' ? 0 : 1;
    // Each registration is one record, one holder's key, one change and one indexed transaction; block 0 is indexed too.
    const unequal = [holders.size, changes, indexed - 1].filter((count) => count !== records.size).length;
    const withoutHolder = [...records].filter((id) => !holders.has(id)).length;
    return {
      lost: acknowledged.filter((id) => !records.has(id)).length,
      halfWritten: withoutHolder + unequal + missingBlocks + stray,
    };
  } finally {
    await reader.close();
  }
}

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '50' } },
});
const dataDir = await mkdtemp(join(tmpdir(), 'ledger-crash-'));
const rounds: Round[] = [];
const everything: string[] = [];
try {
  for (let round = 0; round < Number(values.rounds); round += 1) {
    const acknowledged = await writeUntilKilled(dataDir, `round${round}`);
    everything.push(...acknowledged);
    let reopened = true;
    try {
      const network = await openEmbeddedNetwork({ dataDir, contracts: BENCH_CONTRACTS });
      await network.close();
    } catch (error) {
      console.error(error);
      reopened = false;
    }
    const { lost, halfWritten } = await check(dataDir, everything);
    rounds.push({ acknowledged: acknowledged.length, lost, halfWritten, reopened });
    if (!values.json) process.stderr.write(`round ${round + 1}: ${acknowledged.length} acknowledged, ${lost} lost\n`);
  }
  const total = {
    rounds: rounds.length,
    acknowledged: everything.length,
    lost: Math.max(...rounds.map(({ lost }) => lost)),
    halfWritten: Math.max(...rounds.map(({ halfWritten }) => halfWritten)),
    notReopened: rounds.filter(({ reopened }) => !reopened).length,
  };
  if (values.json) console.log(JSON.stringify(total));
  else console.table([total]);
  process.exitCode = total.lost + total.halfWritten + total.notReopened === 0 ? 0 : 1;
} finally {
  await rm(dataDir, { recursive: true, force: true });
}
