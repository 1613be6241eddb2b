import { randomBytes } from 'node:crypto';
import { NetworkError, type LedgerConnection, type Identity } from '@battery-passport/network';
import {
  canonicalJson,
  digestOfBytes,
  qualifiedTransactionName,
  SchemaError,
  transactionDefinitionOf,
  type TransactionName,
} from '@battery-passport/schemas';
import type { Viewer } from './access/authenticator.js';
import { GatewayError } from './gateway-error.js';

/** Confidential detail that goes with a command: the gateway salts it, and only its digest becomes public. */
export interface ConfidentialDetail {
  readonly collection: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** A committed transaction and what the contract answered. */
export interface Submitted {
  readonly result: unknown;
  readonly transactionId: string;
  readonly blockNumber: number;
}

/** Where enrolments come from and how they reach the ledger. */
export interface Enrolments {
  /** The enrolment of a token's subject, if this gateway has one. */
  identityOf(mspId: string, subject: string): Identity | undefined;
  connect(identity: Identity): LedgerConnection;
}

/** Transient field of confidential detail. */
const PRIVATE_FIELD = 'private';

/**
 * Sends transactions, each signed with the enrolment certificate of the person who asks and never with one shared identity,
 * so that the ledger knows the author.
 */
export class Submission {
  readonly #enrolments: Enrolments;
  readonly #connections = new Map<string, LedgerConnection>();

  constructor(enrolments: Enrolments) {
    this.#enrolments = enrolments;
  }

  /**
   * Submits a command and waits until it is committed.
   * @throws GatewayError `UNAUTHENTICATED`, `NOT_ENROLLED`, `BAD_REQUEST`; NetworkError from the ledger.
   */
  async submit(
    viewer: Viewer,
    name: TransactionName,
    command: object,
    detail?: ConfidentialDetail,
  ): Promise<Submitted> {
    const connection = this.#connectionOf(viewer);
    const sealed = seal(name, command, detail);
    const { result, transactionId, blockNumber } = await connection.submit(
      qualifiedTransactionName(name),
      [canonicalJson(sealed.command)],
      sealed.transient === undefined ? {} : { transient: { [PRIVATE_FIELD]: sealed.transient } },
    );
    return { result: parseResult(result), transactionId, blockNumber: Number(blockNumber) };
  }

  /**
   * Asks the contracts a question as the viewer.
   * @throws GatewayError `UNAUTHENTICATED`, `NOT_ENROLLED`; NetworkError from the ledger.
   */
  async evaluate(viewer: Viewer, name: TransactionName, command: object): Promise<unknown> {
    return parseResult(
      await this.#connectionOf(viewer).evaluate(qualifiedTransactionName(name), [canonicalJson(command)]),
    );
  }

  /** Ends every session. */
  close(): void {
    for (const connection of this.#connections.values()) connection.close();
    this.#connections.clear();
  }

  #connectionOf(viewer: Viewer): LedgerConnection {
    if (viewer === undefined) {
      throw new GatewayError({
        code: 'UNAUTHENTICATED',
        message: 'this needs a token: "Authorization: Bearer <token>"',
      });
    }
    const key = `${viewer.mspId}/${viewer.subject}`;
    const open = this.#connections.get(key);
    if (open !== undefined) return open;
    const identity = this.#enrolments.identityOf(viewer.mspId, viewer.subject);
    if (identity === undefined) {
      throw new GatewayError({ code: 'NOT_ENROLLED', message: `this gateway holds no enrolment of ${key}` });
    }
    const connection = this.#enrolments.connect(identity);
    this.#connections.set(key, connection);
    return connection;
  }
}

/** The code that an error shows to a caller: the contract's own, the network's, or the gateway's. */
export function callerCode(error: unknown): string | undefined {
  if (error instanceof NetworkError) return error.contractCode ?? error.code;
  return error instanceof GatewayError || error instanceof SchemaError ? error.code : undefined;
}

function seal(
  name: TransactionName,
  command: object,
  confidential: ConfidentialDetail | undefined,
): { command: object; transient?: Uint8Array } {
  if (confidential === undefined) return { command };
  if (transactionDefinitionOf(name).takesPrivateDetail !== true) {
    throw new GatewayError({ code: 'BAD_REQUEST', message: `${name} takes no confidential detail` });
  }
  const salted = { ...confidential.detail, salt: randomBytes(32).toString('hex') };
  const transient = new TextEncoder().encode(canonicalJson(salted));
  return {
    command: { ...command, private: { collection: confidential.collection, digest: digestOfBytes(transient) } },
    transient,
  };
}

function parseResult(bytes: Uint8Array): unknown {
  return bytes.length === 0 ? null : (JSON.parse(new TextDecoder().decode(bytes)) as unknown);
}
