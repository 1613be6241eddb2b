import {
  isGtin,
  isRecordType,
  RECORDS,
  recordDefinitionOf,
  transactionDefinitionOf,
  TRANSACTIONS,
  type CommandOf,
  type RecordType,
  type TransactionName,
} from '@battery-passport/schemas';
import {
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLID,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  getNullableType,
  type GraphQLFieldConfig,
  type GraphQLFieldConfigMap,
} from 'graphql';
import { GatewayError } from '../gateway-error.js';
import type { ConfidentialDetail } from '../submission.js';
import {
  assertMayListBy,
  isHiddenType,
  isPublic,
  mayListBy,
  seesMoreThanPublic,
  seesWhole,
  shownAnswer,
  visible,
  visibleField,
} from './field-access.js';
import type { GraphContext, ReadView } from './graph-context.js';
import { checkedPage, connectionOf, pageArguments, toConnection } from './paging.js';
import type { LineageRequest, PageRequest, RecordName, StoredRecord, TransactionView } from '../read-model/answer.js';
import { withoutNulls } from './without-nulls.js';
import { RECORD_LINKS } from './record-links.js';
import { Json, SafeInt } from './scalars.js';
import { capitalized, commandTypeName, TypeMapping, type JsonSchema } from './type-mapping.js';

type Fields = GraphQLFieldConfigMap<unknown, GraphContext>;
type Field = GraphQLFieldConfig<unknown, GraphContext>;

/** Builds the GraphQL schema from the catalogue of records and transactions. */
export function buildSchema(): GraphQLSchema {
  const mapping = new TypeMapping();
  const shared = sharedTypes();
  const records = recordTypes(mapping, shared);
  const query = new GraphQLObjectType<unknown, GraphContext>({
    name: 'Query',
    fields: {
      ...standingFields(shared),
      ...recordQueries(records, shared),
      ...ledgerFields(shared),
      ...evaluateQueries(mapping),
    },
  });
  const mutation = new GraphQLObjectType<unknown, GraphContext>({ name: 'Mutation', fields: mutations(mapping) });
  const subscription = new GraphQLObjectType<unknown, GraphContext>({
    name: 'Subscription',
    fields: subscriptions(shared),
  });
  return new GraphQLSchema({ query, mutation, subscription, types: [...records.types.values()] });
}

type SharedTypes = ReturnType<typeof sharedTypes>;

