import {
  instantAt,
  isRecordType,
  recordDefinitionOf,
  type CommandOf,
  type IdentifierPage,
  type PrivateDetail,
  type RecordType,
} from '@battery-passport/schemas';
import { indexKeyType } from '../kernel/ledger.js';
import type { Queries, QueryContext } from '../kernel/query.js';
import { Refusal } from '../kernel/refusal.js';

/** What the queries over every record type answer. */
export const recordQueries: Queries<'getRecord' | 'listRecords' | 'getRecordHistory' | 'getPrivateDetail'> = {
  getRecord: ({ ledger }, { recordType, id }) => ledger.require(assertRecordType(recordType), id),

  listRecords: ({ stub }, command) => listRecords(stub, command),

  async getRecordHistory({ stub }, { recordType, id }) {
    const key = stub.createCompositeKey(assertRecordType(recordType), [id]);
    const versions = [];
    for await (const { txId, timestamp, isDelete, value } of stub.getHistoryForKey(key)) {
      versions.push({
        transactionId: txId,
        at: instantAt(Number(timestamp.seconds)),
        record: isDelete ? null : parseStored(value),
      });
    }
    if (versions.length === 0) throw new Refusal('RECORD_NOT_FOUND', `there is no ${recordType} ${id}`);
    return { versions };
  },

  async getPrivateDetail({ ledger, stub }, { recordType, id }) {
    const record = await ledger.require(assertRecordType(recordType), id);
    const { collection, digest } = requirePrivatePart(record);
    const bytes = await stub.getPrivateData(collection, digest);
    if (bytes.length === 0) {
      throw new Refusal('PRIVATE_DETAIL_ABSENT', `${collection} holds no detail of ${recordType} ${id} any more`);
    }
    return parseStored(bytes);
  },
};

/** The name of a record type. @throws Refusal `RECORD_TYPE_UNKNOWN`. */
export function assertRecordType(name: string): RecordType {
  if (!isRecordType(name)) throw new Refusal('RECORD_TYPE_UNKNOWN', `there is no record type ${name}`);
  return name;
}

/** Where a record's confidential detail lies. @throws Refusal `PRIVATE_DETAIL_ABSENT`. */
export function requirePrivatePart(record: { recordType: string; id: string; private?: PrivateDetail }): PrivateDetail {
  if (record.private === undefined) {
    throw new Refusal('PRIVATE_DETAIL_ABSENT', `${record.recordType} ${record.id} has no confidential detail`);
  }
  return record.private;
}

async function listRecords(stub: QueryContext['stub'], command: CommandOf<'listRecords'>): Promise<IdentifierPage> {
  const { field, value, pageSize, bookmark } = command;
  const recordType = assertRecordType(command.recordType);
  if (!recordDefinitionOf(recordType).indexes.includes(field)) {
    throw new Refusal('FIELD_NOT_INDEXED', `${recordType} is not listed by ${field}`);
  }
  const type = indexKeyType(recordType, field);
  // Fabric's own bookmark is a composite key, which holds NUL; the identifier in it says the same and passes as text.
  const start = bookmark === undefined ? '' : stub.createCompositeKey(type, [value, bookmark]);
  const page = await stub.getStateByPartialCompositeKeyWithPagination(type, [value], pageSize, start);
  const ids: string[] = [];
  for (let next = await page.iterator.next(); !next.done; next = await page.iterator.next()) {
    ids.push(idOf(stub, next.value.key));
  }
  await page.iterator.close();
  const { bookmark: nextKey } = page.metadata;
  return nextKey === '' ? { ids } : { ids, bookmark: idOf(stub, nextKey) };
}

function idOf(stub: QueryContext['stub'], indexKey: string): string {
  return stub.splitCompositeKey(indexKey).attributes[1] ?? '';
}

function parseStored(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes));
}
