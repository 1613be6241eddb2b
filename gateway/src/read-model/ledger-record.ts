import type { RecordName, StoredRecord } from './answer.js';

/** What `parseRecordKey` reads from a key of world state, before anyone knows whether the type exists. */
export interface RecordKeyParts {
  readonly recordType: string;
  readonly id: string;
}

/** Whether a name can be part of a key: not empty, and without the control characters that set the parts apart. */
export function isKeyPart(name: string): boolean {
  for (let index = 0; index < name.length; index++) {
    if (name.charCodeAt(index) < 0x20) return false;
  }
  return name !== '';
}

/**
 * Reads Fabric's composite key `NUL type NUL id NUL`; undefined for a key of any other form, such as an index entry.
 */
export function parseRecordKey(key: string): RecordKeyParts | undefined {
  if (!key.startsWith('\0')) return undefined;
  const [, recordType, id, rest, ...more] = key.split('\0');
  if (recordType === undefined || id === undefined || rest !== '' || more.length > 0) return undefined;
  return isKeyPart(recordType) && isKeyPart(id) ? { recordType, id } : undefined;
}

/**
 * Reads a value of world state as the record that its key names; undefined where it is none, such as the mark that
 * stands under an index key.
 */
export function parseLedgerRecord({ recordType, id }: RecordKeyParts, value: Uint8Array): StoredRecord | undefined {
  // Canonical JSON of an object begins with a brace; index marks do not, and most writes are index marks.
  if (value[0] !== 0x7b) return undefined;
  let record: unknown;
  try {
    record = JSON.parse(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8'));
  } catch {
    return undefined;
  }
  const named = record as Partial<RecordName>;
  return named.recordType === recordType && named.id === id ? (record as StoredRecord) : undefined;
}
