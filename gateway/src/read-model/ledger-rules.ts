import { recordDefinitionOf, RECORDS, referencesOf, type AnyRecord, type RecordType } from '@battery-passport/schemas';
import type { ProjectionRules, RecordReference } from './projection-rules.js';

/** To be counted up whenever a record type's links change: a store made by other rules is then made again. */
const RULES_VERSION = '1';

/** Fields that people look records up by and the ledger itself does not list by. */
const READING_INDEXES: Readonly<Partial<Record<RecordType, readonly string[]>>> = { pack: ['digitalLink'] };

/** How the records of the catalogue are projected. */
export const LEDGER_RULES: ProjectionRules = {
  version: RULES_VERSION,
  indexes: Object.fromEntries(
    (Object.keys(RECORDS) as RecordType[]).map((recordType) => [
      recordType,
      [...recordDefinitionOf(recordType).indexes, ...(READING_INDEXES[recordType] ?? [])],
    ]),
  ),
  referencesOf: (record) => referencesOf(record as unknown as AnyRecord) as readonly RecordReference[],
};
