import { parentPort, workerData } from 'node:worker_threads';

import { MembershipRegistry } from '../identity/membership-registry.js';
import type { ChannelConfig } from './channel-config.js';
import { ContractRunner, type ContractSource } from './contract-runner.js';
import { Endorser, type PeerIdentity } from './endorser.js';
import { LedgerStore } from './ledger-store.js';
import { toPeerStatus } from './signed-proposal.js';
import { WorkerChannel } from './worker-channel.js';

/** What the thread is started with. */
export interface EndorserWorkerData {
  readonly dataDir: string;
  readonly config: ChannelConfig;
  readonly contracts: ContractSource;
  readonly peers: readonly PeerIdentity[];
}

/** The thread that runs contracts: a busy one holds up neither blocks nor the caller's own thread. */
function start(): void {
  if (parentPort === null) throw new TypeError('this module is a worker thread');
  const { dataDir, config, contracts, peers } = workerData as EndorserWorkerData;
  let store: LedgerStore | undefined;
  let endorser: Endorser | undefined;

  const running = (): Endorser => {
    if (endorser === undefined) throw new TypeError('the endorser is not open');
    return endorser;
  };
  new WorkerChannel(parentPort, {
    open: async () => {
      const runner = await ContractRunner.load(contracts);
      store = await LedgerStore.open(dataDir, false);
      const registry = new MembershipRegistry(config.organisations);
      endorser = new Endorser({ config, store, runner, registry, peers });
    },
    evaluate: async ([mspId, request]) => {
      try {
        return await running().evaluate(mspId as string, request as Uint8Array);
      } catch (error) {
        throw toPeerStatus(error);
      }
    },
    endorse: async ([mspId, request]) => {
      try {
        return await running().endorse(mspId as string, request as Uint8Array);
      } catch (error) {
        throw toPeerStatus(error);
      }
    },
    close: async () => {
      await store?.close();
    },
  });
}

start();
