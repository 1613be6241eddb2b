import {
  assertCommand,
  isTransactionName,
  transactionDefinitionOf,
  type CommandOf,
  type TransactionName,
} from '@battery-passport/schemas';
import { HANDLERS } from '../handlers.js';
import { assertRole } from '../kernel/caller.js';
import { toRefusal } from '../kernel/execute.js';
import type { Handler } from '../kernel/handler.js';
import { Refusal } from '../kernel/refusal.js';
import type { TransactionContext } from '../kernel/transaction-context.js';

/**
 * Runs the commands of a batch in order over one unit of work, so that each sees what those before it did, and nothing is
 * written unless all pass. Each is checked as if it had been sent alone: its schema, and the caller's role for it.
 * @returns The commands' results, in order.
 * @throws Refusal of the first command that fails, with its place in the batch; `BATCH_NESTED`, `BATCH_PRIVATE_DETAIL`.
 */
export async function runBatch(context: TransactionContext, { commands }: CommandOf<'runBatch'>): Promise<unknown[]> {
  const results: unknown[] = [];
  for (const [index, { transaction, command }] of commands.entries()) {
    try {
      results.push(await runCommand(context, transaction, command));
    } catch (error) {
      throw atPlace(toRefusal(error), index, transaction);
    }
  }
  return results;
}

async function runCommand(context: TransactionContext, name: string, value: unknown): Promise<unknown> {
  const handler = handlerOf(name);
  if (handler === undefined) throw new Refusal('BATCH_NESTED', `${name} is not a command that a batch can hold`);
  const command = assertCommand(handler.name, value);
  if ((command as { private?: unknown }).private !== undefined) {
    throw new Refusal('BATCH_PRIVATE_DETAIL', `${name} carries confidential detail`);
  }
  const { roles } = transactionDefinitionOf(handler.name);
  if (roles !== 'anyone') assertRole(context.caller, roles);
  return await handler.run(context, command);
}

function handlerOf(name: string): { name: TransactionName; run: Handler<TransactionName> } | undefined {
  if (!isTransactionName(name) || transactionDefinitionOf(name).kind !== 'submit') return undefined;
  // The command was checked against the schema of this very name, which the type of a table lookup cannot say.
  const run = HANDLERS[name] as Handler<TransactionName> | undefined;
  return run === undefined ? undefined : { name, run };
}

function atPlace(error: unknown, index: number, name: string): unknown {
  if (!(error instanceof Refusal)) return error;
  return new Refusal(error.code, `command ${index} (${name}): ${error.message.slice(error.code.length + 2)}`);
}
