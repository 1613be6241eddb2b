import assert from 'node:assert/strict';
import type { CommandOf, ElementAccount } from '@battery-passport/schemas';
import { MemoryWorld } from '../memory-world.js';

const nickel: ElementAccount = [
  { element: 'Ni', origins: [{ kind: 'primary', minedIn: 'ID', refinedIn: 'CN', massMg: 223 }] },
];

function salt(lotId: string, more: Partial<CommandOf<'registerLot'>> = {}): CommandOf<'registerLot'> {
  return { lotId, material: 'refined-salt', massMg: 1000, account: nickel, carbonG: 10, ...more };
}

describe('a lot', () => {
  let given: MemoryWorld;
  let world: MemoryWorld;

  before(async () => {
    given = await MemoryWorld.founded();
    await given.submit(
      'supplier',
      'registerLot',
      salt('nickel-1', { oreGradePpm: 18_000, site: { countryCode: 'ID', name: 'Sorowako' } }),
    );
    await given.submit('maker', 'registerLot', {
      lotId: 'powder-1',
      material: 'cathode-powder',
      chemistry: 'NMC811',
      massMg: 999,
      account: [{ element: 'Ni', origins: [{ kind: 'primary', minedIn: 'AU', massMg: 480 }] }],
      activeMaterialMg: 990,
      carbonG: 25,
    });
  });

  beforeEach(() => {
    world = given.fork();
  });

  it('is held by whoever registers it, of no waste, with its account in order', async () => {
    const lot = await world.submit(
      'supplier',
      'registerLot',
      salt('mixed', {
        account: [
          {
            element: 'Ni',
            origins: [
              { kind: 'primary', minedIn: 'PH', massMg: 1 },
              { kind: 'primary', minedIn: 'ID', massMg: 2 },
              { kind: 'primary', minedIn: 'PH', massMg: 3 },
            ],
          },
          { element: 'Co', origins: [{ kind: 'declared-post-consumer', massMg: 4 }] },
        ],
      }),
    );
    assert.equal(lot.holder, 'supplier');
    assert.equal(lot.wasteStatus, 'none');
    assert.deepEqual(lot.account, [
      { element: 'Co', origins: [{ kind: 'declared-post-consumer', massMg: 4 }] },
      {
        element: 'Ni',
        origins: [
          { kind: 'primary', minedIn: 'ID', massMg: 2 },
          { kind: 'primary', minedIn: 'PH', massMg: 4 },
        ],
      },
    ]);
    assert.deepEqual(world.record('lot', 'mixed'), lot);
    assert.deepEqual(world.facts(), [{ fact: 'LotRegistered', recordType: 'lot', id: 'mixed' }]);
  });

  it('splits into parts with their shares, rounded down, and keeps the rest', async () => {
    const { lot, parts } = await world.submit('supplier', 'splitLot', {
      lotId: 'nickel-1',
      parts: [
        { lotId: 'part-1', massMg: 333 },
        { lotId: 'part-2', massMg: 333 },
      ],
    });
    assert.deepEqual(
      parts.map((part) => [part.massMg, part.account[0]?.origins[0]?.massMg, part.carbonG]),
      [
        [333, 74, 3],
        [333, 74, 3],
      ],
    );
    assert.deepEqual([lot.remainingMassMg, lot.remaining[0]?.origins[0]?.massMg, lot.remainingCarbonG], [334, 75, 4]);
    assert.equal(lot.massMg, 1000);
    assert.equal(parts[0]?.oreGradePpm, 18_000);
    assert.deepEqual(parts[0].source, {
      kind: 'split',
      parents: [{ recordType: 'lot', id: 'nickel-1', massMg: 333 }],
    });
  });

  it('is exhausted when all of it is drawn', async () => {
    const lot = await world.submit('supplier', 'drawDownLot', { lotId: 'nickel-1', massMg: 1000, reason: 'spilt' });
    assert.deepEqual([lot.state, lot.remainingMassMg, lot.remaining, lot.remainingCarbonG], ['exhausted', 0, [], 0]);
    assert.deepEqual(lot.account, nickel);
  });

  it('blends into the sum of what was drawn', async () => {
    await world.submit('maker', 'registerLot', {
      lotId: 'powder-2',
      material: 'cathode-powder',
      chemistry: 'NMC811',
      massMg: 1000,
      account: [{ element: 'Ni', origins: [{ kind: 'primary', minedIn: 'FI', massMg: 470 }] }],
      activeMaterialMg: 1000,
      carbonG: 9,
    });
    const blend = await world.submit('maker', 'blendLots', {
      lotId: 'blend',
      material: 'cathode-powder',
      inputs: [
        { lotId: 'powder-1', massMg: 999 },
        { lotId: 'powder-2', massMg: 500 },
      ],
    });
    assert.deepEqual(
      [blend.massMg, blend.activeMaterialMg, blend.carbonG, blend.chemistry],
      [1499, 1490, 29, 'NMC811'],
    );
    assert.deepEqual(blend.account, [
      {
        element: 'Ni',
        origins: [
          { kind: 'primary', minedIn: 'AU', massMg: 480 },
          { kind: 'primary', minedIn: 'FI', massMg: 235 },
        ],
      },
    ]);
    assert.equal(world.record('lot', 'powder-1')?.state, 'exhausted');
  });

  it('becomes pre-consumer waste by declaration, and the basis of its own recovery', async () => {
    const scrap = await world.submit('maker', 'declareScrap', {
      lotId: 'scrap',
      fromLotId: 'powder-1',
      massMg: 333,
      reason: 'coating edge',
    });
    assert.deepEqual(
      [scrap.material, scrap.wasteStatus, scrap.activeMaterialMg],
      ['process-scrap', 'pre-consumer', 330],
    );
    assert.deepEqual(scrap.basis, { activeMaterialMg: 330, elements: [{ element: 'Ni', massMg: 160 }] });
    assert.deepEqual(scrap.account, [{ element: 'Ni', origins: [{ kind: 'primary', minedIn: 'AU', massMg: 160 }] }]);
  });

  it('can be used again once it is released', async () => {
    await world.submit('supplier', 'holdLot', { lotId: 'nickel-1', reason: 'sample' });
    assert.equal(world.record('lot', 'nickel-1')?.holdReason, 'sample');
    const lot = await world.submit('supplier', 'releaseLot', { lotId: 'nickel-1' });
    assert.deepEqual([lot.state, lot.holdReason], ['available', undefined]);
  });

  it('remembers what it was before it was downgraded', async () => {
    const lot = await world.submit('maker', 'downgradeLot', { lotId: 'powder-1', material: 'residue', reason: 'wet' });
    assert.equal(lot.material, 'residue');
    assert.deepEqual(lot.downgrades, [{ from: 'cathode-powder', to: 'residue', reason: 'wet', at: world.now }]);
    const list = await world.evaluate('oem', 'listRecords', {
      recordType: 'lot',
      field: 'material',
      value: 'residue',
      pageSize: 10,
    });
    assert.deepEqual(list, { ids: ['powder-1'] });
  });

  it('is reworked whole, even while it is held back', async () => {
    await world.submit('maker', 'drawDownLot', { lotId: 'powder-1', massMg: 99, reason: 'sample' });
    await world.submit('maker', 'holdLot', { lotId: 'powder-1', reason: 'wet' });
    const lot = await world.submit('maker', 'reworkLot', {
      lotId: 'powder-1',
      newLotId: 'powder-1-dry',
      reason: 'dried',
    });
    assert.deepEqual([lot.massMg, lot.reworkOf, lot.state], [900, 'powder-1', 'available']);
    assert.equal(world.record('lot', 'powder-1')?.state, 'exhausted');
  });

  it('that was wrong is corrected by another, from which what was drawn is drawn', async () => {
    await world.submit('supplier', 'splitLot', { lotId: 'nickel-1', parts: [{ lotId: 'part-1', massMg: 250 }] });
    const corrected = await world.submit(
      'supplier',
      'registerLot',
      salt('nickel-1b', {
        account: [{ element: 'Ni', origins: [{ kind: 'primary', minedIn: 'PH', refinedIn: 'CN', massMg: 200 }] }],
        supersedes: { id: 'nickel-1', reason: 'the mine was in the Philippines' },
      }),
    );
    assert.deepEqual(
      [corrected.massMg, corrected.remainingMassMg, corrected.remaining[0]?.origins[0]?.massMg],
      [1000, 750, 150],
    );
    assert.deepEqual(world.record('lot', 'nickel-1')?.superseded, {
      byId: 'nickel-1b',
      reason: 'the mine was in the Philippines',
      author: 'supplier',
      at: world.now,
    });
    assert.equal(
      world.record('lot', 'part-1')?.superseded,
      undefined,
      'what rested on it stands, and its parent shows the correction',
    );
    assert.deepEqual(
      world.facts().map(({ fact, id }) => [fact, id]),
      [
        ['RecordSuperseded', 'nickel-1'],
        ['LotRegistered', 'nickel-1b'],
      ],
    );
  });

  it('stays with its holder when its author corrects it', async () => {
    await world.submit('supplier', 'offerCustody', {
      offerId: 'o',
      asset: { recordType: 'lot', id: 'nickel-1' },
      to: 'maker',
    });
    await world.submit('maker', 'acceptCustody', { offerId: 'o' });
    const corrected = await world.submit(
      'supplier',
      'registerLot',
      salt('nickel-1b', { supersedes: { id: 'nickel-1', reason: 'weighed again' } }),
    );
    assert.equal(corrected.holder, 'maker');
    assert.equal(corrected.createdBy, 'supplier');
  });
});
