import { readFileSync } from 'node:fs';
import { canonicalJson, isTransactionName, type Role, type TransactionName } from '@battery-passport/schemas';
import { REFUSALS, type RefusalCode } from '../src/kernel/refusal.js';
import { assertRefused } from './assert-refused.js';
import { CONSORTIUM, MemoryWorld, type ConsortiumName, type SendOptions, type Sender } from './memory-world.js';

/** One transaction of a vector. `as` names a party of the consortium, or says who it is; `private` is UTF-8 text. */
interface Step {
  readonly as: string | { readonly party: string; readonly mspId: string; readonly roles: readonly string[] };
  readonly transaction: string;
  readonly command?: unknown;
  /** The argument as it is sent, where it is not the canonical JSON of a command; a long one is a text repeated. */
  readonly rawArgument?: string | { readonly repeat: string; readonly times: number };
  readonly at?: string;
  readonly private?: string;
}

/** A transaction that is refused: after `given`, sending it yields the code and changes nothing. */
interface RefusalVector extends Step {
  readonly comment: string;
  readonly given?: readonly Step[];
  readonly refused: string;
}

/** A file of refusal vectors; `given` happens before each of them, in a consortium with one party for each role. */
interface RefusalVectorFile {
  readonly comment: string;
  readonly given: readonly Step[];
  readonly vectors: readonly RefusalVector[];
}

/**
 * Describes a file of refusal vectors as mocha tests.
 * @param file - Address of the JSON file.
 */
export function describeRefusals(file: URL): void {
  const { comment, given, vectors } = JSON.parse(readFileSync(file, 'utf8')) as RefusalVectorFile;
  describe(comment, () => {
    let founded: MemoryWorld;

    before(async () => {
      founded = await MemoryWorld.founded();
      for (const step of given) await send(founded, step);
    });

    for (const vector of vectors) {
      it(`refuses ${vector.comment} (${vector.refused})`, async () => {
        const world = founded.fork();
        for (const step of vector.given ?? []) await send(world, step);
        if (!Object.hasOwn(REFUSALS, vector.refused)) throw new TypeError(`there is no code ${vector.refused}`);
        await assertRefused(world, vector.refused as RefusalCode, () => send(world, vector));
      });
    }
  });
}

/** Codes that the vectors of a file show. */
export function refusedCodes(file: URL): string[] {
  return (JSON.parse(readFileSync(file, 'utf8')) as RefusalVectorFile).vectors.map(({ refused }) => refused);
}

function send(world: MemoryWorld, step: Step): Promise<string> {
  const options: SendOptions = {
    ...(step.at === undefined ? {} : { at: step.at }),
    ...(step.private === undefined ? {} : { private: new TextEncoder().encode(step.private) }),
  };
  return world.send(senderOf(step.as), transactionOf(step.transaction), argumentOf(step), options);
}

function argumentOf({ rawArgument, command }: Step): string {
  if (rawArgument === undefined) return canonicalJson(command);
  return typeof rawArgument === 'string' ? rawArgument : rawArgument.repeat.repeat(rawArgument.times);
}

function senderOf(as: Step['as']): Sender | ConsortiumName {
  if (typeof as !== 'string') return { ...as, roles: as.roles as readonly Role[] };
  if (!Object.hasOwn(CONSORTIUM, as)) throw new TypeError(`the consortium has no ${as}`);
  return as as ConsortiumName;
}

function transactionOf(name: string): TransactionName {
  if (!isTransactionName(name)) throw new TypeError(`there is no transaction ${name}`);
  return name;
}
