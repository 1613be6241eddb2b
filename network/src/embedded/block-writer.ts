import { createPrivateKey, randomBytes, type KeyObject } from 'node:crypto';

import {
  BLOCK_METADATA,
  blockDataHash,
  blockHeaderBytes,
  blockHeaderHash,
  encodeBlockHeader,
  encodeBlockMetadata,
  type BlockHeader,
} from '../block/block.js';
import { encodeSerializedIdentity, encodeSignatureHeader } from '../block/envelope.js';
import { WireWriter } from '../block/wire.js';
import type { Identity } from '../client/ledger-connection.js';
import { signLowS } from '../identity/low-s.js';
import { BlockState } from './block-state.js';
import { commitHashOf } from './commit-hash.js';
import {
  blockKey,
  envelopeKey,
  hashedStateKey,
  historyKey,
  KEY_FAMILY,
  metaKey,
  privateStateKey,
  stateKey,
  transactionKey,
} from './database-key.js';
import type { CheckedTransaction } from './envelope-check.js';
import {
  deleteRecord,
  encodeTip,
  encodeTransactionPlace,
  encodeVersionedValue,
  LEDGER_FORMAT,
  putRecord,
  type LedgerStore,
  type StoreOperation,
  type Tip,
} from './ledger-store.js';
import type { PrivateWrites } from './simulation.js';
import { claimTransactionId } from './transaction-id-claim.js';
import { VALIDATION_CODE, type ValidationCode } from './validation-code.js';

/** A transaction whose turn has come, with what stays beside the block. */
export interface OrderedTransaction extends CheckedTransaction {
  readonly privateWrites: readonly PrivateWrites[];
}

/** A block that is on disk. */
export interface WrittenBlock {
  readonly tip: Tip;
  /** Parallel to the transactions given. */
  readonly codes: readonly ValidationCode[];
}

/** Makes blocks of ordered transactions: validates, signs as the orderer, and writes each block at once. */
export class BlockWriter {
  readonly #store: LedgerStore;
  readonly #key: KeyObject;
  readonly #creator: Buffer;

  constructor(store: LedgerStore, orderer: Identity) {
    this.#store = store;
    this.#key = createPrivateKey(orderer.privateKeyPem);
    this.#creator = encodeSerializedIdentity(orderer.mspId, orderer.certificatePem);
  }

