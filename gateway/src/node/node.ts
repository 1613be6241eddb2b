import { createServer, type Server } from 'node:http';
import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { COLLECTIONS, CONTRACT_SOURCE, PARTY_ATTRIBUTE, ROLES_ATTRIBUTE } from '@battery-passport/chaincode';
import { createMeasurementRouter, EstimatorService } from '@battery-passport/estimator';
import {
  decodeBlock,
  EXPORTED_CLIENT,
  NetworkError,
  openEmbeddedNetwork,
  openLedgerReader,
  serveNetwork,
  type EmbeddedNetwork,
  type GrpcEndpoint,
  type Identity,
} from '@battery-passport/network';
import { isTransactionName, type RecordType } from '@battery-passport/schemas';
import { pino, type Logger } from 'pino';
import { createAuthenticator, type Authenticate, type Viewer } from '../access/authenticator.js';
import { TokenIssuer } from '../access/token-issuer.js';
import { GatewayError } from '../gateway-error.js';
import type { GraphAnswer } from '../graphql/graph-answer.js';
import type { ReadView } from '../graphql/graph-context.js';
import { buildSchema } from '../graphql/schema.js';
import { createGraphServer } from '../graphql/server.js';
import { createApp } from '../http/app.js';
import { createMetrics } from '../http/metrics.js';
import { LEDGER_RULES } from '../read-model/ledger-rules.js';
import { ReadModel } from '../read-model/read-model.js';
import { Submission } from '../submission.js';
import { PACKAGED_DESIGNS, readDesignFiles } from './design-files.js';
import { DEVELOPMENT_ENROLMENTS, ESTIMATOR } from './development-enrolments.js';
import { openEstimateRequests } from './estimate-requests.js';
import { openEstimatorKey, type EstimatorKey } from './estimator-key.js';
import { networkDirectory, readModelDirectory, verifyDataDirectory } from './ledger-verification.js';
import { removeNodeFile, writeNodeFile } from './node-file.js';
import { DEFAULT_PORT, type NodeOptions } from './options.js';

const AUDIENCE = 'battery-passport-gateway';
const LOCAL_ISSUER = 'urn:battery-passport:development';
/** Development tokens live as long as a development session may. */
const TOKEN_LIFETIME_S = 30 * 24 * 3600;
const LOOPBACK = '127.0.0.1';

/** A running node: ledger, estimator service, read model and gateway in one process. */
export interface PassportNode {
  readonly url: string;
  readonly dataDir: string;
  readonly view: ReadView;
  /** Development tokens by subject; none in production. */
  readonly tokens: Readonly<Record<string, string>>;
  readonly grpcEndpoints: readonly GrpcEndpoint[];
  readonly network: EmbeddedNetwork;
  readonly estimatorKey: EstimatorKey;
  readonly standing: () => { readonly blockNumber: number; readonly headerHash: string };
  /** Whether the ledger holds no transaction yet. */
  readonly isEmpty: () => boolean;
  /** Identifier of the first record of a type, for examples. */
  readonly firstIdOf: (recordType: RecordType) => string | undefined;
  /** Answers a GraphQL question without a socket. */
  readonly ask: (query: string, variables: Record<string, unknown>, token?: string) => Promise<GraphAnswer>;
  readonly close: () => Promise<void>;
}

/**
 * Opens the data directory and starts everything on it.
 * @throws NetworkError `LEDGER_IN_USE`, `LEDGER_DAMAGED` and the others of opening; GatewayError `READ_MODEL_FORMAT`,
 * `READ_MODEL_FORK`.
 */
