import type { MethodDefinition } from '@grpc/grpc-js';

type RawMethod = MethodDefinition<Uint8Array, Uint8Array>;

/** Messages stay the bytes that they are: the peer parses them once, with its own parser. */
function rawMethod(path: string, requestStream: boolean, responseStream: boolean): RawMethod {
  return {
    path,
    requestStream,
    responseStream,
    requestSerialize: asBuffer,
    requestDeserialize: (bytes) => bytes,
    responseSerialize: asBuffer,
    responseDeserialize: (bytes) => bytes,
  };
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** Fabric's `gateway.Gateway` service (fabric-protos `gateway/gateway.proto`). */
export const GATEWAY_SERVICE = {
  evaluate: rawMethod('/gateway.Gateway/Evaluate', false, false),
  endorse: rawMethod('/gateway.Gateway/Endorse', false, false),
  submit: rawMethod('/gateway.Gateway/Submit', false, false),
  commitStatus: rawMethod('/gateway.Gateway/CommitStatus', false, false),
  chaincodeEvents: rawMethod('/gateway.Gateway/ChaincodeEvents', false, true),
};

/** Fabric's `protos.Deliver` service (fabric-protos `peer/events.proto`). */
export const DELIVER_SERVICE = {
  deliver: rawMethod('/protos.Deliver/Deliver', true, true),
  deliverFiltered: rawMethod('/protos.Deliver/DeliverFiltered', true, true),
  deliverWithPrivateData: rawMethod('/protos.Deliver/DeliverWithPrivateData', true, true),
};
