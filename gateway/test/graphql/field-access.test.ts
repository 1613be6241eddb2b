import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  AUDIENCES,
  isRecordType,
  maySee,
  RECORDS,
  type AccessViewer,
  type AnyRecord,
  type Audience,
  type RecordType,
} from '@battery-passport/schemas';
import { graphql, isLeafType, getNamedType, isObjectType, type GraphQLObjectType } from 'graphql';
import type { GraphContext } from '../../src/graphql/graph-context.js';
import { buildSchema } from '../../src/graphql/schema.js';
import { capitalized } from '../../src/graphql/type-mapping.js';

const VECTORS = fileURLToPath(new URL('../../../../schemas/vectors/', import.meta.url));
const schema = buildSchema();

/** One valid record of each type, from the published vectors. */
function exampleRecords(): Map<RecordType, AnyRecord> {
  const found = new Map<RecordType, AnyRecord>();
  for (const name of readdirSync(VECTORS)) {
    const { valid } = JSON.parse(readFileSync(VECTORS + name, 'utf8')) as {
      valid?: { schema?: string; value?: unknown }[];
    };
    for (const { schema: what, value } of valid ?? []) {
      if (what !== undefined && isRecordType(what) && !found.has(what)) found.set(what, value as AnyRecord);
    }
  }
  return found;
}

function contextOf(record: AnyRecord, access: AccessViewer): GraphContext {
  const view = { record: () => record, standing: () => ({ blockNumber: 1, headerHash: '' }) };
  return { viewer: undefined, access, view } as unknown as GraphContext;
}

function selectionOf(type: GraphQLObjectType, field: string): string {
  const named = getNamedType(type.getFields()[field]!.type);
  if (isLeafType(named)) return field;
  assert.ok(isObjectType(named));
  const inner = Object.keys(named.getFields()).map((name) => selectionOf(named, name));
  return `${field} { ${inner.join(' ')} }`;
}

describe('the access table in GraphQL', () => {
  const examples = exampleRecords();

  it('has an example of every record type to be tried on', () => {
    assert.deepEqual(
      Object.keys(RECORDS).filter((recordType) => !examples.has(recordType as RecordType)),
      [],
    );
  });

  for (const audience of AUDIENCES) {
    it(`shows the audience ${audience} each field of each record that is for it, and not one over`, async () => {
      for (const [recordType, record] of examples) await compare(recordType, record, { audiences: [audience] });
    });
  }

  it('shows a party its own records whole', async () => {
    for (const [recordType, record] of examples) {
      await compare(recordType, record, { audiences: ['public'], partyId: record.createdBy });
    }
  });

  it('tells nothing by a list that a hidden field would not tell', async () => {
    const ask = (access: AccessViewer) =>
      graphql({
        schema,
        source: '{ packs(holder: "nobody") { totalCount } }',
        contextValue: contextOf(examples.get('pack')!, access),
      });
    const codes = (await ask({ audiences: ['public'] })).errors?.map(
      ({ originalError }) => (originalError as { code?: string }).code,
    );
    assert.deepEqual(codes, ['FORBIDDEN']);
  });

  async function compare(recordType: RecordType, record: AnyRecord, access: AccessViewer): Promise<void> {
    const type = schema.getType(capitalized(recordType)) as GraphQLObjectType;
    const own = Object.keys(record).filter((field) => type.getFields()[field] !== undefined);
    const source = `{ ${recordType}(id: "x") { ${own.map((field) => selectionOf(type, field)).join(' ')} } }`;
    const answer = await graphql({ schema, source, contextValue: contextOf(record, access) });
    assert.equal(answer.errors, undefined, `${recordType}: ${answer.errors?.[0]?.message ?? ''}`);
    const shown = answer.data?.[recordType] as Record<string, unknown>;
    for (const field of own) {
      const stated: unknown = (record as unknown as Record<string, unknown>)[field];
      const expected = maySee(access, record, field) && stated !== null;
      assert.equal(shown[field] !== null, expected, `${recordType}.${field} for ${describeViewer(access)}`);
    }
  }
});

function describeViewer({ audiences, partyId }: { audiences: readonly Audience[]; partyId?: string }): string {
  return [...audiences, partyId ?? ''].join(' ');
}
