import { strict as assert } from 'node:assert';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Damage, filesOf, makeLedger, tryDamage, type WholeLedger } from './damage-trial.js';

/** `bench/damage.ts` tries many places of every file; here each kind of file is spoilt in a few. */
describe('a data directory of which one file is spoilt', function () {
  this.timeout(120_000);
  let parent: string;
  let ledger: WholeLedger;

  before(async () => {
    parent = await mkdtemp(join(tmpdir(), 'damage-'));
    ledger = await makeLedger(join(parent, 'whole'), 20);
  });

  after(() => rm(parent, { recursive: true, force: true }));

  const kinds: [string, RegExp, readonly string[]][] = [
    ['LevelDB’s log', /ledger\/\d+\.log$/, ['refused']],
    ['a table of LevelDB', /ledger\/\d+\.ldb$/, ['refused', 'found']],
    ['the list of LevelDB’s tables', /MANIFEST/, ['refused', 'found']],
    ['the name of that list', /CURRENT/, ['refused']],
    ['the checkpoint', /checkpoint\.json$/, ['refused']],
    ['an authority', /oem\.example\.com\/ca\.json$/, ['refused']],
    ['an identity', /identities\/peer0\.oem\.example\.com\.json$/, ['refused']],
    ['LevelDB’s own diary', /ledger\/LOG$/, ['harmless']],
  ];
  for (const [what, pattern, outcomes] of kinds) {
    it(`is ${outcomes.join(' or ')} when it is ${what}`, async () => {
      const file = (await filesOf(ledger.dataDir)).find((name) => pattern.test(name));
      assert.ok(file !== undefined, `no file matches ${String(pattern)}`);
      const { size } = await stat(join(ledger.dataDir, file));
      const damages: Damage[] = [
        { file, kind: 'flip', offset: size >> 1, bits: 0x01 },
        { file, kind: 'truncate', offset: size >> 1 },
      ];
      for (const damage of damages) {
        const outcome = await tryDamage(ledger, join(parent, 'spoilt'), damage);
        assert.ok(outcomes.includes(outcome), `${damage.kind} at ${damage.offset} of ${file}: ${outcome}`);
      }
    });
  }
});
