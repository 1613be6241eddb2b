import { createPrivateKey, randomBytes } from 'node:crypto';

import { BLOCK_METADATA, parseMetadataValue } from '../block/block.js';
import {
  encodeChannelHeader,
  encodeEnvelope,
  encodePayload,
  encodeSerializedIdentity,
  encodeSignatureHeader,
  HEADER_TYPE,
} from '../block/envelope.js';
import {
  encodeCommitStatusResponse,
  parseCommitStatusRequest,
  parseSignedRequest,
  parseSubmitRequest,
} from '../block/gateway-messages.js';
import { WireReader } from '../block/wire.js';
import type { Identity } from '../client/ledger-connection.js';
import { MembershipRegistry } from '../identity/membership-registry.js';
import { signLowS, verifyLowS } from '../identity/low-s.js';
import { NetworkError } from '../network-error.js';
import { BlockWriter, type OrderedTransaction } from './block-writer.js';
import { encodeChannelConfig, readChannelConfig, type ChannelConfig, type SequencedConfig } from './channel-config.js';
import { writeCheckpoint } from './checkpoint-file.js';
import { checkEnvelope } from './envelope-check.js';
import { recoverTip } from './ledger-recovery.js';
import type { LedgerStore, Tip, TransactionPlace } from './ledger-store.js';
import { GRPC_STATUS, PeerStatusError } from './peer-service.js';
import { PrivateStash } from './private-stash.js';
import { transactionIdOf } from './signed-proposal.js';
import type { PrivateWrites } from './simulation.js';
import { VALIDATION_CODE } from './validation-code.js';

/**
 * When a block is cut: at so many transactions, or so long after its first one came. Where the block before held one
 * transaction nobody else seems to be writing, and the next one is not kept waiting for company.
 */
export interface BatchLimits {
  readonly maxTransactions: number;
  readonly maxWaitMs: number;
}

/** Fabric's AbsoluteMaxBytes: one envelope above it is refused. */
const ENVELOPE_MAX_BYTES = 10 * 1024 * 1024;

/** A block is cut early once its envelopes have this size. */
const BLOCK_PREFERRED_BYTES = 8 * 1024 * 1024;

/** Transactions waiting for a block; beyond it submissions are refused until the queue is shorter. */
const QUEUE_LIMIT = 20_000;

/** The checkpoint is written this long after a block at the latest; a crash leaves it behind the chain, never before it. */
const CHECKPOINT_INTERVAL_MS = 100;

