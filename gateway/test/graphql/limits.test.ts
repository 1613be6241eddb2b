import assert from 'node:assert/strict';
import { buildSchema as buildFromText, parse, validate } from 'graphql';
import { DEFAULT_QUERY_LIMITS, limitsRule, type QueryLimits } from '../../src/graphql/limits.js';

const schema = buildFromText(`
  type Query { node(id: ID): Node  nodes(first: Int, last: Int): [Node!]! }
  type Node { id: ID! next: Node nodes(first: Int, last: Int): [Node!]! }
`);

function codesOf(query: string, limits: Partial<QueryLimits> = {}): unknown[] {
  const rule = limitsRule({ ...DEFAULT_QUERY_LIMITS, ...limits });
  return validate(schema, parse(query), [rule]).map(({ extensions }) => extensions['code']);
}

describe('the limits of a question', () => {
  it('lets an ordinary question pass', () => {
    assert.deepEqual(codesOf('{ nodes(first: 20) { id next { id nodes(first: 5) { id } } } }'), []);
  });

  it('refuses a question that is too deep, also through fragments', () => {
    assert.deepEqual(codesOf('{ node { next { next { id } } } }', { maxDepth: 3 }), ['QUERY_TOO_DEEP']);
    const hidden = '{ node { ...A } } fragment A on Node { next { ...B } } fragment B on Node { next { id } }';
    assert.deepEqual(codesOf(hidden, { maxDepth: 3 }), ['QUERY_TOO_DEEP']);
    assert.deepEqual(codesOf(hidden, { maxDepth: 4 }), []);
  });

  it('refuses twenty thousand aliases', () => {
    const aliases = Array.from({ length: 20_000 }, (_unused, index) => `a${index}: node { id }`).join(' ');
    assert.ok(codesOf(`{ ${aliases} }`).includes('QUERY_TOO_MANY_ALIASES'));
  });

  it('counts what page sizes repeat, and a size in a variable as the largest', () => {
    assert.deepEqual(codesOf('{ nodes(first: 500) { nodes(first: 500) { id } } }'), ['QUERY_TOO_COSTLY']);
    assert.deepEqual(codesOf('{ nodes(last: 500) { nodes(last: 500) { id } } }'), ['QUERY_TOO_COSTLY']);
    const variable = 'query ($n: Int) { nodes(first: $n) { nodes(first: $n) { id } } }';
    assert.deepEqual(codesOf(variable), ['QUERY_TOO_COSTLY']);
  });

  it('measures a fragment once for each place that it is spread in', () => {
    const spread = `{ a: node { ...F } b: node { ...F } } fragment F on Node { nodes(first: 400) { nodes(first: 400) { id } } }`;
    assert.deepEqual(codesOf(spread, { maxCost: 200_000 }), ['QUERY_TOO_COSTLY']);
  });

  it('survives a fragment that contains itself', () => {
    assert.deepEqual(codesOf('{ node { ...A } } fragment A on Node { next { ...A } }'), []);
  });
});
