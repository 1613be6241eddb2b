import { X509Certificate } from 'node:crypto';
import { GatewayError } from '../gateway-error.js';
import type { RecordChange, RecordName, StoredRecord } from './answer.js';
import type { Checkpoint } from './checkpoint.js';
import { parseLedgerRecord, parseRecordKey } from './ledger-record.js';
import type { LineageGraph } from './lineage-graph.js';
import { writeLineagePages } from './lineage-page.js';
import { PendingWrites, type StoreReader, type WriteOperation } from './pending-writes.js';
import { PostingWriter } from './posting-list.js';
import { postingListsOf, usableReferences, type ProjectionRules, type RecordReference } from './projection-rules.js';
import {
  blockKey,
  CHECKPOINT_KEY,
  deletionKey,
  nodeKey,
  ordinalKey,
  recordKey,
  transactionIdKey,
  transactionKey,
  versionKey,
} from './store-key.js';
import { decodeStoredVersion, encodeStoredVersion, recordOf, type StoredVersion } from './stored-version.js';
import type { BlockRow, TransactionRow } from './stored-row.js';

/** A transaction as far as the projection reads it; a decoded transaction of any ledger fits. */
export interface ProjectableTransaction {
  readonly index: number;
  readonly transactionId: string;
  readonly validationCode: number;
  readonly timestamp: string;
  readonly creator: { readonly mspId: string; readonly certificatePem: string };
  readonly endorsers: readonly { readonly mspId: string }[];
  readonly transaction: string;
  readonly args: readonly Uint8Array[];
  /** A null value deletes the key. */
  readonly writes: readonly { readonly key: string; readonly value: Uint8Array | null }[];
}

/** A block as far as the projection reads it; hashes are hex. */
export interface ProjectableBlock {
  readonly number: bigint;
  readonly headerHash: string;
  readonly previousHash: string;
  readonly dataHash: string;
  readonly transactions: readonly ProjectableTransaction[];
}

/** What one block makes of a store. */
export interface ProjectedBlock {
  /** One atomic batch, the new checkpoint in it. */
  readonly operations: readonly WriteOperation[];
  readonly checkpoint: Checkpoint;
  readonly changes: readonly RecordChange[];
}

// Certificates come back with every transaction of their owner, and parsing one takes as long as projecting one.
const MAX_CACHED_NAMES = 4096;

/**
 * Turns blocks into what is stored of them. The same blocks give the same bytes: nothing is read but the block, the
 * store and the graph.
 */
export class Projection {
  readonly #rules: ProjectionRules;
  readonly #graph: LineageGraph;
  readonly #store: StoreReader;
  readonly #commonNames = new Map<string, string>();

  constructor(rules: ProjectionRules, graph: LineageGraph, store: StoreReader) {
    this.#rules = rules;
    this.#graph = graph;
    this.#store = store;
  }

