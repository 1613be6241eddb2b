import Type from 'typebox';
import { Identifier } from '../identifier.js';
import { commandSchema } from '../record.js';
import { transaction } from '../transaction.js';

/** A page of identifiers. */
export const IdentifierPage = Type.Object(
  { ids: Type.Array(Identifier), bookmark: Type.Optional(Type.String({ maxLength: 512 })) },
  { additionalProperties: false },
);

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
      bookmark: Type.Optional(Type.String({ maxLength: 512 })),
    }),
    result: IdentifierPage,
  }),
  getRecordHistory: transaction({
    contract: 'RecordContract',
    kind: 'evaluate',
    roles: 'anyone',
    description: 'Reads every version of a record, newest first, with the transaction that wrote it.',
    command: commandSchema({ recordType: Identifier, id: Identifier }),
    result: Type.Unknown(),
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
    roles: [
      'material-supplier',
      'cathode-maker',
      'oem',
      'collector',
      'remanufacturer',
      'second-life-operator',
      'recycler',
      'laboratory',
    ],
    description: "Purges a record's confidential detail, by the party that wrote it; the salted digest stays.",
    command: commandSchema({ recordType: Identifier, id: Identifier }),
    result: Type.Unknown(),
  }),
  runBatch: transaction({
    contract: 'RecordContract',
    kind: 'submit',
    roles: [
      'material-supplier',
      'cathode-maker',
      'oem',
      'collector',
      'remanufacturer',
      'second-life-operator',
      'recycler',
      'laboratory',
      'estimator',
      'regulator',
    ],
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
