import type { RecordOf, RecordType, TransactionName } from '@battery-passport/schemas';
import { setTimeout as sleep } from 'node:timers/promises';
import { recordSelection } from '../cli/questions.js';
import type { DemoGateway } from '../demo/demo-gateway.js';
import { runDemonstration } from '../demo/run-demonstration.js';
import { GatewayError } from '../gateway-error.js';
import type { GraphAnswer, GraphAnswerError } from '../graphql/graph-answer.js';
import { commandTypeName } from '../graphql/type-mapping.js';
import { withoutNulls } from '../graphql/without-nulls.js';
import type { ConfidentialDetail } from '../submission.js';
import type { PassportNode } from './node.js';

/** How long an estimate may take before the demonstration gives up, and between two looks, ms: looking takes time from it. */
const ESTIMATE_TIMEOUT_MS = 60_000;
const ESTIMATE_POLL_MS = 100;
/** Between two looks at whether the gateway has read the last block, ms. */
const STANDING_POLL_MS = 10;

/** What a demonstration needs of a node. */
export type DemonstratedNode = Pick<PassportNode, 'url' | 'tokens' | 'estimatorKey'>;

/**
 * Loads the demonstration through the node's own HTTP interface, each person with an own token.
 * @throws GatewayError `INTERNAL` when the story is refused somewhere: then the story and the rules have grown apart.
 */
export async function runDemonstrationOn(
  node: DemonstratedNode,
  progress: (step: string, done: number, of: number) => void,
): Promise<void> {
  await runDemonstration(new HttpGateway(node, progress), new Date());
}

/** The gateway over HTTP. */
class HttpGateway implements DemoGateway {
  readonly progress: DemoGateway['progress'];
  readonly estimatorKey: DemoGateway['estimatorKey'];
  readonly #node: DemonstratedNode;
  /** Block of the last transaction: what is read has to stand there. */
  #lastBlock = 0;
  readonly #selections = new Map<RecordType, string>();

  constructor(node: DemonstratedNode, progress: DemoGateway['progress']) {
    this.#node = node;
    this.progress = progress;
    const { keyId, publicKeyMultibase } = node.estimatorKey;
    this.estimatorKey = { keyId, publicKeyMultibase };
  }

  submit: DemoGateway['submit'] = async (subject, transaction, command, confidential) => {
    const answer = await this.#mutate(subject, transaction, command, confidential);
    const [error] = answer.errors ?? [];
    if (error !== undefined) throw refusal(`${subject} ${transaction}`, error);
  };

  submitRefused: DemoGateway['submitRefused'] = async (subject, transaction, command) => {
    const { errors } = await this.#mutate(subject, transaction, command, undefined);
    const code = errors?.[0]?.extensions?.code;
    if (code !== undefined) return code;
    throw new GatewayError({ code: 'INTERNAL', message: `${transaction} of ${subject} should have been refused` });
  };

  read = async <T extends RecordType>(subject: string, recordType: T, id: string): Promise<RecordOf<T>> => {
    const record = await this.#ask(subject, recordType, this.#questionFor(recordType), id);
    if (record !== undefined) return record as RecordOf<T>;
    throw new GatewayError({ code: 'INTERNAL', message: `${subject} finds no ${recordType} ${id}` });
  };

  putMeasurement: DemoGateway['putMeasurement'] = async (subject, measurement) => {
    const path = `/estimator/measurements/${encodeURIComponent(measurement.packId)}`;
    const response = await this.#fetch(subject, 'PUT', path, measurement);
    if (response.ok) return;
    const { error } = (await response.json()) as { error?: { code?: string; message?: string } };
    throw new GatewayError({
      code: 'INTERNAL',
      message: `the measurement of ${measurement.packId} was refused: ${error?.code ?? response.status} ${error?.message ?? ''}`,
    });
  };

  waitForEstimate: DemoGateway['waitForEstimate'] = async (subject, requestId) => {
    const deadline = Date.now() + ESTIMATE_TIMEOUT_MS;
    while (Date.now() < deadline) {
      const request = await this.#ask(subject, 'estimateRequest', 'state attestationId', requestId);
      const attestationId = request?.['attestationId'];
      if (typeof attestationId === 'string') return attestationId;
      await sleep(ESTIMATE_POLL_MS);
    }
    throw new GatewayError({ code: 'INTERNAL', message: `estimate request ${requestId} was not answered` });
  };

  /** Sends a transaction; what it answers is read from the ledger where it is needed. */
  async #mutate(
    subject: string,
    transaction: TransactionName,
    command: object,
    confidential: ConfidentialDetail | undefined,
  ): Promise<GraphAnswer> {
    const detail =
      confidential === undefined
        ? { declare: '', give: '' }
        : { declare: ', $d: ConfidentialDetail', give: ', confidential: $d' };
    const question =
      `mutation ($c: ${commandTypeName(transaction)}!${detail.declare}) ` +
      `{ ${transaction}(command: $c${detail.give}) { blockNumber } }`;
    const variables = confidential === undefined ? { c: command } : { c: command, d: confidential };
    const answer = await this.#graph(subject, question, variables);
    const { blockNumber } = (answer.data?.[transaction] ?? {}) as { readonly blockNumber?: number };
    if (blockNumber !== undefined) this.#lastBlock = Math.max(this.#lastBlock, blockNumber);
    return answer;
  }

  /** Reads fields of a record once the gateway stands at the last transaction's block; undefined where there is none. */
  async #ask(
    subject: string,
    recordType: RecordType,
    selection: string,
    id: string,
  ): Promise<Readonly<Record<string, unknown>> | undefined> {
    const question = `query ($id: ID!) { standing { blockNumber } ${recordType}(id: $id) { ${selection} } }`;
    for (;;) {
      const { data, errors } = await this.#graph(subject, question, { id });
      const [error] = errors ?? [];
      if (error !== undefined) throw refusal(`${subject} reading ${recordType} ${id}`, error);
      const { blockNumber } = data?.['standing'] as { readonly blockNumber: number };
      if (blockNumber >= this.#lastBlock) {
        const record = data?.[recordType] ?? undefined;
        return (record === undefined ? undefined : withoutNulls(record)) as
          Readonly<Record<string, unknown>> | undefined;
      }
      await sleep(STANDING_POLL_MS);
    }
  }

  #questionFor(recordType: RecordType): string {
    const known = this.#selections.get(recordType);
    if (known !== undefined) return known;
    const selection = recordSelection(recordType);
    this.#selections.set(recordType, selection);
    return selection;
  }

  async #graph(subject: string, query: string, variables: object): Promise<GraphAnswer> {
    const response = await this.#fetch(subject, 'POST', '/graphql', { query, variables });
    return (await response.json()) as GraphAnswer;
  }

  #fetch(subject: string, method: string, path: string, body: object): Promise<Response> {
    return fetch(new URL(path, this.#node.url), {
      method,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.#node.tokens[subject] ?? ''}` },
      body: JSON.stringify(body),
    });
  }
}

function refusal(what: string, { message, extensions }: GraphAnswerError): GatewayError {
  return new GatewayError({ code: 'INTERNAL', message: `${what}: ${extensions?.code ?? 'no code'}: ${message}` });
}
