import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  openEmbeddedNetwork,
  type ContractSource,
  type EmbeddedNetwork,
  type EmbeddedNetworkOptions,
  type LedgerConnection,
} from '../../src/index.js';
import { SUITE_COLLECTION } from '../ledger-suite.js';

/** The contract of these tests, as the embedded network loads it. */
export const TEST_CONTRACTS: ContractSource = {
  module: new URL('./ledger-contract.js', import.meta.url).href,
  export: 'contracts',
};

/** Opens an embedded network with the test contract and collection. */
export function openTestNetwork(dataDir: string, more: Partial<EmbeddedNetworkOptions> = {}): Promise<EmbeddedNetwork> {
  return openEmbeddedNetwork({ dataDir, contracts: TEST_CONTRACTS, collections: [SUITE_COLLECTION], ...more });
}

/** A session of an enrolled client of one organisation. */
export async function connectClient(network: EmbeddedNetwork, mspId: string): Promise<LedgerConnection> {
  const identity = await network.enrol(mspId, {
    id: 'suite',
    role: 'client',
    attributes: { party: `party-of-${mspId}`, roles: 'oem' },
  });
  return network.connect(identity);
}

/** A directory that a test may fill, and its removal. */
export async function temporaryDirectory(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'ledger-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
