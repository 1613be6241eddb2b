import {
  GraphQLBoolean,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLObjectType as ObjectType,
} from 'graphql';
import { GatewayError } from '../gateway-error.js';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from './limits.js';
import type { Page, PageRequest } from '../read-model/answer.js';

/** Relay's `PageInfo`. */
export const PageInfo = new GraphQLObjectType({
  name: 'PageInfo',
  fields: {
    hasNextPage: { type: new GraphQLNonNull(GraphQLBoolean) },
    hasPreviousPage: { type: new GraphQLNonNull(GraphQLBoolean) },
    startCursor: { type: GraphQLString },
    endCursor: { type: GraphQLString },
  },
});

/** Relay's paging arguments. */
export const pageArguments: GraphQLFieldConfigArgumentMap = {
  first: {
    type: GraphQLInt,
    description: `Page size from the front, at most ${MAX_PAGE_SIZE}; ${DEFAULT_PAGE_SIZE} by default.`,
  },
  after: { type: GraphQLString, description: 'Cursor after which the page starts.' },
  last: { type: GraphQLInt, description: 'Page size from the back.' },
  before: { type: GraphQLString, description: 'Cursor before which the page ends.' },
};

/** Connection type of a node type. */
export function connectionOf(node: ObjectType): ObjectType {
  const edge = new GraphQLObjectType({
    name: `${node.name}Edge`,
    fields: { cursor: { type: new GraphQLNonNull(GraphQLString) }, node: { type: new GraphQLNonNull(node) } },
  });
  return new GraphQLObjectType({
    name: `${node.name}Connection`,
    fields: {
      edges: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(edge))) },
      nodes: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(node))) },
      pageInfo: { type: new GraphQLNonNull(PageInfo) },
      totalCount: { type: new GraphQLNonNull(GraphQLInt) },
    },
  });
}

/** A page as the connection type shows it. */
export function toConnection<T>({ items, hasNextPage, hasPreviousPage, totalCount }: Page<T>): object {
  return {
    edges: items,
    nodes: items.map(({ node }) => node),
    pageInfo: {
      hasNextPage,
      hasPreviousPage,
      startCursor: items[0]?.cursor ?? null,
      endCursor: items.at(-1)?.cursor ?? null,
    },
    totalCount,
  };
}

/** Page sizes within bounds. @throws GatewayError `BAD_REQUEST`. */
export function checkedPage<T extends PageRequest>(page: T): T {
  for (const size of [page.first, page.last]) {
    if (size !== undefined && size !== null && (size < 1 || size > MAX_PAGE_SIZE)) {
      throw new GatewayError({ code: 'BAD_REQUEST', message: `a page has 1 to ${MAX_PAGE_SIZE} entries, not ${size}` });
    }
  }
  if (typeof page.first === 'number' && typeof page.last === 'number') {
    throw new GatewayError({ code: 'BAD_REQUEST', message: 'ask for first or last, not both' });
  }
  return typeof page.first === 'number' || typeof page.last === 'number' ? page : { ...page, first: DEFAULT_PAGE_SIZE };
}
