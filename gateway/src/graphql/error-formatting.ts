import { NetworkError } from '@battery-passport/network';
import { GraphQLError, type GraphQLErrorOptions } from 'graphql';
import { maskError as defaultMask, type MaskError } from 'graphql-yoga';
import type { Logger } from 'pino';
import { callerCode } from '../submission.js';

/** Codes of the network that a caller may see: they say what to do next. Others are the operator's business. */
const SHOWN_NETWORK_CODES: ReadonlySet<string> = new Set([
  'CONTRACT_REFUSED',
  'ENDORSE_FAILED',
  'COMMIT_FAILED',
  'OUTCOME_UNKNOWN',
  'SUBMIT_REFUSED',
]);

/**
 * Makes the mask of errors: our own are shown with their code; everything else is logged whole and shown as nothing but
 * `internal error`, so that no inner detail leaves by accident.
 */
export function createErrorMask(logger: Logger): MaskError {
  return (error, message) => {
    const original = error instanceof GraphQLError ? (error.originalError ?? error) : error;
    const code = callerCode(original);
    const isShown =
      code !== undefined && (!(original instanceof NetworkError) || SHOWN_NETWORK_CODES.has(original.code));
    if (isShown && original instanceof Error) return shown(code, original, error);
    if (error instanceof GraphQLError && error.originalError === undefined && error.extensions['code'] === undefined) {
      // What the question itself gets wrong, such as a variable of another type.
      error.extensions['code'] = 'BAD_REQUEST';
    }
    const masked = defaultMask(error, message, false);
    // A GraphQL error without an original is the question's own fault and passes the default mask as it is.
    if (masked !== error) logger.error({ err: original }, 'an error was masked');
    return masked;
  };
}

function shown(code: string, original: Error, located: unknown): GraphQLError {
  const { transactionId, validationCode } = original instanceof NetworkError ? original : {};
  return new GraphQLError(original.message, {
    ...(located instanceof GraphQLError ? placeOf(located) : {}),
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
