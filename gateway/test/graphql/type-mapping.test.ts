import assert from 'node:assert/strict';
import { GraphQLInt, GraphQLNonNull, GraphQLObjectType, GraphQLString, isObjectType } from 'graphql';
import { Json, SafeInt } from '../../src/graphql/scalars.js';
import { TypeMapping, type JsonSchema } from '../../src/graphql/type-mapping.js';

const object = (properties: Record<string, JsonSchema>, required: string[] = []): JsonSchema => ({
  type: 'object',
  properties,
  required,
});

describe('the mapping of JSON Schema to GraphQL', () => {
  it('takes whole numbers as Int where they fit and as SafeInt where they do not', () => {
    const mapping = new TypeMapping();
    assert.equal(mapping.output({ type: 'integer', minimum: 0, maximum: 1_000_000 }, 'A'), GraphQLInt);
    assert.equal(mapping.output({ type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER }, 'A'), SafeInt);
    assert.equal(mapping.output({ type: 'integer' }, 'A'), SafeInt);
  });

  it('keeps required and nullable apart', () => {
    const type = new TypeMapping().object(
      object({ a: { type: 'string' }, b: { anyOf: [{ type: 'string' }, { type: 'null' }] }, c: { type: 'string' } }, [
        'a',
        'b',
      ]),
      'Thing',
    );
    const fields = type.getFields();
    assert.ok(fields['a']?.type instanceof GraphQLNonNull);
    assert.equal(fields['b']?.type, GraphQLString);
    assert.equal(fields['c']?.type, GraphQLString);
  });

  it('gives one type to one shape, and two names to two shapes that ask for one name', () => {
    const mapping = new TypeMapping();
    const first = mapping.object(object({ a: { type: 'string' } }), 'Thing');
    assert.equal(mapping.object(object({ a: { type: 'string' } }), 'Other'), first);
    const second = mapping.object(object({ b: { type: 'string' } }), 'Thing');
    assert.ok(isObjectType(second));
    assert.notEqual(second.name, first.name);
  });

  it('shows as JSON what GraphQL cannot name', () => {
    const mapping = new TypeMapping();
    assert.equal(mapping.output(object({ 'lithium-deficient': { type: 'integer' } }), 'A'), Json);
    assert.equal(mapping.output({}, 'A'), Json);
  });

  it('keeps an enumeration a string and lists its values', () => {
    const type = new TypeMapping().object(object({ route: { enum: ['direct-recycling', 'reject'] } }), 'Thing');
    assert.ok(type instanceof GraphQLObjectType);
    assert.equal(type.getFields()['route']?.type, GraphQLString);
    assert.match(type.getFields()['route']?.description ?? '', /direct-recycling, reject/);
  });
});

describe('SafeInt', () => {
  it('refuses what is not a whole number within 2^53 - 1', () => {
    for (const value of [1.5, 2 ** 53, Number.NaN, '1', null, 1n]) {
      assert.throws(() => SafeInt.parseValue(value), { extensions: { code: 'BAD_REQUEST' } });
    }
    assert.equal(SafeInt.parseValue(Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
  });
});
