import type { Organisation } from '../identity/organisation.js';
import { LEDGER_ADDRESS } from '../embedded/embedded-network.js';
import type { GrpcEndpoint } from '../grpc/grpc-endpoint.js';

/** How Fabric's connection profiles name an endpoint, with what the Gateway clients take besides. */
interface ProfilePeer {
  readonly url: string;
  readonly tlsCACerts: { readonly pem: string; readonly path: string };
  readonly grpcOptions: { readonly 'ssl-target-name-override': string; readonly hostnameOverride: string };
}

/** A Fabric common connection profile: which peers there are, where, and by which certificates they are known. */
export interface ConnectionProfile {
  readonly name: string;
  readonly version: '1.0.0';
  readonly channel: string;
  readonly chaincode: string;
  readonly channels: Readonly<Record<string, { readonly peers: Readonly<Record<string, object>> }>>;
  readonly organizations: Readonly<Record<string, { readonly mspid: string; readonly peers: readonly string[] }>>;
  readonly peers: Readonly<Record<string, ProfilePeer>>;
}

/** Describes endpoints for clients in any language. Paths are relative to the folder that the profile is in. */
export function connectionProfile(
  organisations: readonly Organisation[],
  endpoints: readonly GrpcEndpoint[],
): ConnectionProfile {
  const domains = new Map(organisations.map(({ mspId, domain }) => [mspId, domain]));
  return {
    name: LEDGER_ADDRESS.channel,
    version: '1.0.0',
    channel: LEDGER_ADDRESS.channel,
    chaincode: LEDGER_ADDRESS.chaincode,
    channels: {
      [LEDGER_ADDRESS.channel]: { peers: Object.fromEntries(endpoints.map(({ peerName }) => [peerName, {}])) },
    },
    organizations: Object.fromEntries(
      endpoints.map(({ mspId, peerName }) => [mspId, { mspid: mspId, peers: [peerName] }]),
    ),
    peers: Object.fromEntries(
      endpoints.map(({ mspId, peerName, port, tlsRootCertificatePem }) => {
        const domain = domains.get(mspId) ?? mspId;
        const peer: ProfilePeer = {
          url: `grpcs://localhost:${port}`,
          tlsCACerts: {
            pem: tlsRootCertificatePem,
            path: `peerOrganizations/${domain}/tlsca/tlsca.${domain}-cert.pem`,
          },
          grpcOptions: { 'ssl-target-name-override': peerName, hostnameOverride: peerName },
        };
        return [peerName, peer];
      }),
    ),
  };
}
