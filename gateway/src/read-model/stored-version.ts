import { GatewayError } from '../gateway-error.js';
import type { RecordVersion, StoredRecord } from './answer.js';

/** One version of a record as the store keeps it, its text unparsed. */
export interface StoredVersion {
  /** From 1, over the record's whole life. */
  readonly version: number;
  /** Number of the record in the order in which records were made. */
  readonly ordinal: number;
  readonly blockNumber: number;
  readonly transactionIndex: number;
  readonly transactionId: string;
  readonly timestamp: string;
  /** Canonical JSON as the ledger holds it; empty for a deletion. */
  readonly text: string;
}

/** One line of where and when, then the record's own text, so that the text is kept as the ledger has it. */
export function encodeStoredVersion(stored: StoredVersion): string {
  const { version, ordinal, blockNumber, transactionIndex, transactionId, timestamp, text } = stored;
  return `${version},${ordinal},${blockNumber},${transactionIndex},${transactionId},${timestamp}\n${text}`;
}

/** @throws GatewayError `READ_MODEL_DAMAGED` */
export function decodeStoredVersion(row: string): StoredVersion {
  const lineEnd = row.indexOf('\n');
  const [version, ordinal, blockNumber, transactionIndex, transactionId, timestamp] = row.slice(0, lineEnd).split(',');
  if (lineEnd < 0 || transactionId === undefined || timestamp === undefined) {
    throw new GatewayError({
      code: 'READ_MODEL_DAMAGED',
      message: 'a stored record has no head; start with --rebuild',
    });
  }
  return {
    version: Number(version),
    ordinal: Number(ordinal),
    blockNumber: Number(blockNumber),
    transactionIndex: Number(transactionIndex),
    transactionId,
    timestamp,
    text: row.slice(lineEnd + 1),
  };
}

/** The record in a stored row; null for a deletion. @throws GatewayError `READ_MODEL_DAMAGED` */
export function recordOf(row: string): StoredRecord | null {
  return parseText(row.slice(row.indexOf('\n') + 1));
}

/** A stored version as readers see it. @throws GatewayError `READ_MODEL_DAMAGED` */
export function toRecordVersion(stored: StoredVersion): RecordVersion {
  const { blockNumber, transactionIndex, transactionId, timestamp, text } = stored;
  return { blockNumber, transactionIndex, transactionId, timestamp, value: parseText(text) };
}

function parseText(text: string): StoredRecord | null {
  if (text === '') return null;
  try {
    return JSON.parse(text) as StoredRecord;
  } catch (cause) {
    throw new GatewayError({
      code: 'READ_MODEL_DAMAGED',
      message: 'a stored record does not parse; start with --rebuild',
      cause,
    });
  }
}
