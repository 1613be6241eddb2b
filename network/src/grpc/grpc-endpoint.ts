/** Where one organisation's peer is reached, and what a client has to know to trust it. */
export interface GrpcEndpoint {
  readonly mspId: string;
  /** Name in the peer's TLS certificate: `peer0.oem.example.com`. */
  readonly peerName: string;
  readonly port: number;
  readonly tlsRootCertificatePem: string;
}

/** The port of the first organisation's peer; the others follow, one each. */
export const DEFAULT_FIRST_PORT = 7051;