export async function startNode(options: NodeOptions): Promise<PassportNode> {
  const { dataDir } = options;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const logger = pino({ level: options.logLevel ?? process.env['LOG_LEVEL'] ?? 'warn' }, pino.destination(2));
  const closers: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    return await open(options, logger, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(
  options: NodeOptions,
  logger: Logger,
  closers: (() => Promise<void> | void)[],
  close: () => Promise<void>,
): Promise<PassportNode> {
  const { dataDir, production = false } = options;
  const network = await openEmbeddedNetwork({
    dataDir: networkDirectory(dataDir),
    contracts: CONTRACT_SOURCE,
    collections: COLLECTIONS,
    onFailure: (error) => logger.fatal({ err: error }, 'the ledger has stopped'),
  });
  closers.push(() => network.close());
  if (!production) await enrolDevelopers(network);

  const view = await openReadModel(options, network, logger, closers);
  const submission = new Submission({
    identityOf: (mspId, subject) => identityOf(network, mspId, subject),
    connect: (identity) => network.connect(identity),
  });
  closers.push(() => submission.close());

  const issuer = await TokenIssuer.open(join(dataDir, 'tokens'), LOCAL_ISSUER, AUDIENCE);
  const authenticate = authenticatorOf(options, issuer);
  const tokens = production ? {} : await developmentTokens(issuer);
  const metrics = createMetrics(
    () => view.standing(),
    () => network.height(),
  );
  const yoga = createGraphServer({
    schema: buildSchema(),
    model: view,
    submission,
    authenticate,
    verifyLedger: () => verifyDataDirectory(dataDir, view),
    metrics,
    logger,
    production,
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });

  const estimatorDir = join(dataDir, 'estimator');
  const estimatorKey = await openEstimatorKey(estimatorDir);
  const estimator = await openEstimator(options, view, submission, estimatorKey, logger);
  closers.push(() => estimator.close());

  let grpcEndpoints: readonly GrpcEndpoint[] = [];
  if (options.grpc === true) {
    const served = await serveNetwork(network);
    closers.push(() => served.close());
    grpcEndpoints = served.endpoints;
  }
  let url = '';
  if (options.listen !== false) {
    const app = createApp({
      graphql: (request, response) => void yoga.handle(request, response),
      health: () => {
        const { blockNumber } = view.standing();
        const ledgerHeight = Number(network.height());
        return { status: blockNumber >= 0 ? 'ok' : 'degraded', blockNumber, ledgerHeight };
      },
      metrics,
      logger,
      ...(production ? {} : { jwks: issuer.jwks }),
      estimator: createMeasurementRouter({
        service: estimator,
        authenticate: (request) => authenticate(request.header('authorization')),
        authorise: (sender, packId) => Promise.resolve(maySendMeasurements(view, sender.partyId, packId)),
      }),
    });
    const server = createServer(app);
    await listen(server, options.port ?? DEFAULT_PORT);
    closers.push(() => closeServer(server));
    url = `http://${LOOPBACK}:${(server.address() as AddressInfo).port}`;
    await writeNodeFile(dataDir, { pid: process.pid, url, tokens });
    closers.push(() => removeNodeFile(dataDir));
  }
  // Where nobody enrolled the estimator, it only keeps measurements.
  if (identityOf(network, ESTIMATOR.mspId, ESTIMATOR.subject) !== undefined) estimator.start();

  return {
    url,
    dataDir,
    view,
    tokens,
    grpcEndpoints,
    network,
    estimatorKey,
    standing: () => view.standing(),
    isEmpty: () => network.height() <= 1n,
    firstIdOf: (recordType) => view.list(recordType, { first: 1 }).items[0]?.node.id,
    async ask(query, variables, token) {
      const response = await yoga.fetch('http://in.process/graphql', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({ query, variables }),
      });
      return (await response.json()) as GraphAnswer;
    },
    close,
  };
}

/** Enrols the development consortium; the same people again are the same certificates. */
async function enrolDevelopers(network: EmbeddedNetwork): Promise<void> {
  for (const { subject, mspId, partyId, roles } of DEVELOPMENT_ENROLMENTS) {
    await network.enrol(mspId, {
      id: subject,
      role: 'client',
      attributes: { [PARTY_ATTRIBUTE]: partyId, [ROLES_ATTRIBUTE]: roles.join(',') },
    });
  }
  // What `network export` hands to stock clients of each organisation: the main party, under the name that samples use.
  for (const { mspId } of network.organisations) {
    const main = MAIN_ENROLMENTS.find((enrolment) => enrolment.mspId === mspId);
    if (main === undefined) continue;
    await network.enrol(mspId, {
      id: EXPORTED_CLIENT,
      role: 'client',
      attributes: { [PARTY_ATTRIBUTE]: main.partyId, [ROLES_ATTRIBUTE]: main.roles.join(',') },
    });
  }
}

/** The party that speaks for each organisation by default. */
const MAIN_ENROLMENTS = DEVELOPMENT_ENROLMENTS.filter(({ roles }) =>
  roles.some((role) => role === 'oem' || role === 'recycler' || role === 'cathode-maker' || role === 'regulator'),
);

async function openReadModel(
  options: NodeOptions,
  network: EmbeddedNetwork,
  logger: Logger,
  closers: (() => Promise<void> | void)[],
): Promise<ReadModel> {
  const directory = readModelDirectory(options.dataDir);
  const view = await ReadModel.open({ directory, rules: LEDGER_RULES, rebuild: options.rebuild === true });
  closers.push(() => view.close());
  const reader = await openLedgerReader(network.dataDir);
  try {
    await view.confirmChain((blockNumber) => reader.headerHash(blockNumber));
  } finally {
    await reader.close();
  }
  const observer = await network.enrol('RegulatorMSP', { id: 'gateway', role: 'client' });
  const connection = network.connect(observer);
  const ended = new AbortController();
  const startBlock = BigInt(view.standing().blockNumber + 1);
  const following = view
    .follow(connection.blockEvents({ startBlock, signal: ended.signal }), decodeBlock, ended.signal)
    .catch((error: unknown) => {
      if (!ended.signal.aborted) logger.fatal({ err: error }, 'the read model has stopped following the ledger');
    });
  closers.push(async () => {
    ended.abort();
    connection.close();
    await following;
  });
  await view.waitForBlock(Number(network.height()) - 1);
  return view;
}

function authenticatorOf({ production, tokenIssuer }: NodeOptions, issuer: TokenIssuer): Authenticate {
  if (tokenIssuer !== undefined) {
    return createAuthenticator({
      issuer: tokenIssuer.issuer,
      audience: tokenIssuer.audience,
      jwks: tokenIssuer.jwksUrl,
    });
  }
  if (production === true) {
    throw new GatewayError({ code: 'BAD_REQUEST', message: 'production needs JWKS_URL, JWT_ISSUER and JWT_AUDIENCE' });
  }
  return createAuthenticator({ issuer: LOCAL_ISSUER, audience: AUDIENCE, jwks: issuer.jwks });
}

async function developmentTokens(issuer: TokenIssuer): Promise<Record<string, string>> {
  const tokens: Record<string, string> = {};
  for (const enrolment of DEVELOPMENT_ENROLMENTS)
    tokens[enrolment.subject] = await issuer.issue(enrolment, TOKEN_LIFETIME_S);
  return tokens;
}

function identityOf(network: EmbeddedNetwork, mspId: string, subject: string): Identity | undefined {
  try {
    return network.authority(mspId).identity(subject);
  } catch (error) {
    if (error instanceof NetworkError && error.code === 'IDENTITY_UNKNOWN') return undefined;
    throw error;
  }
}

async function openEstimator(
  { dataDir }: NodeOptions,
  view: ReadModel,
  submission: Submission,
  key: EstimatorKey,
  logger: Logger,
): Promise<EstimatorService> {
  const designs = await readDesignFiles([PACKAGED_DESIGNS, join(dataDir, 'designs')]);
  const viewer: Viewer = ESTIMATOR;
  return EstimatorService.open({
    dataDir: join(dataDir, 'estimator'),
    designOf: (designId) => designs.get(designId),
    submit: (transaction, command) => submission.submit(viewer, nameOf(transaction), command),
    evaluate: (transaction, command) => submission.evaluate(viewer, nameOf(transaction), command),
    requestEvents: (signal) => openEstimateRequests(view, signal),
    estimatorPartyId: ESTIMATOR.partyId,
    keyId: key.keyId,
    secretKeyMultibase: key.secretKeyMultibase,
    now: () => new Date(),
    onOutcome: (outcome) => logger.info(outcome, 'estimate'),
  });
}

function nameOf(transaction: string) {
  if (!isTransactionName(transaction)) throw new TypeError(`there is no transaction ${transaction}`);
  return transaction;
}

/** The holder of a pack and the maker of it may send its measurements. */
function maySendMeasurements(view: ReadView, partyId: string, packId: string): boolean {
  const pack = view.record({ recordType: 'pack', id: packId });
  return pack !== undefined && (pack['holder'] === partyId || pack['createdBy'] === partyId);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const cause = error;
      reject(
        error.code === 'EADDRINUSE'
          ? new GatewayError({ code: 'NODE_RUNNING', message: `port ${port} is taken; set PORT to another`, cause })
          : error,
      );
    });
    server.listen(port, LOOPBACK, () => resolve());
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
