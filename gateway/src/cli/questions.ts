import { recordDefinitionOf, type RecordType } from '@battery-passport/schemas';
import { buildSchema } from '../graphql/schema.js';
import { capitalized } from '../graphql/type-mapping.js';
import { getNamedType, isLeafType, isObjectType, type GraphQLObjectType, type GraphQLSchema } from 'graphql';

/** Fields that lead to other records are followed by questions of their own. */
const OWN_DEPTH = 6;

let built: GraphQLSchema | undefined;

/** The schema, built when the first question needs it and kept. */
function schema(): GraphQLSchema {
  built ??= buildSchema();
  return built;
}

/** The GraphQL selection of everything that a record itself holds. */
export function recordSelection(recordType: RecordType): string {
  const type = schema().getType(capitalized(recordType));
  if (!isObjectType(type)) throw new TypeError(`${recordType} has no object type`);
  const own = Object.keys((recordDefinitionOf(recordType).schema as { properties?: object }).properties ?? {});
  return own.map((field) => fieldSelection(type, field, OWN_DEPTH)).join(' ');
}

function fieldSelection(type: GraphQLObjectType, field: string, depth: number): string {
  const definition = type.getFields()[field];
  if (definition === undefined || depth === 0) return '';
  const named = getNamedType(definition.type);
  if (isLeafType(named)) return field;
  if (!isObjectType(named)) return '';
  const inner = Object.keys(named.getFields()).map((name) => fieldSelection(named, name, depth - 1));
  return `${field} { ${inner.join(' ')} }`;
}

/** The question for one record. */
export function recordQuestion(recordType: RecordType, more = ''): string {
  return `query ($id: ID!) { ${recordType}(id: $id) { ${recordSelection(recordType)} ${more} } }`;
}

/** The question for lineage. */
export const LINEAGE_QUESTION = `query ($recordType: String!, $id: ID!, $direction: LineageDirection!, $maxDepth: Int, $first: Int, $after: String) {
  lineage(recordType: $recordType, id: $id, direction: $direction, maxDepth: $maxDepth, first: $first, after: $after) {
    nodes { recordType id depth superseded } edges { kind from { recordType id } to { recordType id } }
    endCursor hasNextPage totalCount
  }
}`;

/** The selection of everything that a query of the contracts answers; empty where the answer is plain JSON. */
export function answerSelection(query: string): string {
  const field = schema().getQueryType()?.getFields()[query];
  const named = field === undefined ? undefined : getNamedType(field.type);
  if (!isObjectType(named)) return '';
  return `{ ${Object.keys(named.getFields())
    .map((name) => fieldSelection(named, name, OWN_DEPTH))
    .join(' ')} }`;
}
