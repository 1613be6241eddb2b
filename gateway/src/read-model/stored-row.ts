import { GatewayError } from '../gateway-error.js';
import type { TransactionView } from './answer.js';
import type { RecordType } from '@battery-passport/schemas';
import { refusalOf } from './validation-code.js';

/** A block as the store keeps it. */
export interface BlockRow {
  readonly headerHash: string;
  readonly previousHash: string;
  readonly dataHash: string;
  /** Number, over all blocks, of its first transaction. */
  readonly firstTransaction: number;
  readonly transactionCount: number;
}

/** A transaction as the store keeps it, beside its command's text. */
export interface TransactionRow extends Omit<TransactionView, 'written' | 'command' | 'refusal'> {
  readonly written: readonly (readonly [recordType: RecordType, id: string])[];
}

/** @throws GatewayError `READ_MODEL_DAMAGED` */
export function parseBlockRow(text: string): BlockRow {
  return parseRow(text) as BlockRow;
}

/** @throws GatewayError `READ_MODEL_DAMAGED` */
export function toTransactionView(text: string): TransactionView {
  const lineEnd = text.indexOf('\n');
  const row = parseRow(text.slice(0, lineEnd)) as TransactionRow;
  return {
    ...row,
    refusal: refusalOf(row.validationCode),
    command: parseCommand(text.slice(lineEnd + 1)),
    written: row.written.map(([recordType, id]) => ({ recordType, id })),
  };
}

/** The records that a transaction changed. @throws GatewayError `READ_MODEL_DAMAGED` */
export function writtenOf(text: string): Pick<TransactionRow, 'transactionId' | 'written'> {
  return parseRow(text.slice(0, text.indexOf('\n'))) as TransactionRow;
}

function parseRow(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new GatewayError({
      code: 'READ_MODEL_DAMAGED',
      message: 'a stored row does not parse; start with --rebuild',
      cause,
    });
  }
}

/** A refused transaction's argument may be anything. */
function parseCommand(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
