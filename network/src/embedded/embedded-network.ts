import { mkdir, realpath } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

import type { Identity, LedgerConnection } from '../client/ledger-connection.js';
import { connectLedger } from '../client/connect-ledger.js';
import { CertificateAuthority, type EnrolmentRequest } from '../identity/certificate-authority.js';
import { MembershipRegistry } from '../identity/membership-registry.js';
import { DEFAULT_ORGANISATIONS, type Organisation } from '../identity/organisation.js';
import { NetworkError } from '../network-error.js';
import { ChainHeight } from './block-stream.js';
import type { ChannelConfig, PrivateCollection } from './channel-config.js';
import { readCheckpoint, writeCheckpoint } from './checkpoint-file.js';
import type { BatchLimits } from './committer.js';
import type { CommitterWorkerData } from './committer-worker.js';
import type { ContractSource } from './contract-runner.js';
import { EmbeddedPeer } from './embedded-peer.js';
import type { PeerIdentity } from './endorser.js';
import type { EndorserWorkerData } from './endorser-worker.js';
import { EventService } from './event-service.js';
import { inProcessClient } from './in-process-transport.js';
import { mayCreateDatabase } from './ledger-recovery.js';
import { databasePath, LedgerStore } from './ledger-store.js';
import type { PeerService } from './peer-service.js';
import { WorkerChannel, type CallHandler } from './worker-channel.js';

/** The channel and the chaincode that every ledger of this project has. */
export const LEDGER_ADDRESS = { channel: 'passports', chaincode: 'passport' } as const;

/** How many endorsements a transaction needs, where nothing else is asked for. */
export const DEFAULT_REQUIRED_ENDORSEMENTS = 2;

/**
 * Batch limits where none are given: a lone transaction waits little, and a full load shares each synced write
 * (`bench/submit.ts`).
 */
export const DEFAULT_BATCH_LIMITS: BatchLimits = { maxTransactions: 500, maxWaitMs: 4 };

/** What an embedded network is opened with. */
export interface EmbeddedNetworkOptions {
  /** Directory of ledger, checkpoint and identities; made where missing. One process has it open at a time. */
  readonly dataDir: string;
  readonly contracts: ContractSource;
  /** Version of the contracts, on the chain with the collections. */
  readonly chaincodeVersion?: string;
  readonly collections?: readonly PrivateCollection[];
  readonly organisations?: readonly Organisation[];
  readonly requiredEndorsements?: number;
  readonly batch?: Partial<BatchLimits>;
  /** Threads that run contracts. */
  readonly endorserThreads?: number;
  /** Told once when the ledger can't go on: a thread died or a write failed. */
  readonly onFailure?: (error: NetworkError) => void;
}

/** A Fabric-compatible network of all organisations' peers and the orderer in one process. */
export interface EmbeddedNetwork {
  readonly dataDir: string;
  readonly channel: ChannelConfig;
  readonly organisations: readonly Organisation[];
  /** Number of blocks on disk. */
  height(): bigint;
  /** @throws NetworkError `IDENTITY_UNKNOWN` where no organisation has this MSP id. */
  authority(mspId: string): CertificateAuthority;
  /** Issues an identity, or answers with the one already issued under this id. */
  enrol(mspId: string, request: EnrolmentRequest): Promise<Identity>;
  /** Opens a session of one identity at its own organisation's peer. */
  connect(identity: Identity): LedgerConnection;
  /** One organisation's peer, for a transport to serve. */
  peer(mspId: string): PeerService;
  /** Commits what is queued, ends all streams and frees the directory. */
  close(): Promise<void>;
}

/** Directories open in this process: LevelDB's lock holds between processes only. */
const openDirectories = new Set<string>();

/**
 * Opens the network kept in a directory, or starts a new one there.
 * @throws NetworkError `LEDGER_IN_USE`, `LEDGER_DAMAGED` (naming the block where one is known), `LEDGER_MISMATCH`,
 * `LEDGER_FORMAT_UNSUPPORTED`, `CONTRACTS_UNLOADABLE`, `IDENTITY_DAMAGED`.
 */
export async function openEmbeddedNetwork(options: EmbeddedNetworkOptions): Promise<EmbeddedNetwork> {
  await mkdir(options.dataDir, { recursive: true });
  const dataDir = await realpath(options.dataDir);
  if (openDirectories.has(dataDir)) {
    throw new NetworkError('LEDGER_IN_USE', `the ledger in ${dataDir} is open in this process`);
  }
  openDirectories.add(dataDir);
  const opened = new OpenedParts();
  try {
    return await open(dataDir, options, opened);
  } catch (error) {
    await opened.close();
    openDirectories.delete(dataDir);
    throw error;
  }
}

/** What has been opened so far, to be closed in reverse when the rest fails. */
class OpenedParts {
  readonly #closers: (() => Promise<unknown>)[] = [];

  add(closer: () => Promise<unknown>): void {
    this.#closers.push(closer);
  }

