import type { TSchema } from 'typebox';
import type { Role } from './role.js';

/** One transaction of the chaincode: what it takes, what it returns, and who may send it. */
export interface TransactionDefinition<Command extends TSchema = TSchema, Result extends TSchema = TSchema> {
  /** Contract that holds it; the function's full name on the ledger is `<contract>:<name>`. */
  readonly contract: string;
  /** `submit` changes the ledger and is ordered into a block; `evaluate` only reads. */
  readonly kind: 'submit' | 'evaluate';
  /** Roles of which the caller's party needs one; `anyone` is any identity of the channel's organisations. */
  readonly roles: readonly Role[] | 'anyone';
  /** One sentence for people: the text of the GraphQL field and of the command line's help. */
  readonly description: string;
  /** The one argument, given as canonical JSON. */
  readonly command: Command;
  /** What comes back, as canonical JSON. */
  readonly result: Result;
  /**
   * Whether confidential detail may travel in the transient field `private`: canonical JSON whose digest the command
   * carries in its own `private` member.
   */
  readonly takesPrivateDetail?: boolean;
}

/** Keeps a definition's precise types. */
export function transaction<Command extends TSchema, Result extends TSchema>(
  definition: TransactionDefinition<Command, Result>,
): TransactionDefinition<Command, Result> {
  return definition;
}
