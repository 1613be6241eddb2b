import { createRequire } from 'node:module';
import type { ChaincodeStub } from 'fabric-shim';

const NO_BYTES = new Uint8Array();

// Composite keys are made by Fabric's own code, which needs nothing of the stub that it belongs to.
const ShimStub = createRequire(import.meta.url)('fabric-shim/lib/stub.js') as { prototype: ChaincodeStub };

interface Version {
  readonly txId: string;
  readonly seconds: number;
  readonly value: Uint8Array | null;
}

/** Committed state: what every transaction reads, and what a commit changes. */
export class MemoryState {
  readonly values = new Map<string, Uint8Array>();
  readonly history = new Map<string, Version[]>();
  readonly private = new Map<string, Uint8Array>();

  copy(): MemoryState {
    const copy = new MemoryState();
    for (const [key, value] of this.values) copy.values.set(key, value);
    for (const [key, versions] of this.history) copy.history.set(key, [...versions]);
    for (const [key, value] of this.private) copy.private.set(key, value);
    return copy;
  }
}

/** What a test sets of a proposal. */
export interface Proposal {
  readonly txId: string;
  readonly seconds: number;
  readonly transient: Map<string, Uint8Array>;
}

/**
 * A stub over memory that keeps Fabric's semantics where contracts can trip over them: a transaction reads committed state
 * only, never its own writes; keys are Fabric's composite keys; nothing is kept unless the transaction is committed.
 */
export class MemoryStub {
  readonly #state: MemoryState;
  readonly #proposal: Proposal;
  readonly writes = new Map<string, Uint8Array | null>();
  readonly privateWrites = new Map<string, Uint8Array | null>();
  readonly reads: string[] = [];
  event: { name: string; payload: Uint8Array } | undefined;

  constructor(state: MemoryState, proposal: Proposal) {
    this.#state = state;
    this.#proposal = proposal;
  }

  createCompositeKey = (objectType: string, attributes: string[]): string =>
    ShimStub.prototype.createCompositeKey(objectType, attributes);
  splitCompositeKey = (key: string): ReturnType<ChaincodeStub['splitCompositeKey']> =>
    ShimStub.prototype.splitCompositeKey(key);

  getTxID = (): string => this.#proposal.txId;
  getTxTimestamp = (): unknown => ({ seconds: { toNumber: () => this.#proposal.seconds }, nanos: 0 });
  getTransient = (): Map<string, Uint8Array> => this.#proposal.transient;

  setEvent(name: string, payload: Uint8Array): void {
    this.event = { name, payload };
  }

  getState(key: string): Promise<Uint8Array> {
    this.reads.push(key);
    return Promise.resolve(this.#state.values.get(key) ?? NO_BYTES);
  }

  putState(key: string, value: Uint8Array): Promise<void> {
    if (value.length === 0) throw new TypeError('Fabric takes an empty value for a deletion');
    this.writes.set(key, value);
    return Promise.resolve();
  }

  deleteState(key: string): Promise<void> {
    this.writes.set(key, null);
    return Promise.resolve();
  }

  getPrivateData(collection: string, key: string): Promise<Uint8Array> {
    return Promise.resolve(this.#state.private.get(`${collection}\0${key}`) ?? NO_BYTES);
  }

  putPrivateData(collection: string, key: string, value: Uint8Array): Promise<void> {
    this.privateWrites.set(`${collection}\0${key}`, value);
    return Promise.resolve();
  }

  purgePrivateData(collection: string, key: string): Promise<void> {
    this.privateWrites.set(`${collection}\0${key}`, null);
    return Promise.resolve();
  }

  getStateByPartialCompositeKeyWithPagination(
    objectType: string,
    attributes: string[],
    pageSize: number,
    bookmark: string,
  ): Promise<unknown> {
    const prefix = this.createCompositeKey(objectType, attributes);
    const keys = [...this.#state.values.keys()].filter((key) => key.startsWith(prefix) && key >= bookmark).sort();
    const page = keys.slice(0, pageSize).values();
    return Promise.resolve({
      iterator: {
        next: () => {
          const { value: key, done } = page.next();
          return Promise.resolve(done === true ? { done } : { done: false, value: { key } });
        },
        close: () => Promise.resolve(),
      },
      metadata: { fetchedRecordsCount: Math.min(keys.length, pageSize), bookmark: keys[pageSize] ?? '' },
    });
  }

  getStateByPartialCompositeKey(objectType: string, attributes: string[]): Promise<unknown> {
    const prefix = this.createCompositeKey(objectType, attributes);
    const keys = [...this.#state.values.keys()].filter((key) => key.startsWith(prefix)).sort();
    const all = keys.values();
    return Promise.resolve({
      next: () => {
        const { value: key, done } = all.next();
        return Promise.resolve(done === true ? { done } : { done: false, value: { key } });
      },
      close: () => Promise.resolve(),
    });
  }

  async *getHistoryForKey(key: string): AsyncGenerator {
    const versions = await Promise.resolve(this.#state.history.get(key) ?? []);
    for (const { txId, seconds, value } of versions.toReversed()) {
      yield { txId, timestamp: { seconds }, isDelete: value === null, value: value ?? NO_BYTES };
    }
  }

  /** Applies the writes to the state that was read. */
  commit(): void {
    for (const [key, value] of this.writes) {
      if (value === null) this.#state.values.delete(key);
      else this.#state.values.set(key, value);
      const versions = this.#state.history.get(key) ?? [];
      versions.push({ txId: this.#proposal.txId, seconds: this.#proposal.seconds, value });
      this.#state.history.set(key, versions);
    }
    for (const [key, value] of this.privateWrites) {
      if (value === null) this.#state.private.delete(key);
      else this.#state.private.set(key, value);
    }
  }
}
