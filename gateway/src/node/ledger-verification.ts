import { join } from 'node:path';
import {
  decodeBlock,
  openLedgerReader,
  verifyLedger,
  type AuditProgress,
  type DecodedBlock,
  type LedgerReader,
} from '@battery-passport/network';
import { GatewayError } from '../gateway-error.js';
import { LEDGER_RULES } from '../read-model/ledger-rules.js';
import { ReadModel } from '../read-model/read-model.js';

/** What `passport ledger verify` says; bigints are written as numbers. */
export interface LedgerVerification {
  readonly ok: boolean;
  readonly blocks: number;
  readonly headerHash: string;
  readonly transactions: number;
  readonly validTransactions: number;
  readonly firstWrongBlock: number | null;
  readonly findingCount: number;
  readonly findings: readonly {
    readonly code: string;
    readonly blockNumber: number | null;
    readonly message: string;
  }[];
  /** Where the read model answers otherwise than the ledger's state; empty where it agrees. */
  readonly readModelDifferences: readonly string[];
  readonly elapsedS: number;
  readonly transactionsPerS: number;
}

/** Differences that are named; more are left to a rebuild. */
const MAX_DIFFERENCES = 50;

/** Directory of the ledger within a data directory. */
export function networkDirectory(dataDir: string): string {
  return join(dataDir, 'network');
}

/** Directory of the read model within a data directory. */
export function readModelDirectory(dataDir: string): string {
  return join(dataDir, 'read-model');
}

/**
 * Re-derives everything from the first block and compares the read model too, beside a running node of this process or
 * where none runs.
 * @param view - The running node's read model; without it, the one in the directory is opened.
 * @throws NetworkError `LEDGER_IN_USE`, `LEDGER_DAMAGED`.
 */
export async function verifyDataDirectory(
  dataDir: string,
  view?: ReadModel,
  onProgress?: (progress: AuditProgress) => void,
): Promise<LedgerVerification> {
  const reader = await openLedgerReader(networkDirectory(dataDir));
  const readModelDifferences: string[] = [];
  const opened = view ?? (await openReadModel(dataDir, readModelDifferences));
  try {
    // What the read model has followed is noted outside the ledger: a chain rewritten since would not have this header.
    const { blockNumber, headerHash } = opened?.standing() ?? { blockNumber: -1, headerHash: '' };
    const anchors = blockNumber < 0 ? [] : [{ blockNumber: BigInt(blockNumber), headerHash }];
    const report = await verifyLedger(reader, { anchors, ...(onProgress === undefined ? {} : { onProgress }) });
    if (opened !== undefined) await compareReadModel(opened, reader, readModelDifferences);
    return {
      ok: report.ok && readModelDifferences.length === 0,
      blocks: Number(report.height),
      headerHash: report.headerHash,
      transactions: report.transactions,
      validTransactions: report.validTransactions,
      firstWrongBlock: report.firstWrongBlock === null ? null : Number(report.firstWrongBlock),
      findingCount: report.findingCount,
      findings: report.findings.map(({ code, blockNumber, message }) => ({
        code,
        blockNumber: blockNumber === null ? null : Number(blockNumber),
        message,
      })),
      readModelDifferences,
      elapsedS: report.elapsedS,
      transactionsPerS: report.transactionsPerS,
    };
  } finally {
    if (view === undefined) await opened?.close();
    await reader.close();
  }
}

/** The read model in a directory; one that does not open is a difference by itself, and the ledger is audited all the same. */
async function openReadModel(dataDir: string, differences: string[]): Promise<ReadModel | undefined> {
  try {
    return await ReadModel.open({ directory: readModelDirectory(dataDir), rules: LEDGER_RULES });
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    differences.push(`${error.code}: ${error.message}`);
    return undefined;
  }
}

/** Projects the chain again and compares every entry: records, history, lists and lineage. */
async function compareReadModel(model: ReadModel, reader: LedgerReader, differences: string[]): Promise<void> {
  try {
    for await (const { kind, part, key } of model.rederivedDifferences(blocksOf(reader))) {
      differences.push(`${kind} ${part} ${key}`.trim());
      if (differences.length >= MAX_DIFFERENCES) break;
    }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    differences.push(`${error.code}: ${error.message}`);
  }
}

async function* blocksOf(reader: LedgerReader): AsyncGenerator<DecodedBlock> {
  for (let number = 0n; number < reader.height; number += 1n) {
    const block = await reader.block(number);
    // A block that is missing is the audit's finding; the read model can be compared no further.
    if (block === null) return;
    yield decodeBlock(block);
  }
}
