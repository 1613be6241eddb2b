import { blockHeaderHash, parseBlockHeader } from '../block/block.js';
import { NetworkError } from '../network-error.js';
import { readCheckpoint, type CheckpointReading } from './checkpoint-file.js';
import { afterPrefix, KEY_FAMILY } from './database-key.js';
import type { LedgerStore, Tip } from './ledger-store.js';

/**
 * Whether a data directory may be opened with a new database: true where the checkpoint says that no block was ever
 * durable, or where there is neither checkpoint nor database.
 * @throws NetworkError `LEDGER_DAMAGED` where the checkpoint is damaged, or missing beside a database.
 */
export function mayCreateDatabase(reading: CheckpointReading, databaseExists: boolean): boolean {
  if (reading.state === 'present') return reading.checkpoint.height === 0n;
  if (reading.state === 'damaged') throw new NetworkError('LEDGER_DAMAGED', 'the checkpoint file does not read back');
  if (databaseExists) throw new NetworkError('LEDGER_DAMAGED', 'the checkpoint file of an existing ledger is missing');
  return true;
}

/**
 * Walks all headers of a stored chain: numbers without a gap, each on the hash of the one before, the last one the tip,
 * and the checkpoint's header among them. LevelDB drops damaged parts of its log without a word; since a block is one
 * atomic write, whatever it drops takes a header along.
 * @returns The tip, or null for a database without a ledger.
 * @throws NetworkError `LEDGER_DAMAGED` naming the block in `blockNumber`; `LEDGER_FORMAT_UNSUPPORTED`.
 */
export async function recoverTip(store: LedgerStore, dataDir: string): Promise<Tip | null> {
  const reading = await readCheckpoint(dataDir);
  const checkpoint = reading.state === 'present' ? reading.checkpoint : null;
  if (checkpoint === null)
    throw new NetworkError('LEDGER_DAMAGED', 'the checkpoint file is missing or does not read back');
  const tip = store.tip();
  if (tip === null) {
    if (checkpoint.height === 0n) return null;
    throw damagedAt(0, `the database is empty; the checkpoint stands at height ${checkpoint.height}`);
  }
  let number = 0;
  let hash: Buffer = Buffer.alloc(0);
  const prefix = Buffer.of(KEY_FAMILY.HEADER);
  for await (const [key, payload] of store.entries({ start: prefix, end: afterPrefix(prefix) })) {
    const stored = Number(key.readBigUInt64BE(1));
    if (stored !== number) throw damagedAt(number, 'its header is missing');
    const header = parseBlockHeader(payload);
    if (header.number !== number) throw damagedAt(number, `its header says number ${header.number}`);
    if (Buffer.compare(header.previousHash, hash) !== 0) throw damagedAt(number, 'it does not follow the block before');
    hash = blockHeaderHash(header);
    number += 1;
    if (BigInt(number) === checkpoint.height && hash.toString('hex') !== checkpoint.headerHash) {
      throw damagedAt(number - 1, 'its hash is not the checkpoint’s');
    }
  }
  if (BigInt(number) < checkpoint.height) {
    throw damagedAt(number, `it is missing; the checkpoint stands at height ${checkpoint.height}`);
  }
  if (number !== tip.height)
    throw damagedAt(number, `the chain ends before it; the tip record says ${tip.height} blocks`);
  if (!hash.equals(tip.headerHash)) throw damagedAt(number - 1, 'its hash is not the tip record’s');
  return tip;
}

function damagedAt(blockNumber: number, what: string): NetworkError {
  return new NetworkError('LEDGER_DAMAGED', `block ${blockNumber}: ${what}`, { blockNumber: BigInt(blockNumber) });
}
