import { NetworkError } from '@battery-passport/network';
import { GraphQLError, type GraphQLErrorOptions } from 'graphql';
import { maskError as defaultMask } from 'graphql-yoga';
import { callerCode } from '../submission.js';

/** Codes of the network that a caller may see: they say what to do next. Others are the operator's business. */
const SHOWN_NETWORK_CODES: ReadonlySet<string> = new Set([
  'CONTRACT_REFUSED',
  'ENDORSE_FAILED',
  'COMMIT_FAILED',
  'OUTCOME_UNKNOWN',
  'SUBMIT_REFUSED',
]);

/** Shows our own errors with their code and masks everything else, so that no inner detail leaves by accident. */
export function maskError(error: unknown, message: string): Error {
  const original = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  const code = callerCode(original);
  const shown = code !== undefined && (!(original instanceof NetworkError) || SHOWN_NETWORK_CODES.has(original.code));
  if (!shown || !(original instanceof Error)) return defaultMask(error, message, false);
  const transactionId = original instanceof NetworkError ? original.transactionId : undefined;
  const validationCode = original instanceof NetworkError ? original.validationCode : undefined;
  return new GraphQLError(original.message, {
    ...(error instanceof GraphQLError ? placeOf(error) : {}),
    extensions: {
      code,
      ...(transactionId === undefined ? {} : { transactionId }),
      ...(validationCode === undefined ? {} : { validationCode }),
    },
  });
}

function placeOf({ nodes, source, positions, path }: GraphQLError): GraphQLErrorOptions {
  return {
    ...(nodes === undefined ? {} : { nodes }),
    ...(source === undefined ? {} : { source }),
    ...(positions === undefined ? {} : { positions }),
    ...(path === undefined ? {} : { path }),
  };
}
