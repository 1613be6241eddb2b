import type { EndorsementOutcome } from './endorser.js';
import type { EndorserPool } from './endorser-pool.js';
import type { EventService } from './event-service.js';
import { GRPC_STATUS, PeerStatusError, type PeerService } from './peer-service.js';
import { toPeerStatus } from './signed-proposal.js';
import type { WorkerChannel } from './worker-channel.js';

/** What all organisations' peers of one process share. */
export interface PeerBackend {
  readonly endorsers: EndorserPool;
  readonly committer: WorkerChannel;
  readonly events: EventService;
}

/** One organisation's gateway peer: passes requests to the threads that know the answers. */
export class EmbeddedPeer implements PeerService {
  readonly mspId: string;
  readonly #backend: PeerBackend;

  constructor(mspId: string, backend: PeerBackend) {
    this.mspId = mspId;
    this.#backend = backend;
  }

  async evaluate(request: Uint8Array): Promise<Uint8Array> {
    return (await answered(this.#backend.endorsers.call('evaluate', [this.mspId, request]))) as Uint8Array;
  }

  async endorse(request: Uint8Array): Promise<Uint8Array> {
    const outcome = await answered(this.#backend.endorsers.call('endorse', [this.mspId, request]));
    const { response, transactionId, privateWrites } = outcome as EndorsementOutcome;
    if (privateWrites.length > 0) await answered(this.#backend.committer.call('stash', [transactionId, privateWrites]));
    return response;
  }

  async submit(request: Uint8Array): Promise<Uint8Array> {
    return (await answered(this.#backend.committer.call('submit', [request]))) as Uint8Array;
  }

  async commitStatus(request: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    return (await answered(this.#backend.committer.call('commitStatus', [request], signal))) as Uint8Array;
  }

  chaincodeEvents(request: Uint8Array, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    return this.#backend.events.chaincodeEvents(request, signal);
  }

  deliver(request: Uint8Array, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    return this.#backend.events.deliver(request, 'block', signal);
  }

  deliverFiltered(request: Uint8Array, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    return this.#backend.events.deliver(request, 'filtered', signal);
  }

  deliverWithPrivateData(): AsyncIterable<Uint8Array> {
    // A private value is kept while it is current and not after, so old blocks can't be given with theirs.
    const refused = new PeerStatusError(
      GRPC_STATUS.UNIMPLEMENTED,
      'this peer does not keep the private data of blocks',
    );
    return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(refused) }) };
  }
}

async function answered(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call;
  } catch (error) {
    throw toPeerStatus(error);
  }
}
