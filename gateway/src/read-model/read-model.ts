import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordType } from '@battery-passport/schemas';
import { GatewayError } from '../gateway-error.js';
import type {
  BlockSummary,
  LineageCounts,
  LineageEdge,
  LineagePage,
  LineageRequest,
  Page,
  PageRequest,
  RecordChange,
  RecordName,
  RecordVersion,
  Standing,
  StoredRecord,
  TransactionView,
} from './answer.js';
import { BlockView } from './block-view.js';
import { emptyCheckpoint, parseCheckpoint, type Checkpoint } from './checkpoint.js';
import { parseTextCursor, toCursor } from './cursor.js';
import { LevelStore, type StoreMoment } from './level-store.js';
import { LineageGraph } from './lineage-graph.js';
import { loadLineagePages } from './lineage-page.js';
import { parsePageSize } from './page-window.js';
import { postingCount } from './posting-list.js';
import { Projection, type ProjectableBlock } from './projection.js';
import { rulesText, typeList, type ProjectionRules } from './projection-rules.js';
import { findRederivedDifferences, type RederivedDifference } from './rederivation.js';
import { findStateDifferences, type StateDifference, type StateEntry } from './state-difference.js';
import { blockKey, CHECKPOINT_KEY, recordKey, recordRange } from './store-key.js';
import { parseBlockRow } from './stored-row.js';
import { recordOf } from './stored-version.js';

/** Where a read model is kept and by which rules it is made. */
export interface ReadModelOptions {
  /** The store takes a folder `store` in it. */
  readonly directory: string;
  readonly rules: ProjectionRules;
  /** Throws away what is stored and starts from the first block. */
  readonly rebuild?: boolean;
}

/** A view that stays at its block until it is released. */
export interface PinnedView {
  readonly view: BlockView;
  release(): void;
}

/** Changes that a slow subscriber reads again from the store; those of the latest blocks are kept at hand. */
const RECENT_BLOCKS = 8;

/**
 * What the gateway answers from: a projection of the chain, block by block, into a store of its own. It holds nothing
 * that the blocks do not, so it may be deleted at any time, and two of them at the same block are the same bytes.
 *
 * Each method here answers at the newest block taken in. Whoever needs several answers at the same block pins a view.
 */
export class ReadModel {
  readonly #storeDirectory: string;
  readonly #rules: ProjectionRules;
  #store: LevelStore;
  #graph: LineageGraph;
  #checkpoint: Checkpoint;
  #projection: Projection;
  #current: SharedView;
  readonly #recentChanges = new Map<number, readonly RecordChange[]>();
  readonly #waiters = new Set<() => void>();
  #applying: Promise<unknown> = Promise.resolve();
  #ended: GatewayError | undefined;

  private constructor(directory: string, rules: ProjectionRules, { store, graph, checkpoint }: OpenedStore) {
    this.#storeDirectory = directory;
    this.#rules = rules;
    this.#store = store;
    this.#graph = graph;
    this.#checkpoint = checkpoint;
    this.#projection = new Projection(rules, graph, store);
    this.#current = this.#newView();
  }

  /**
   * Opens a read model, an empty one where there is none.
   * @throws GatewayError `READ_MODEL_FORMAT` (another format or other rules) or `READ_MODEL_DAMAGED`: both are mended
   * by `rebuild`. `NODE_RUNNING` where another process has it open.
   */
  static async open({ directory, rules, rebuild = false }: ReadModelOptions): Promise<ReadModel> {
    const storeDirectory = join(directory, 'store');
    await mkdir(directory, { recursive: true });
    if (rebuild) await destroyStore(storeDirectory);
    return new ReadModel(storeDirectory, rules, await openStore(storeDirectory, rules));
  }

