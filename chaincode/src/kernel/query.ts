import {
  canonicalJson,
  instantAt,
  transactionDefinitionOf,
  type CommandOf,
  type ResultOf,
  type TransactionName,
} from '@battery-passport/schemas';
import type { Context } from 'fabric-contract-api';
import { identifyCaller } from './caller.js';
import { parseOrRefuse } from './execute.js';
import { Ledger } from './ledger.js';

/** What a query works with: records through the ledger, ranges and histories through the stub. */
export interface QueryContext {
  readonly ledger: Ledger;
  readonly stub: Context['stub'];
  /** Time of the proposal, set by its client. */
  readonly now: string;
}

/** What answers one evaluated transaction. */
export type Query<N extends TransactionName> = (
  context: QueryContext,
  command: CommandOf<N>,
) => Promise<ResultOf<N>> | ResultOf<N>;

/** Queries of some transactions by name. */
export type Queries<N extends TransactionName> = { readonly [Name in N]: Query<Name> };

/**
 * Answers one evaluated transaction. It writes nothing: what a query changes in its ledger is never flushed.
 * @returns The result as canonical JSON.
 * @throws Refusal, whose message starts with its code.
 */
export async function evaluate<N extends TransactionName>(
  context: Context,
  name: N,
  commandJson: string,
  query: Query<N>,
): Promise<string> {
  const command = parseOrRefuse(name, commandJson);
  const ledger = new Ledger(context.stub);
  const { roles } = transactionDefinitionOf(name);
  if (roles !== 'anyone') await identifyCaller(ledger, context.clientIdentity, roles);
  const now = instantAt(context.stub.getTxTimestamp().seconds.toNumber());
  return canonicalJson(await query({ ledger, stub: context.stub, now }, command));
}