function sharedTypes() {
  const required = {
    string: new GraphQLNonNull(GraphQLString),
    int: new GraphQLNonNull(GraphQLInt),
    id: new GraphQLNonNull(GraphQLID),
  };
  const Record: GraphQLInterfaceType = new GraphQLInterfaceType({
    name: 'Record',
    description: 'What every record of the ledger has.',
    fields: {
      recordType: { type: required.string },
      id: { type: required.string },
      createdBy: { type: required.string },
      createdAt: { type: required.string },
      createdInTransaction: { type: required.string },
    },
    resolveType: (value) => capitalized((value as StoredRecord).recordType),
  });
  const RecordLink = new GraphQLObjectType<RecordName, GraphContext>({
    name: 'RecordLink',
    description: 'The name of a record, and the record.',
    fields: {
      recordType: { type: required.string },
      id: { type: required.string },
      record: { type: Record, resolve: (name, _args, { view }) => view.record(name) },
    },
  });
  const RecordVersion = new GraphQLObjectType({
    name: 'RecordVersion',
    description: 'One version of a record, with the transaction that wrote it.',
    fields: {
      blockNumber: { type: required.int },
      transactionId: { type: required.string },
      timestamp: { type: required.string },
      value: { type: Json },
    },
  });
  const LineageNode = new GraphQLObjectType<RecordName & { depth: number }, GraphContext>({
    name: 'LineageNode',
    description: 'A record reached through lineage.',
    fields: {
      recordType: { type: required.string },
      id: { type: required.string },
      depth: { type: required.int, description: 'Links between it and the record that was asked about.' },
      record: { type: Record, resolve: (name, _args, { view }) => view.record(name) },
      superseded: {
        type: new GraphQLNonNull(GraphQLBoolean),
        description: 'Whether a later record corrects it: what rests on it rests on an error.',
        resolve: (name, _args, { view }) => view.record(name)?.['superseded'] !== undefined,
      },
    },
  });
  const LineageEdge = new GraphQLObjectType({
    name: 'LineageEdge',
    description: 'A link from a record to one that it came from.',
    fields: {
      kind: { type: required.string },
      from: { type: new GraphQLNonNull(RecordLink) },
      to: { type: new GraphQLNonNull(RecordLink) },
    },
  });
  const Lineage = new GraphQLObjectType({
    name: 'Lineage',
    description: 'One page of the records that a record came from or went into, nearest first.',
    fields: {
      nodes: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(LineageNode))) },
      edges: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(LineageEdge))) },
      endCursor: { type: GraphQLString },
      hasNextPage: { type: new GraphQLNonNull(GraphQLBoolean) },
      totalCount: { type: required.int },
    },
  });
  const Direction = new GraphQLEnumType({
    name: 'LineageDirection',
    values: {
      ANCESTORS: { description: 'Back to the mines.' },
      DESCENDANTS: { description: 'On to packs and certificates.' },
    },
  });
  const Standing = new GraphQLObjectType({
    name: 'Standing',
    description: 'The block at which an answer stands.',
    fields: { blockNumber: { type: required.int }, headerHash: { type: required.string } },
  });
  const Creator = new GraphQLObjectType({
    name: 'TransactionCreator',
    fields: { mspId: { type: required.string }, commonName: { type: required.string } },
  });
  const Transaction = new GraphQLObjectType<unknown, GraphContext>({
    name: 'Transaction',
    description: 'A committed transaction, valid or not.',
    fields: {
      transactionId: { type: required.string },
      blockNumber: { type: required.int },
      transactionIndex: { type: required.int },
      timestamp: { type: required.string, description: "Set by the transaction's client and checked by nobody." },
      transaction: { type: required.string },
      creator: {
        type: Creator,
        description: 'Who sent it; not for the public, whom it would tell of trades.',
        resolve: (value, _args, { access }) => (seesMoreThanPublic(access) ? (value as TransactionView).creator : null),
      },
      endorsers: { type: new GraphQLNonNull(new GraphQLList(required.string)) },
      validationCode: { type: required.int, description: "Fabric's TxValidationCode; 0 is valid." },
      valid: {
        type: new GraphQLNonNull(GraphQLBoolean),
        resolve: (value) => (value as { validationCode: number }).validationCode === 0,
      },
      command: {
        type: Json,
        description: 'What was sent: for its author, and for those who may see every record that it wrote whole.',
        resolve: (value, _args, { view, viewer, access }) => {
          const { command, creator, written } = value as TransactionView;
          if (viewer !== undefined && creator.mspId === viewer.mspId && creator.commonName === viewer.subject)
            return command;
          return written.length > 0 && written.every((name) => seesWhole(access, view.record(name))) ? command : null;
        },
      },
      written: {
        type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(RecordLink))),
        resolve: (value, _args, { access }) =>
          (value as TransactionView).written.filter(
            ({ recordType }) => seesMoreThanPublic(access) || !isHiddenType(recordType),
          ),
      },
    },
  });
  const Change = new GraphQLObjectType<RecordName, GraphContext>({
    name: 'RecordChange',
    description: 'A record that a committed transaction wrote.',
    fields: {
      recordType: { type: required.string },
      id: { type: required.string },
      blockNumber: { type: required.int },
      transactionId: { type: required.string },
      record: { type: Record, resolve: (name, _args, { view }) => view.record(name) },
    },
  });
  return {
    Record,
    RecordLink,
    RecordVersion,
    RecordVersionConnection: connectionOf(RecordVersion),
    Lineage,
    Direction,
    Standing,
    Transaction,
    TransactionConnection: connectionOf(Transaction),
    Change,
  };
}

const lineageArguments = {
  maxDepth: { type: GraphQLInt, description: 'Longest way to follow; all by default.' },
  first: { type: GraphQLInt },
  after: { type: GraphQLString },
};

interface RecordTypes {
  readonly types: ReadonlyMap<RecordType, GraphQLObjectType>;
  readonly connectionTypeOf: (recordType: RecordType) => GraphQLObjectType;
}

/** A record's own fields, each shown to those only whom the table of access names; what may be hidden may be null. */
function guarded(recordType: RecordType, own: Fields): Fields {
  return Object.fromEntries(
    Object.entries(own).map(([field, config]) => [
      field,
      {
        ...config,
        type: isPublic(recordType, field) ? config.type : getNullableType(config.type),
        resolve: (record: unknown, _args: unknown, { access }: GraphContext) =>
          visibleField(access, record as StoredRecord, field),
      },
    ]),
  );
}

