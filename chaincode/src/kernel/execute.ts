import {
  canonicalJson,
  instantAt,
  parseCommand,
  SchemaError,
  transactionDefinitionOf,
  type PrivateDetail,
  type TransactionName,
} from '@battery-passport/schemas';
import type { Context } from 'fabric-contract-api';
import { identifyCaller } from './caller.js';
import type { Handler } from './handler.js';
import { Ledger } from './ledger.js';
import { takePrivateDetail } from './private-detail.js';
import { Refusal } from './refusal.js';
import { TransactionContext } from './transaction-context.js';

/**
 * Runs one submitted transaction: parse, identify, handle, write, tell. The writes reach the stub together at the end.
 * @returns The handler's result as canonical JSON.
 * @throws Refusal, whose message starts with its code.
 */
export async function execute<N extends TransactionName>(
  context: Context,
  name: N,
  commandJson: string,
  handler: Handler<N>,
): Promise<string> {
  const command = parseOrRefuse(name, commandJson);
  const ledger = new Ledger(context.stub);
  const { roles } = transactionDefinitionOf(name);
  if (roles === 'anyone') throw new TypeError(`${name} is submitted and must say who may submit it`);
  const caller = await identifyCaller(ledger, context.clientIdentity, roles, name === 'registerParty');
  const now = instantAt(context.stub.getTxTimestamp().seconds.toNumber());
  const transaction = new TransactionContext(ledger, caller, now, context.stub.getTxID());
  const result = await handler(transaction, command);
  const detail = takePrivateDetail(context.stub, (command as { private?: PrivateDetail }).private);
  await ledger.flush();
  if (detail !== undefined) await context.stub.putPrivateData(detail.collection, detail.digest, detail.bytes);
  if (transaction.facts.length > 0) {
    context.stub.setEvent(name, new TextEncoder().encode(canonicalJson(transaction.facts)));
  }
  return canonicalJson(result);
}

/** Reads the argument of a transaction. @throws Refusal with the code of the schema error. */
export function parseOrRefuse<N extends TransactionName>(
  name: N,
  commandJson: string,
): ReturnType<typeof parseCommand<N>> {
  try {
    return parseCommand(name, commandJson);
  } catch (error) {
    throw toRefusal(error);
  }
}

/** A schema error about a command, as the refusal that it is to the caller. */
export function toRefusal(error: unknown): unknown {
  if (!(error instanceof SchemaError)) return error;
  switch (error.code) {
    case 'NOT_JSON':
    case 'NOT_CANONICAL':
    case 'INPUT_TOO_LARGE':
    case 'INPUT_TOO_DEEP':
    case 'BAD_STRING':
    case 'SCHEMA_VIOLATION':
      return new Refusal(error.code, error.message);
    default:
      return error;
  }
}
