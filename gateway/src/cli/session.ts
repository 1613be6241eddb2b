import { existsSync } from 'node:fs';
import { GatewayError } from '../gateway-error.js';
import type { GraphAnswer } from '../graphql/graph-answer.js';
import { networkDirectory } from '../node/ledger-verification.js';
import { findRunningNode } from '../node/node-file.js';
import { startNode } from '../node/node.js';

/** A way to ask a node: over HTTP where one runs, inside this process where none does. */
export interface Session {
  ask(query: string, variables?: Record<string, unknown>): Promise<GraphAnswer>;
  close(): Promise<void>;
}

/** Where and as whom to ask. */
export interface SessionOptions {
  readonly dataDir: string;
  /** A node elsewhere. */
  readonly url?: string;
  /** A bearer token; wins over `as`. */
  readonly token?: string;
  /** Subject of a development enrolment of the data directory. */
  readonly as?: string;
}

/**
 * Opens a session: with the node at `url`, or the one that runs on the data directory, or one that opens the
 * directory for this command only.
 * @throws GatewayError `NOT_ENROLLED` when nobody of that name is enrolled there.
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  const running = options.url === undefined ? await findRunningNode(options.dataDir) : undefined;
  const url = options.url ?? running?.url;
  if (url !== undefined) {
    const token = options.token ?? tokenOf(running?.tokens, options.as);
    return { ask: (query, variables) => askOverHttp(url, token, query, variables), close: () => Promise.resolve() };
  }
  if (!existsSync(networkDirectory(options.dataDir))) {
    throw new GatewayError({
      code: 'NOT_FOUND',
      message: `there is no ledger in ${options.dataDir}; "passport up" makes one`,
    });
  }
  const node = await startNode({ dataDir: options.dataDir, listen: false, logLevel: 'silent' });
  const token = options.token ?? tokenOf(node.tokens, options.as);
  return { ask: (query, variables) => node.ask(query, variables ?? {}, token), close: () => node.close() };
}

function tokenOf(
  tokens: Readonly<Record<string, string>> | undefined,
  subject: string | undefined,
): string | undefined {
  if (subject === undefined) return undefined;
  const token = tokens?.[subject];
  if (token === undefined) {
    const known = Object.keys(tokens ?? {}).join(', ');
    throw new GatewayError({
      code: 'NOT_ENROLLED',
      message: `no token for ${subject}${known === '' ? '' : `; there is ${known}`}`,
    });
  }
  return token;
}

async function askOverHttp(
  url: string,
  token: string | undefined,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<GraphAnswer> {
  const response = await fetch(new URL('/graphql', url), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as GraphAnswer;
}