interface StatusWaiter {
  readonly resolve: (response: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/** What a committer works with. */
export interface CommitterOptions {
  readonly store: LedgerStore;
  readonly dataDir: string;
  readonly config: ChannelConfig;
  readonly orderer: Identity;
  readonly batch: BatchLimits;
  /** Called after each block is on disk. */
  readonly onCommitted: (height: number) => void;
}

/**
 * Orders transactions into blocks and commits them: one block at a time, one synced write a block, then the answers.
 * After a failed write nothing more is accepted: what is on disk is known again only by opening the ledger anew.
 */
export class Committer {
  readonly #options: CommitterOptions;
  readonly #registry: MembershipRegistry;
  readonly #writer: BlockWriter;
  readonly #stash = new PrivateStash();
  readonly #waiters = new Map<string, Set<StatusWaiter>>();
  #queue: OrderedTransaction[] = [];
  #queueBytes = 0;
  #cutTimer: NodeJS.Timeout | undefined;
  #due = false;
  #lastBlockSize = 1;
  #committing: Promise<void> | undefined;
  #checkpointTimer: NodeJS.Timeout | undefined;
  #checkpointing: Promise<void> = Promise.resolve();
  #failure: NetworkError | undefined;
  #tip: Tip;
  #lastConfig: number;

  private constructor(options: CommitterOptions, tip: Tip, lastConfig: number, writer: BlockWriter) {
    this.#options = options;
    this.#registry = new MembershipRegistry(options.config.organisations);
    this.#writer = writer;
    this.#tip = tip;
    this.#lastConfig = lastConfig;
  }

  /**
   * Checks the stored chain, or starts one with a configuration block; a changed chaincode version or set of
   * collections is put on the chain as a new configuration.
   * @throws NetworkError `LEDGER_DAMAGED`, `LEDGER_FORMAT_UNSUPPORTED`; `LEDGER_MISMATCH` where the stored channel has
   * other organisations, roots or another policy.
   */
  static async open(options: CommitterOptions): Promise<Committer> {
    const { store, dataDir, config, orderer } = options;
    const writer = new BlockWriter(store, orderer);
    let tip = await recoverTip(store, dataDir);
    let lastConfig = 0;
    if (tip === null) {
      tip = await writeConfig(writer, null, { sequence: 0, config }, orderer);
    } else {
      lastConfig = lastConfigOf(store, tip);
      const block = await store.block(lastConfig);
      if (block === null) throw new NetworkError('LEDGER_DAMAGED', `configuration block ${lastConfig} is missing`);
      const stored = readChannelConfig(block);
      assertSameChannel(stored.config, config);
      if (JSON.stringify(variablePart(stored.config)) !== JSON.stringify(variablePart(config))) {
        lastConfig = tip.height;
        tip = await writeConfig(writer, tip, { sequence: stored.sequence + 1, config }, orderer);
      }
    }
    const committer = new Committer(options, tip, lastConfig, writer);
    await committer.#writeCheckpoint();
    return committer;
  }

  get height(): number {
    return this.#tip.height;
  }

  /** Keeps an endorsed transaction's private writes until it is submitted. */
  stashPrivateWrites(transactionId: string, writes: readonly PrivateWrites[]): void {
    this.#stash.add(transactionId, writes);
  }

  /** `gateway.SubmitRequest`: queues the transaction for a block. @throws PeerStatusError, NetworkError */
  submit(request: Uint8Array): Uint8Array {
    if (this.#failure !== undefined) throw this.#failure;
    const { envelope } = parseSubmitRequest(request);
    if (envelope.length > ENVELOPE_MAX_BYTES) {
      throw new PeerStatusError(
        GRPC_STATUS.INVALID_ARGUMENT,
        `message payload is ${envelope.length} bytes and exceeds maximum allowed ${ENVELOPE_MAX_BYTES} bytes`,
      );
    }
    if (this.#queue.length >= QUEUE_LIMIT) {
      throw new PeerStatusError(GRPC_STATUS.RESOURCE_EXHAUSTED, `${QUEUE_LIMIT} transactions are waiting for a block`);
    }
    const checked = checkEnvelope(envelope, this.#options.config, this.#registry);
    const { transactionId, readWriteSet } = checked;
    const privateWrites = readWriteSet === null ? [] : this.#stash.take(transactionId, readWriteSet);
    if (privateWrites === null) {
      throw new PeerStatusError(
        GRPC_STATUS.FAILED_PRECONDITION,
        `the private data of ${transactionId} is not here (any more): endorse it again`,
      );
    }
    this.#queue.push({ ...checked, privateWrites });
    this.#queueBytes += envelope.length;
    this.#scheduleCut();
    return new Uint8Array(0);
  }

  /**
   * `gateway.SignedCommitStatusRequest`: answers when the transaction is in a block on disk.
   * @param onWaiting - Given what ends the waiting, where there is any.
   * @throws PeerStatusError, NetworkError
   */
  async commitStatus(request: Uint8Array, onWaiting: (cancel: () => void) => void): Promise<Uint8Array> {
    const { request: inner, signature } = parseSignedRequest(request);
    const { transactionId, channelId, identity } = parseCommitStatusRequest(inner);
    if (channelId !== this.#options.config.channel) {
      throw new PeerStatusError(GRPC_STATUS.NOT_FOUND, `channel '${channelId}' not found`);
    }
    const { publicKey } = this.#registry.identify(identity);
    if (!verifyLowS(publicKey, inner, signature)) {
      throw new PeerStatusError(GRPC_STATUS.PERMISSION_DENIED, 'the request for a commit status has a wrong signature');
    }
    const place = this.#options.store.transaction(transactionId);
    if (place !== null) return statusResponse(place);
    if (this.#failure !== undefined) throw this.#failure;
    return new Promise((resolve, reject) => {
      const waiters = this.#waiters.get(transactionId) ?? new Set();
      this.#waiters.set(transactionId, waiters);
      const waiter = { resolve, reject };
      waiters.add(waiter);
      onWaiting(() => {
        waiters.delete(waiter);
        if (waiters.size === 0) this.#waiters.delete(transactionId);
        reject(new PeerStatusError(GRPC_STATUS.CANCELLED, 'the request was cancelled'));
      });
    });
  }

  /** Commits what is queued, writes the checkpoint, and ends every waiting request. */
  async close(): Promise<void> {
    clearTimeout(this.#cutTimer);
    while (this.#failure === undefined && (this.#committing !== undefined || this.#queue.length > 0)) {
      this.#due = true;
      this.#commitIfDue();
      await this.#committing;
    }
    clearTimeout(this.#checkpointTimer);
    await this.#checkpointing;
    if (this.#failure === undefined) await this.#writeCheckpoint();
    this.#failure ??= new NetworkError('LEDGER_CLOSED', 'the ledger is closed');
    this.#rejectWaiters(this.#failure);
  }

  #scheduleCut(): void {
    const { maxTransactions, maxWaitMs } = this.#options.batch;
    const isFull = this.#queue.length >= maxTransactions || this.#queueBytes >= BLOCK_PREFERRED_BYTES;
    const isAlone = this.#lastBlockSize === 1 && this.#committing === undefined;
    if (isFull || isAlone) this.#due = true;
    else {
      this.#cutTimer ??= setTimeout(() => {
        this.#due = true;
        this.#commitIfDue();
      }, maxWaitMs);
    }
    this.#commitIfDue();
  }

  #commitIfDue(): void {
    if (!this.#due || this.#committing !== undefined || this.#queue.length === 0) return;
    this.#due = false;
    clearTimeout(this.#cutTimer);
    this.#cutTimer = undefined;
    const transactions = this.#takeBlock();
    this.#lastBlockSize = transactions.length;
    this.#committing = this.#commit(transactions)
      .catch((cause: unknown) => this.#fail(cause))
      .finally(() => {
        this.#committing = undefined;
        if (this.#queue.length > 0) this.#scheduleCut();
      });
  }

  #takeBlock(): OrderedTransaction[] {
    let count = 0;
    let bytes = 0;
    for (const { envelope } of this.#queue) {
      if (count > 0 && bytes + envelope.length > BLOCK_PREFERRED_BYTES) break;
      if (count === this.#options.batch.maxTransactions) break;
      count += 1;
      bytes += envelope.length;
    }
    const taken = this.#queue.slice(0, count);
    this.#queue = this.#queue.slice(count);
    this.#queueBytes -= bytes;
    return taken;
  }

  async #commit(transactions: readonly OrderedTransaction[]): Promise<void> {
    const blockNumber = this.#tip.height;
    const { tip, codes } = await this.#writer.write(this.#tip, this.#lastConfig, transactions);
    this.#tip = tip;
    for (const [index, { transactionId }] of transactions.entries()) {
      const waiters = this.#waiters.get(transactionId);
      const code = codes[index];
      if (waiters === undefined || code === undefined) continue;
      this.#waiters.delete(transactionId);
      // A duplicate's submitter asks for the id, and hears of the first transaction of that id.
      const place =
        code === VALIDATION_CODE.DUPLICATE_TXID
          ? this.#options.store.transaction(transactionId)
          : { blockNumber, transactionIndex: index, validationCode: code };
      if (place !== null) for (const { resolve } of waiters) resolve(statusResponse(place));
    }
    this.#options.onCommitted(tip.height);
    this.#checkpointTimer ??= setTimeout(() => {
      this.#checkpointTimer = undefined;
      this.#checkpointing = this.#checkpointing
        .then(() => this.#writeCheckpoint())
        .catch((cause: unknown) => this.#fail(cause));
    }, CHECKPOINT_INTERVAL_MS);
  }

  async #writeCheckpoint(): Promise<void> {
    const { height, headerHash } = this.#tip;
    await writeCheckpoint(this.#options.dataDir, { height: BigInt(height), headerHash: headerHash.toString('hex') });
  }

  #fail(cause: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = new NetworkError(
      'LEDGER_FAILED',
      `the ledger stopped at height ${this.#tip.height}: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
    this.#queue = [];
    this.#rejectWaiters(this.#failure);
  }

  #rejectWaiters(error: Error): void {
    for (const waiters of this.#waiters.values()) for (const { reject } of waiters) reject(error);
    this.#waiters.clear();
  }
}

function statusResponse({ validationCode, blockNumber }: TransactionPlace): Uint8Array {
  return encodeCommitStatusResponse(validationCode, blockNumber);
}

async function writeConfig(
  writer: BlockWriter,
  tip: Tip | null,
  sequenced: SequencedConfig,
  orderer: Identity,
): Promise<Tip> {
  const creator = encodeSerializedIdentity(orderer.mspId, orderer.certificatePem);
  const nonce = randomBytes(24);
  const transactionId = transactionIdOf(nonce, creator);
  const now = Date.now();
  const payload = encodePayload({
    header: {
      channelHeader: encodeChannelHeader({
        type: HEADER_TYPE.CONFIG,
        timestamp: { seconds: Math.floor(now / 1000), nanos: (now % 1000) * 1_000_000 },
        channelId: sequenced.config.channel,
        transactionId,
        epoch: 0,
        extension: new Uint8Array(0),
      }),
      signatureHeader: encodeSignatureHeader({ creator, nonce }),
    },
    data: encodeChannelConfig(sequenced),
  });
  const signature = signLowS(createPrivateKey(orderer.privateKeyPem), payload);
  return writer.writeConfig(tip, transactionId, encodeEnvelope({ payload, signature }));
}

function lastConfigOf(store: LedgerStore, tip: Tip): number {
  const bytes = store.blockMetadata(tip.height - 1)?.[BLOCK_METADATA.LAST_CONFIG];
  if (bytes === undefined) throw new NetworkError('LEDGER_DAMAGED', `block ${tip.height - 1} has no metadata`);
  const reader = new WireReader(parseMetadataValue(bytes), 'LastConfig');
  while (reader.next()) if (reader.field === 1) return reader.uint();
  return 0;
}

/** What a new version of the software may change by a new configuration block. */
function variablePart({ chaincodeVersion, collections, orderer }: ChannelConfig): unknown {
  return {
    chaincodeVersion,
    collections: collections.map(({ name, members, memberOnlyRead, memberOnlyWrite }) => [
      name,
      members,
      memberOnlyRead,
      memberOnlyWrite,
    ]),
    orderer: [orderer.mspId, orderer.certificatePem],
  };
}

function assertSameChannel(stored: ChannelConfig, given: ChannelConfig): void {
  const differences = ['channel', 'chaincode', 'requiredEndorsements'] as const;
  const differing: string[] = differences.filter((name) => stored[name] !== given[name]);
  for (const mspId of new Set([...stored.organisations, ...given.organisations].map((one) => one.mspId))) {
    const describe = ({ organisations }: ChannelConfig): string => {
      const found = organisations.find((one) => one.mspId === mspId);
      return JSON.stringify([found?.rootCertificatePem, found?.tlsRootCertificatePem, found?.endorses]);
    };
    if (describe(stored) !== describe(given)) differing.push(`organisation ${mspId}`);
  }
  if (differing.length > 0) {
    throw new NetworkError(
      'LEDGER_MISMATCH',
      `the ledger was made with other values than this node has: ${differing.join(', ')}`,
    );
  }
}
