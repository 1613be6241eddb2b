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
import type { Checkpoint } from './checkpoint.js';
import { parseCursor, toCursor } from './cursor.js';
import type { GraphExtent, LineageDirection, LineageGraph } from './lineage-graph.js';
import { denseNumberPage, parsePageSize, parsePageWindow, type NumberPage } from './page-window.js';
import type { StoreReader } from './pending-writes.js';
import { postingCount, postingPage } from './posting-list.js';
import { fieldList, referrerList, typeList, type ProjectionRules } from './projection-rules.js';
import {
  blockKey,
  deletionKey,
  nodeKey,
  ordinalKey,
  recordKey,
  transactionIdKey,
  transactionKey,
  versionKey,
} from './store-key.js';
import { decodeStoredVersion, recordOf, toRecordVersion } from './stored-version.js';
import { parseBlockRow, toTransactionView, writtenOf } from './stored-row.js';

/** What a view reads from: the store and the graph as they were after one block. */
export interface ViewSource {
  readonly store: StoreReader;
  readonly graph: LineageGraph;
  readonly checkpoint: Checkpoint;
  readonly rules: ProjectionRules;
}

/**
 * Every answer that can be given at one block. All reads are synchronous point reads of one moment of the store, so answers agree
 * with one another however many are asked for, and none depends on what comes in meanwhile.
 * All methods throw GatewayError `READ_MODEL_DAMAGED` where the store contradicts itself.
 */
export class BlockView {
  readonly #store: StoreReader;
  readonly #graph: LineageGraph;
  readonly #checkpoint: Checkpoint;
  readonly #extent: GraphExtent;
  readonly #rules: ProjectionRules;

  constructor({ store, graph, checkpoint, rules }: ViewSource) {
    this.#store = store;
    this.#graph = graph;
    this.#checkpoint = checkpoint;
    this.#extent = { nodes: checkpoint.nodes, edges: checkpoint.edges };
    this.#rules = rules;
  }

  standing(): Standing {
    return { blockNumber: this.#checkpoint.nextBlock - 1, headerHash: this.#checkpoint.headerHash };
  }

  record({ recordType, id }: RecordName): StoredRecord | undefined {
    const row = this.#store.text(recordKey(recordType, id));
    return row === undefined ? undefined : (recordOf(row) ?? undefined);
  }

  records(names: readonly RecordName[]): (StoredRecord | undefined)[] {
    return names.map((name) => this.record(name));
  }

  /**
   * Records of a type in commit order, of which `field` has `value` if these are given.
   * @throws GatewayError `BAD_REQUEST` for a field by which the type is not listed or a bad page, `BAD_CURSOR`.
   */
  list(
    recordType: RecordType,
    page: PageRequest,
    filter?: { readonly field: string; readonly value: string },
  ): Page<StoredRecord> {
    if (filter === undefined) return this.#postedRecords(typeList(recordType), page);
    if (!this.#rules.indexes[recordType]?.includes(filter.field)) {
      throw new GatewayError({ code: 'BAD_REQUEST', message: `${recordType} is not listed by "${filter.field}"` });
    }
    return this.#postedRecords(fieldList(recordType, filter.field, filter.value), page);
  }

  /** How many records of a type there are. */
  count(recordType: RecordType): number {
    return postingCount(this.#store, typeList(recordType));
  }

  /**
   * Records that point at one by a kind of link that is not lineage, in commit order.
   * @throws GatewayError `BAD_REQUEST`, `BAD_CURSOR`
   */
  referrers(name: RecordName, kind: string, page: PageRequest): Page<StoredRecord> {
    return this.#postedRecords(referrerList(name, kind), page);
  }

  /**
   * All versions of a record, the first one first; also of a record that has been deleted since.
   * @throws GatewayError `BAD_REQUEST`, `BAD_CURSOR`
   */
  versions({ recordType, id }: RecordName, page: PageRequest): Page<RecordVersion> {
    const window = parsePageWindow('version', page);
    const row = this.#store.text(recordKey(recordType, id)) ?? this.#store.text(deletionKey(recordType, id));
    const latest = row === undefined ? undefined : decodeStoredVersion(row);
    const count = latest?.version ?? 0;
    return this.#page('version', denseNumberPage(1, count + 1, window), count, (version) =>
      toRecordVersion(
        latest?.version === version ? latest : decodeStoredVersion(this.#required(versionKey(recordType, id, version))),
      ),
    );
  }

  transaction(transactionId: string): TransactionView | undefined {
    const sequence = this.#store.text(transactionIdKey(transactionId));
    return sequence === undefined ? undefined : this.#transactionAt(Number(sequence));
  }

  /**
   * All transactions, refused ones too, in the order of the chain.
   * @throws GatewayError `BAD_REQUEST`, `BAD_CURSOR`
   */
  transactions(page: PageRequest): Page<TransactionView> {
    const count = this.#checkpoint.transactions;
    const numbers = denseNumberPage(0, count, parsePageWindow('transaction', page));
    return this.#page('transaction', numbers, count, (sequence) => this.#transactionAt(sequence));
  }

  block(blockNumber: number): BlockSummary | undefined {
    const text = this.#store.text(blockKey(blockNumber));
    if (text === undefined) return undefined;
    const { headerHash, previousHash, dataHash, transactionCount } = parseBlockRow(text);
    return { blockNumber, headerHash, previousHash, dataHash, transactionCount };
  }

  /** @throws GatewayError `BAD_REQUEST`, `BAD_CURSOR` */
  blocks(page: PageRequest): Page<BlockSummary> {
    const count = this.#checkpoint.nextBlock;
    return this.#page('block', denseNumberPage(0, count, parsePageWindow('block', page)), count, (blockNumber) => {
      const block = this.block(blockNumber);
      if (block === undefined) throw damaged(`block ${blockNumber}`);
      return block;
    });
  }

