import { blockHeaderHash, parseBlock } from '../block/block.js';
import type { LedgerReader } from '../embedded/ledger-reader.js';
import { NetworkError } from '../network-error.js';
import { type AuditFinding, type AuditFindingCode, AuditFindings } from './audit-finding.js';
import { ChainReplay, isConfigBlockBytes } from './chain-replay.js';
import { compareStore } from './store-comparison.js';

/** Anything that gives blocks by number: a store, a peer's event stream kept aside, files. */
export interface BlockSource {
  /** Number of blocks. */
  readonly height: bigint;
  /** The serialised `common.Block`, or null where it is missing. */
  block(number: bigint): Promise<Uint8Array | null>;
}

/** A header hash that somebody noted elsewhere: a chain rewritten since does not have it. */
export interface ChainAnchor {
  readonly blockNumber: bigint;
  /** Hex. */
  readonly headerHash: string;
}

/** How far a verification is. */
export interface AuditProgress {
  readonly blocks: bigint;
  readonly height: bigint;
  readonly transactions: number;
}

/** What a verification looks at beside the source. */
export interface AuditOptions {
  readonly anchors?: readonly ChainAnchor[];
  readonly onProgress?: (progress: AuditProgress) => void;
  /** Ends the verification early: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What a verification found. */
export interface AuditReport {
  /** True where nothing at all was found wrong. */
  readonly ok: boolean;
  /** Blocks that were replayed. */
  readonly height: bigint;
  /** Hex hash of the last replayed header. */
  readonly headerHash: string;
  readonly transactions: number;
  readonly validTransactions: number;
  /** Whether state, history and indexes were compared too, or blocks alone were there to be checked. */
  readonly comparedStore: boolean;
  /** The first findings, in the order in which they were made. */
  readonly findings: readonly AuditFinding[];
  readonly findingCount: number;
  /** The lowest block that any finding names. */
  readonly firstWrongBlock: bigint | null;
  readonly elapsedS: number;
  readonly transactionsPerS: number;
}

/** Envelopes whose signatures are checked side by side: enough to keep the thread pool busy, few enough to hold. */
const ENVELOPES_AT_ONCE = 512;

/**
 * Re-derives a ledger from its genesis block: header chain, data hashes, signatures of creators, endorsers and orderer,
 * transaction ids, the endorsement policy, read versions and phantoms, commit hashes; and where the source is a store,
 * compares its state, private values, history, indexes and checkpoint with what the chain makes of them.
 * What is wrong is reported, never thrown.
 */
export async function verifyLedger(
  source: BlockSource | LedgerReader,
  options: AuditOptions = {},
): Promise<AuditReport> {
  const started = performance.now();
  const findings = new AuditFindings();
  const replay = new ChainReplay(findings);
  const expected = expectedHashes(source, options.anchors ?? [], findings);
  const whole = await replayChain(source, replay, expected, findings, options);
  for (const { blockNumber, code, noted } of expected) {
    if (blockNumber >= BigInt(replay.height)) {
      findings.add(code, { blockNumber }, `block ${blockNumber}: ${noted} and it is not there`);
    }
  }
  const { height, headerHash, transactions, validTransactions } = replay;
  const store = isStore(source) ? source : null;
  if (store !== null && whole) await compareStore(store, replay, findings);
  const elapsedS = (performance.now() - started) / 1000;
  return {
    ok: findings.count === 0,
    height: BigInt(height),
    headerHash,
    transactions,
    validTransactions,
    comparedStore: store !== null && whole,
    findings: findings.kept,
    findingCount: findings.count,
    firstWrongBlock: findings.firstWrongBlock,
    elapsedS,
    transactionsPerS: transactions / elapsedS,
  };
}

/** @returns False where a block is missing or unreadable, so that the state after it is unknown. */
async function replayChain(
  source: BlockSource | LedgerReader,
  replay: ChainReplay,
  expected: readonly ExpectedHash[],
  findings: AuditFindings,
  { onProgress, signal }: AuditOptions,
): Promise<boolean> {
  const { height } = source;
  if (height === 0n) {
    findings.add('BLOCK_MISSING', { blockNumber: 0n }, 'block 0: there is no genesis block');
    return false;
  }
  let waiting: Uint8Array[] = [];
  let envelopes = 0;
  const flush = async (): Promise<boolean> => {
    const blocks = waiting;
    waiting = [];
    envelopes = 0;
    const replayed = await replay.replay(blocks);
    onProgress?.({ blocks: BigInt(replay.height), height, transactions: replay.transactions });
    return replayed;
  };
  for (let number = 0n; number < height; number += 1n) {
    signal?.throwIfAborted();
    const bytes = await readBlock(source, number, findings);
    if (bytes === null) {
      await flush();
      return false;
    }
    if (isConfigBlockBytes(bytes) && !(await flush())) return false;
    waiting.push(bytes);
    envelopes += await inspectBlock(source, number, bytes, expected, findings);
    if (envelopes >= ENVELOPES_AT_ONCE && !(await flush())) return false;
  }
  return flush();
}

async function readBlock(
  source: BlockSource | LedgerReader,
  number: bigint,
  findings: AuditFindings,
): Promise<Uint8Array | null> {
  try {
    const bytes = await source.block(number);
    if (bytes === null) findings.add('BLOCK_MISSING', { blockNumber: number }, `block ${number}: it is missing`);
    return bytes;
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    findings.add('STORE_UNREADABLE', { blockNumber: number }, `block ${number}: ${error.message}`);
    return null;
  }
}

/** Compares a block's header hash with what others noted of it; answers how many envelopes it holds. */
async function inspectBlock(
  source: BlockSource | LedgerReader,
  number: bigint,
  bytes: Uint8Array,
  expected: readonly ExpectedHash[],
  findings: AuditFindings,
): Promise<number> {
  let hash: string;
  let envelopes: number;
  try {
    const block = parseBlock(bytes);
    hash = blockHeaderHash(block.header).toString('hex');
    envelopes = block.envelopes.length;
  } catch (error) {
    // The replay says what is wrong with it.
    if (error instanceof NetworkError) return 1;
    throw error;
  }
  for (const { blockNumber, headerHash, code, noted } of expected) {
    if (blockNumber === number && headerHash !== hash) {
      findings.add(code, { blockNumber }, `block ${number}: its header hash is ${hash}, ${noted} ${headerHash}`);
    }
  }
  if (isStore(source) && (await source.headerHash(number)) !== hash) {
    findings.add('HEADER_INDEX_WRONG', { blockNumber: number }, `block ${number}: the index holds another header hash`);
  }
  return envelopes;
}

/** A header hash that the chain must have, and who says so. */
interface ExpectedHash extends ChainAnchor {
  readonly code: AuditFindingCode;
  readonly noted: string;
}

function expectedHashes(
  source: BlockSource | LedgerReader,
  anchors: readonly ChainAnchor[],
  findings: AuditFindings,
): ExpectedHash[] {
  const expected: ExpectedHash[] = anchors.map((anchor) => ({
    ...anchor,
    code: 'ANCHOR_MISMATCH',
    noted: 'noted elsewhere was',
  }));
  if (!isStore(source)) return expected;
  const { checkpoint } = source;
  if (checkpoint === null) {
    findings.add('CHECKPOINT_WRONG', { blockNumber: null }, 'the checkpoint is missing or does not read back');
  } else if (checkpoint.height > 0n) {
    const { height, headerHash } = checkpoint;
    expected.push({ blockNumber: height - 1n, headerHash, code: 'CHECKPOINT_WRONG', noted: 'the checkpoint holds' });
  }
  return expected;
}

function isStore(source: BlockSource | LedgerReader): source is LedgerReader {
  return 'strayRecords' in source;
}
