import type { RecordType } from '@battery-passport/schemas';

/** A record as it stands, with the member that every record has. */
export interface StoredRecord {
  readonly recordType: RecordType;
  readonly id: string;
  readonly [field: string]: unknown;
}

/** One version of a record. */
export interface RecordVersion {
  readonly blockNumber: number;
  readonly transactionIndex: number;
  readonly transactionId: string;
  readonly timestamp: string;
  readonly value: StoredRecord | null;
}

/** A committed transaction, valid or not. */
export interface TransactionView {
  readonly transactionId: string;
  readonly blockNumber: number;
  readonly transactionIndex: number;
  readonly timestamp: string;
  readonly transaction: string;
  readonly creator: { readonly mspId: string; readonly commonName: string };
  readonly endorsers: readonly string[];
  readonly validationCode: number;
  readonly command: unknown;
  readonly written: readonly { readonly recordType: string; readonly id: string }[];
}

/** Relay's four paging arguments. */
export interface PageRequest {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
}

/** One page and what lies around it. */
export interface Page<T> {
  readonly items: readonly { readonly cursor: string; readonly node: T }[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly totalCount: number;
}

/** Name of a record. */
export interface RecordName {
  readonly recordType: RecordType;
  readonly id: string;
}

/** A record reached through lineage, with its distance. */
export interface LineageNode extends RecordName {
  readonly depth: number;
}

/** A link from a child to its parent. */
export interface LineageEdge {
  readonly kind: string;
  readonly from: RecordName;
  readonly to: RecordName;
}

/** What is asked of lineage. */
export interface LineageRequest {
  readonly maxDepth?: number | null;
  readonly first?: number | null;
  readonly after?: string | null;
}

/** A page of lineage, nearest first. */
export interface LineagePage {
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly LineageEdge[];
  readonly endCursor: string | null;
  readonly hasNextPage: boolean;
  readonly totalCount: number;
}

/** One change of a record. */
export interface RecordChange extends RecordName {
  readonly blockNumber: number;
  readonly transactionId: string;
}

/** What the questions are answered from: everything here stands at one stated block. */
export interface ReadView {
  standing(): { readonly blockNumber: number; readonly headerHash: string };
  record(name: RecordName): StoredRecord | undefined;
  records(names: readonly RecordName[]): (StoredRecord | undefined)[];
  /** Records of a type in commit order, of which `field` has `value` if these are given. */
  list(
    recordType: RecordType,
    page: PageRequest,
    filter?: { readonly field: string; readonly value: string },
  ): Page<StoredRecord>;
  versions(name: RecordName, page: PageRequest): Page<RecordVersion>;
  transaction(transactionId: string): TransactionView | undefined;
  transactions(page: PageRequest): Page<TransactionView>;
  ancestors(name: RecordName, request: LineageRequest): LineagePage;
  descendants(name: RecordName, request: LineageRequest): LineagePage;
  /** A shortest way from a record back to one of its ancestors, both ends included; empty if there is none. */
  path(from: RecordName, to: RecordName): readonly RecordName[];
  changes(signal: AbortSignal): AsyncIterable<RecordChange>;
  /** Resolves once the block has been taken in. */
  waitForBlock(blockNumber: number): Promise<void>;
}