/** Object types of all records, with the fields that follow links. */
function recordTypes(mapping: TypeMapping, shared: SharedTypes): RecordTypes {
  const types = new Map<RecordType, GraphQLObjectType>();
  const connections = new Map<RecordType, GraphQLObjectType>();
  const typeOf = (recordType: RecordType): GraphQLObjectType => {
    const type = types.get(recordType);
    if (type === undefined) throw new TypeError(`no record type ${recordType}`);
    return type;
  };
  const connectionTypeOf = (recordType: RecordType): GraphQLObjectType => {
    const known = connections.get(recordType) ?? connectionOf(typeOf(recordType));
    connections.set(recordType, known);
    return known;
  };
  for (const recordType of Object.keys(RECORDS) as RecordType[]) {
    const links = RECORD_LINKS[recordType];
    const adapt = (own: Fields): Fields => {
      const fields: Fields = { ...guarded(recordType, own), ...commonRecordFields(shared) };
      for (const { field, to, by } of links?.one ?? []) {
        fields[field] = {
          type: typeOf(to),
          resolve: (record, _args, { view, access }) => {
            const id = visibleField(access, record as StoredRecord, by);
            return typeof id === 'string' ? view.record({ recordType: to, id }) : undefined;
          },
        };
      }
      for (const { field, of, where } of links?.many ?? []) {
        if (!recordDefinitionOf(of).indexes.includes(where)) throw new TypeError(`${of} is not indexed by ${where}`);
        fields[field] = {
          type: isPublic(of, where) ? new GraphQLNonNull(connectionTypeOf(of)) : connectionTypeOf(of),
          args: pageArguments,
          resolve: (record, page: PageRequest, { view, access }) => {
            if (!mayListBy(access, of, where)) return null;
            return toConnection(view.list(of, checkedPage(page), { field: where, value: (record as StoredRecord).id }));
          },
        };
      }
      return fields;
    };
    const schema = recordDefinitionOf(recordType).schema as JsonSchema;
    types.set(recordType, mapping.object(schema, capitalized(recordType), adapt, [shared.Record]));
  }
  return { types, connectionTypeOf };
}

function commonRecordFields({ RecordVersionConnection, Lineage, Direction, Transaction }: SharedTypes): Fields {
  return {
    history: {
      type: new GraphQLNonNull(RecordVersionConnection),
      description: 'Every version of the record, oldest first.',
      args: pageArguments,
      resolve: (record, page: PageRequest, { view, access }) => {
        const versions = view.versions(record as StoredRecord, checkedPage(page));
        const items = versions.items.map(({ cursor, node }) => ({
          cursor,
          node: { ...node, value: visible(access, node.value) },
        }));
        return toConnection({ ...versions, items });
      },
    },
    transaction: {
      type: Transaction,
      description: 'The transaction that created the record.',
      resolve: (record, _args, { view }) => view.transaction(String((record as StoredRecord)['createdInTransaction'])),
    },
    lineage: {
      type: new GraphQLNonNull(Lineage),
      description: 'The records that this one came from, or that came from it, nearest first.',
      args: { direction: { type: Direction, defaultValue: 'ANCESTORS' }, ...lineageArguments },
      resolve: (record, { direction, ...request }: LineageRequest & { direction: string }, { view }) =>
        lineageOf(view, record as StoredRecord, direction, request),
    },
  };
}

function lineageOf(view: ReadView, name: RecordName, direction: string, request: LineageRequest): object {
  const page = checkedPage(request as LineageRequest & PageRequest);
  return direction === 'DESCENDANTS' ? view.descendants(name, page) : view.ancestors(name, page);
}

function standingFields({ Standing }: SharedTypes): Fields {
  return {
    standing: {
      type: new GraphQLNonNull(Standing),
      description: 'The block at which this gateway stands.',
      resolve: (_root, _args, { view }) => view.standing(),
    },
    viewer: {
      type: new GraphQLObjectType({
        name: 'Viewer',
        description: 'Who the token speaks for.',
        fields: {
          subject: { type: new GraphQLNonNull(GraphQLString) },
          mspId: { type: new GraphQLNonNull(GraphQLString) },
          partyId: { type: new GraphQLNonNull(GraphQLString) },
          roles: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(GraphQLString))) },
        },
      }),
      resolve: (_root, _args, { viewer }) => viewer ?? null,
    },
  };
}

