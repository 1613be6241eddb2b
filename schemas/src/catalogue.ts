import type { Static } from 'typebox';
import type { RecordDefinition, RecordReference } from './record.js';
import { certificateRecords, certificateTransactions } from './subjects/certificate.js';
import { custodyRecords, custodyTransactions } from './subjects/custody.js';
import { designRecords, designTransactions } from './subjects/design.js';
import { estimateRecords, estimateTransactions } from './subjects/estimate.js';
import { findingRecords, findingTransactions } from './subjects/finding.js';
import { gradeRecords, gradeTransactions } from './subjects/grade.js';
import { lotRecords, lotTransactions } from './subjects/lot.js';
import { packRecords, packTransactions } from './subjects/pack.js';
import { partyRecords, partyTransactions } from './subjects/party.js';
import { processRecords, processTransactions } from './subjects/process.js';
import { recordQueryTransactions } from './subjects/record-query.js';
import { recycledContentRecords, recycledContentTransactions } from './subjects/recycled-content.js';
import { sortingRecords, sortingTransactions } from './subjects/sorting.js';
import { useRecords, useTransactions } from './subjects/use.js';
import type { TransactionDefinition } from './transaction.js';

/** Every record type of the world state. */
export const RECORDS = {
  ...partyRecords,
  ...lotRecords,
  ...custodyRecords,
  ...designRecords,
  ...packRecords,
  ...useRecords,
  ...estimateRecords,
  ...sortingRecords,
  ...processRecords,
  ...findingRecords,
  ...gradeRecords,
  ...certificateRecords,
  ...recycledContentRecords,
};

/** Every transaction of the chaincode; names are unique over all contracts. */
export const TRANSACTIONS = {
  ...recordQueryTransactions,
  ...partyTransactions,
  ...lotTransactions,
  ...custodyTransactions,
  ...designTransactions,
  ...packTransactions,
  ...useTransactions,
  ...estimateTransactions,
  ...sortingTransactions,
  ...processTransactions,
  ...findingTransactions,
  ...gradeTransactions,
  ...certificateTransactions,
  ...recycledContentTransactions,
};

export type RecordType = keyof typeof RECORDS;
export type RecordOf<T extends RecordType> = Static<(typeof RECORDS)[T]['schema']>;
export type AnyRecord = { [T in RecordType]: RecordOf<T> }[RecordType];

export type TransactionName = keyof typeof TRANSACTIONS;
export type CommandOf<N extends TransactionName> = Static<(typeof TRANSACTIONS)[N]['command']>;
export type ResultOf<N extends TransactionName> = Static<(typeof TRANSACTIONS)[N]['result']>;

/** Whether a string names a record type. */
export function isRecordType(name: string): name is RecordType {
  return Object.hasOwn(RECORDS, name);
}

/** Whether a string names a transaction. */
export function isTransactionName(name: string): name is TransactionName {
  return Object.hasOwn(TRANSACTIONS, name);
}

/** A record type's definition, seen without its precise type. */
export function recordDefinitionOf(recordType: RecordType): RecordDefinition {
  return RECORDS[recordType];
}

/** A transaction's definition, seen without its precise types. */
export function transactionDefinitionOf(name: TransactionName): TransactionDefinition {
  return TRANSACTIONS[name];
}

/** Full name of a transaction on the ledger, `<contract>:<name>`. */
export function qualifiedTransactionName(name: TransactionName): string {
  return `${TRANSACTIONS[name].contract}:${name}`;
}

/** What a record points at. Source: the record type's own definition. */
export function referencesOf(record: AnyRecord): readonly RecordReference[] {
  return recordDefinitionOf(record.recordType).references(record);
}