  /** Every change that a block made, in its order. */
  changesOf(blockNumber: number): RecordChange[] {
    const { firstTransaction, transactionCount } = parseBlockRow(this.#required(blockKey(blockNumber)));
    return Array.from({ length: transactionCount }, (_, index) => firstTransaction + index).flatMap((sequence) => {
      const { transactionId, written } = writtenOf(this.#required(transactionKey(sequence)));
      return written.map(([recordType, id]) => ({ blockNumber, transactionId, recordType, id }));
    });
  }

  /**
   * What a record was made from, all the way back, nearest first and then in commit order. Pages of one walk belong
   * together: they show lineage as it stood when the first of them was asked for.
   * @throws GatewayError `BAD_REQUEST` for a bad depth or page size, `BAD_CURSOR`
   */
  ancestors(name: RecordName, request: LineageRequest): LineagePage {
    return this.#walkPage(name, 'ancestors', request);
  }

  /** What was made from a record, all the way forward; otherwise as `ancestors`. @throws as `ancestors` */
  descendants(name: RecordName, request: LineageRequest): LineagePage {
    return this.#walkPage(name, 'descendants', request);
  }

  /** Links to what a record was made from directly, in commit order. */
  parents(name: RecordName): LineageEdge[] {
    return this.#directLinks(name, 'ancestors');
  }

  /** Links to what was made from a record directly, in commit order. */
  children(name: RecordName): LineageEdge[] {
    return this.#directLinks(name, 'descendants');
  }

  lineageCounts(name: RecordName): LineageCounts {
    const start = this.#nodeOf(name);
    if (start === undefined) return { parents: 0, children: 0, ancestors: 0, descendants: 0, isComplete: true };
    const back = this.#graph.walk(start, 'ancestors', this.#extent);
    const forward = this.#graph.walk(start, 'descendants', this.#extent);
    return {
      parents: back.levels[0] ?? 0,
      children: forward.levels[0] ?? 0,
      ancestors: back.nodes.length,
      descendants: forward.nodes.length,
      isComplete: back.isComplete && forward.isComplete,
    };
  }

  /** A shortest way from a record back to one of its ancestors, both ends included; empty if there is none. */
  path(from: RecordName, to: RecordName): RecordName[] {
    const start = this.#nodeOf(from);
    const end = this.#nodeOf(to);
    if (start === undefined || end === undefined) return [];
    const links = this.#graph.pathLinks(start, end, this.#extent);
    if (links === undefined) return [];
    return [start, ...links.map((link) => this.#graph.edge(link).parent)].map((node) => this.#nameOf(node));
  }

  #postedRecords(list: string, request: PageRequest): Page<StoredRecord> {
    const page = postingPage(this.#store, list, parsePageWindow('record', request));
    return this.#page('record', page, page.totalCount, (ordinal) => {
      const [recordType, id] = this.#required(ordinalKey(ordinal)).split('\0');
      const record = this.record({ recordType: recordType as RecordType, id: id ?? '' });
      if (record === undefined) throw damaged(`record ${recordType} ${id}`);
      return record;
    });
  }

  #page<T>(
    kind: 'record' | 'version' | 'transaction' | 'block',
    { numbers, hasNextPage, hasPreviousPage }: NumberPage,
    totalCount: number,
    nodeAt: (number: number) => T,
  ): Page<T> {
    const items = numbers.map((number) => ({ cursor: toCursor(kind, number), node: nodeAt(number) }));
    return { items, hasNextPage, hasPreviousPage, totalCount };
  }

  #transactionAt(sequence: number): TransactionView {
    return toTransactionView(this.#required(transactionKey(sequence)));
  }

  #walkPage(name: RecordName, direction: LineageDirection, request: LineageRequest): LineagePage {
    const { size } = parsePageSize({ first: request.first ?? null });
    const maxDepth = request.maxDepth ?? Infinity;
    if (maxDepth !== Infinity && (!Number.isSafeInteger(maxDepth) || maxDepth < 1)) {
      throw new GatewayError({ code: 'BAD_REQUEST', message: `a depth is a whole number from 1, not ${maxDepth}` });
    }
    const [edges, from] = this.#lineagePosition(request.after);
    const start = this.#nodeOf(name);
    if (start === undefined) {
      return { nodes: [], edges: [], endCursor: null, hasNextPage: false, totalCount: 0, isComplete: true };
    }
    const extent = { nodes: this.#extent.nodes, edges };
    const { nodes, levels, isComplete } = this.#graph.walk(start, direction, extent, maxDepth);
    const page = nodes.subarray(from, from + size);
    const end = from + page.length;
    let depth = levels.findIndex((within) => within > from) + 1;
    let edgesOfPage: readonly LineageEdge[] | undefined;
    const linksOfPage = (): readonly LineageEdge[] => this.#linksInto(page, start, nodes, direction, extent);
    return {
      nodes: Array.from(page, (node, index) => {
        while (from + index >= (levels[depth - 1] ?? Infinity)) depth += 1;
        const { recordType, id } = this.#nameOf(node);
        return { recordType, id, depth };
      }),
      // Naming the links takes longer than the walk, and many who ask for nodes do not look at them.
      get edges() {
        return (edgesOfPage ??= linksOfPage());
      },
      endCursor: page.length === 0 ? null : toCursor('lineage', edges, end),
      hasNextPage: end < nodes.length,
      totalCount: nodes.length,
      isComplete,
    };
  }

  /** A cursor holds how many links its walk saw, so that every page of the walk sees the same. */
  #lineagePosition(after: string | null | undefined): readonly [edges: number, from: number] {
    if (typeof after !== 'string') return [this.#extent.edges, 0];
    const [edges = 0, from = 0] = parseCursor('lineage', after, 2);
    if (edges > this.#extent.edges) {
      throw new GatewayError({ code: 'BAD_CURSOR', message: 'the cursor belongs to a later block than this answer' });
    }
    return [edges, from];
  }

  /** Links between the walk's nodes (or its start) and the nodes of one page, as seen from the page's nodes. */
  #linksInto(
    page: Uint32Array,
    start: number,
    nodes: Uint32Array,
    direction: LineageDirection,
    extent: GraphExtent,
  ): LineageEdge[] {
    const walked = new Set(nodes).add(start);
    const towardsStart = direction === 'ancestors' ? 'descendants' : 'ancestors';
    const names = new Map<number, RecordName>();
    const nameOf = (node: number): RecordName => {
      let name = names.get(node);
      if (name === undefined) {
        name = this.#nameOf(node);
        names.set(node, name);
      }
      return name;
    };
    const found: LineageEdge[] = [];
    for (const node of page) {
      for (const link of this.#graph.linksOf(node, towardsStart, extent)) {
        const { child, parent, kind } = this.#graph.edge(link);
        if (!walked.has(direction === 'ancestors' ? child : parent)) continue;
        found.push({ kind: this.#graph.kindName(kind), from: nameOf(child), to: nameOf(parent) });
      }
    }
    return found;
  }

  #directLinks(name: RecordName, direction: LineageDirection): LineageEdge[] {
    const node = this.#nodeOf(name);
    if (node === undefined) return [];
    return this.#graph.linksOf(node, direction, this.#extent).map((link) => this.#edgeOf(link));
  }

  #edgeOf(link: number): LineageEdge {
    const { child, parent, kind } = this.#graph.edge(link);
    return { kind: this.#graph.kindName(kind), from: this.#nameOf(child), to: this.#nameOf(parent) };
  }

  #nameOf(node: number): RecordName {
    return this.#graph.name(node) as RecordName;
  }

  #nodeOf({ recordType, id }: RecordName): number | undefined {
    const node = this.#store.text(nodeKey(recordType, id));
    return node === undefined ? undefined : Number(node);
  }

  #required(key: string): string {
    const text = this.#store.text(key);
    if (text === undefined) throw damaged(`entry ${key.replaceAll('\0', ' ')}`);
    return text;
  }
}

function damaged(what: string): GatewayError {
  return new GatewayError({
    code: 'READ_MODEL_DAMAGED',
    message: `the read model lacks ${what}; start with --rebuild`,
  });
}
