import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { checkpointPath, readCheckpoint, writeCheckpoint } from '../../src/embedded/checkpoint-file.js';
import { blockKey, KEY_FAMILY, metaKey, stateKey } from '../../src/embedded/database-key.js';
import { databasePath, deleteRecord, LedgerStore, putRecord } from '../../src/embedded/ledger-store.js';
import { NetworkError, openLedgerReader } from '../../src/index.js';
import { rejectsWith } from '../ledger-suite.js';
import { connectClient, openTestNetwork, temporaryDirectory } from './open-ledger.js';

const BLOCKS = 8;

describe('the directory of a ledger', () => {
  let original: string;
  let removeOriginal: () => Promise<void>;
  let dataDir: string;
  let removeCopy: () => Promise<void>;

  before(async () => {
    ({ path: original, remove: removeOriginal } = await temporaryDirectory());
    const network = await openTestNetwork(original);
    const connection = await connectClient(network, 'OemMSP');
    for (let index = 1; index < BLOCKS; index += 1) {
      await connection.submit('LedgerContract:put', [`key-${index}`, `value-${index}`]);
    }
    await network.close();
  });

  after(() => removeOriginal());

  beforeEach(async () => {
    ({ path: dataDir, remove: removeCopy } = await temporaryDirectory());
    await cp(original, dataDir, { recursive: true });
  });

  afterEach(() => removeCopy());

  const refusedAt = async (blockNumber?: number): Promise<NetworkError> => {
    const error = await rejectsWith('LEDGER_DAMAGED', openTestNetwork(dataDir));
    if (blockNumber !== undefined) assert.equal(error.blockNumber, BigInt(blockNumber), error.message);
    return error;
  };

  /** Changes the database behind the ledger's back. */
  const tamper = async (change: (store: LedgerStore) => Promise<void>): Promise<void> => {
    const store = await LedgerStore.open(dataDir, false);
    await change(store);
    await store.close();
  };

  it('opens at the same height with the same tip, and goes on', async () => {
    const before = await readCheckpoint(dataDir);
    const network = await openTestNetwork(dataDir);
    assert.equal(network.height(), BigInt(BLOCKS));
    assert.deepEqual(await readCheckpoint(dataDir), before);
    const connection = await connectClient(network, 'OemMSP');
    const { blockNumber } = await connection.submit('LedgerContract:put', ['more', 'x']);
    assert.equal(blockNumber, BigInt(BLOCKS));
    assert.equal(Buffer.from(await connection.evaluate('LedgerContract:get', ['key-1'])).toString(), 'value-1');
    await network.close();
  });

  it('is open in one place of a process at a time', async () => {
    const network = await openTestNetwork(dataDir);
    await rejectsWith('LEDGER_IN_USE', openTestNetwork(dataDir));
    await network.close();
    await (await openTestNetwork(dataDir)).close();
  });

  it('is open in one process at a time', async () => {
    const network = await openTestNetwork(dataDir);
    const script = `
      import { openLedgerReader } from ${JSON.stringify(new URL('../../src/index.js', import.meta.url).href)};
      await openLedgerReader(${JSON.stringify(dataDir)}).then(() => console.log('OPENED'), (error) => console.log(error.code));
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await new Promise((resolve) => child.on('exit', resolve));
    assert.equal(output.trim(), 'LEDGER_IN_USE');
    await network.close();
  });

  it('commits on closing what was submitted', async () => {
    const network = await openTestNetwork(dataDir, { batch: { maxTransactions: 1000, maxWaitMs: 60_000 } });
    const connection = await connectClient(network, 'OemMSP');
    const submitted = Array.from({ length: 20 }, (_, index) =>
      connection.submit('LedgerContract:put', [`late-${index}`, 'x']),
    );
    // Whether an answer still arrives or not, what was taken in is in the chain or is not there at all.
    const settled = Promise.allSettled(submitted);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await network.close();
    const outcomes = await settled;
    const again = await openTestNetwork(dataDir);
    const late = await connectClient(again, 'OemMSP');
    let acknowledged = 0;
    for (const [index, outcome] of outcomes.entries()) {
      const kept = Buffer.from(await late.evaluate('LedgerContract:get', [`late-${index}`])).toString() === 'x';
      if (outcome.status === 'fulfilled') {
        acknowledged += 1;
        assert.ok(kept, `late-${index} was acknowledged`);
        continue;
      }
      const { code } = outcome.reason as NetworkError;
      assert.ok(code === 'OUTCOME_UNKNOWN' || code === 'ENDORSE_FAILED', code);
      if (code === 'ENDORSE_FAILED') assert.equal(kept, false);
    }
    assert.ok(acknowledged > 1, `${acknowledged} were acknowledged`);
    await again.close();
  });

  it('opens by itself where a crash left the checkpoint behind the chain', async () => {
    const earlier = await openLedgerReader(dataDir);
    const headerHash = (await earlier.headerHash(2n)) ?? '';
    await earlier.close();
    for (const checkpoint of [
      { height: 3n, headerHash },
      { height: 0n, headerHash: '' },
    ]) {
      await writeCheckpoint(dataDir, checkpoint);
      const network = await openTestNetwork(dataDir);
      assert.equal(network.height(), BigInt(BLOCKS));
      await network.close();
    }
  });

  it('starts where a crash left a checkpoint of no blocks and no database', async () => {
    await rm(databasePath(dataDir), { recursive: true });
    await writeCheckpoint(dataDir, { height: 0n, headerHash: '' });
    const network = await openTestNetwork(dataDir);
    assert.equal(network.height(), 1n);
    await network.close();
  });

  it('is refused without its checkpoint', async () => {
    await rm(checkpointPath(dataDir));
    await refusedAt();
  });

  it('is refused with any byte of its checkpoint changed', async () => {
    const bytes = await readFile(checkpointPath(dataDir));
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      await writeFile(checkpointPath(dataDir), changed);
      const reading = await readCheckpoint(dataDir);
      assert.equal(reading.state, 'damaged', `byte ${index}`);
    }
    await refusedAt();
  });

  it('is refused where the checkpoint is of another chain, naming the block', async () => {
    await writeCheckpoint(dataDir, { height: 4n, headerHash: 'ab'.repeat(32) });
    await refusedAt(3);
  });

  it('is refused where the chain ends before the checkpoint, naming the first missing block', async () => {
    const reading = await readCheckpoint(dataDir);
    assert.ok(reading.state === 'present');
    await writeCheckpoint(dataDir, { height: BigInt(BLOCKS + 2), headerHash: reading.checkpoint.headerHash });
    await refusedAt(BLOCKS);
  });

  it('is refused where its database is gone', async () => {
    await rm(databasePath(dataDir), { recursive: true });
    await refusedAt();
  });

  it('is refused where a header is missing, naming the block', async () => {
    await tamper((store) => store.write([deleteRecord(blockKey(KEY_FAMILY.HEADER, 4))]));
    await refusedAt(4);
  });

  it('is refused where a header is another one, naming the block after', async () => {
    await tamper(async (store) => {
      const key = blockKey(KEY_FAMILY.HEADER, 4);
      const other = Buffer.from('0804122000000000000000000000000000000000000000000000000000000000000000001a00', 'hex');
      await store.write([putRecord(key, other)]);
    });
    await refusedAt(4);
  });

  it('is refused where the log of the database was cut', async () => {
    const [log] = (await readdir(databasePath(dataDir))).filter((name) => name.endsWith('.log'));
    assert.ok(log !== undefined);
    const path = join(databasePath(dataDir), log);
    await truncate(path, Math.floor((await readFile(path)).length / 2));
    await refusedAt();
  });

  it('is refused in a format of another version', async () => {
    await tamper((store) => store.write([putRecord(metaKey('format'), Buffer.from('2'))]));
    await rejectsWith('LEDGER_FORMAT_UNSUPPORTED', openTestNetwork(dataDir));
  });

  it('is refused with other organisations’ authorities than it was made with', async () => {
    await rm(join(dataDir, 'organisations'), { recursive: true });
    await rejectsWith('LEDGER_MISMATCH', openTestNetwork(dataDir));
  });

  it('is refused with another endorsement policy', async () => {
    await rejectsWith('LEDGER_MISMATCH', openTestNetwork(dataDir, { requiredEndorsements: 3 }));
  });

  it('takes new collections and a new version of the contracts as a configuration on the chain', async () => {
    const collection = {
      name: 'new',
      members: ['OemMSP', 'SynthesisMSP'],
      memberOnlyRead: false,
      memberOnlyWrite: false,
    };
    const changed = { collections: [collection], chaincodeVersion: '2' };
    const network = await openTestNetwork(dataDir, changed);
    assert.equal(network.height(), BigInt(BLOCKS + 1));
    const connection = await connectClient(network, 'OemMSP');
    const transient = { value: Buffer.from('x') };
    await connection.submit('LedgerContract:putPrivate', ['new', 'k'], { transient });
    await network.close();
    const again = await openTestNetwork(dataDir, changed);
    assert.equal(again.height(), BigInt(BLOCKS + 2));
    await again.close();
  });

  it('answers no value that fails its checksum', async () => {
    await tamper(async (store) => {
      const { value } = putRecord(stateKey('key-1'), Buffer.from('000000000000000100000000ff', 'hex'));
      value[value.length - 1] = 0;
      await store.write([{ type: 'put', key: stateKey('key-1'), value }]);
    });
    const network = await openTestNetwork(dataDir);
    const connection = await connectClient(network, 'OemMSP');
    const read = connection.evaluate('LedgerContract:get', ['key-1']);
    const error = await rejectsWith('EVALUATE_FAILED', read);
    assert.match(error.message, /LEDGER_DAMAGED.*checksum/);
    await rejectsWith('ENDORSE_FAILED', connection.submit('LedgerContract:put', ['key-1', 'x']));
    await network.close();
  });

  it('can’t be opened with contracts that don’t load', async () => {
    const contracts = { module: new URL('./ledger-contract.js', import.meta.url).href, export: 'nothing' };
    await rejectsWith('CONTRACTS_UNLOADABLE', openTestNetwork(dataDir, { contracts }));
    await (await openTestNetwork(dataDir)).close();
  });
});
