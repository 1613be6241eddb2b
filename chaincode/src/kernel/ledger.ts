import {
  canonicalJson,
  recordDefinitionOf,
  assertRecord,
  SchemaError,
  type PrivateDetail,
  type RecordOf,
  type RecordType,
} from '@battery-passport/schemas';
import type { ChaincodeStub } from 'fabric-shim';
import { Refusal } from './refusal.js';

const PRESENT = new Uint8Array([0]);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What a chaincode stub has to offer to keep records. */
export type StateStub = Pick<
  ChaincodeStub,
  | 'getState'
  | 'putState'
  | 'deleteState'
  | 'purgePrivateData'
  | 'createCompositeKey'
  | 'splitCompositeKey'
  | 'getStateByPartialCompositeKey'
>;

type StoredRecord = RecordOf<RecordType>;

/** Object type of an index's composite keys: (`lot~holder`, value, id). */
export function indexKeyType(recordType: RecordType, field: string): string {
  return `${recordType}~${field}`;
}

/**
 * One transaction's unit of work over the world state. A Fabric transaction does not see its own writes; this does, so that
 * commands of a batch follow one another. Nothing reaches the stub before {@link flush}, so a refusal leaves no trace.
 */
export class Ledger {
  readonly #stub: StateStub;
  readonly #records = new Map<string, StoredRecord | undefined>();
  readonly #stored = new Map<string, StoredRecord | undefined>();
  readonly #written = new Set<string>();
  readonly #claims = new Map<string, string>();
  readonly #purges: PrivateDetail[] = [];

  constructor(stub: StateStub) {
    this.#stub = stub;
  }

  /** Reads a record as this transaction left it. */
  async read<T extends RecordType>(recordType: T, id: string): Promise<RecordOf<T> | undefined> {
    const key = this.#stub.createCompositeKey(recordType, [id]);
    if (!this.#records.has(key)) {
      const bytes = await this.#stub.getState(key);
      const record = bytes.length === 0 ? undefined : (JSON.parse(decoder.decode(bytes)) as StoredRecord);
      this.#records.set(key, record);
      this.#stored.set(key, record);
    }
    return this.#records.get(key) as RecordOf<T> | undefined;
  }

  /** Reads a record that must be there. @throws Refusal `RECORD_NOT_FOUND`. */
  async require<T extends RecordType>(recordType: T, id: string): Promise<RecordOf<T>> {
    const record = await this.read(recordType, id);
    if (record === undefined) throw new Refusal('RECORD_NOT_FOUND', `there is no ${recordType} ${id}`);
    return record;
  }

  /** Reads a record that must be there and not be corrected by a later one. @throws Refusal `RECORD_SUPERSEDED`. */
  async requireCurrent<T extends RecordType>(recordType: T, id: string): Promise<RecordOf<T>> {
    const record = await this.require(recordType, id);
    if (record.superseded !== undefined) {
      throw new Refusal('RECORD_SUPERSEDED', `${recordType} ${id} is corrected by ${record.superseded.byId}`);
    }
    return record;
  }

  /** Adds a record under a new identifier. @throws Refusal `RECORD_EXISTS`. */
  async create(record: StoredRecord): Promise<void> {
    if ((await this.read(record.recordType, record.id)) !== undefined) {
      throw new Refusal('RECORD_EXISTS', `${record.recordType} ${record.id} exists already`);
    }
    this.#set(record);
  }

