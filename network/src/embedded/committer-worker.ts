import { parentPort, workerData } from 'node:worker_threads';

import type { Identity } from '../client/ledger-connection.js';
import type { ChannelConfig } from './channel-config.js';
import { Committer, type BatchLimits } from './committer.js';
import { LedgerStore } from './ledger-store.js';
import { toPeerStatus } from './signed-proposal.js';
import type { PrivateWrites } from './simulation.js';
import { WorkerChannel } from './worker-channel.js';

/** What the thread is started with. */
export interface CommitterWorkerData {
  readonly dataDir: string;
  readonly config: ChannelConfig;
  readonly orderer: Identity;
  readonly batch: BatchLimits;
}

/** The thread that orders, validates and writes blocks. */
function start(): void {
  if (parentPort === null) throw new TypeError('this module is a worker thread');
  const { dataDir, config, orderer, batch } = workerData as CommitterWorkerData;
  let store: LedgerStore | undefined;
  let committer: Committer | undefined;

  const running = (): Committer => {
    if (committer === undefined) throw new TypeError('the committer is not open');
    return committer;
  };
  const channel = new WorkerChannel(parentPort, {
    open: async () => {
      store = await LedgerStore.open(dataDir, false);
      const onCommitted = (height: number): void => {
        channel.call('committed', [height]).catch(() => undefined);
      };
      committer = await Committer.open({ store, dataDir, config, orderer, batch, onCommitted });
      return committer.height;
    },
    stash: ([transactionId, writes]) => {
      running().stashPrivateWrites(transactionId as string, writes as PrivateWrites[]);
    },
    submit: ([request]) => {
      try {
        return running().submit(request as Uint8Array);
      } catch (error) {
        throw toPeerStatus(error);
      }
    },
    commitStatus: async ([request], call) => {
      try {
        return await running().commitStatus(request as Uint8Array, (cancel) => {
          call.onCancel = cancel;
        });
      } catch (error) {
        throw toPeerStatus(error);
      }
    },
    close: async () => {
      await committer?.close();
      await store?.close();
    },
  });
}

start();
