import type { QueryLimits } from '../graphql/limits.js';

/** How a node is started. */
export interface NodeOptions {
  /** Directory of the ledger, the enrolments, the read model and the estimator's measurements. */
  readonly dataDir: string;
  /** Port of the gateway on 127.0.0.1; 0 takes a free one. */
  readonly port?: number;
  /** Whether to serve HTTP; a command that opens the directory for itself does not. */
  readonly listen?: boolean;
  /** Whether to serve the Fabric Gateway protocol over TLS, one port an organisation. */
  readonly grpc?: boolean;
  /** Deletes the read model and makes it again. */
  readonly rebuild?: boolean;
  /** No development tokens, no introspection; tokens come from a configured issuer. */
  readonly production?: boolean;
  readonly logLevel?: string;
  readonly limits?: QueryLimits;
  /** Issuer of tokens where it is not the node's own. */
  readonly tokenIssuer?: { readonly issuer: string; readonly audience: string; readonly jwksUrl: URL };
}

/** Port of the gateway where none is given. */
export const DEFAULT_PORT = 4000;