function recordQueries({ types, connectionTypeOf }: RecordTypes, shared: SharedTypes): Fields {
  const fields: Fields = {};
  for (const [recordType, type] of types) {
    fields[recordType] = {
      type,
      args: { id: { type: new GraphQLNonNull(GraphQLID) } },
      resolve: (_root, { id }: { id: string }, { view }) => view.record({ recordType, id }),
    };
    fields[plural(recordType)] = listField(recordType, connectionTypeOf(recordType));
  }
  const pack = types.get('pack');
  if (pack !== undefined) fields['passport'] = passportField(pack);
  fields['lineage'] = {
    type: new GraphQLNonNull(shared.Lineage),
    description: 'Lineage of any record.',
    args: {
      recordType: { type: new GraphQLNonNull(GraphQLString) },
      id: { type: new GraphQLNonNull(GraphQLID) },
      direction: { type: shared.Direction, defaultValue: 'ANCESTORS' },
      ...lineageArguments,
    },
    resolve: (
      _root,
      { recordType, id, direction, ...request }: { recordType: string; id: string; direction: string },
      { view },
    ) => lineageOf(view, existing(view, nameOf(recordType, id)), direction, request),
  };
  fields['lineagePath'] = {
    type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(shared.RecordLink))),
    description: 'A shortest way from a record back to one that it came from; empty if there is none.',
    args: {
      fromType: { type: new GraphQLNonNull(GraphQLString) },
      fromId: { type: new GraphQLNonNull(GraphQLID) },
      toType: { type: new GraphQLNonNull(GraphQLString) },
      toId: { type: new GraphQLNonNull(GraphQLID) },
    },
    resolve: (_root, args: { fromType: string; fromId: string; toType: string; toId: string }, { view }) =>
      view.path(nameOf(args.fromType, args.fromId), nameOf(args.toType, args.toId)),
  };
  return fields;
}

function nameOf(recordType: string, id: string): RecordName {
  if (!isRecordType(recordType)) {
    throw new GatewayError({
      code: 'BAD_REQUEST',
      message: `there is no record type ${JSON.stringify(recordType.slice(0, 64))}`,
    });
  }
  return { recordType, id };
}

/** @throws GatewayError `NOT_FOUND`. */
function existing(view: ReadView, name: RecordName): RecordName {
  if (view.record(name) === undefined) {
    throw new GatewayError({ code: 'NOT_FOUND', message: `there is no ${name.recordType} ${name.id}` });
  }
  return name;
}

function listField(recordType: RecordType, connection: GraphQLObjectType): Field {
  const { indexes } = recordDefinitionOf(recordType);
  const filters = Object.fromEntries(indexes.map((field) => [field, { type: GraphQLString }]));
  return {
    type: new GraphQLNonNull(connection),
    description: `Records in the order in which they came${indexes.length > 0 ? `, all or by one of ${indexes.join(', ')}` : ''}.`,
    args: { ...pageArguments, ...filters },
    resolve: (_root, args: PageRequest & Record<string, unknown>, { view, access }) => {
      const given = indexes.filter((field) => typeof args[field] === 'string');
      if (given.length > 1)
        throw new GatewayError({ code: 'BAD_REQUEST', message: `filter by one of ${given.join(', ')}` });
      const [field] = given;
      if (isHiddenType(recordType) && !seesMoreThanPublic(access)) {
        throw new GatewayError({ code: 'FORBIDDEN', message: `listing ${recordType} needs a token` });
      }
      if (field !== undefined) assertMayListBy(access, recordType, field);
      const filter = field === undefined ? undefined : { field, value: String(args[field]) };
      return toConnection(view.list(recordType, checkedPage(args), filter));
    },
  };
}

function passportField(pack: GraphQLObjectType): Field {
  return {
    type: pack,
    description: "The pack behind a GS1 identity, as a passport's QR code names it.",
    args: { gtin: { type: new GraphQLNonNull(GraphQLString) }, serial: { type: new GraphQLNonNull(GraphQLString) } },
    resolve: (_root, { gtin, serial }: { gtin: string; serial: string }, { view }) => {
      if (!isGtin(gtin))
        throw new GatewayError({ code: 'BAD_REQUEST', message: 'the GTIN-14 or its check digit is wrong' });
      const digitalLink = `/01/${gtin}/21/${serial}`;
      return view.list('pack', { first: 1 }, { field: 'digitalLink', value: digitalLink }).items[0]?.node;
    },
  };
}

