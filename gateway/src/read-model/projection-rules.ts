import type { RecordName, StoredRecord } from './answer.js';
import { isKeyPart } from './ledger-record.js';

/** A link from one record to another; `lineage` links make the graph, child pointing at parent. */
export interface RecordReference extends RecordName {
  readonly kind: string;
  readonly lineage: boolean;
}

/** What the read model knows about records: which there are, by what they are listed, and what they point at. */
export interface ProjectionRules {
  /** Changes whenever `referencesOf` does; a store made by other rules is refused. */
  readonly version: string;
  /**
   * Fields by which each record type is listed; a dot goes into an object, an array lists each of its items. What is
   * not a key here is not projected.
   */
  readonly indexes: Readonly<Record<string, readonly string[]>>;
  /** The record's links; a later version may add lineage links, and none is ever taken back. */
  readonly referencesOf: (record: StoredRecord) => readonly RecordReference[];
}

/** The rules as text: two stores with the same text hold the same kind of thing. */
export function rulesText({ version, indexes }: ProjectionRules): string {
  return JSON.stringify([
    version,
    Object.entries(indexes)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([recordType, fields]) => [recordType, [...fields].sort()]),
  ]);
}

/** Posting list of all records of a type. */
export function typeList(recordType: string): string {
  return `a\0${recordType}`;
}

/** Posting list of the records of a type of which a field has a value. */
export function fieldList(recordType: string, field: string, value: string): string {
  return `i\0${recordType}\0${field}\0${value}`;
}

/** Posting list of the records that point at one by links of a kind that are not lineage. */
export function referrerList(name: { readonly recordType: string; readonly id: string }, kind: string): string {
  return `f\0${name.recordType}\0${name.id}\0${kind}`;
}

/** Every posting list that a record stands on, each once. */
export function postingListsOf(
  record: StoredRecord,
  references: readonly RecordReference[],
  { indexes }: ProjectionRules,
): Set<string> {
  const { recordType } = record;
  const lists = new Set([typeList(recordType)]);
  for (const field of indexes[recordType] ?? []) {
    for (const value of valuesAt(record, field)) lists.add(fieldList(recordType, field, value));
  }
  for (const reference of references) {
    if (!reference.lineage) lists.add(referrerList(reference, reference.kind));
  }
  return lists;
}

/** The record's links whose names can be keys; contracts refuse any others. */
export function usableReferences(record: StoredRecord, { referencesOf }: ProjectionRules): readonly RecordReference[] {
  return referencesOf(record).filter(
    ({ kind, recordType, id }) => isKeyPart(kind) && isKeyPart(recordType) && isKeyPart(id),
  );
}

function valuesAt(record: StoredRecord, field: string): string[] {
  let found: unknown[] = [record];
  for (const name of field.split('.')) {
    found = found.flatMap((value) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? [(value as Record<string, unknown>)[name]].flat()
        : [],
    );
  }
  return found.flatMap((value) => {
    const isScalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    const text = isScalar ? String(value) : '';
    return isKeyPart(text) ? [text] : [];
  });
}
