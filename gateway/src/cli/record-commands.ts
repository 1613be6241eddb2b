import { readFile } from 'node:fs/promises';
import { isRecordType, isTransactionName, transactionDefinitionOf, TRANSACTIONS } from '@battery-passport/schemas';
import type { Command } from 'commander';
import { GatewayError } from '../gateway-error.js';
import type { GraphAnswer, GraphAnswerError } from '../graphql/graph-answer.js';
import { commandTypeName } from '../graphql/type-mapping.js';
import { printData, say } from './output.js';
import { answerSelection, LINEAGE_QUESTION, recordQuestion } from './questions.js';
import { render } from './render.js';
import { openSession, type SessionOptions } from './session.js';

interface RecordOptions extends SessionOptions {
  readonly json?: boolean;
}

/** Adds the commands that read and write records. */
export function addRecordCommands(program: Command): void {
  program
    .command('submit')
    .description('submit a transaction and wait until it is committed')
    .argument('<transaction>', 'name of the transaction, such as registerLot; "list" lists them')
    .argument('[command]', 'the command as JSON, or @file, or - for standard input')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  passport --as supplier-nickel submit registerLot @lot.json')
    .action(async (transaction: string, command: string | undefined, _options, self: Command) => {
      if (transaction === 'list') {
        listTransactions();
        return;
      }
      if (!isTransactionName(transaction))
        throw badRequest(`there is no transaction ${transaction}; "passport submit list" lists them`);
      const definition = transactionDefinitionOf(transaction);
      const name = commandTypeName(transaction);
      const question =
        definition.kind === 'submit'
          ? `mutation ($command: ${name}!) { ${transaction}(command: $command) { transactionId blockNumber } }`
          : `query ($command: ${name}!) { ${transaction}(command: $command) ${answerSelection(transaction)} }`;
      const data = await ask(self, question, { command: await readJsonArgument(command) });
      show(self, data[transaction]);
    });

  program
    .command('pack')
    .description('show a pack: its passport, state, custody and history')
    .argument('<packId>')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  passport pack PK-0001 --json')
    .action((packId: string, _options, self: Command) => showRecord(self, 'pack', packId));

  program
    .command('certificate')
    .description('show a recovered-material certificate')
    .argument('<certificateId>')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  passport certificate CERT-0001')
    .action((certificateId: string, _options, self: Command) => showRecord(self, 'certificate', certificateId));

  program
    .command('show')
    .description('show any record')
    .argument('<recordType>')
    .argument('<id>')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  passport show lot LOT-0001')
    .action((recordType: string, id: string, _options, self: Command) => showRecord(self, recordType, id));

  program
    .command('lineage')
    .description('what a record came from, or with --forward what came from it')
    .argument('<recordType>')
    .argument('<id>')
    .option('--forward', 'on to packs and certificates instead of back to the mines')
    .option('--depth <n>', 'longest way to follow', Number)
    .option('--first <n>', 'page size', Number, 100)
    .option('--after <cursor>', 'cursor of the page before')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  passport lineage certificate CERT-0001 --depth 3')
    .action(async (recordType: string, id: string, options: Record<string, unknown>, self: Command) => {
      const data = await ask(self, LINEAGE_QUESTION, {
        recordType,
        id,
        direction: options['forward'] === true ? 'DESCENDANTS' : 'ANCESTORS',
        maxDepth: options['depth'],
        first: options['first'],
        after: options['after'],
      });
      if (isJson(self)) {
        printData(data['lineage']);
        return;
      }
      printLineage(data['lineage'] as Lineage);
    });
}

interface Lineage {
  readonly nodes: readonly { recordType: string; id: string; depth: number; superseded: boolean }[];
  readonly endCursor: string | null;
  readonly hasNextPage: boolean;
  readonly totalCount: number;
}

function printLineage({ nodes, totalCount, hasNextPage, endCursor }: Lineage): void {
  for (const { recordType, id, depth, superseded } of nodes) {
    process.stdout.write(`${'  '.repeat(depth)}${recordType} ${id}${superseded ? ' (superseded)' : ''}\n`);
  }
  say(
    `${nodes.length} of ${totalCount} shown${hasNextPage && endCursor !== null ? `; more with --after ${endCursor}` : ''}`,
  );
}

async function showRecord(self: Command, recordType: string, id: string): Promise<void> {
  if (!isRecordType(recordType)) throw badRequest(`there is no record type ${recordType}`);
  const data = await ask(self, recordQuestion(recordType), { id });
  const record = data[recordType];
  if (record === null) throw new GatewayError({ code: 'NOT_FOUND', message: `there is no ${recordType} ${id}` });
  show(self, record);
}

async function ask(
  self: Command,
  question: string,
  variables: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const session = await openSession(self.optsWithGlobals<RecordOptions>());
  try {
    return dataOf(await session.ask(question, variables));
  } finally {
    await session.close();
  }
}

function dataOf(answer: GraphAnswer): Record<string, unknown> {
  const [error] = answer.errors ?? [];
  if (error !== undefined) throw refusedAnswer(error);
  const block = answer.extensions?.standing?.blockNumber;
  if (block !== undefined) say(`at block ${block}`);
  return answer.data ?? {};
}

function refusedAnswer({ message, extensions }: GraphAnswerError): Error {
  const code = extensions?.code;
  const text = code === undefined || message.startsWith(code) ? message : `${code}: ${message}`;
  return new GatewayError({ code: 'BAD_REQUEST', message: text });
}

function show(self: Command, value: unknown): void {
  if (isJson(self)) printData(value);
  else process.stdout.write(`${render(value)}\n`);
}

function isJson(self: Command): boolean {
  return self.optsWithGlobals<RecordOptions>().json === true;
}

function listTransactions(): void {
  for (const [name, { description, roles, kind }] of Object.entries(TRANSACTIONS)) {
    const who = roles === 'anyone' ? 'anyone' : roles.join(', ');
    process.stdout.write(`${name.padEnd(26)} ${kind.padEnd(9)} ${description} (${who})\n`);
  }
}

async function readJsonArgument(argument: string | undefined): Promise<unknown> {
  if (argument === undefined) throw badRequest('give the command as JSON, @file, or - for standard input');
  const text =
    argument === '-'
      ? await readStandardInput()
      : argument.startsWith('@')
        ? await readFile(argument.slice(1), 'utf8')
        : argument;
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new GatewayError({ code: 'BAD_REQUEST', message: 'the command is not JSON', cause });
  }
}

async function readStandardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function badRequest(message: string): GatewayError {
  return new GatewayError({ code: 'BAD_REQUEST', message });
}
