/** The block and place in it that last wrote a key: Fabric's version of a value. */
export interface Version {
  readonly blockNumber: bigint;
  readonly transactionIndex: number;
}

/** One public key of world state, as stored. */
export interface StateEntry {
  readonly key: string;
  readonly value: Uint8Array;
  readonly version: Version;
}

/** The hash that stands in public for one private key. Both hashes are SHA-256. */
export interface HashedStateEntry {
  readonly collection: string;
  readonly keyHash: Uint8Array;
  readonly valueHash: Uint8Array;
  readonly version: Version;
}

/** One private key and its value, as this node holds it. */
export interface PrivateStateEntry extends StateEntry {
  readonly collection: string;
}

/** One committed change of one public key. */
export interface HistoryEntry extends Version {
  readonly key: string;
}

/** Where a transaction id was first seen. */
export interface TransactionIndexEntry extends Version {
  readonly transactionId: string;
  /** Fabric's `TxValidationCode`. */
  readonly validationCode: number;
}

/** What the file outside the database says was durable. `height` counts blocks: the next block's number. */
export interface Checkpoint {
  readonly height: bigint;
  /** Hex hash of the header of block `height - 1`; empty at height 0. */
  readonly headerHash: string;
}

/** A key of the database that belongs to no known family, or a record that does not decode or fails its checksum. */
export interface StrayRecord {
  /** Hex of the database key. */
  readonly databaseKey: string;
  readonly reason: string;
}

/**
 * Everything that a ledger's database holds, for an auditor: nothing is checked on the way but each record's own form.
 * Iterables run in the key order of the database and read from one snapshot taken when the reader was opened.
 * Any method rejects with `NetworkError` `LEDGER_DAMAGED` when LevelDB itself reports damage.
 */
export interface LedgerReader {
  /** Number of blocks: the highest stored block number plus one. */
  readonly height: bigint;
  /** The checkpoint file's words, or null where it is missing or does not decode. */
  readonly checkpoint: Checkpoint | null;
  /** The serialised `common.Block`, or null where any part of it is missing. */
  block(number: bigint): Promise<Uint8Array | null>;
  /** The header hash that the store's own header index holds for a block (hex), or null. */
  headerHash(number: bigint): Promise<string | null>;
  state(): AsyncIterable<StateEntry>;
  hashedState(): AsyncIterable<HashedStateEntry>;
  privateState(): AsyncIterable<PrivateStateEntry>;
  history(): AsyncIterable<HistoryEntry>;
  transactionIndex(): AsyncIterable<TransactionIndexEntry>;
  /** Every record that no other iterable yields and that should not be there, or is unreadable. */
  strayRecords(): AsyncIterable<StrayRecord>;
  close(): Promise<void>;
}
