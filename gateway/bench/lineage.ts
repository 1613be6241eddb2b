import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import type { RecordName } from '../src/read-model/answer.js';
import { ReadModel } from '../src/read-model/read-model.js';
import { quantiles, report, timed, type Figure } from './figure.js';
import { BENCH_RULES, blocksOf, syntheticLineage, type SyntheticLineage } from './synthetic-lineage.js';

/**
 * All ancestors of a certificate that has about a thousand of them, in a graph of a million records, beside SQLite's
 * recursive query over the same graph in the same run. Records and links come in through the real projection.
 */
const NODES = Number(process.env['BENCH_NODES'] ?? 1_000_000);
const LAYERS = 12;
const ANCESTORS = { from: 950, to: 1000 };
const CERTIFICATES = 400;
const ROUNDS = 3;

const directory = await mkdtemp(join(tmpdir(), 'bench-lineage-'));
try {
  const { loadS, edges, certificates } = await prepare();

  const openStart = performance.now();
  const model = await ReadModel.open({ directory, rules: BENCH_RULES });
  const openS = (performance.now() - openStart) / 1000;

  const names = certificates.map((id): RecordName => ({ recordType: 'lot', id }));

  const ids = (name: RecordName): number => model.ancestors(name, { first: 1000 }).nodes.length;
  const links = (name: RecordName): number => model.ancestors(name, { first: 1000 }).edges.length;
  const records = (name: RecordName): number =>
    model.records(model.ancestors(name, { first: 1000 }).nodes).filter((record) => record !== undefined).length;
  // What has not been asked for before is read from the disk, or from what the system keeps of it.
  const coldRecords = names.map((name) => timed(() => records(name)));
  const warmIds = measure(names, ids);
  const warmLinks = measure(names, links);
  const warmRecords = measure(names, records);

  const sqlite = openSqlite(syntheticLineage(NODES, LAYERS));
  const text = measure(certificates, (id) => sqlite.ancestorsByText(id).length);
  const integer = measure(certificates, (id) => sqlite.ancestorsByInteger(id).length);
  for (const [index, id] of certificates.entries()) {
    const expected = model.ancestors(names[index] as RecordName, { first: 1000 }).nodes.map((node) => node.id);
    for (const found of [sqlite.ancestorsByText(id), sqlite.ancestorsByInteger(id)]) assertSame(expected, found);
  }
  sqlite.close();

  const figures: Figure[] = [
    ...timings('ancestors as ids', warmIds, 2),
    ...timings('ancestors as ids, with the links between them', warmLinks),
    ...timings('ancestors as records', warmRecords, 10),
    ...timings('ancestors as records, asked for the first time', coldRecords),
    ...timings('SQLite recursive query, text ids', text),
    ...timings('SQLite recursive query, integers, ids joined', integer),
    { name: 'start: opening the read model', value: openS, unit: 's' },
    { name: 'memory: lineage arrays', value: model.lineageByteLength() / 2 ** 20, unit: 'MiB' },
    { name: 'loading through the projection', value: NODES / loadS, unit: 'records/s' },
  ];
  await model.close();
  report(
    `Lineage: ${NODES} records, ${edges} links, ${LAYERS} layers; ${certificates.length} certificates with ` +
      `${ANCESTORS.from} to ${ANCESTORS.to} ancestors, ${ROUNDS} rounds`,
    figures,
  );
} finally {
  await rm(directory, { recursive: true, force: true });
}

/**
 * Brings the graph in and chooses the certificates. The graph itself is let go afterwards: a million strings on the heap
 * would be collected during the measurements, and a gateway has none.
 */
async function prepare(): Promise<{ loadS: number; edges: number; certificates: string[] }> {
  const lineage = syntheticLineage(NODES, LAYERS);
  const start = performance.now();
  const model = await ReadModel.open({ directory, rules: BENCH_RULES });
  for (const block of blocksOf(lineage, { recordsPerTransaction: 25, transactionsPerBlock: 40 }))
    await model.apply(block);
  const loadS = (performance.now() - start) / 1000;
  const certificates = certificatesOf(lineage, model);
  await model.close();
  return { loadS, edges: lineage.parents.reduce((sum, parents) => sum + parents.length, 0), certificates };
}

