import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

import { decodeBlock, NetworkError, VALIDATION_CODE, type LedgerConnection } from '../src/index.js';

/** A ledger that runs `test/embedded/ledger-contract.ts` with the collection {@link SUITE_COLLECTION}. */
export interface LedgerUnderTest {
  /** A session of a client of one organisation. */
  connect(mspId: string): Promise<LedgerConnection>;
  close(): Promise<void>;
}

/** Held by OEM and recycler, read by their clients only, written by anyone. */
export const SUITE_COLLECTION = {
  name: 'oemRecycler',
  members: ['OemMSP', 'RecyclerMSP'],
  memberOnlyRead: true,
  memberOnlyWrite: false,
};

/** Asserts that a call fails with this layer's error and answers the error. */
export async function rejectsWith(code: NetworkError['code'], work: Promise<unknown>): Promise<NetworkError> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    assert.equal(error.code, code, error.message);
    return error;
  }
  throw new assert.AssertionError({ message: `expected ${code}, nothing was thrown` });
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

/** What every ledger of this project must do, whatever runs it. */
export function ledgerSuite(name: string, open: () => Promise<LedgerUnderTest>): void {
  describe(`a ledger (${name})`, () => {
    let ledger: LedgerUnderTest;
    let oem: LedgerConnection;
    let recycler: LedgerConnection;
    let regulator: LedgerConnection;
    const run = randomBytes(4).toString('hex');
    const key = (name: string): string => `${run}-${name}`;

    before(async () => {
      ledger = await open();
      oem = await ledger.connect('OemMSP');
      recycler = await ledger.connect('RecyclerMSP');
      regulator = await ledger.connect('RegulatorMSP');
    });

    after(async () => {
      for (const connection of [oem, recycler, regulator]) connection.close();
      await ledger.close();
    });

    const get = async (name: string): Promise<string> => text(await oem.evaluate('LedgerContract:get', [key(name)]));

    it('answers a submit with the contract’s result, an id and the block', async () => {
      const { result, transactionId, blockNumber } = await oem.submit('LedgerContract:put', [key('a'), 'one']);
      assert.equal(text(result), 'one');
      assert.match(transactionId, /^[0-9a-f]{64}$/);
      assert.ok(blockNumber > 0n);
      assert.equal(await get('a'), 'one');
    });

    it('answers an evaluate without storing anything', async () => {
      assert.equal(text(await oem.evaluate('LedgerContract:put', [key('evaluated'), 'x'])), 'x');
      assert.equal(await get('evaluated'), '');
    });

    it('does not show a transaction its own writes', async () => {
      await oem.submit('LedgerContract:put', [key('own'), 'before']);
      const { result } = await oem.submit('LedgerContract:putThenGet', [key('own'), 'after']);
      assert.equal(text(result), 'before');
      assert.equal(await get('own'), 'after');
    });

    it('deletes a key', async () => {
      await oem.submit('LedgerContract:put', [key('gone'), 'x']);
      await oem.submit('LedgerContract:remove', [key('gone')]);
      assert.equal(await get('gone'), '');
    });

    it('lets the regulator submit and read', async () => {
      await regulator.submit('LedgerContract:put', [key('seen'), 'yes']);
      assert.equal(text(await regulator.evaluate('LedgerContract:get', [key('seen')])), 'yes');
    });

    it('hands the contract the caller’s certificate attributes', async () => {
      const { result } = await oem.submit('LedgerContract:register', [key('with-party'), 'body']);
      assert.equal((JSON.parse(text(result)) as { holder: string }).holder, 'party-of-OemMSP');
    });

    it('passes a contract’s refusal on with its code, on submit and on evaluate', async () => {
      for (const call of [
        oem.submit('LedgerContract:refuse', ['LOT_OVERDRAWN: 3 mg of lot 7 are left']),
        oem.evaluate('LedgerContract:refuse', ['LOT_OVERDRAWN: 3 mg of lot 7 are left']),
      ]) {
        const error = await rejectsWith('CONTRACT_REFUSED', call);
        assert.equal(error.contractCode, 'LOT_OVERDRAWN');
        assert.equal(error.message, 'LOT_OVERDRAWN: 3 mg of lot 7 are left');
      }
    });

    it('gives a refusal without a code no contract code', async () => {
      const error = await rejectsWith('CONTRACT_REFUSED', oem.submit('LedgerContract:refuse', ['just no']));
      assert.equal(error.contractCode, undefined);
    });

    it('refuses a contract and a transaction that do not exist', async () => {
      await rejectsWith('CONTRACT_REFUSED', oem.submit('NoContract:put', ['a', 'b']));
      await rejectsWith('CONTRACT_REFUSED', oem.submit('LedgerContract:noTransaction', []));
      await rejectsWith('CONTRACT_REFUSED', oem.submit('LedgerContract:put', ['too few']));
    });

    it('lets one of several concurrent changes of a key win in a block and flags the others as conflicts', async () => {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 12 }, () => oem.submit('LedgerContract:add', [key('sum'), '1'])),
      );
      const won = outcomes.filter(({ status }) => status === 'fulfilled').length;
      for (const outcome of outcomes) {
        if (outcome.status === 'fulfilled') continue;
        const error = outcome.reason as NetworkError;
        assert.equal(error.code, 'COMMIT_FAILED');
        assert.equal(error.validationCode, VALIDATION_CODE.MVCC_READ_CONFLICT);
      }
      assert.ok(won >= 1 && won < 12, `${won} of 12 won`);
      assert.equal(await get('sum'), String(won));
    });

    it('flags a transaction that too few organisations endorsed', async () => {
      const error = await rejectsWith(
        'COMMIT_FAILED',
        oem.submit('LedgerContract:put', [key('alone'), 'x'], { endorsingOrganizations: ['OemMSP'] }),
      );
      assert.equal(error.validationCode, VALIDATION_CODE.ENDORSEMENT_POLICY_FAILURE);
      assert.equal(await get('alone'), '');
    });

    it('is endorsed by the organisations that were asked for', async () => {
      const { blockNumber, transactionId } = await oem.submit('LedgerContract:put', [key('chosen'), 'x'], {
        endorsingOrganizations: ['SynthesisMSP', 'RecyclerMSP'],
      });
      const block = await blockAt(oem, blockNumber);
      const transaction = block.transactions.find((one) => one.transactionId === transactionId);
      assert.deepEqual(transaction?.endorsers.map(({ mspId }) => mspId).sort(), ['RecyclerMSP', 'SynthesisMSP']);
      assert.equal(transaction.creator.mspId, 'OemMSP');
      assert.equal(transaction.transaction, 'LedgerContract:put');
      assert.deepEqual(transaction.args.map(text), [key('chosen'), 'x']);
    });

    it('takes no endorsement of the regulator', async () => {
      const endorsingOrganizations = ['OemMSP', 'RegulatorMSP'];
      await rejectsWith(
        'ENDORSE_FAILED',
        oem.submit('LedgerContract:put', [key('regulated'), 'x'], { endorsingOrganizations }),
      );
    });

    it('walks a range in the order of UTF-8, start included and end not', async () => {
      // UTF-16 order puts the second before the third, UTF-8 order after it.
      const names = ['r-a', 'r-\u{10400}', 'r-\uff00', 'r-b', 'r-c'];
      for (const name of names) await oem.submit('LedgerContract:put', [key(name), name]);
      const walk = async (from: string, to: string): Promise<string[]> =>
        (JSON.parse(text(await oem.evaluate('LedgerContract:range', [key(from), key(to)]))) as string[][]).map(
          ([, value]) => value ?? '',
        );
      assert.deepEqual(await walk('r-a', 'r-c'), ['r-a', 'r-b']);
      assert.deepEqual(await walk('r-', 'r-\u{10ffff}'), ['r-a', 'r-b', 'r-c', 'r-\uff00', 'r-\u{10400}']);
    });

    it('walks more than a page of a range', async () => {
      await Promise.all(
        Array.from({ length: 230 }, (_, index) =>
          oem.submit('LedgerContract:put', [key(`many-${String(index).padStart(3, '0')}`), 'x']),
        ),
      );
      const { result } = await oem.submit('LedgerContract:count', [key('many-'), key('many-~'), key('many')]);
      assert.equal(text(result), '230');
    });

    it('finds composite keys by their first attributes', async () => {
      await oem.submit('LedgerContract:register', [key('composite'), 'x']);
      const found = JSON.parse(text(await oem.evaluate('LedgerContract:partial', ['holder', 'a']))) as string[][];
      assert.ok(found.some((attributes) => attributes[1] === key('composite')));
      assert.deepEqual(JSON.parse(text(await oem.evaluate('LedgerContract:partial', ['holder', 'nobody']))), []);
    });

    it('pages through a range by bookmarks', async () => {
      for (const name of ['p1', 'p2', 'p3', 'p4', 'p5']) await oem.submit('LedgerContract:put', [key(name), name]);
      const pages: string[][] = [];
      let bookmark = '';
      do {
        const answer = await oem.evaluate('LedgerContract:page', [key('p1'), key('p9'), '2', bookmark]);
        const page = JSON.parse(text(answer)) as { keys: string[]; metadata: { bookmark: string } };
        pages.push(page.keys);
        bookmark = page.metadata.bookmark;
      } while (bookmark !== '');
      assert.deepEqual(pages, [[key('p1'), key('p2')], [key('p3'), key('p4')], [key('p5')]]);
    });

    it('refuses to write after a page, since nobody would check the page again', async () => {
      await rejectsWith('CONTRACT_REFUSED', oem.submit('LedgerContract:pageThenPut', [key('x')]));
    });

    it('gives the history of a key, latest first, deletions included', async () => {
      const ids = [];
      ids.push((await oem.submit('LedgerContract:put', [key('h'), 'one'])).transactionId);
      ids.push((await recycler.submit('LedgerContract:remove', [key('h')])).transactionId);
      ids.push((await oem.submit('LedgerContract:put', [key('h'), 'two'])).transactionId);
      const history: unknown = JSON.parse(text(await oem.evaluate('LedgerContract:history', [key('h')])));
      assert.deepEqual(history, [
        { txId: ids[2], value: 'two', isDelete: false },
        { txId: ids[1], value: '', isDelete: true },
        { txId: ids[0], value: 'one', isDelete: false },
      ]);
    });

    describe('with private data', () => {
      const secret = `secret-${run}`;
      const collection = SUITE_COLLECTION.name;
      let blockNumber: bigint;

      before(async () => {
        const transient = { value: Buffer.from(secret) };
        ({ blockNumber } = await oem.submit('LedgerContract:putPrivate', [collection, key('s')], { transient }));
      });

      it('answers it to members', async () => {
        for (const member of [oem, recycler]) {
          assert.equal(text(await member.evaluate('LedgerContract:getPrivate', [collection, key('s')])), secret);
        }
      });

      it('refuses it to others, and gives them its hash', async () => {
        await rejectsWith('CONTRACT_REFUSED', regulator.evaluate('LedgerContract:getPrivate', [collection, key('s')]));
        const hash = text(await regulator.evaluate('LedgerContract:privateHash', [collection, key('s')]));
        assert.match(hash, /^[0-9a-f]{64}$/);
      });

      it('puts neither the value nor the transient data nor the key into the block', async () => {
        const bytes = Buffer.from((await firstBlock(oem, blockNumber)).serializeBinary());
        assert.equal(bytes.includes(secret), false);
        const { transactions } = await blockAt(oem, blockNumber);
        const hashes = transactions.flatMap(({ privateWriteHashes }) => privateWriteHashes);
        assert.equal(hashes.length, 1);
        assert.equal(hashes[0]?.collection, collection);
        assert.match(hashes[0].valueHash ?? '', /^[0-9a-f]{64}$/);
      });

      it('is endorsed by members only where a value is read', async () => {
        const submitted = await oem.submit('LedgerContract:publish', [collection, key('s')]);
        const { transactions } = await blockAt(oem, submitted.blockNumber);
        const published = transactions.find(({ transactionId }) => transactionId === submitted.transactionId);
        assert.deepEqual(published?.endorsers.map(({ mspId }) => mspId).sort(), ['OemMSP', 'RecyclerMSP']);
      });

      it('deletes and purges it', async () => {
        for (const removal of ['removePrivate', 'purgePrivate']) {
          const transient = { value: Buffer.from(secret) };
          await oem.submit('LedgerContract:putPrivate', [collection, key(removal)], { transient });
          await oem.submit(`LedgerContract:${removal}`, [collection, key(removal)]);
          assert.equal(text(await oem.evaluate('LedgerContract:getPrivate', [collection, key(removal)])), '');
          assert.equal(text(await oem.evaluate('LedgerContract:privateHash', [collection, key(removal)])), '');
        }
      });

      it('refuses a collection that is not defined', async () => {
        const transient = { value: Buffer.from('x') };
        await rejectsWith('CONTRACT_REFUSED', oem.submit('LedgerContract:putPrivate', ['none', 'k'], { transient }));
      });
    });

    describe('with events', () => {
      it('gives contract events from a block on and then live, and ends when told to', async () => {
        const { blockNumber } = await oem.submit('LedgerContract:emit', ['Past', key('past')]);
        const controller = new AbortController();
        const seen: string[] = [];
        let caughtUp: () => void = () => undefined;
        const replayed = new Promise<void>((resolve) => (caughtUp = resolve));
        const reading = (async () => {
          for await (const event of oem.chaincodeEvents({ startBlock: blockNumber, signal: controller.signal })) {
            if (!text(event.payload).startsWith(run)) continue;
            seen.push(event.eventName);
            caughtUp();
            if (event.eventName === 'Live') controller.abort();
          }
        })();
        await replayed;
        await oem.submit('LedgerContract:emit', ['Live', key('live')]);
        await reading;
        assert.deepEqual(seen, ['Past', 'Live']);
      });

      it('gives no event of a transaction that was not valid', async () => {
        const { blockNumber } = await oem.submit('LedgerContract:emit', ['First', key('first')]);
        await rejectsWith(
          'COMMIT_FAILED',
          oem.submit('LedgerContract:emit', ['Invalid', key('invalid')], { endorsingOrganizations: ['OemMSP'] }),
        );
        await oem.submit('LedgerContract:emit', ['Last', key('last')]);
        const seen: string[] = [];
        for await (const event of oem.chaincodeEvents({ startBlock: blockNumber })) {
          if (text(event.payload).startsWith(run)) seen.push(event.eventName);
          if (event.eventName === 'Last') break;
        }
        assert.deepEqual(seen, ['First', 'Last']);
      });

      it('gives blocks that follow one another by their hashes, from the first on', async () => {
        const { blockNumber } = await oem.submit('LedgerContract:put', [key('chained'), 'x']);
        let previous = '';
        for await (const message of regulator.blockEvents({ startBlock: 0n })) {
          const block = decodeBlock(message);
          assert.equal(block.previousHash, previous);
          previous = block.headerHash;
          if (block.number === blockNumber) break;
        }
      });

      it('ends a stream when its connection is closed', async () => {
        const connection = await ledger.connect('OemMSP');
        const reading = (async () => {
          for await (const block of connection.blockEvents()) assert.ok(block);
        })();
        await new Promise((resolve) => setTimeout(resolve, 50));
        connection.close();
        await reading;
        await rejectsWith('LEDGER_CLOSED', connection.submit('LedgerContract:put', ['a', 'b']));
      });
    });

    it('refuses what it does not support with a code of its own', async () => {
      const unsupported = {
        richQuery: 'RICH_QUERY_UNSUPPORTED',
        callOther: 'CHAINCODE_CALL_UNSUPPORTED',
        setPolicy: 'KEY_POLICY_UNSUPPORTED',
      };
      for (const [transaction, code] of Object.entries(unsupported)) {
        const args = transaction === 'setPolicy' ? ['k'] : [];
        const error = await rejectsWith('CONTRACT_REFUSED', oem.submit(`LedgerContract:${transaction}`, args));
        assert.equal(error.contractCode, code);
      }
    });
  });
}

async function firstBlock(connection: LedgerConnection, startBlock: bigint) {
  for await (const block of connection.blockEvents({ startBlock })) return block;
  throw new assert.AssertionError({ message: `no block ${startBlock}` });
}

async function blockAt(connection: LedgerConnection, number: bigint) {
  return decodeBlock(await firstBlock(connection, number));
}
