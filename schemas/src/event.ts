import Type, { type Static } from 'typebox';
import { Identifier } from './identifier.js';

/** One thing that a transaction made true, such as `LotRegistered`, and the record in which to read it. */
export const Fact = Type.Object(
  { fact: Type.String({ pattern: '^[A-Z][A-Za-z]{1,63}$' }), recordType: Identifier, id: Identifier },
  { additionalProperties: false },
);
export type Fact = Static<typeof Fact>;

/**
 * Payload of a chaincode event: everything that the transaction made true, in order. The event's name is the transaction's;
 * a batch tells the facts of all its commands.
 */
export const TransactionEvent = Type.Array(Fact, { minItems: 1 });
export type TransactionEvent = Static<typeof TransactionEvent>;
