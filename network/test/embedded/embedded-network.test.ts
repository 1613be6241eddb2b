import assert from 'node:assert/strict';

import { ledgerSuite, type LedgerUnderTest } from '../ledger-suite.js';
import { connectClient, openTestNetwork, temporaryDirectory } from './open-ledger.js';

async function openOnce(): Promise<LedgerUnderTest> {
  const directory = await temporaryDirectory();
  const network = await openTestNetwork(directory.path);
  return {
    connect: (mspId) => connectClient(network, mspId),
    close: async () => {
      await network.close();
      await directory.remove();
    },
  };
}

async function openTwice(): Promise<LedgerUnderTest> {
  const directory = await temporaryDirectory();
  const first = await openTestNetwork(directory.path);
  const connection = await connectClient(first, 'OemMSP');
  for (let index = 0; index < 5; index += 1) await connection.submit('LedgerContract:put', [`before-${index}`, 'x']);
  await first.close();
  const second = await openTestNetwork(directory.path, { endorserThreads: 2 });
  assert.equal(second.height(), 6n);
  return {
    connect: (mspId) => connectClient(second, mspId),
    close: async () => {
      await second.close();
      await directory.remove();
    },
  };
}

ledgerSuite('embedded, new', openOnce);
ledgerSuite('embedded, reopened, on two endorsing threads', openTwice);
