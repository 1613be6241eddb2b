/** One call of the test contract that the model knows. */
export type ModelCall =
  | { readonly name: 'put'; readonly key: string; readonly value: string }
  | { readonly name: 'remove'; readonly key: string }
  | { readonly name: 'add'; readonly key: string; readonly amount: number }
  | { readonly name: 'putThenGet'; readonly key: string; readonly value: string }
  | { readonly name: 'count'; readonly from: string; readonly to: string; readonly target: string };

/** What a model's endorsement froze: what was seen, and what is to be written. */
export interface ModelEndorsement {
  readonly result: string;
  readonly reads: ReadonlyMap<string, number | null>;
  readonly range: { readonly from: string; readonly to: string; readonly seen: string } | null;
  readonly writes: ReadonlyMap<string, string | null>;
  readonly endorsed: boolean;
}

export const MODEL_CODE = { VALID: 0, UNENDORSED: 10, MVCC: 11, PHANTOM: 12 } as const;

/**
 * Fabric's transaction semantics in a page: simulate against what is committed, judge in order against what is
 * committed then. It knows nothing of bytes, storage or how blocks are cut. Keys are ASCII.
 */
export class FabricModel {
  readonly state = new Map<string, { readonly value: string; readonly version: number }>();
  /** Values of each key over time, null for a deletion. */
  readonly history = new Map<string, (string | null)[]>();
  #commits = 0;
  #blockNumber = -1n;
  readonly #touchedInBlock = new Set<string>();

  endorse(call: ModelCall, endorsed: boolean): ModelEndorsement {
    const reads = new Map<string, number | null>();
    const writes = new Map<string, string | null>();
    let range: ModelEndorsement['range'] = null;
    let result = '';
    const read = (key: string): string => {
      reads.set(key, this.state.get(key)?.version ?? null);
      return this.state.get(key)?.value ?? '';
    };
    switch (call.name) {
      case 'put':
        result = call.value;
        // An empty value is a deletion.
        writes.set(call.key, call.value === '' ? null : call.value);
        break;
      case 'remove':
        writes.set(call.key, null);
        break;
      case 'add':
        result = String(Number(read(call.key) || '0') + call.amount);
        writes.set(call.key, result);
        break;
      case 'putThenGet':
        result = read(call.key);
        writes.set(call.key, call.value === '' ? null : call.value);
        break;
      case 'count': {
        const found = this.#walk(call.from, call.to);
        range = { from: call.from, to: call.to, seen: JSON.stringify(found) };
        result = String(found.length);
        writes.set(call.target, result);
        break;
      }
    }
    return { result, reads, range, writes, endorsed };
  }

  /** Judges and, where it is valid, applies a transaction; answers its validation code. */
  commit({ reads, range, writes, endorsed }: ModelEndorsement, blockNumber: bigint): number {
    if (blockNumber !== this.#blockNumber) this.#touchedInBlock.clear();
    this.#blockNumber = blockNumber;
    if (!endorsed) return MODEL_CODE.UNENDORSED;
    for (const [key, version] of reads) {
      // Deleting what is not there changes no version, and is a conflict within its block all the same.
      if (this.#touchedInBlock.has(key)) return MODEL_CODE.MVCC;
      if ((this.state.get(key)?.version ?? null) !== version) return MODEL_CODE.MVCC;
    }
    if (range !== null && JSON.stringify(this.#walk(range.from, range.to)) !== range.seen) return MODEL_CODE.PHANTOM;
    this.#commits += 1;
    for (const [key, value] of writes) {
      this.#touchedInBlock.add(key);
      if (value === null) this.state.delete(key);
      else this.state.set(key, { value, version: this.#commits });
      this.history.set(key, [value, ...(this.history.get(key) ?? [])]);
    }
    return MODEL_CODE.VALID;
  }

  #walk(from: string, to: string): [string, number][] {
    return [...this.state]
      .filter(([key]) => key >= from && key < to)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, { version }]) => [key, version]);
  }
}
