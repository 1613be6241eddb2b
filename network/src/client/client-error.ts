import { CommitError, CommitStatusError, EndorseError, GatewayError, StatusCode } from '@hyperledger/fabric-gateway';

import { NetworkError } from '../network-error.js';
import { readContractRefusal } from './contract-refusal.js';

/** gRPC statuses with which a submission was surely not taken in: the request itself was at fault. */
const SURELY_REFUSED = new Set([
  3 /* INVALID_ARGUMENT */, 5 /* NOT_FOUND */, 7 /* PERMISSION_DENIED */, 9 /* FAILED_PRECONDITION */,
  12 /* UNIMPLEMENTED */, 16 /* UNAUTHENTICATED */,
]);

/**
 * Turns what the stock client throws into this layer's error.
 *
 * - an endorsement that failed changed nothing and may be asked for again;
 * - a commit that failed is final for that transaction id;
 * - anything after the transaction was sent to be ordered leaves its outcome unknown until its id is looked up.
 */
export function toNetworkError(error: unknown, during: 'evaluate' | 'submit' | 'events'): NetworkError {
  if (error instanceof NetworkError) return error;
  if (error instanceof CommitError) {
    const { transactionId, code } = error;
    return new NetworkError('COMMIT_FAILED', `transaction ${transactionId} is in a block as ${codeName(code)}`, {
      cause: error,
      transactionId,
      validationCode: code,
    });
  }
  if (!(error instanceof GatewayError)) {
    const code = during === 'evaluate' ? 'EVALUATE_FAILED' : during === 'events' ? 'EVENTS_FAILED' : 'ENDORSE_FAILED';
    return new NetworkError(code, error instanceof Error ? error.message : String(error), { cause: error });
  }
  if (during === 'events') return new NetworkError('EVENTS_FAILED', error.message, { cause: error });
  const refusal = readContractRefusal(error.details);
  if (refusal !== null && (during === 'evaluate' || error instanceof EndorseError)) {
    return new NetworkError('CONTRACT_REFUSED', refusal.message, {
      cause: error,
      ...(refusal.contractCode === null ? {} : { contractCode: refusal.contractCode }),
      ...(error instanceof EndorseError ? { transactionId: error.transactionId } : {}),
    });
  }
  const message = [error.message, ...error.details.map((detail) => `${detail.mspId}: ${detail.message}`)].join('; ');
  if (during === 'evaluate') return new NetworkError('EVALUATE_FAILED', message, { cause: error });
  if (error instanceof EndorseError) {
    return new NetworkError('ENDORSE_FAILED', message, { cause: error, transactionId: error.transactionId });
  }
  const { transactionId } = error as GatewayError & { transactionId?: string };
  const known = transactionId === undefined ? {} : { transactionId };
  if (!(error instanceof CommitStatusError) && SURELY_REFUSED.has(error.code)) {
    return new NetworkError('SUBMIT_REFUSED', message, { cause: error, ...known });
  }
  return new NetworkError('OUTCOME_UNKNOWN', message, { cause: error, ...known });
}

function codeName(code: number): string {
  return Object.entries(StatusCode).find(([, value]) => value === code)?.[0] ?? String(code);
}