  /** The next block, of endorsed transactions; on disk when this resolves. */
  async write(tip: Tip, lastConfig: number, transactions: readonly OrderedTransaction[]): Promise<WrittenBlock> {
    const blockNumber = tip.height;
    const state = new BlockState(this.#store);
    const operations: StoreOperation[] = [];
    const codes: ValidationCode[] = [];
    const seen = new Map<string, ValidationCode>();
    const privateValues = new Map<string, StoreOperation>();
    for (const [transactionIndex, transaction] of transactions.entries()) {
      const { transactionId, readWriteSet } = transaction;
      const version = { blockNumber, transactionIndex };
      const earlier = seen.get(transactionId) ?? this.#store.transaction(transactionId)?.validationCode;
      const claim = claimTransactionId(transaction.code, earlier);
      let { code } = claim;
      if (code === VALIDATION_CODE.VALID && readWriteSet !== null) code = await state.judge(readWriteSet);
      if (code === VALIDATION_CODE.VALID && readWriteSet !== null) {
        state.apply(readWriteSet, version);
        for (const { key } of readWriteSet.writes) {
          operations.push(putRecord(historyKey(key, blockNumber, transactionIndex), Buffer.alloc(0)));
        }
        for (const { collection, writes } of transaction.privateWrites) {
          for (const { key, value } of writes) {
            const databaseKey = privateStateKey(collection, key);
            privateValues.set(
              databaseKey.toString('latin1'),
              value === null
                ? deleteRecord(databaseKey)
                : putRecord(databaseKey, encodeVersionedValue({ value, version })),
            );
          }
        }
      }
      codes.push(code);
      operations.push(putRecord(envelopeKey(blockNumber, transactionIndex), transaction.envelope));
      if (claim.indexed) {
        seen.set(transactionId, code);
        operations.push(
          putRecord(transactionKey(transactionId), encodeTransactionPlace({ ...version, validationCode: code })),
        );
      }
    }
    operations.push(...stateOperations(state), ...privateValues.values());
    const envelopes = transactions.map(({ envelope }) => envelope);
    return { tip: await this.#append(tip, lastConfig, envelopes, codes, state, operations), codes };
  }

  /** A block of one configuration envelope, which becomes the channel's last configuration. */
  async writeConfig(tip: Tip | null, transactionId: string, envelope: Uint8Array): Promise<Tip> {
    const before = tip ?? { height: 0, headerHash: Buffer.alloc(0), commitHash: Buffer.alloc(32) };
    const blockNumber = before.height;
    const place = { blockNumber, transactionIndex: 0, validationCode: VALIDATION_CODE.VALID };
    const operations = [
      putRecord(envelopeKey(blockNumber, 0), envelope),
      putRecord(transactionKey(transactionId), encodeTransactionPlace(place)),
      ...(tip === null ? [putRecord(metaKey('format'), Buffer.from(String(LEDGER_FORMAT)))] : []),
    ];
    const codes = [VALIDATION_CODE.VALID];
    return this.#append(before, blockNumber, [envelope], codes, new BlockState(this.#store), operations);
  }

  async #append(
    before: Tip,
    lastConfig: number,
    envelopes: readonly Uint8Array[],
    codes: readonly ValidationCode[],
    state: BlockState,
    operations: StoreOperation[],
  ): Promise<Tip> {
    const header: BlockHeader = {
      number: before.height,
      previousHash: before.headerHash,
      dataHash: blockDataHash(envelopes),
    };
    const filter = Uint8Array.from(codes);
    const commitHash = commitHashOf(before.commitHash, filter, state);
    const tip = { height: before.height + 1, headerHash: blockHeaderHash(header), commitHash };
    operations.push(
      putRecord(blockKey(KEY_FAMILY.HEADER, header.number), encodeBlockHeader(header)),
      putRecord(
        blockKey(KEY_FAMILY.METADATA, header.number),
        encodeBlockMetadata(this.#metadata(header, lastConfig, filter, commitHash)),
      ),
      putRecord(metaKey('tip'), encodeTip(tip)),
    );
    await this.#store.write(operations);
    return tip;
  }

  #metadata(header: BlockHeader, lastConfig: number, filter: Uint8Array, commitHash: Uint8Array): Uint8Array[] {
    const lastConfigBytes = new WireWriter().uint(1, lastConfig).finish();
    const ordererMetadata = new WireWriter().message(1, lastConfigBytes).finish();
    const signatureHeader = encodeSignatureHeader({ creator: this.#creator, nonce: randomBytes(24) });
    const signed = Buffer.concat([ordererMetadata, signatureHeader, blockHeaderBytes(header)]);
    const signature = new WireWriter().bytes(1, signatureHeader).bytes(2, signLowS(this.#key, signed)).finish();
    const metadata: Uint8Array[] = [];
    metadata[BLOCK_METADATA.SIGNATURES] = new WireWriter().bytes(1, ordererMetadata).message(2, signature).finish();
    metadata[BLOCK_METADATA.LAST_CONFIG] = new WireWriter().bytes(1, lastConfigBytes).finish();
    metadata[BLOCK_METADATA.TRANSACTIONS_FILTER] = filter;
    metadata[BLOCK_METADATA.ORDERER] = new Uint8Array(0);
    metadata[BLOCK_METADATA.COMMIT_HASH] = new WireWriter().bytes(1, commitHash).finish();
    return metadata;
  }
}

function stateOperations(state: BlockState): StoreOperation[] {
  const operations: StoreOperation[] = [];
  for (const [key, { value, version }] of state.updates) {
    const databaseKey = stateKey(key);
    operations.push(
      value === null ? deleteRecord(databaseKey) : putRecord(databaseKey, encodeVersionedValue({ value, version })),
    );
  }
  for (const { collection, keyHash, value, version } of state.hashedUpdates.values()) {
    const databaseKey = hashedStateKey(collection, keyHash);
    operations.push(
      value === null ? deleteRecord(databaseKey) : putRecord(databaseKey, encodeVersionedValue({ value, version })),
    );
  }
  return operations;
}
