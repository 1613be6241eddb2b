import assert from 'node:assert/strict';
import { assertRefused } from '../assert-refused.js';
import { MemoryWorld } from '../memory-world.js';

const asset = { recordType: 'lot' as const, id: 'lot-1' };

describe('custody', () => {
  let world: MemoryWorld;

  beforeEach(async () => {
    world = await MemoryWorld.founded();
    await world.submit('supplier', 'registerLot', {
      lotId: 'lot-1',
      material: 'reagent',
      massMg: 10,
      account: [],
      carbonG: 0,
    });
    await world.submit('supplier', 'offerCustody', { offerId: 'offer-1', asset, to: 'recycler', consignment: 'CMR 1' });
  });

  it('stays with the holder while an offer is open', () => {
    assert.equal(world.record('lot', 'lot-1')?.holder, 'supplier');
    assert.equal(world.record('lot', 'lot-1')?.pendingOfferId, 'offer-1');
  });

  it('passes to the named party when it accepts', async () => {
    const offer = await world.submit(
      'recycler',
      'acceptCustody',
      { offerId: 'offer-1' },
      { at: '2031-03-02T00:00:00Z' },
    );
    assert.deepEqual([offer.state, offer.closedAt], ['accepted', '2031-03-02T00:00:00Z']);
    const lot = world.record('lot', 'lot-1');
    assert.deepEqual([lot?.holder, lot?.pendingOfferId], ['recycler', undefined]);
    await world.submit('recycler', 'drawDownLot', { lotId: 'lot-1', massMg: 1, reason: 'sample' });
    await assertRefused(world, 'NOT_HOLDER', () =>
      world.submit('supplier', 'drawDownLot', { lotId: 'lot-1', massMg: 1, reason: 'sample' }),
    );
  });

  it('stays with the holder, free to offer again, when the offer is refused', async () => {
    const offer = await world.submit('recycler', 'refuseCustody', { offerId: 'offer-1', reason: 'wet' });
    assert.deepEqual([offer.state, offer.reason], ['refused', 'wet']);
    await world.submit('supplier', 'offerCustody', { offerId: 'offer-2', asset, to: 'maker' });
    assert.equal(world.record('lot', 'lot-1')?.pendingOfferId, 'offer-2');
  });

  it('stays with the holder when the offer is withdrawn', async () => {
    await world.submit('supplier', 'withdrawCustody', { offerId: 'offer-1', reason: 'sold elsewhere' });
    assert.equal(world.record('lot', 'lot-1')?.pendingOfferId, undefined);
    await world.submit('supplier', 'drawDownLot', { lotId: 'lot-1', massMg: 1, reason: 'sample' });
  });

  it('is listed by holder, and offers by recipient and state, as it passes', async () => {
    const list = (recordType: string, field: string, value: string) =>
      world.evaluate('regulator', 'listRecords', { recordType, field, value, pageSize: 10 });
    assert.deepEqual(await list('custodyOffer', 'state', 'open'), { ids: ['offer-1'] });
    assert.deepEqual(await list('custodyOffer', 'to', 'recycler'), { ids: ['offer-1'] });
    assert.deepEqual(await list('custodyOffer', 'assetId', 'lot-1'), { ids: ['offer-1'] });
    await world.submit('recycler', 'acceptCustody', { offerId: 'offer-1' });
    assert.deepEqual(await list('custodyOffer', 'state', 'open'), { ids: [] });
    assert.deepEqual(await list('lot', 'holder', 'supplier'), { ids: [] });
    assert.deepEqual(await list('lot', 'holder', 'recycler'), { ids: ['lot-1'] });
  });

  it('may be offered and taken within one batch of each party', async () => {
    await world.submit('recycler', 'runBatch', {
      commands: [
        { transaction: 'acceptCustody', command: { offerId: 'offer-1' } },
        { transaction: 'offerCustody', command: { offerId: 'offer-2', asset, to: 'maker' } },
      ],
    });
    assert.equal(world.record('lot', 'lot-1')?.pendingOfferId, 'offer-2');
  });
});