  /** Number of the block that is to be taken in next: where to follow the chain from. */
  nextBlock(): bigint {
    return BigInt(this.#checkpoint.nextBlock);
  }

  /** The newest block taken in; null before the first. */
  standingAt(): { readonly blockNumber: bigint; readonly headerHash: string } | null {
    const { nextBlock, headerHash } = this.#checkpoint;
    return nextBlock === 0 ? null : { blockNumber: BigInt(nextBlock - 1), headerHash };
  }

  /** Bytes of memory that lineage takes. */
  lineageByteLength(): number {
    return this.#graph.byteLength;
  }

  /** Holds the view of the newest block, for as many questions as must agree with one another. */
  pin(): PinnedView {
    this.#assertOpen();
    const shared = this.#current;
    shared.retain();
    let isHeld = true;
    return {
      view: shared.view,
      release: () => {
        if (isHeld) shared.release();
        isHeld = false;
      },
    };
  }

  /**
   * Takes the next block in. One that is in already is passed over, if it is the same.
   * @returns whether it was new.
   * @throws GatewayError `READ_MODEL_FORK` where the block does not follow the chain that is stored; nothing changes.
   */
  apply(block: ProjectableBlock): Promise<boolean> {
    const applied = this.#applying.then(() => this.#apply(block));
    this.#applying = applied.catch(() => undefined);
    return applied;
  }

  /**
   * Takes blocks in as they come, each before the next is asked for, until they end or the signal is aborted.
   * @param blocks - From `nextBlock()` on, or from an earlier block.
   * @throws GatewayError `READ_MODEL_FORK`, and whatever `blocks` or `decode` throw.
   */
  async follow<B>(
    blocks: AsyncIterable<B>,
    decode: (block: B) => ProjectableBlock,
    signal?: AbortSignal,
  ): Promise<void> {
    try {
      for await (const block of untilAborted(blocks, signal)) await this.apply(decode(block));
    } catch (error) {
      // An event stream that is cancelled ends by throwing.
      if (signal?.aborted !== true || error instanceof GatewayError) throw error;
    }
  }

  /**
   * Confirms that the chain to be followed is the one that was followed so far. A chain that is shorter never sends
   * the block that would show it.
   * @param headerHashOf - Hex header hash of a block of that chain, or null where it has no such block.
   * @throws GatewayError `READ_MODEL_FORK`
   */
  async confirmChain(headerHashOf: (blockNumber: bigint) => Promise<string | null>): Promise<void> {
    const standing = this.standingAt();
    if (standing === null) return;
    const headerHash = await headerHashOf(standing.blockNumber);
    if (headerHash !== standing.headerHash) {
      throw fork(
        `block ${standing.blockNumber} is ${standing.headerHash} here and ${headerHash ?? 'missing'} on the ledger`,
      );
    }
  }

  /**
   * Resolves once a block has been taken in, so that a change can be read back.
   * @throws GatewayError `READ_MODEL_BEHIND` after `timeoutMs`; `INTERNAL` when the read model is closed meanwhile.
   */
  async waitForBlock(blockNumber: number | bigint, timeoutMs = 10_000): Promise<void> {
    const deadline = AbortSignal.timeout(timeoutMs);
    while (this.#checkpoint.nextBlock <= blockNumber) {
      if (deadline.aborted) {
        const at = this.#checkpoint.nextBlock - 1;
        throw new GatewayError({
          code: 'READ_MODEL_BEHIND',
          message: `block ${blockNumber} was not taken in within ${timeoutMs} ms; the read model stands at ${at}`,
        });
      }
      await this.#nextChange(deadline);
    }
  }

  /**
   * Every change of a record from a block on, in the order of the chain, without end. A subscriber holds a place in
   * the chain rather than a queue, so a slow one costs no memory and misses nothing.
   * @param fromBlock - Without it, the next block.
   */
  changes(signal?: AbortSignal, fromBlock?: number | bigint): AsyncIterableIterator<RecordChange> {
    // A consumer that stops while nothing happens must not wait for the next block to be let go.
    const stop = new AbortController();
    const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
    const changes = this.#changes(either, Number(fromBlock ?? this.#checkpoint.nextBlock));
    return {
      next: () => changes.next(),
      return: () => {
        stop.abort();
        return changes.return(undefined);
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /**
   * Records of a type in the order of their ids (by UTF-8).
   * @throws GatewayError `BAD_REQUEST`, `BAD_CURSOR`
   */
  async listById(recordType: RecordType, request: PageRequest): Promise<Page<StoredRecord>> {
    const { size, fromEnd } = parsePageSize(request);
    const all = recordRange(recordType);
    const after =
      typeof request.after === 'string' ? recordKey(recordType, parseTextCursor('id', request.after)) : null;
    const before =
      typeof request.before === 'string' ? recordKey(recordType, parseTextCursor('id', request.before)) : null;
    this.#assertOpen();
    const shared = this.#current;
    shared.retain();
    try {
      const { moment } = shared;
      const rows: string[] = [];
      const lower = after === null ? { gte: all.gte } : { gt: after };
      for await (const [, value] of moment.entries({
        ...lower,
        lt: before ?? all.lt,
        reverse: fromEnd,
        limit: size + 1,
      })) {
        rows.push(Buffer.from(value).toString('utf8'));
      }
      const goesOn = rows.length > size;
      rows.length = Math.min(rows.length, size);
      if (fromEnd) rows.reverse();
      const isBefore = after !== null && (await moment.isAny({ gte: all.gte, lt: `${after}\0` }));
      const isAfter = before !== null && (await moment.isAny({ gte: before, lt: all.lt }));
      return {
        items: rows.flatMap((row) => {
          const node = recordOf(row);
          return node === null ? [] : [{ cursor: toCursor('id', node.id), node }];
        }),
        hasNextPage: isAfter || (!fromEnd && goesOn),
        hasPreviousPage: isBefore || (fromEnd && goesOn),
        totalCount: postingCount(moment, typeList(recordType)),
      };
    } finally {
      shared.release();
    }
  }

  /**
   * SHA-256 (hex) over every key and value at the newest block: two read models with the same one give the same
   * answers, since answers come from nothing else.
   */
  async fingerprint(): Promise<string> {
    this.#assertOpen();
    const shared = this.#current;
    shared.retain();
    try {
      const hash = createHash('sha256');
      const length = Buffer.alloc(4);
      for await (const [key, value] of shared.moment.entries()) {
        for (const part of [Buffer.from(key), value]) {
          length.writeUInt32LE(part.byteLength);
          hash.update(length).update(part);
        }
      }
      return hash.digest('hex');
    } finally {
      shared.release();
    }
  }

  /**
   * Compares with the ledger's own state, which must stand at the same block; entries may come in any order, and those
   * that are no records are passed over.
   */
  async *differences(state: AsyncIterable<StateEntry> | Iterable<StateEntry>): AsyncGenerator<StateDifference, void> {
    this.#assertOpen();
    const shared = this.#current;
    shared.retain();
    try {
      yield* findStateDifferences(state, shared.moment, this.#rules);
    } finally {
      shared.release();
    }
  }

  /**
   * Projects the chain again, in a temporary folder, and compares every entry of the store with what comes out: this
   * also finds damage to lists, lineage and history, which the ledger's state says nothing about.
   * @param blocks - From the first on; those after the newest one taken in are left alone.
   * @throws GatewayError `READ_MODEL_FORK` where the blocks are not a chain.
   */
  async *rederivedDifferences(
    blocks: AsyncIterable<ProjectableBlock> | Iterable<ProjectableBlock>,
  ): AsyncGenerator<RederivedDifference, void> {
    this.#assertOpen();
    const shared = this.#current;
    shared.retain();
    const directory = await mkdtemp(join(tmpdir(), 'read-model-'));
    try {
      const rederived = await ReadModel.open({ directory, rules: this.#rules });
      try {
        const { blockNumber } = shared.view.standing();
        if (blockNumber >= 0) {
          for await (const block of blocks) {
            await rederived.apply(block);
            if (rederived.standing().blockNumber === blockNumber) break;
          }
        }
        yield* findRederivedDifferences(shared.moment, rederived.#current.moment);
      } finally {
        await rederived.close();
      }
    } finally {
      shared.release();
      await rm(directory, { recursive: true, force: true });
    }
  }

  /** Throws away what is stored; the chain is then followed from its first block. Pinned views end. */
  rebuild(): Promise<void> {
    const rebuilt = this.#applying.then(async () => {
      this.#assertOpen();
      this.#current.release();
      await this.#store.close();
      await destroyStore(this.#storeDirectory);
      const { store, graph, checkpoint } = await openStore(this.#storeDirectory, this.#rules);
      this.#store = store;
      this.#graph = graph;
      this.#checkpoint = checkpoint;
      this.#projection = new Projection(this.#rules, graph, store);
      this.#recentChanges.clear();
      this.#current = this.#newView();
    });
    this.#applying = rebuilt.catch(() => undefined);
    return rebuilt;
  }

  /** Ends every subscription and closes the store, after the block that is being taken in. */
  async close(): Promise<void> {
    await this.#applying;
    if (this.#ended === undefined)
      this.#end(new GatewayError({ code: 'INTERNAL', message: 'the read model is closed' }));
    await this.#store.close();
  }

  standing(): Standing {
    return this.#view().standing();
  }

  record(name: RecordName): StoredRecord | undefined {
    return this.#view().record(name);
  }

  records(names: readonly RecordName[]): (StoredRecord | undefined)[] {
    return this.#view().records(names);
  }

  list(
    recordType: RecordType,
    page: PageRequest,
    filter?: { readonly field: string; readonly value: string },
  ): Page<StoredRecord> {
    return this.#view().list(recordType, page, filter);
  }

  count(recordType: RecordType): number {
    return this.#view().count(recordType);
  }

  referrers(name: RecordName, kind: string, page: PageRequest): Page<StoredRecord> {
    return this.#view().referrers(name, kind, page);
  }

  versions(name: RecordName, page: PageRequest): Page<RecordVersion> {
    return this.#view().versions(name, page);
  }

  transaction(transactionId: string): TransactionView | undefined {
    return this.#view().transaction(transactionId);
  }

  transactions(page: PageRequest): Page<TransactionView> {
    return this.#view().transactions(page);
  }

  block(blockNumber: number): BlockSummary | undefined {
    return this.#view().block(blockNumber);
  }

  blocks(page: PageRequest): Page<BlockSummary> {
    return this.#view().blocks(page);
  }

  ancestors(name: RecordName, request: LineageRequest): LineagePage {
    return this.#view().ancestors(name, request);
  }

  descendants(name: RecordName, request: LineageRequest): LineagePage {
    return this.#view().descendants(name, request);
  }

  parents(name: RecordName): LineageEdge[] {
    return this.#view().parents(name);
  }

  children(name: RecordName): LineageEdge[] {
    return this.#view().children(name);
  }

  lineageCounts(name: RecordName): LineageCounts {
    return this.#view().lineageCounts(name);
  }

  path(from: RecordName, to: RecordName): RecordName[] {
    return this.#view().path(from, to);
  }

  #view(): BlockView {
    this.#assertOpen();
    return this.#current.view;
  }

  async #apply(block: ProjectableBlock): Promise<boolean> {
    this.#assertOpen();
    const { nextBlock, headerHash } = this.#checkpoint;
    if (block.number < BigInt(nextBlock)) {
      const known = parseBlockRow(this.#store.text(blockKey(Number(block.number))) ?? 'null') as {
        readonly headerHash: string;
      } | null;
      if (known?.headerHash === block.headerHash) return false;
      throw fork(`block ${block.number} is ${known?.headerHash ?? 'missing'} here and came as ${block.headerHash}`);
    }
    if (block.number > BigInt(nextBlock)) throw fork(`expected block ${nextBlock}, got block ${block.number}`);
    if (nextBlock > 0 && block.previousHash !== headerHash) {
      throw fork(`block ${block.number} follows ${block.previousHash}, but block ${nextBlock - 1} is ${headerHash}`);
    }
    try {
      const { operations, checkpoint, changes } = this.#projection.project(block, this.#checkpoint);
      this.#current.moment.freeze();
      await this.#store.write(operations);
      this.#checkpoint = checkpoint;
      this.#recentChanges.set(nextBlock, changes);
      this.#recentChanges.delete(nextBlock - RECENT_BLOCKS);
    } catch (cause) {
      // The graph may be ahead of the store now: only opening again brings the two together.
      const error =
        cause instanceof GatewayError
          ? cause
          : new GatewayError({ code: 'INTERNAL', message: `block ${block.number} cannot be projected`, cause });
      this.#end(error);
      throw error;
    }
    this.#current.release();
    this.#current = this.#newView();
    this.#wake();
    return true;
  }

  async *#changes(signal: AbortSignal, fromBlock: number): AsyncGenerator<RecordChange, void, undefined> {
    const isStopped = (): boolean => signal.aborted;
    for (let blockNumber = fromBlock; !isStopped();) {
      if (blockNumber >= this.#checkpoint.nextBlock) {
        await this.#nextChange(signal);
        continue;
      }
      for (const change of this.#recentChanges.get(blockNumber) ?? this.#view().changesOf(blockNumber)) {
        yield change;
        if (isStopped()) return;
      }
      blockNumber += 1;
    }
  }

  /** Resolves when a block has been taken in, the signal is aborted, or the read model has ended. */
  async #nextChange(signal: AbortSignal): Promise<void> {
    this.#assertOpen();
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        this.#waiters.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiters.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  #wake(): void {
    for (const wake of this.#waiters) wake();
  }

  #newView(): SharedView {
    return new SharedView(this.#store.moment(), (store) => ({
      store,
      graph: this.#graph,
      checkpoint: this.#checkpoint,
      rules: this.#rules,
    }));
  }

  #end(reason: GatewayError): void {
    this.#ended = reason;
    this.#current.release();
    this.#wake();
  }

  #assertOpen(): void {
    if (this.#ended !== undefined) throw this.#ended;
  }
}

/** A view and the moment of the store that it reads, closed when nobody holds it any more. */
class SharedView {
  readonly view: BlockView;
  readonly moment: StoreMoment;
  #holders = 1;

  constructor(moment: StoreMoment, source: (store: StoreMoment) => ConstructorParameters<typeof BlockView>[0]) {
    this.moment = moment;
    this.view = new BlockView(source(moment));
  }

  retain(): void {
    this.#holders += 1;
  }

  release(): void {
    this.#holders -= 1;
    // Closing fails only where the store was closed first, which closes what was read from it.
    if (this.#holders === 0) void this.moment.close().catch(() => undefined);
  }
}

interface OpenedStore {
  readonly store: LevelStore;
  readonly graph: LineageGraph;
  readonly checkpoint: Checkpoint;
}

async function openStore(directory: string, rules: ProjectionRules): Promise<OpenedStore> {
  const store = await LevelStore.open(directory);
  try {
    const graph = new LineageGraph();
    return { store, graph, checkpoint: await loadCheckpoint(store, graph, rulesText(rules)) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function loadCheckpoint(store: LevelStore, graph: LineageGraph, rules: string): Promise<Checkpoint> {
  const text = store.text(CHECKPOINT_KEY);
  if (text === undefined) {
    await assertEmpty(store);
    return emptyCheckpoint(rules);
  }
  const checkpoint = parseCheckpoint(text, rules);
  graph.setTables(checkpoint.types, checkpoint.kinds);
  const tip = checkpoint.nextBlock === 0 ? undefined : store.text(blockKey(checkpoint.nextBlock - 1));
  const isTipWhole = tip !== undefined && parseBlockRow(tip).headerHash === checkpoint.headerHash;
  if (!isTipWhole || !loadLineagePages(graph, checkpoint, store)) {
    throw new GatewayError({
      code: 'READ_MODEL_DAMAGED',
      message: `the read model does not hold what its checkpoint at block ${checkpoint.nextBlock - 1} says; start with --rebuild`,
    });
  }
  return checkpoint;
}

/** A store that lost its checkpoint is not an empty one. */
async function assertEmpty(store: LevelStore): Promise<void> {
  if (await store.moment().isAny({})) {
    throw new GatewayError({
      code: 'READ_MODEL_DAMAGED',
      message: 'the read model has entries but no checkpoint; start with --rebuild',
    });
  }
}

async function destroyStore(directory: string): Promise<void> {
  try {
    await LevelStore.destroy(directory);
  } catch (cause) {
    throw new GatewayError({ code: 'NODE_RUNNING', message: `${directory} cannot be removed`, cause });
  }
}

function fork(message: string): GatewayError {
  return new GatewayError({
    code: 'READ_MODEL_FORK',
    message: `${message}: this is not the chain that the read model has followed; start with --rebuild`,
  });
}

/** Ends with the signal even while the source is silent. */
async function* untilAborted<T>(source: AsyncIterable<T>, signal: AbortSignal | undefined): AsyncGenerator<T, void> {
  if (signal === undefined) {
    yield* source;
    return;
  }
  const iterator = source[Symbol.asyncIterator]();
  const aborted = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), aborted]);
      if (next === undefined || next.done === true) return;
      yield next.value;
    }
  } finally {
    // Not awaited: a source that is silent answers only with its next item.
    iterator.return?.().catch(() => undefined);
  }
}
