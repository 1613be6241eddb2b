import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { openEmbeddedNetwork, type LedgerConnection } from '../src/index.js';
import { BENCH_CONTRACTS } from './bench-contracts.js';

/**
 * Durable submits and evaluates a second through the stock client, in process.
 *
 *     node network/dist/bench/submit.js [--json] [--transactions N] [--in-flight N]
 */
interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** About what a pack's registration weighs. */
const BODY = JSON.stringify({
  design: 'design-000000000001',
  lots: Array.from({ length: 8 }, (_, lot) => `lot-${lot}`.padEnd(60, 'x')),
});

async function inParallel(count: number, inFlight: number, work: (index: number) => Promise<unknown>): Promise<number> {
  let next = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (next < count) await work(next++);
    }),
  );
  return count / ((performance.now() - started) / 1000);
}

async function latencies(count: number, work: (index: number) => Promise<unknown>): Promise<number[]> {
  const elapsed: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const started = performance.now();
    await work(index);
    elapsed.push(performance.now() - started);
  }
  return elapsed.sort((a, b) => a - b);
}

async function measure(connection: LedgerConnection, transactions: number, inFlight: number): Promise<Figure[]> {
  const submit = (prefix: string) => (index: number) =>
    connection.submit('LedgerContract:register', [`${prefix}-${index}`, BODY]);
  await inParallel(Math.ceil(transactions / 5), inFlight, submit('warm'));
  const before = process.cpuUsage();
  const submits = await inParallel(transactions, inFlight, submit('pack'));
  const { user, system } = process.cpuUsage(before);
  const alone = await latencies(200, submit('alone'));
  const evaluates = await inParallel(transactions * 2, 64, (index) =>
    connection.evaluate('LedgerContract:get', [`key-${index}`]),
  );
  return [
    { name: `durable submits, ${inFlight} in flight`, value: Math.round(submits), unit: '1/s' },
    { name: 'processor time of one submit', value: round((user + system) / 1000 / transactions), unit: 'ms' },
    { name: 'one submit in flight, p50', value: round(alone[Math.floor(alone.length * 0.5)] ?? 0), unit: 'ms' },
    { name: 'one submit in flight, p99', value: round(alone[Math.floor(alone.length * 0.99)] ?? 0), unit: 'ms' },
    { name: 'evaluates, 64 in flight', value: Math.round(evaluates), unit: '1/s' },
  ];
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    transactions: { type: 'string', default: '10000' },
    'in-flight': { type: 'string', default: '200' },
  },
});
const dataDir = await mkdtemp(join(tmpdir(), 'ledger-bench-'));
try {
  const network = await openEmbeddedNetwork({ dataDir, contracts: BENCH_CONTRACTS });
  const connection = network.connect(
    await network.enrol('OemMSP', { id: 'bench', role: 'client', attributes: { party: 'oem-1', roles: 'oem' } }),
  );
  const figures = await measure(connection, Number(values.transactions), Number(values['in-flight']));
  await network.close();
  const machine = `${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores, Node ${process.version}`;
  if (values.json) console.log(JSON.stringify({ machine, date: new Date().toISOString(), figures }));
  else {
    console.log(`${machine}, ${new Date().toISOString().slice(0, 10)}`);
    for (const { name, value, unit } of figures) console.log(`${name.padEnd(40)} ${String(value).padStart(8)} ${unit}`);
  }
} finally {
  await rm(dataDir, { recursive: true, force: true });
}
