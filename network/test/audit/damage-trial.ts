import { createHash } from 'node:crypto';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

import {
  type EmbeddedNetwork,
  type LedgerConnection,
  NetworkError,
  openEmbeddedNetwork,
  openLedgerReader,
  verifyLedger,
} from '../../src/index.js';

const OPTIONS = {
  contracts: { module: new URL('../embedded/ledger-contract.js', import.meta.url).href, export: 'contracts' },
  collections: [{ name: 'details', members: ['OemMSP', 'RecyclerMSP'], memberOnlyRead: true, memberOnlyWrite: true }],
};

/** One way of spoiling one file. */
export interface Damage {
  /** Relative to the data directory. */
  readonly file: string;
  readonly kind: 'flip' | 'truncate';
  /** The byte that is flipped, or the length that is left. */
  readonly offset: number;
  /** Bits to flip; all where nothing is said. */
  readonly bits?: number;
}

/** What became of a damaged ledger; `silent` is the one that must never be: other answers and nobody is told. */
export type DamageOutcome = 'refused' | 'found' | 'harmless' | 'silent';

/** A data directory and all the answers that it gives while it is whole. */
export interface WholeLedger {
  readonly dataDir: string;
  readonly answers: string;
}

/**
 * Makes a ledger of some size in `dataDir`, with conflicts, deletions and private data; opened several times, so that
 * LevelDB has table files as well as a log.
 */
export async function makeLedger(dataDir: string, records: number): Promise<WholeLedger> {
  for (let opening = 0; opening < 3; opening += 1) {
    const network = await openEmbeddedNetwork({ ...OPTIONS, dataDir });
    await live(network, opening, records);
    await network.close();
  }
  // Asked of a copy: opening turns LevelDB's log into a table, and the log is to be spoilt too.
  const copy = `${dataDir}.asked`;
  await cp(dataDir, copy, { recursive: true });
  try {
    return { dataDir, answers: await answersOf(await openEmbeddedNetwork({ ...OPTIONS, dataDir: copy })) };
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

/** Every file of a directory, relative to it, in order. */
export async function filesOf(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .sort();
}

/** Spoils a copy of the ledger and says what becomes of it; `scratch` is overwritten. */
export async function tryDamage(ledger: WholeLedger, scratch: string, damage: Damage): Promise<DamageOutcome> {
  await spoiltCopy(ledger.dataDir, scratch, damage);
  let network: EmbeddedNetwork;
  try {
    network = await openEmbeddedNetwork({ ...OPTIONS, dataDir: scratch });
  } catch (error) {
    if (error instanceof NetworkError) return 'refused';
    throw error;
  }
  const answers = await answersOf(network).catch((error: unknown) => {
    if (error instanceof NetworkError) return null;
    throw error;
  });
  // Opening may have repaired or rewritten files: the verification is to stand alone.
  await spoiltCopy(ledger.dataDir, scratch, damage);
  if (await isFound(scratch)) return 'found';
  return answers === ledger.answers ? 'harmless' : 'silent';
}

async function spoiltCopy(from: string, to: string, { file, kind, offset, bits = 0xff }: Damage): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await cp(from, to, { recursive: true });
  const path = join(to, file);
  const content = await readFile(path);
  if (kind === 'flip') content.writeUInt8(content.readUInt8(offset) ^ bits, offset);
  await writeFile(path, kind === 'flip' ? content : content.subarray(0, offset));
}

async function isFound(dataDir: string): Promise<boolean> {
  try {
    const reader = await openLedgerReader(dataDir);
    try {
      return !(await verifyLedger(reader)).ok;
    } finally {
      await reader.close();
    }
  } catch (error) {
    if (error instanceof NetworkError) return true;
    throw error;
  }
}

async function live(network: EmbeddedNetwork, opening: number, records: number): Promise<void> {
  const oem = network.connect(await network.enrol('OemMSP', { id: 'User1', role: 'client' }));
  const run = (name: string, ...args: string[]): Promise<unknown> => oem.submit(`LedgerContract:${name}`, args);
  await Promise.all(
    Array.from({ length: records }, (_unused, index) =>
      run('register', `${opening}-${index}`, 'x'.repeat(index % 300)),
    ),
  );
  await run('put', 'changing', String(opening));
  await run('put', 'deleted', 'x');
  await run('remove', 'deleted');
  await Promise.allSettled([run('add', 'counter', '1'), run('add', 'counter', '1')]);
  const transient = { value: Buffer.from(`recipe ${opening}`) };
  await oem.submit('LedgerContract:putPrivate', ['details', `k${opening}`], { transient });
}

/**
 * Asks a ledger for everything: state, private values, history, blocks; then closes it.
 * @throws NetworkError where it answers with an error.
 */
async function answersOf(network: EmbeddedNetwork): Promise<string> {
  try {
    const hash = createHash('sha256');
    const oem = network.connect(await network.enrol('OemMSP', { id: 'User1', role: 'client' }));
    const ask = async (name: string, ...args: string[]): Promise<string> => {
      const answer = Buffer.from(await oem.evaluate(`LedgerContract:${name}`, args)).toString();
      hash.update(`${name} ${args.join(' ')} ${answer}\n`);
      return answer;
    };
    const keys = JSON.parse(await ask('range', '', '')) as [string, string][];
    for (const [key] of keys) await ask('history', key);
    const holders = JSON.parse(await ask('partial', 'holder', 'a')) as string[][];
    for (const [, id = ''] of holders) await ask('get', `\0record\0${id}\0`);
    await ask('history', 'deleted');
    await ask('privateRange', 'details');
    for (const key of ['k0', 'k1', 'k2']) {
      await ask('privateHash', 'details', key);
      await ask('getPrivate', 'details', key);
    }
    await hashBlocks(oem, network.height(), hash);
    return hash.digest('hex');
  } finally {
    await network.close();
  }
}

async function hashBlocks(
  connection: LedgerConnection,
  height: bigint,
  hash: { update(bytes: Uint8Array): unknown },
): Promise<void> {
  for await (const block of connection.blockEvents({ startBlock: 0n })) {
    hash.update(block.serializeBinary());
    if (BigInt(block.getHeader()?.getNumber() ?? 0) + 1n === height) return;
  }
}