/** Records of the wanted number of ancestors, from all over the later layers. */
function certificatesOf({ ids }: SyntheticLineage, model: ReadModel): string[] {
  const found: string[] = [];
  for (let step = 0; step < NODES && found.length < CERTIFICATES; step++) {
    // A stride that shares no factor with the number of nodes visits each once, in no order.
    const id = ids[(step * 611_953) % NODES] ?? '';
    const { totalCount } = model.ancestors({ recordType: 'lot', id }, { first: 1 });
    if (totalCount >= ANCESTORS.from && totalCount <= ANCESTORS.to) found.push(id);
  }
  return found;
}

interface Timing {
  readonly elapsedMs: number;
  readonly processorMs: number;
}

function measure<T>(subjects: readonly T[], ask: (subject: T) => number): Timing[] {
  for (const subject of subjects) ask(subject);
  return Array.from({ length: ROUNDS }, () => subjects.map((subject) => timed(() => ask(subject)))).flat();
}

function timings(name: string, measured: readonly Timing[], atMost?: number): Figure[] {
  const elapsed = quantiles(measured.map(({ elapsedMs }) => elapsedMs));
  const processor = quantiles(measured.map(({ processorMs }) => processorMs));
  return [
    { name: `${name}, p50`, value: elapsed.p50, unit: 'ms' },
    { name: `${name}, p99`, value: elapsed.p99, unit: 'ms', ...(atMost === undefined ? {} : { target: { atMost } }) },
    { name: `${name}, p99 of processor time`, value: processor.p99, unit: 'ms' },
  ];
}

function assertSame(expected: readonly string[], found: readonly string[]): void {
  if (expected.length !== found.length || [...expected].sort().join() !== [...found].sort().join()) {
    throw new RangeError(`SQLite finds ${found.length} ancestors where the read model finds ${expected.length}`);
  }
}

function openSqlite({ ids, parents }: SyntheticLineage): {
  ancestorsByText(id: string): string[];
  ancestorsByInteger(id: string): string[];
  close(): void;
} {
  const database = new Database(join(directory, 'lineage.sqlite'));
  database.exec(`
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA cache_size = -262144;
    CREATE TABLE node (number INTEGER PRIMARY KEY, id TEXT NOT NULL);
    CREATE TABLE edge (child INTEGER, parent INTEGER);
    CREATE TABLE text_edge (child TEXT, parent TEXT);
  `);
  const addNode = database.prepare('INSERT INTO node VALUES (?, ?)');
  const addEdge = database.prepare('INSERT INTO edge VALUES (?, ?)');
  const addTextEdge = database.prepare('INSERT INTO text_edge VALUES (?, ?)');
  database.exec('BEGIN');
  ids.forEach((id, node) => {
    addNode.run(node, id);
    for (const parent of parents[node] ?? []) {
      addEdge.run(node, parent);
      addTextEdge.run(id, ids[parent]);
    }
  });
  database.exec('COMMIT');
  // The indexes hold both columns, so the tables are not looked at.
  database.exec(`
    CREATE UNIQUE INDEX node_id ON node (id);
    CREATE UNIQUE INDEX edge_parent ON edge (child, parent);
    CREATE UNIQUE INDEX text_edge_parent ON text_edge (child, parent);
    ANALYZE;
  `);
  // CROSS JOIN tells SQLite to keep the order; left to itself it goes through the whole table of nodes.
  const byText = database.prepare(`
    WITH RECURSIVE ancestor (id) AS (
      SELECT parent FROM text_edge WHERE child = ?
      UNION
      SELECT text_edge.parent FROM ancestor CROSS JOIN text_edge ON text_edge.child = ancestor.id
    )
    SELECT id FROM ancestor`);
  const byInteger = database.prepare(`
    WITH RECURSIVE ancestor (number) AS (
      SELECT edge.parent FROM node CROSS JOIN edge ON edge.child = node.number WHERE node.id = ?
      UNION
      SELECT edge.parent FROM ancestor CROSS JOIN edge ON edge.child = ancestor.number
    )
    SELECT node.id FROM ancestor CROSS JOIN node ON node.number = ancestor.number`);
  const rows = (statement: typeof byText, id: string): string[] =>
    (statement.raw().all(id) as [string][]).map(([found]) => found);
  return {
    ancestorsByText: (id) => rows(byText, id),
    ancestorsByInteger: (id) => rows(byInteger, id),
    close: () => {
      database.close();
    },
  };
}
