import { join } from 'node:path';
import { openLedgerReader, verifyLedger, type AuditProgress, type AuditReport } from '@battery-passport/network';
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
  try {
    const model = view ?? (await ReadModel.open({ directory: readModelDirectory(dataDir), rules: LEDGER_RULES }));
    const readModelDifferences: string[] = [];
    let report: AuditReport;
    try {
      // What the read model has followed is noted outside the ledger: a chain rewritten since would not have this header.
      const { blockNumber, headerHash } = model.standing();
      const anchors = blockNumber < 0 ? [] : [{ blockNumber: BigInt(blockNumber), headerHash }];
      report = await verifyLedger(reader, { anchors, ...(onProgress === undefined ? {} : { onProgress }) });
      for await (const { kind, recordType, id } of model.differences(reader.state())) {
        readModelDifferences.push(`${kind} ${recordType} ${id}`.trim());
        if (readModelDifferences.length >= MAX_DIFFERENCES) break;
      }
    } finally {
      if (view === undefined) await model.close();
    }
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
    await reader.close();
  }
}