function ledgerFields({ Transaction, TransactionConnection }: SharedTypes): Fields {
  return {
    transaction: {
      type: Transaction,
      args: { transactionId: { type: new GraphQLNonNull(GraphQLID) } },
      resolve: (_root, { transactionId }: { transactionId: string }, { view }) => view.transaction(transactionId),
    },
    transactions: {
      type: new GraphQLNonNull(TransactionConnection),
      args: pageArguments,
      resolve: (_root, page: PageRequest, { view }) => toConnection(view.transactions(checkedPage(page))),
    },
    ledgerVerification: {
      type: Json,
      description:
        'Re-derives the whole ledger from its first block and compares the read model with it. Roles: regulator.',
      resolve: (_root, _args, { viewer, verifyLedger }) => {
        if (viewer?.roles.includes('regulator') !== true) {
          throw new GatewayError({ code: 'FORBIDDEN', message: 'only the regulator has the whole ledger verified' });
        }
        return verifyLedger();
      },
    },
  };
}

/** Queries that the contracts answer themselves, signed by the viewer: confidential detail is never projected. */
function evaluateQueries(mapping: TypeMapping): Fields {
  const fields: Fields = {};
  for (const name of Object.keys(TRANSACTIONS) as TransactionName[]) {
    const definition = transactionDefinitionOf(name);
    if (definition.kind !== 'evaluate') continue;
    fields[name] = {
      type: mapping.output(definition.result, `${capitalized(name)}Result`),
      description: definition.description,
      args: commandArgument(mapping, name),
      resolve: async (_root, { command }: { command: object }, context) => {
        if (name === 'listRecords') {
          const { recordType, field } = command as CommandOf<'listRecords'>;
          if (isRecordType(recordType)) assertMayListBy(context.access, recordType, field);
        }
        return shownAnswer(context.access, await context.evaluate(name, withoutNulls(command)));
      },
    };
  }
  return fields;
}

/** One mutation for every transaction. */
function mutations(mapping: TypeMapping): Fields {
  const fields: Fields = {};
  const shared = sharedMutationTypes();
  for (const name of Object.keys(TRANSACTIONS) as TransactionName[]) {
    const definition = transactionDefinitionOf(name);
    if (definition.kind !== 'submit') continue;
    const payload = new GraphQLObjectType({
      name: `${capitalized(name)}Payload`,
      fields: {
        result: { type: mapping.output(definition.result, `${capitalized(name)}Result`) },
        transactionId: { type: new GraphQLNonNull(GraphQLString) },
        blockNumber: { type: new GraphQLNonNull(SafeInt) },
      },
    });
    const confidential =
      definition.takesPrivateDetail === true ? { confidential: { type: shared.ConfidentialDetail } } : {};
    fields[name] = {
      type: new GraphQLNonNull(payload),
      description: `${definition.description} Roles: ${definition.roles === 'anyone' ? 'anyone' : definition.roles.join(', ')}.`,
      args: { ...commandArgument(mapping, name), ...confidential },
      resolve: (
        _root,
        { command, confidential: detail }: { command: object; confidential?: ConfidentialDetail },
        context,
      ) => context.submit(name, withoutNulls(command), detail === undefined ? undefined : withoutNulls(detail)),
    };
  }
  return fields;
}

function sharedMutationTypes() {
  return {
    ConfidentialDetail: new GraphQLInputObjectType({
      name: 'ConfidentialDetail',
      description:
        'Confidential detail: salted by the gateway, kept in a private data collection, public only as a digest.',
      fields: { collection: { type: new GraphQLNonNull(GraphQLString) }, detail: { type: new GraphQLNonNull(Json) } },
    }),
  };
}

function commandArgument(mapping: TypeMapping, name: TransactionName) {
  const schema = transactionDefinitionOf(name).command as JsonSchema;
  return { command: { type: new GraphQLNonNull(mapping.command(schema, commandTypeName(name))) } };
}

function subscriptions({ Change }: SharedTypes): Fields {
  return {
    recordChanged: {
      type: new GraphQLNonNull(Change),
      description: 'Tells of every record that is written from now on; by type and identifier if these are given.',
      args: { recordType: { type: GraphQLString }, id: { type: GraphQLID } },
      subscribe: async function* (_root, { recordType, id }: { recordType?: string; id?: string }, { changes }) {
        const ended = new AbortController();
        try {
          for await (const change of changes(ended.signal)) {
            if (recordType !== undefined && change.recordType !== recordType) continue;
            if (id === undefined || change.id === id) yield { recordChanged: change };
          }
        } finally {
          ended.abort();
        }
      },
    },
  };
}

/** `lot` to `lots`, `recycledContent` to `recycledContents`. */
export function plural(recordType: string): string {
  return /[^aeiou]y$/.test(recordType) ? `${recordType.slice(0, -1)}ies` : `${recordType}s`;
}
