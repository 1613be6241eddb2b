import { createHash } from 'node:crypto';
import type { ProjectableBlock, ProjectableTransaction } from '../../src/read-model/projection.js';
import type { ProjectionRules } from '../../src/read-model/projection-rules.js';

/** What a test writes: a record's fields, or a deletion. */
export interface Write {
  readonly recordType: string;
  readonly id: string;
  /** Without it, the record is deleted. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** A transaction as a test states it. */
export interface TransactionPlan {
  readonly writes: readonly Write[];
  readonly validationCode?: number;
}

/** Rules over records that carry their own references, so that a test can link anything with anything. */
export const TEST_RULES: ProjectionRules = {
  version: 'test-1',
  indexes: { lot: ['holder', 'state'], pack: ['holder', 'origin.country', 'tags'], certificate: ['lotId'] },
  referencesOf: (record) => (record['links'] ?? []) as ReturnType<ProjectionRules['referencesOf']>,
};

/** A lineage link of a test record. */
export function madeFrom(recordType: string, id: string, kind = 'made-from'): object {
  return { kind, recordType, id, lineage: true };
}

/** The key under which a ledger keeps a record. */
export function stateKey({ recordType, id }: { readonly recordType: string; readonly id: string }): string {
  return `\0${recordType}\0${id}\0`;
}

/** The value that a ledger keeps for a write; null for a deletion. */
export function stateValue({ recordType, id, fields }: Write): Uint8Array | null {
  return fields === undefined ? null : Buffer.from(JSON.stringify({ id, recordType, ...fields }));
}

/** Blocks that follow one another, with hashes that depend on all that came before. */
export function chainOf(plan: readonly (readonly TransactionPlan[])[], salt = ''): ProjectableBlock[] {
  let previousHash = '';
  return plan.map((transactions, number) => {
    const made = transactions.map((transaction, index) =>
      transactionOf(transaction, `${salt}${number}.${index}`, index),
    );
    const headerHash = sha256(`${salt}|${number}|${previousHash}|${JSON.stringify(transactions)}`);
    const block = {
      number: BigInt(number),
      headerHash,
      previousHash,
      dataHash: sha256(headerHash),
      transactions: made,
    };
    previousHash = headerHash;
    return block;
  });
}

function transactionOf(
  { writes, validationCode = 0 }: TransactionPlan,
  place: string,
  index: number,
): ProjectableTransaction {
  return {
    index,
    transactionId: sha256(`transaction ${place}`),
    validationCode,
    timestamp: '2026-01-01T00:00:00.000Z',
    creator: { mspId: 'OemMSP', certificatePem: 'not a certificate' },
    endorsers: [{ mspId: 'OemMSP' }, { mspId: 'RecyclerMSP' }],
    transaction: 'TestContract:write',
    args: [Buffer.from('{"n":1}')],
    // An index mark beside each record, as a contract writes them.
    writes: writes.flatMap((write) => [
      { key: stateKey(write), value: stateValue(write) },
      { key: `\0byHolder\0x\0${write.id}\0`, value: Uint8Array.of(0) },
    ]),
  };
}

/** Blocks as a ledger's events give them. */
// eslint-disable-next-line @typescript-eslint/require-await
export async function* streamOf<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
