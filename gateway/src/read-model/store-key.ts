/*
 * Every key of the read model's store: a family, then parts set apart by NUL, which no identifier holds. Numbers are
 * fixed-width hex, so that the order of keys is the order of numbers.
 *
 *   m                         the checkpoint: format, rules, next block, counts, name tables
 *   r type id                 a live record: where it was written, and its text
 *   d type id                 the deletion that ended a record
 *   v type id version         an earlier version of a record
 *   o ordinal                 name of the record that was the nth to be made
 *   p list · q list bucket    a posting list: its directory, and its pages of ordinals
 *   b block                   a block
 *   x sequence                a transaction, numbered over all blocks
 *   t transactionId           its sequence number, where it was first seen
 *   n type id                 number of a lineage node
 *   N page · E page           names of lineage nodes, and links, in commit order
 */

/** The one key of the checkpoint. */
export const CHECKPOINT_KEY = 'm';

/** A live record. */
export function recordKey(recordType: string, id: string): string {
  return `r\0${recordType}\0${id}`;
}

/** The range of all live records, or of one type's, as Level's iterator bounds. */
export function recordRange(recordType?: string): { readonly gte: string; readonly lt: string } {
  return recordType === undefined
    ? { gte: 'r\0', lt: 'r\u0001' }
    : { gte: `r\0${recordType}\0`, lt: `r\0${recordType}\u0001` };
}

/** The deletion that ended a record. */
export function deletionKey(recordType: string, id: string): string {
  return `d\0${recordType}\0${id}`;
}

/** An earlier version of a record, from 1. */
export function versionKey(recordType: string, id: string, version: number): string {
  return `v\0${recordType}\0${id}\0${hex8(version)}`;
}

/** Name of a record by its ordinal. */
export function ordinalKey(ordinal: number): string {
  return `o\0${hex8(ordinal)}`;
}

/** Directory of a posting list. */
export function postingDirectoryKey(list: string): string {
  return `p\0${list}`;
}

/** One page of a posting list. */
export function postingPageKey(list: string, bucket: number): string {
  return `q\0${list}\0${hex8(bucket)}`;
}

/** A block. */
export function blockKey(blockNumber: number): string {
  return `b\0${hex12(blockNumber)}`;
}

/** A transaction by its number over all blocks. */
export function transactionKey(sequence: number): string {
  return `x\0${hex12(sequence)}`;
}

/** Sequence number of a transaction by its id. */
export function transactionIdKey(transactionId: string): string {
  return `t\0${transactionId}`;
}

/** Number of a lineage node by its name. */
export function nodeKey(recordType: string, id: string): string {
  return `n\0${recordType}\0${id}`;
}

/** One page of lineage nodes' names. */
export function nodePageKey(page: number): string {
  return `N\0${hex8(page)}`;
}

/** One page of lineage links. */
export function edgePageKey(page: number): string {
  return `E\0${hex8(page)}`;
}

function hex8(value: number): string {
  return value.toString(16).padStart(8, '0');
}

function hex12(value: number): string {
  return value.toString(16).padStart(12, '0');
}