  /**
   * Projects the block that follows the checkpoint. New lineage goes into the graph at once: whoever reads it stands
   * at an earlier extent.
   * @throws GatewayError `READ_MODEL_DAMAGED` where the store contradicts itself, `INTERNAL` where the rules fail.
   */
  project(block: ProjectableBlock, checkpoint: Checkpoint): ProjectedBlock {
    const writes = new PendingWrites(this.#store);
    const postings = new PostingWriter(writes);
    const blockNumber = checkpoint.nextBlock;
    const changes: RecordChange[] = [];
    let { records, transactions } = checkpoint;

    for (const transaction of block.transactions) {
      const written: RecordName[] = [];
      for (const { key, value } of transaction.validationCode === 0 ? transaction.writes : []) {
        const parts = parseRecordKey(key);
        if (parts === undefined || !Object.hasOwn(this.#rules.indexes, parts.recordType)) continue;
        const name = parts as RecordName;
        const record = value === null ? null : parseLedgerRecord(parts, value);
        if (record === undefined) continue;
        const text = value === null ? '' : Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString();
        const isNew = this.#writeRecord(name, record, writes, postings, {
          ordinal: records,
          blockNumber,
          transactionIndex: transaction.index,
          transactionId: transaction.transactionId,
          timestamp: transaction.timestamp,
          text,
        });
        if (isNew === undefined) continue;
        if (isNew) records += 1;
        written.push(name);
        changes.push({ ...name, blockNumber, transactionId: transaction.transactionId });
      }
      this.#writeTransaction(transaction, blockNumber, transactions, written, writes);
      transactions += 1;
    }

    postings.flush();
    writeLineagePages(this.#graph, { nodes: checkpoint.nodes, edges: checkpoint.edges }, writes);
    const blockRow: BlockRow = {
      headerHash: block.headerHash,
      previousHash: block.previousHash,
      dataHash: block.dataHash,
      firstTransaction: checkpoint.transactions,
      transactionCount: block.transactions.length,
    };
    writes.put(blockKey(blockNumber), JSON.stringify(blockRow));
    const next: Checkpoint = {
      ...checkpoint,
      nextBlock: blockNumber + 1,
      headerHash: block.headerHash,
      records,
      transactions,
      ...this.#graph.extent,
      types: [...this.#graph.tables.types],
      kinds: [...this.#graph.tables.kinds],
    };
    writes.put(CHECKPOINT_KEY, JSON.stringify(next));
    return { operations: writes.operations(), checkpoint: next, changes };
  }

  /** @returns whether the record is a new one; undefined where a record that is not there was deleted. */
  #writeRecord(
    name: RecordName,
    record: StoredRecord | null,
    writes: PendingWrites,
    postings: PostingWriter,
    write: Omit<StoredVersion, 'version'>,
  ): boolean | undefined {
    const { recordType, id } = name;
    const key = recordKey(recordType, id);
    const endKey = deletionKey(recordType, id);
    const liveRow = writes.text(key);
    const earlierRow = liveRow ?? writes.text(endKey);
    if (liveRow === undefined && record === null) return undefined;

    const earlier = earlierRow === undefined ? undefined : decodeStoredVersion(earlierRow);
    const version = (earlier?.version ?? 0) + 1;
    const ordinal = earlier?.ordinal ?? write.ordinal;
    if (earlier === undefined) writes.put(ordinalKey(ordinal), `${recordType}\0${id}`);
    if (earlierRow !== undefined && earlier !== undefined) {
      writes.put(versionKey(recordType, id, earlier.version), earlierRow);
      writes.del(liveRow === undefined ? endKey : key);
    }
    writes.put(record === null ? endKey : key, encodeStoredVersion({ ...write, version, ordinal }));

    const before = liveRow === undefined ? null : recordOf(liveRow);
    const references = record === null ? [] : this.#referencesOf(record);
    const listsBefore = before === null ? [] : postingListsOf(before, this.#referencesOf(before), this.#rules);
    const listsAfter = record === null ? new Set<string>() : postingListsOf(record, references, this.#rules);
    for (const list of listsBefore) {
      if (!listsAfter.delete(list)) postings.remove(list, ordinal);
    }
    for (const list of listsAfter) postings.add(list, ordinal);
    this.#link(name, references, writes);
    return earlier === undefined;
  }

  #link(child: RecordName, references: readonly RecordReference[], writes: PendingWrites): void {
    for (const { kind, recordType, id, lineage } of references) {
      if (!lineage) continue;
      // The parent first: it was made first, even where it is named before it is seen.
      const parent = this.#node({ recordType, id }, writes);
      this.#graph.addEdge(this.#node(child, writes), parent, kind);
    }
  }

  #node(name: RecordName, writes: PendingWrites): number {
    const key = nodeKey(name.recordType, name.id);
    const known = writes.text(key);
    if (known !== undefined) return Number(known);
    const node = this.#graph.addNode(name);
    writes.put(key, String(node));
    return node;
  }

  #referencesOf(record: StoredRecord): readonly RecordReference[] {
    try {
      return usableReferences(record, this.#rules);
    } catch (cause) {
      throw new GatewayError({
        code: 'INTERNAL',
        message: `the references of ${record.recordType} ${record.id} cannot be read`,
        cause,
      });
    }
  }

  #writeTransaction(
    transaction: ProjectableTransaction,
    blockNumber: number,
    sequence: number,
    written: readonly RecordName[],
    writes: PendingWrites,
  ): void {
    const { transactionId, creator, args } = transaction;
    const row: TransactionRow = {
      transactionId,
      blockNumber,
      transactionIndex: transaction.index,
      timestamp: transaction.timestamp,
      transaction: transaction.transaction,
      creator: { mspId: creator.mspId, commonName: this.#commonName(creator.certificatePem) },
      endorsers: transaction.endorsers.map(({ mspId }) => mspId),
      validationCode: transaction.validationCode,
      written: written.map(({ recordType, id }) => [recordType, id]),
    };
    // The command keeps its own text, after the row's line.
    const command = args[0] === undefined ? '' : Buffer.from(args[0]).toString('utf8');
    writes.put(transactionKey(sequence), `${JSON.stringify(row)}\n${command}`);
    // A second transaction of the same id is one that Fabric refused as such; the id stays with the first.
    const idKey = transactionIdKey(transactionId);
    if (transactionId !== '' && writes.text(idKey) === undefined) writes.put(idKey, String(sequence));
  }

  #commonName(certificatePem: string): string {
    let commonName = this.#commonNames.get(certificatePem);
    if (commonName === undefined) {
      commonName = commonNameOf(certificatePem);
      if (this.#commonNames.size >= MAX_CACHED_NAMES) this.#commonNames.clear();
      this.#commonNames.set(certificatePem, commonName);
    }
    return commonName;
  }
}

function commonNameOf(certificatePem: string): string {
  try {
    const { subject } = new X509Certificate(certificatePem).toLegacyObject();
    const { CN } = subject as { CN?: string | string[] };
    return typeof CN === 'string' ? CN : (CN?.[0] ?? '');
  } catch {
    // A block may hold anything as the creator of a transaction that was refused.
    return '';
  }
}
