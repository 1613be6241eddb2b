/** What an audit can find wrong, as a closed union; the README says what each means. */
export type AuditFindingCode =
  | 'ANCHOR_MISMATCH'
  | 'BLOCK_MALFORMED'
  | 'BLOCK_MISSING'
  | 'CHAIN_BROKEN'
  | 'CHECKPOINT_WRONG'
  | 'COMMIT_HASH_WRONG'
  | 'CONFIGURATION_INVALID'
  | 'DATA_HASH_WRONG'
  | 'HASHED_STATE_WRONG'
  | 'HEADER_INDEX_WRONG'
  | 'HISTORY_WRONG'
  | 'METADATA_WRONG'
  | 'ORDERER_SIGNATURE_WRONG'
  | 'PRIVATE_STATE_WRONG'
  | 'STATE_WRONG'
  | 'STORE_UNREADABLE'
  | 'STRAY_RECORD'
  | 'TRANSACTION_INDEX_WRONG'
  | 'VERDICT_WRONG';

/** One thing that is not as the chain says it must be. */
export interface AuditFinding {
  readonly code: AuditFindingCode;
  /** The block that is wrong, or that last wrote what is wrong; null where no block is concerned. */
  readonly blockNumber: bigint | null;
  /** The transaction's place in the block; null where the block itself is concerned. */
  readonly transactionIndex: number | null;
  readonly message: string;
}

/** Where a finding belongs. */
export interface FindingPlace {
  readonly blockNumber: bigint | number | null;
  readonly transactionIndex?: number;
}

/** How many findings are kept in words; more are only counted. */
export const KEPT_FINDINGS = 200;

/** Collects findings in the order in which they are made. */
export class AuditFindings {
  readonly kept: AuditFinding[] = [];
  count = 0;
  firstWrongBlock: bigint | null = null;

  add(code: AuditFindingCode, { blockNumber, transactionIndex }: FindingPlace, message: string): void {
    const number = blockNumber === null ? null : BigInt(blockNumber);
    this.count += 1;
    if (number !== null && (this.firstWrongBlock === null || number < this.firstWrongBlock)) {
      this.firstWrongBlock = number;
    }
    if (this.kept.length < KEPT_FINDINGS) {
      this.kept.push({ code, blockNumber: number, transactionIndex: transactionIndex ?? null, message });
    }
  }
}
