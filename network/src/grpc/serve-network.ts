import type { EmbeddedNetwork } from '../embedded/embedded-network.js';
import { DEFAULT_FIRST_PORT, type GrpcEndpoint } from './grpc-endpoint.js';
import { type GrpcServer, LOOPBACK, serveGrpc } from './grpc-server.js';

/** The open ports of a network. */
export interface ServedNetwork {
  /** In the order of the network's organisations. */
  readonly endpoints: readonly GrpcEndpoint[];
  /** Ends every call and frees the ports; the network stays open. */
  close(): Promise<void>;
}

/**
 * Opens one TLS port on the loopback address for each organisation's peer.
 * @param firstPort - Port of the first organisation, the others after it; 0 lets the system choose all of them.
 * @throws NetworkError `PORT_UNAVAILABLE`, with no port left open.
 */
export async function serveNetwork(network: EmbeddedNetwork, firstPort = DEFAULT_FIRST_PORT): Promise<ServedNetwork> {
  const servers: GrpcServer[] = [];
  const closeAll = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.close()));
  };
  const endpoints: GrpcEndpoint[] = [];
  try {
    for (const [index, { mspId, domain }] of network.organisations.entries()) {
      const authority = network.authority(mspId);
      const peerName = `peer0.${domain}`;
      const tls = await authority.enrolTls({ id: peerName, hosts: [peerName, 'localhost', LOOPBACK] });
      const port = firstPort === 0 ? 0 : firstPort + index;
      const server = await serveGrpc({ service: network.peer(mspId), tls, port });
      servers.push(server);
      endpoints.push({ mspId, peerName, port: server.port, tlsRootCertificatePem: authority.tlsRootCertificatePem });
    }
  } catch (error) {
    await closeAll();
    throw error;
  }
  return { endpoints, close: closeAll };
}
