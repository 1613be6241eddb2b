import { mkdir, realpath } from 'node:fs/promises';
import { existsSync } from 'node:fs';

import type { Identity, LedgerConnection } from '../client/ledger-connection.js';
import { connectLedger } from '../client/connect-ledger.js';
import { CertificateAuthority, type EnrolmentRequest } from '../identity/certificate-authority.js';
import { authorityPath } from '../identity/open-authorities.js';
import { MembershipRegistry } from '../identity/membership-registry.js';
import { DEFAULT_ORGANISATIONS, type Organisation } from '../identity/organisation.js';
import { checkTables } from '../leveldb/check-tables.js';
import { NetworkError } from '../network-error.js';
import { ChainHeight } from './block-stream.js';
import type { ChannelConfig, PrivateCollection } from './channel-config.js';
import { readCheckpoint, writeCheckpoint } from './checkpoint-file.js';
import type { BatchLimits } from './committer.js';
import type { CommitterWorkerData } from './committer-worker.js';
import type { ContractSource } from './contract-runner.js';
import { EmbeddedPeer } from './embedded-peer.js';
import type { PeerIdentity } from './endorser.js';
import { EndorserPool } from './endorser-pool.js';
import { EventService } from './event-service.js';
import { inProcessClient } from './in-process-transport.js';
import { mayCreateDatabase } from './ledger-recovery.js';
import { databasePath, LedgerStore } from './ledger-store.js';
import { LedgerThread } from './ledger-thread.js';
import type { PeerService } from './peer-service.js';

/** The channel and the chaincode that every ledger of this project has. */
export const LEDGER_ADDRESS = { channel: 'passports', chaincode: 'passport' } as const;

/** How many endorsements a transaction needs, where nothing else is asked for. */
export const DEFAULT_REQUIRED_ENDORSEMENTS = 2;

/** Batch limits where none are given: under load many transactions share a synced write (`bench/submit.ts`). */
export const DEFAULT_BATCH_LIMITS: BatchLimits = { maxTransactions: 500, maxWaitMs: 8 };

/** How long a contract may take where nothing else is asked for: Fabric's own default. */
export const DEFAULT_EXECUTE_TIMEOUT_MS = 30_000;

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
  /** How long a contract may take before it is ended. */
  readonly executeTimeoutMs?: number;
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
    const directory = authorityPath(dataDir, organisation);
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
  const committer = new LedgerThread(
    './committer-worker.js',
    { dataDir, config, orderer, batch: { ...DEFAULT_BATCH_LIMITS, ...options.batch } } satisfies CommitterWorkerData,
    { committed: ([value]) => height.grow(value as number) },
    fail,
  );
  opened.add(() => committer.stop());
  const endorsers = new EndorserPool({
    threads: options.endorserThreads ?? 1,
    executeTimeoutMs: options.executeTimeoutMs ?? DEFAULT_EXECUTE_TIMEOUT_MS,
    data: { dataDir, config, contracts: options.contracts, peers },
    onFailure: fail,
  });
  opened.add(() => endorsers.stop());
  // The endorsers load their contracts while the committer checks the chain; a failure waits for the other's end.
  const [stored, loaded] = await Promise.allSettled([committer.channel.call('open', []), endorsers.open()]);
  if (stored.status === 'rejected') throw stored.reason;
  if (loaded.status === 'rejected') throw loaded.reason;
  height.grow(stored.value as number);

  const registry = new MembershipRegistry(config.organisations);
  const events = new EventService({ store, height, config, registry });
  const services = new Map<string, PeerService>(
    organisations.map(({ mspId }) => [
      mspId,
      new EmbeddedPeer(mspId, { endorsers, committer: committer.channel, events }),
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

/** Whether this process has the ledger of a directory open; its files change under whoever looks at them then. */
export function isOpenHere(directory: string): boolean {
  return openDirectories.has(directory);
}

async function openStore(dataDir: string): Promise<LedgerStore> {
  const reading = await readCheckpoint(dataDir);
  const create = mayCreateDatabase(reading, existsSync(databasePath(dataDir)));
  // Before the database: a crash between the two must not leave a database without a checkpoint.
  if (reading.state === 'missing') await writeCheckpoint(dataDir, { height: 0n, headerHash: '' });
  await checkTables(databasePath(dataDir));
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

async function closeAll(dataDir: string, height: ChainHeight, opened: OpenedParts): Promise<void> {
  height.close();
  await opened.close();
  openDirectories.delete(dataDir);
}
