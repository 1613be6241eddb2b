import { connectClient, openTestNetwork } from '../embedded/open-ledger.js';
import { SUITE_COLLECTION } from '../ledger-suite.js';

/**
 * Writes the small ledger that `past-formats.test.ts` opens. Run once when the format changes, and keep the ones before:
 *
 *     node network/dist/test/stores/make-store.js network/test/stores/format-1/data
 */
const [dataDir] = process.argv.slice(2);
if (dataDir === undefined) throw new TypeError('usage: make-store DIRECTORY');

const network = await openTestNetwork(dataDir);
const oem = await connectClient(network, 'OemMSP');
const recycler = await connectClient(network, 'RecyclerMSP');
await oem.submit('LedgerContract:register', ['pack-1', 'body']);
await oem.submit('LedgerContract:put', ['kept', 'first']);
await recycler.submit('LedgerContract:put', ['kept', 'second']);
await oem.submit('LedgerContract:put', ['removed', 'x']);
await oem.submit('LedgerContract:remove', ['removed']);
await oem.submit('LedgerContract:putPrivate', [SUITE_COLLECTION.name, 'secret'], {
  transient: { value: Buffer.from('private value') },
});
await oem.submit('LedgerContract:put', ['flagged', 'x'], { endorsingOrganizations: ['OemMSP'] }).catch(() => undefined);
await network.close();
