import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { COLLECTIONS, CONTRACT_SOURCE } from '@battery-passport/chaincode';
import { connectGrpc, openEmbeddedNetwork, serveNetwork, type LedgerConnection } from '@battery-passport/network';
import {
  canonicalJson,
  digestOf,
  gtinCheckDigit,
  qualifiedTransactionName,
  type CommandOf,
  type TransactionName,
} from '@battery-passport/schemas';
import { quantiles, report, type Figure } from './figure.js';

/**
 * Committed, durable `registerPack` of distinct packs through the stock client, with the real contracts: in process, and over
 * TLS from a process of its own.
 *
 *     node gateway/dist/bench/register-pack.js [--json] [--transactions N] [--in-flight N]
 */

type Connect = {
  readonly endpoint: Parameters<typeof connectGrpc>[0];
  readonly identity: Parameters<typeof connectGrpc>[1];
};
interface Task extends Connect {
  readonly transactions: number;
  readonly inFlight: number;
}
interface Rates {
  readonly submitsPerS: number;
  readonly aloneP50Ms: number;
  readonly evaluatesPerS: number;
}

const GTIN_STEM = '0490000000001';
const GTIN = `${GTIN_STEM}${gtinCheckDigit(GTIN_STEM)}`;
const DESIGN_ID = 'BENCH-DESIGN';
const WARM_UP = 2_000;
const ALONE = 200;
const EVALUATES_IN_FLIGHT = 64;

function submit<N extends TransactionName>(
  connection: LedgerConnection,
  name: N,
  command: CommandOf<N>,
): Promise<unknown> {
  return connection.submit(qualifiedTransactionName(name), [canonicalJson(command)]);
}

function registerPack(connection: LedgerConnection, serial: string): Promise<unknown> {
  return submit(connection, 'registerPack', {
    packId: `PACK-${serial}`,
    gtin: GTIN,
    serial,
    designId: DESIGN_ID,
    manufacturedAt: '2025-05-01T08:00:00Z',
    plant: { countryCode: 'JP', name: 'Oppama' },
    modules: [1, 2, 3, 4].map((place) => ({ moduleId: `M-${serial}-${place}`, massMg: 60_000_000, cellCount: 48 })),
    materials: [],
  });
}

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

async function measure(
  connection: LedgerConnection,
  prefix: string,
  transactions: number,
  inFlight: number,
): Promise<Rates> {
  await inParallel(WARM_UP, inFlight, (index) => registerPack(connection, `${prefix}w${index}`));
  const submitsPerS = await inParallel(transactions, inFlight, (index) =>
    registerPack(connection, `${prefix}p${index}`),
  );
  const alone: number[] = [];
  for (let index = 0; index < ALONE; index += 1) {
    const started = performance.now();
    await registerPack(connection, `${prefix}a${index}`);
    alone.push(performance.now() - started);
  }
  const read = qualifiedTransactionName('getRecord');
  const evaluatesPerS = await inParallel(transactions, EVALUATES_IN_FLIGHT, (index) =>
    connection.evaluate(read, [canonicalJson({ recordType: 'pack', id: `PACK-${prefix}p${index}` })]),
  );
  return { submitsPerS, aloneP50Ms: quantiles(alone).p50, evaluatesPerS };
}

async function prepare(
  connect: (mspId: string, party: string, role: string) => Promise<LedgerConnection>,
): Promise<LedgerConnection> {
  const regulator = await connect('RegulatorMSP', 'regulator', 'regulator');
  await submit(regulator, 'registerParty', {
    partyId: 'regulator',
    name: 'Regulator',
    mspId: 'RegulatorMSP',
    roles: ['regulator'],
  });
  await submit(regulator, 'registerParty', { partyId: 'maker', name: 'Maker', mspId: 'OemMSP', roles: ['oem'] });
  const oem = await connect('OemMSP', 'maker', 'oem');
  await submit(oem, 'registerDesign', {
    designId: DESIGN_ID,
    modelName: 'Bench pack',
    cathodeChemistry: 'NMC811',
    anodeChemistry: 'graphite',
    cellNominalCapacityMah: 5_000,
    packNominalEnergyWh: 60_000,
    seriesCells: 96,
    parallelCells: 2,
    moduleCount: 4,
    cathodeMassMg: 100_000_000,
    packMassMg: 300_000_000,
    estimatorDesignId: 'BENCH',
    estimatorDesignDigest: digestOf('bench'),
    dismantling: [],
    certifiedEnergyWh: 58_000,
  });
  return oem;
}

async function measureAll(transactions: number, inFlight: number): Promise<Figure[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'register-pack-'));
  const network = await openEmbeddedNetwork({ dataDir, contracts: CONTRACT_SOURCE, collections: COLLECTIONS });
  try {
    const identity = (mspId: string, party: string, role: string) =>
      network.enrol(mspId, { id: party, role: 'client', attributes: { party, roles: role } });
    const oem = await prepare(async (...who) => network.connect(await identity(...who)));
    const inProcess = await measure(oem, 'i', transactions, inFlight);
    const served = await serveNetwork(network, 0);
    const [endpoint] = served.endpoints;
    if (endpoint === undefined) throw new RangeError('the network has no organisation');
    const task: Task = {
      endpoint,
      identity: await identity('OemMSP', 'maker', 'oem'),
      transactions: Math.ceil(transactions / 2),
      inFlight,
    };
    const overGrpc = await measureElsewhere(task);
    await served.close();
    return [
      {
        name: `registerPack in process, ${inFlight} in flight`,
        value: inProcess.submitsPerS,
        unit: '1/s',
        target: { atLeast: 1_000 },
      },
      {
        name: `registerPack over gRPC, ${inFlight} in flight`,
        value: overGrpc.submitsPerS,
        unit: '1/s',
        target: { atLeast: 500 },
      },
      {
        name: 'registerPack in process, one in flight, p50',
        value: inProcess.aloneP50Ms,
        unit: 'ms',
        target: { atMost: 15 },
      },
      { name: 'registerPack over gRPC, one in flight, p50', value: overGrpc.aloneP50Ms, unit: 'ms' },
      {
        name: `getRecord in process, ${EVALUATES_IN_FLIGHT} in flight`,
        value: inProcess.evaluatesPerS,
        unit: '1/s',
        target: { atLeast: 2_500 },
      },
      { name: `getRecord over gRPC, ${EVALUATES_IN_FLIGHT} in flight`, value: overGrpc.evaluatesPerS, unit: '1/s' },
    ];
  } finally {
    await network.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** A client on another machine would not share this process's thread, so over gRPC it has a process of its own. */
function measureElsewhere(task: Task): Promise<Rates> {
  const client = fork(fileURLToPath(import.meta.url), ['--client']);
  return new Promise((resolve, reject) => {
    client.once('message', (rates) => resolve(rates as Rates));
    client.once('exit', (code) => reject(new RangeError(`the client ended with code ${String(code)}`)));
    client.send(task);
  });
}

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    client: { type: 'boolean', default: false },
    transactions: { type: 'string', default: '10000' },
    'in-flight': { type: 'string', default: '200' },
  },
});

if (values.client) {
  process.once('message', (message) => {
    const { endpoint, identity, transactions, inFlight } = message as Task;
    const connection = connectGrpc(endpoint, identity);
    void measure(connection, 'g', transactions, inFlight).then((rates) => {
      connection.close();
      process.send?.(rates);
      process.disconnect();
    });
  });
} else {
  report(
    'registerPack through the stock client',
    await measureAll(Number(values.transactions), Number(values['in-flight'])),
  );
}