  async close(): Promise<void> {
    for (const closer of this.#closers.splice(0).reverse()) await closer();
  }
}

async function open(dataDir: string, options: EmbeddedNetworkOptions, opened: OpenedParts): Promise<EmbeddedNetwork> {
  const store = await openStore(dataDir);
  opened.add(() => store.close());

  const organisations = options.organisations ?? DEFAULT_ORGANISATIONS;
  const authorities = new Map<string, CertificateAuthority>();
  for (const organisation of organisations) {
    const directory = join(dataDir, 'organisations', organisation.domain);
    authorities.set(organisation.mspId, await CertificateAuthority.createOrOpen(directory, organisation));
  }
  const authority = (mspId: string): CertificateAuthority => {
    const found = authorities.get(mspId);
    if (found === undefined) throw new NetworkError('IDENTITY_UNKNOWN', `no organisation has the MSP id ${mspId}`);
    return found;
  };
  const peers: PeerIdentity[] = [];
  for (const { mspId, domain } of organisations) {
    const address = `peer0.${domain}`;
    peers.push({ ...(await authority(mspId).enrol({ id: address, role: 'peer' })), address });
  }
  const first = organisations[0];
  if (first === undefined) throw new RangeError('organisations: expected at least one, got none');
  const orderer = await authority(first.mspId).enrol({ id: `orderer.${first.domain}`, role: 'orderer' });
  const config = channelConfig(options, organisations, authorities, orderer);

  const height = new ChainHeight(0);
  const fail = (error: NetworkError): void => {
    height.close();
    options.onFailure?.(error);
  };
  const committer = startThread(
    './committer-worker.js',
    { dataDir, config, orderer, batch: { ...DEFAULT_BATCH_LIMITS, ...options.batch } },
    { committed: ([value]) => height.grow(value as number) },
    fail,
  );
  opened.add(() => committer.stop());
  const endorsers: WorkerChannel[] = [];
  for (let count = 0; count < (options.endorserThreads ?? 1); count += 1) {
    const endorser = startThread(
      './endorser-worker.js',
      { dataDir, config, contracts: options.contracts, peers },
      {},
      fail,
    );
    opened.add(() => endorser.stop());
    endorsers.push(endorser.channel);
  }
  // The endorsers load their contracts while the committer checks the chain; a failure waits for the others' end.
  const openings = await Promise.allSettled(
    [committer.channel, ...endorsers].map((channel) => channel.call('open', [])),
  );
  for (const opening of openings) if (opening.status === 'rejected') throw opening.reason;
  const [stored] = openings;
  if (stored?.status === 'fulfilled') height.grow(stored.value as number);

  const registry = new MembershipRegistry(config.organisations);
  const events = new EventService({ store, height, config, registry });
  let turn = 0;
  const nextEndorser = (): WorkerChannel => {
    turn = (turn + 1) % endorsers.length;
    return endorsers[turn] ?? committer.channel;
  };
  const services = new Map<string, PeerService>(
    organisations.map(({ mspId }) => [
      mspId,
      new EmbeddedPeer(mspId, { nextEndorser, committer: committer.channel, events }),
    ]),
  );
  const peer = (mspId: string): PeerService => {
    const service = services.get(mspId);
    if (service === undefined) throw new NetworkError('IDENTITY_UNKNOWN', `no organisation has the MSP id ${mspId}`);
    return service;
  };
  let closing: Promise<void> | undefined;

  return {
    dataDir,
    channel: config,
    organisations,
    height: () => BigInt(height.value),
    authority,
    enrol: (mspId, request) => authority(mspId).enrol(request),
    connect: (identity) => connectLedger(inProcessClient(peer(identity.mspId)), identity, LEDGER_ADDRESS),
    peer,
    close: () => {
      closing ??= closeAll(dataDir, height, opened);
      return closing;
    },
  };
}

async function openStore(dataDir: string): Promise<LedgerStore> {
  const reading = await readCheckpoint(dataDir);
  const create = mayCreateDatabase(reading, existsSync(databasePath(dataDir)));
  // Before the database: a crash between the two must not leave a database without a checkpoint.
  if (reading.state === 'missing') await writeCheckpoint(dataDir, { height: 0n, headerHash: '' });
  return LedgerStore.open(dataDir, create);
}

function channelConfig(
  options: EmbeddedNetworkOptions,
  organisations: readonly Organisation[],
  authorities: ReadonlyMap<string, CertificateAuthority>,
  orderer: Identity,
): ChannelConfig {
  return {
    ...LEDGER_ADDRESS,
    chaincodeVersion: options.chaincodeVersion ?? '1',
    organisations: organisations.map(({ mspId, endorses }) => ({
      mspId,
      endorses,
      rootCertificatePem: authorities.get(mspId)?.rootCertificatePem ?? '',
      tlsRootCertificatePem: authorities.get(mspId)?.tlsRootCertificatePem ?? '',
    })),
    requiredEndorsements: options.requiredEndorsements ?? DEFAULT_REQUIRED_ENDORSEMENTS,
    collections: options.collections ?? [],
    orderer: { mspId: orderer.mspId, certificatePem: orderer.certificatePem },
  };
}

interface Thread {
  readonly channel: WorkerChannel;
  stop(): Promise<void>;
}

function startThread(
  module: string,
  workerData: CommitterWorkerData | EndorserWorkerData,
  handlers: Readonly<Record<string, CallHandler>>,
  onFailure: (error: NetworkError) => void,
): Thread {
  const worker = new Worker(new URL(module, import.meta.url), { workerData });
  const channel = new WorkerChannel(worker, handlers);
  let stopping = false;
  let broken: NetworkError | undefined;
  const lost = (what: string, cause?: unknown): void => {
    if (broken !== undefined) return;
    broken = new NetworkError('LEDGER_FAILED', what, cause === undefined ? {} : { cause });
    channel.break(stopping ? new NetworkError('LEDGER_CLOSED', 'the ledger is closed') : broken);
    if (!stopping) onFailure(broken);
  };
  worker.on('error', (error) => lost(`a thread of the ledger died: ${error.message}`, error));
  worker.on('exit', (code) => lost(`a thread of the ledger ended with code ${code}`));
  return {
    channel,
    stop: async () => {
      stopping = true;
      if (broken === undefined) await channel.call('close', []).catch(() => undefined);
      await worker.terminate();
    },
  };
}

async function closeAll(dataDir: string, height: ChainHeight, opened: OpenedParts): Promise<void> {
  height.close();
  await opened.close();
  openDirectories.delete(dataDir);
}
