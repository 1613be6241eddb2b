import { GraphQLError, GraphQLScalarType, Kind, valueFromASTUntyped } from 'graphql';

function safeInteger(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new GraphQLError('SafeInt takes whole numbers between -(2^53 - 1) and 2^53 - 1', {
    extensions: { code: 'BAD_REQUEST' },
  });
}

/** Whole numbers up to 2^53 − 1: milligrams outgrow GraphQL's 32-bit Int. */
export const SafeInt = new GraphQLScalarType<number, number>({
  name: 'SafeInt',
  description: 'A whole number between -(2^53 - 1) and 2^53 - 1.',
  serialize: safeInteger,
  parseValue: safeInteger,
  parseLiteral: (node) => safeInteger(node.kind === Kind.INT ? Number(node.value) : undefined),
});

/** A JSON value whose shape is open: a batch's inner command, a signed credential. */
export const Json = new GraphQLScalarType({
  name: 'JSON',
  description: 'A JSON value.',
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
});
