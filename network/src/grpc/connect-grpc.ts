import { Client, credentials } from '@grpc/grpc-js';

import { connectLedger, type LedgerAddress } from '../client/connect-ledger.js';
import type { Identity, LedgerConnection } from '../client/ledger-connection.js';
import { LEDGER_ADDRESS } from '../embedded/embedded-network.js';
import type { GrpcEndpoint } from './grpc-endpoint.js';
import { LOOPBACK } from './grpc-server.js';

/**
 * Opens one identity's session with a peer over TLS; closing it closes the transport too.
 * Nothing is sent before the first call, so an endpoint that does not answer shows there.
 */
export function connectGrpc(
  { peerName, port, tlsRootCertificatePem }: GrpcEndpoint,
  identity: Identity,
  address: LedgerAddress = LEDGER_ADDRESS,
): LedgerConnection {
  const client = new Client(`${LOOPBACK}:${port}`, credentials.createSsl(Buffer.from(tlsRootCertificatePem)), {
    'grpc.ssl_target_name_override': peerName,
    // Blocks are as large as they are.
    'grpc.max_receive_message_length': -1,
  });
  const connection = connectLedger(client, identity, address);
  return {
    ...connection,
    close: () => {
      connection.close();
      client.close();
    },
  };
}
