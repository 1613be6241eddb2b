import type { common } from '@hyperledger/fabric-protos';

import type { LedgerConnection } from '../client/ledger-connection.js';
import { NetworkError } from '../network-error.js';
import type { BlockSource } from './verify-ledger.js';

/** Blocks of a peer, read in order from its event stream. */
export interface ConnectionBlockSource extends BlockSource {
  /** Ends the event stream. */
  close(): Promise<void>;
}

/**
 * Lets a verification read a ledger that another process has open, or a remote one. Blocks are streamed once, so they
 * have to be asked for in order, from 0 on.
 * @param height - Blocks to read; later ones are left out.
 */
export function connectionBlockSource(connection: LedgerConnection, height: bigint): ConnectionBlockSource {
  const ended = new AbortController();
  let blocks: AsyncIterator<common.Block> | undefined;
  let next = 0n;
  return {
    height,
    block: async (number) => {
      if (number !== next) throw new RangeError(`block ${number} asked for, block ${next} is next`);
      blocks ??= connection.blockEvents({ startBlock: 0n, signal: ended.signal })[Symbol.asyncIterator]();
      const result = await blocks.next();
      if (result.done === true)
        throw new NetworkError('EVENTS_FAILED', `the peer’s stream ended before block ${number}`);
      next += 1n;
      return result.value.serializeBinary();
    },
    close: async () => {
      ended.abort();
      await blocks?.return?.();
    },
  };
}
