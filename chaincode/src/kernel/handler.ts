import type { CommandOf, ResultOf, TransactionName } from '@battery-passport/schemas';
import type { TransactionContext } from './transaction-context.js';

/** What carries out one submitted transaction: reads, calls the rules, writes, tells. */
export type Handler<N extends TransactionName> = (
  context: TransactionContext,
  command: CommandOf<N>,
) => Promise<ResultOf<N>> | ResultOf<N>;

/** Handlers of some transactions by name. */
export type Handlers<N extends TransactionName> = { readonly [Name in N]: Handler<Name> };