  /** Replaces a record that was read before. */
  update(record: StoredRecord): void {
    const key = this.#stub.createCompositeKey(record.recordType, [record.id]);
    if (this.#records.get(key) === undefined) throw new TypeError(`${record.recordType} ${record.id} was not read`);
    this.#set(record);
  }

  /**
   * Takes a unique name, such as a GTIN with its serial number, for a record.
   * @throws Refusal `RECORD_EXISTS` when another record has it.
   */
  async claim(name: string, attributes: readonly string[], recordId: string): Promise<void> {
    const key = this.#stub.createCompositeKey(name, [...attributes]);
    const taken = this.#claims.get(key) ?? decoder.decode(await this.#stub.getState(key));
    if (taken !== '') throw new Refusal('RECORD_EXISTS', `${name} ${attributes.join(' ')} belongs to ${taken}`);
    this.#claims.set(key, recordId);
  }

  /** Who has a unique name, if anyone. */
  async claimant(name: string, attributes: readonly string[]): Promise<string | undefined> {
    const key = this.#stub.createCompositeKey(name, [...attributes]);
    const taken = this.#claims.get(key) ?? decoder.decode(await this.#stub.getState(key));
    return taken === '' ? undefined : taken;
  }

  /** Gives a unique name up, so that another record can take it. @throws TypeError when the record does not have it. */
  async release(name: string, attributes: readonly string[], recordId: string): Promise<void> {
    const holder = await this.claimant(name, attributes);
    if (holder !== recordId) throw new TypeError(`${name} ${attributes.join(' ')} is not ${recordId}'s to give up`);
    this.#claims.set(this.#stub.createCompositeKey(name, [...attributes]), '');
  }

  /** Identifiers of the records whose indexed field has a value, in order, as this transaction left them. */
  async list(recordType: RecordType, field: string, value: string): Promise<string[]> {
    const ids = new Set<string>();
    const iterator = await this.#stub.getStateByPartialCompositeKey(indexKeyType(recordType, field), [value]);
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      ids.add(this.#stub.splitCompositeKey(next.value.key).attributes[1] ?? '');
    }
    await iterator.close();
    for (const key of this.#written) {
      const record = this.#records.get(key);
      if (record?.recordType !== recordType) continue;
      if (indexedValue(record, field) === value) ids.add(record.id);
      else ids.delete(record.id);
    }
    return [...ids].sort();
  }

  /** Purges confidential detail from every member's store; its digest stays in the record. */
  purge(detail: PrivateDetail): void {
    this.#purges.push(detail);
  }

  /**
   * Writes everything to the stub, indexes included, once every record has passed its schema.
   * @throws Refusal `RECORD_INVALID`.
   */
  async flush(): Promise<void> {
    const texts = new Map<string, string>();
    for (const key of this.#written) texts.set(key, toText(this.#records.get(key)));
    for (const [key, text] of texts) {
      await this.#stub.putState(key, encoder.encode(text));
      await this.#flushIndexes(key);
    }
    for (const [key, recordId] of this.#claims) {
      if (recordId === '') await this.#stub.deleteState(key);
      else await this.#stub.putState(key, encoder.encode(recordId));
    }
    for (const { collection, digest } of this.#purges) await this.#stub.purgePrivateData(collection, digest);
  }

  #set(record: StoredRecord): void {
    const key = this.#stub.createCompositeKey(record.recordType, [record.id]);
    this.#records.set(key, record);
    this.#written.add(key);
  }

  async #flushIndexes(key: string): Promise<void> {
    const before = this.#stored.get(key);
    const after = this.#records.get(key);
    if (after === undefined) return;
    const { recordType, id } = after;
    for (const field of recordDefinitionOf(recordType).indexes) {
      const from = indexedValue(before, field);
      const to = indexedValue(after, field);
      if (from === to) continue;
      const type = indexKeyType(recordType, field);
      if (from !== undefined) await this.#stub.deleteState(this.#stub.createCompositeKey(type, [from, id]));
      if (to !== undefined) await this.#stub.putState(this.#stub.createCompositeKey(type, [to, id]), PRESENT);
    }
  }
}

/** A record as it is stored. A command can be within its schema and still lead to a record that is not: a list too long. */
function toText(record: StoredRecord | undefined): string {
  try {
    return canonicalJson(assertRecord(record));
  } catch (error) {
    if (error instanceof SchemaError) throw new Refusal('RECORD_INVALID', error.message);
    throw error;
  }
}

function indexedValue(record: StoredRecord | undefined, field: string): string | undefined {
  const value = (record as Record<string, unknown> | undefined)?.[field];
  return typeof value === 'string' ? value : undefined;
}
