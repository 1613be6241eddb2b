import type { RecordType } from '@battery-passport/schemas';

/** Name of a record. */
export interface RecordName {
  readonly recordType: RecordType;
  readonly id: string;
}

/** A record as it stands, with the members that every record has. */
export interface StoredRecord extends RecordName {
  readonly [field: string]: unknown;
}

/** One version of a record; a null value is its deletion. */
export interface RecordVersion {
  readonly blockNumber: number;
  readonly transactionIndex: number;
  readonly transactionId: string;
  /** As the client's clock said, RFC 3339. */
  readonly timestamp: string;
  readonly value: StoredRecord | null;
}

/** A transaction of a block, valid or not. */
export interface TransactionView {
  readonly transactionId: string;
  readonly blockNumber: number;
  readonly transactionIndex: number;
  /** As the client's clock said, RFC 3339. */
  readonly timestamp: string;
  /** Full Fabric name, `PackContract:registerPack`; empty for a configuration. */
  readonly transaction: string;
  /** `commonName` is empty where the certificate does not parse or has none. */
  readonly creator: { readonly mspId: string; readonly commonName: string };
  /** MSP ids. */
  readonly endorsers: readonly string[];
  /** Fabric's `TxValidationCode`; 0 is VALID. */
  readonly validationCode: number;
  /** Why the transaction had no effect, as Fabric spells it (`MVCC_READ_CONFLICT`); null where it is valid. */
  readonly refusal: string | null;
  /** The command's JSON value, or null where the argument is not JSON. */
  readonly command: unknown;
  /** Records that it changed, in the order of the block; empty where it is not valid. */
  readonly written: readonly RecordName[];
}

/** A block as the read model keeps it; hashes are hex. */
export interface BlockSummary {
  readonly blockNumber: number;
  readonly headerHash: string;
  readonly previousHash: string;
  readonly dataHash: string;
  readonly transactionCount: number;
}

/** The block at which an answer stands: -1 and an empty hash before the first one. */
export interface Standing {
  readonly blockNumber: number;
  /** Hex. */
  readonly headerHash: string;
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

/** A record reached through lineage, with the least number of links to it. */
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
  /** Links to follow at most, from 1; without it, all. */
  readonly maxDepth?: number | null;
  readonly first?: number | null;
  readonly after?: string | null;
}

/** A page of lineage, nearest first. */
export interface LineagePage {
  readonly nodes: readonly LineageNode[];
  /** Every link by which a node of this page is reached; over all pages, each link once. */
  readonly edges: readonly LineageEdge[];
  readonly endCursor: string | null;
  readonly hasNextPage: boolean;
  /** Nodes in all pages together. */
  readonly totalCount: number;
  /** False where the walk ended at the greatest number of nodes that it may visit: `totalCount` is then a lower bound. */
  readonly isComplete: boolean;
}

/** How many records a record is linked to. */
export interface LineageCounts {
  readonly parents: number;
  readonly children: number;
  readonly ancestors: number;
  readonly descendants: number;
  /** False where a walk was cut short: the counts are then lower bounds. */
  readonly isComplete: boolean;
}

/** One change of a record. */
export interface RecordChange extends RecordName {
  readonly blockNumber: number;
  readonly transactionId: string;
}
