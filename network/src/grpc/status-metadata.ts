import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { gateway, google } from '@hyperledger/fabric-protos';

import { PeerStatusError } from '../embedded/peer-service.js';

/** Where gRPC carries a serialised `google.rpc.Status`, and in it what each node said. */
const STATUS_DETAILS = 'grpc-status-details-bin';

const ERROR_DETAIL_TYPE = 'type.googleapis.com/gateway.ErrorDetail';

const STATUSES: ReadonlyMap<number, status> = new Map(
  Object.values(status).flatMap((code) => (typeof code === 'number' ? [[code, code] as const] : [])),
);

/**
 * What gRPC sends for a failure: the service's own status and details, or `INTERNAL` without a word of the cause where
 * the failure was not meant for a client.
 */
export function toServiceError(error: unknown): ServiceError {
  const known =
    error instanceof PeerStatusError
      ? error
      : new PeerStatusError(status.INTERNAL, 'the peer failed; its log says why');
  const metadata = new Metadata();
  if (known.details.length > 0) metadata.set(STATUS_DETAILS, encodeDetails(known));
  return Object.assign(new Error(known.message), {
    name: 'ServiceError',
    code: STATUSES.get(known.status) ?? status.UNKNOWN,
    details: known.message,
    metadata,
  });
}

function encodeDetails({ status: code, message, details }: PeerStatusError): Buffer {
  const encoded = new google.rpc.Status();
  encoded.setCode(code);
  encoded.setMessage(message);
  for (const { address, mspId, message: words } of details) {
    const detail = new gateway.ErrorDetail();
    detail.setAddress(address);
    detail.setMspId(mspId);
    detail.setMessage(words);
    const any = encoded.addDetails();
    any.setTypeUrl(ERROR_DETAIL_TYPE);
    any.setValue(detail.serializeBinary());
  }
  return Buffer.from(encoded.serializeBinary());
}
