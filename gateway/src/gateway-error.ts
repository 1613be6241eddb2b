/**
 * Every reason for which the gateway itself refuses something; a contract's refusal keeps the contract's own code.
 *
 * - `UNAUTHENTICATED`: no token, or one that doesn't verify. `FORBIDDEN`: the token's audience may not see or do this.
 * - `NOT_ENROLLED`: the token's subject has no enrolment certificate in this gateway's wallet.
 * - `NOT_FOUND`, `BAD_CURSOR`, `BAD_REQUEST`: the question is wrong.
 * - `QUERY_TOO_DEEP`, `QUERY_TOO_COSTLY`, `QUERY_TOO_MANY_ALIASES`, `QUERY_TOO_LARGE`: the question is too much.
 * - `OUTCOME_UNKNOWN`: submitted, and not known to be committed: look the transaction up before sending it again.
 * - `READ_MODEL_FORK`, `READ_MODEL_FORMAT`, `READ_MODEL_DAMAGED`: start with `--rebuild`. `READ_MODEL_BEHIND`: ask again.
 * - `NODE_RUNNING`, `NODE_NOT_RUNNING`, `INTERNAL`: the node's own state.
 */
export type GatewayErrorCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_ENROLLED'
  | 'NOT_FOUND'
  | 'BAD_CURSOR'
  | 'BAD_REQUEST'
  | 'QUERY_TOO_DEEP'
  | 'QUERY_TOO_COSTLY'
  | 'QUERY_TOO_MANY_ALIASES'
  | 'QUERY_TOO_LARGE'
  | 'OUTCOME_UNKNOWN'
  | 'READ_MODEL_FORK'
  | 'READ_MODEL_FORMAT'
  | 'READ_MODEL_DAMAGED'
  | 'READ_MODEL_BEHIND'
  | 'NODE_RUNNING'
  | 'NODE_NOT_RUNNING'
  | 'INTERNAL';

/** The one error of this layer: decide on `code`, show `message`, follow `cause`. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: GatewayErrorCode;

  constructor({ code, message, cause }: { code: GatewayErrorCode; message: string; cause?: unknown }) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
