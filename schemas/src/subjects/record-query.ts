import Type, { type Static } from 'typebox';
import { Identifier, Instant } from '../identifier.js';
import { commandSchema, PrivateDetail } from '../record.js';
import { ROLES } from '../role.js';
import { transaction } from '../transaction.js';

/** A page of identifiers in their own order, and the first one of the next page if there is one. */
export const IdentifierPage = Type.Object(
  { ids: Type.Array(Identifier), bookmark: Type.Optional(Identifier) },
  { additionalProperties: false },
);
export type IdentifierPage = Static<typeof IdentifierPage>;

/** One version of a record; `record` is null where it was deleted, which no transaction of this chaincode does. */
export const RecordVersion = Type.Object(
  { transactionId: Type.String({ pattern: '^[0-9a-f]{64}$' }), at: Instant, record: Type.Unknown() },
  { additionalProperties: false },
);
export type RecordVersion = Static<typeof RecordVersion>;

/** Queries that work on every record type. */
export const recordQueryTransactions = {
  getRecord: transaction({
    contract: 'RecordContract',
    kind: 'evaluate',
    roles: 'anyone',
    description: 'Reads one record of the public world state.',
    command: commandSchema({ recordType: Identifier, id: Identifier }),
    result: Type.Unknown(),
  }),
  listRecords: transaction({
    contract: 'RecordContract',
    kind: 'evaluate',
    roles: 'anyone',
    description: 'Lists records of a type by an indexed field: my lots by holder, my open offers by state.',
    command: commandSchema({
      recordType: Identifier,
      field: Identifier,
      value: Type.String({ minLength: 1, maxLength: 64 }),
      pageSize: Type.Integer({ minimum: 1, maximum: 500 }),
      bookmark: Type.Optional(Identifier),
    }),
    result: IdentifierPage,
  }),
  getRecordHistory: transaction({
    contract: 'RecordContract',
    kind: 'evaluate',
    roles: 'anyone',
    description: 'Reads every version of a record, newest first, with the transaction that wrote it.',
    command: commandSchema({ recordType: Identifier, id: Identifier }),
    result: Type.Object({ versions: Type.Array(RecordVersion) }, { additionalProperties: false }),
  }),
  getPrivateDetail: transaction({
    contract: 'RecordContract',
    kind: 'evaluate',
    roles: 'anyone',
    description: "Reads a record's confidential detail; only members of its collection can.",
    command: commandSchema({ recordType: Identifier, id: Identifier }),
    result: Type.Unknown(),
  }),
  purgePrivateDetail: transaction({
    contract: 'RecordContract',
    kind: 'submit',
    roles: ROLES.filter((role) => role !== 'estimator' && role !== 'regulator'),
    description: "Purges a record's confidential detail, by the party that wrote it; the salted digest stays.",
    command: commandSchema({ recordType: Identifier, id: Identifier }),
    result: PrivateDetail,
  }),
  runBatch: transaction({
    contract: 'RecordContract',
    kind: 'submit',
    roles: ROLES,
    description: 'Runs a list of commands in order as one transaction: all of them or none.',
    command: commandSchema({
      commands: Type.Array(
        commandSchema({ transaction: Identifier, command: Type.Object({}, { additionalProperties: true }) }),
        { minItems: 1, maxItems: 1000 },
      ),
    }),
    result: Type.Object({ results: Type.Array(Type.Unknown()) }, { additionalProperties: false }),
  }),
};
