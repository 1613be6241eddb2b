import assert from 'node:assert/strict';
import { cp, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { openLedgerReader, verifyLedger } from '../../src/index.js';
import { connectClient, openTestNetwork, temporaryDirectory } from '../embedded/open-ledger.js';
import { SUITE_COLLECTION } from '../ledger-suite.js';

// Ledgers as past versions of this software wrote them (`make-store.ts`): they must go on being read.
const STORES = fileURLToPath(new URL('../../../test/stores/', import.meta.url));

for (const name of (await readdir(STORES)).filter((entry) => entry.startsWith('format-'))) {
  describe(`a ledger of ${name}`, () => {
    it('opens, answers what was written, passes the audit and goes on', async () => {
      const directory = await temporaryDirectory();
      await cp(`${STORES}${name}/data`, directory.path, { recursive: true });
      const network = await openTestNetwork(directory.path);
      assert.equal(network.height(), 8n);
      const oem = await connectClient(network, 'OemMSP');
      const ask = async (transaction: string, ...args: string[]): Promise<string> =>
        Buffer.from(await oem.evaluate(`LedgerContract:${transaction}`, args)).toString();
      assert.equal(await ask('get', 'kept'), 'second');
      assert.equal(await ask('get', 'removed'), '');
      assert.equal(await ask('get', 'flagged'), '');
      assert.equal(await ask('getPrivate', SUITE_COLLECTION.name, 'secret'), 'private value');
      const history = JSON.parse(await ask('history', 'kept')) as { value: string }[];
      assert.deepEqual(
        history.map(({ value }) => value),
        ['second', 'first'],
      );
      const reader = await openLedgerReader(directory.path);
      assert.deepEqual((await verifyLedger(reader)).findings, []);
      await reader.close();
      const { blockNumber } = await oem.submit('LedgerContract:put', ['kept', 'third']);
      assert.equal(blockNumber, 8n);
      await network.close();
      await directory.remove();
    });
  });
}
