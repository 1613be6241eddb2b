import type { StoreMoment } from './level-store.js';
import { parseLedgerRecord, parseRecordKey } from './ledger-record.js';
import { typeList, type ProjectionRules } from './projection-rules.js';
import { postingCount } from './posting-list.js';
import { recordKey, recordRange } from './store-key.js';
import { decodeStoredVersion } from './stored-version.js';

/** One public key of the ledger's state. */
export interface StateEntry {
  readonly key: string;
  readonly value: Uint8Array;
  /** Where it was last written; compared where the ledger tells. */
  readonly version?: { readonly blockNumber: bigint; readonly transactionIndex: number };
}

/**
 * One record about which the read model and the ledger's state disagree: `missing` here, `extra` here, other bytes
 * (`value`), or the same bytes written elsewhere (`version`). `list`: a type's list does not hold as many as there are.
 */
export interface StateDifference {
  readonly kind: 'missing' | 'extra' | 'value' | 'version' | 'list';
  readonly recordType: string;
  /** Empty for `list`. */
  readonly id: string;
}

/** Compares the records of a moment with a ledger's state, in whatever order its entries come. */
export async function* findStateDifferences(
  state: AsyncIterable<StateEntry> | Iterable<StateEntry>,
  moment: StoreMoment,
  rules: ProjectionRules,
): AsyncGenerator<StateDifference, void> {
  const seen = new OrdinalSet();
  const counts = new Map<string, number>(Object.keys(rules.indexes).map((recordType) => [recordType, 0]));

  for await (const { key, value, version } of state) {
    const parts = parseRecordKey(key);
    if (parts === undefined || !counts.has(parts.recordType)) continue;
    if (parseLedgerRecord(parts, value) === undefined) continue;
    counts.set(parts.recordType, (counts.get(parts.recordType) ?? 0) + 1);
    const row = moment.text(recordKey(parts.recordType, parts.id));
    if (row === undefined) {
      yield { kind: 'missing', ...parts };
      continue;
    }
    const stored = decodeStoredVersion(row);
    seen.add(stored.ordinal);
    if (stored.text !== Buffer.from(value).toString('utf8')) {
      yield { kind: 'value', ...parts };
    } else if (
      version !== undefined &&
      (BigInt(stored.blockNumber) !== version.blockNumber || stored.transactionIndex !== version.transactionIndex)
    ) {
      yield { kind: 'version', ...parts };
    }
  }

  for await (const [key, value] of moment.entries(recordRange())) {
    const [, recordType = '', id = ''] = key.split('\0');
    const { ordinal } = decodeStoredVersion(Buffer.from(value).toString('utf8'));
    if (!seen.has(ordinal)) yield { kind: 'extra', recordType, id };
  }
  for (const [recordType, count] of counts) {
    if (postingCount(moment, typeList(recordType)) !== count) yield { kind: 'list', recordType, id: '' };
  }
}

/** A growing set of small whole numbers, a bit each. */
class OrdinalSet {
  #bits = new Uint8Array(1024);

  add(ordinal: number): void {
    const at = ordinal >>> 3;
    if (at >= this.#bits.length) {
      const larger = new Uint8Array(Math.max(at + 1, this.#bits.length * 2));
      larger.set(this.#bits);
      this.#bits = larger;
    }
    this.#bits[at] = (this.#bits[at] ?? 0) | (1 << (ordinal & 7));
  }

  has(ordinal: number): boolean {
    return ((this.#bits[ordinal >>> 3] ?? 0) & (1 << (ordinal & 7))) !== 0;
  }
}
