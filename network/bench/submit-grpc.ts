import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { openEmbeddedNetwork, serveNetwork } from '../src/index.js';
import { BENCH_CONTRACTS } from './bench-contracts.js';
import type { GrpcFigures, GrpcTask } from './submit-grpc-client.js';

/**
 * Durable submits and evaluates a second over TLS, the stock client in a process of its own.
 *
 *     node network/dist/bench/submit-grpc.js [--json] [--transactions N] [--in-flight N]
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    transactions: { type: 'string', default: '5000' },
    'in-flight': { type: 'string', default: '200' },
  },
});

const dataDir = await mkdtemp(join(tmpdir(), 'bench-grpc-'));
try {
  const network = await openEmbeddedNetwork({ dataDir, contracts: BENCH_CONTRACTS });
  const served = await serveNetwork(network, 0);
  const identity = await network.enrol('OemMSP', { id: 'bench', role: 'client' });
  const [endpoint] = served.endpoints;
  if (endpoint === undefined) throw new RangeError('the network has no organisation');
  const figures = await runClient({
    endpoint,
    identity,
    transactions: Number(values.transactions),
    inFlight: Number(values['in-flight']),
  });
  await served.close();
  await network.close();
  const machine = `${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores, Node ${process.version}`;
  if (values.json) console.log(JSON.stringify({ machine, date: new Date().toISOString(), figures }));
  else {
    console.log(`${machine}, ${new Date().toISOString().slice(0, 10)}`);
    for (const { name, value, unit } of figures) console.log(`${name.padEnd(44)} ${String(value).padStart(8)} ${unit}`);
  }
} finally {
  await rm(dataDir, { recursive: true, force: true });
}

function runClient(task: GrpcTask): Promise<GrpcFigures> {
  const client = fork(fileURLToPath(new URL('./submit-grpc-client.js', import.meta.url)));
  return new Promise((resolve, reject) => {
    client.once('message', (figures) => resolve(figures as GrpcFigures));
    client.once('exit', (code) => reject(new RangeError(`the client ended with code ${String(code)}`)));
    client.send(task);
  });
}
