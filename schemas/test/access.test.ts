import assert from 'node:assert/strict';
import {
  ACCESS,
  ACCESS_CLASSES,
  accessClassOf,
  AUDIENCE_ACCESS,
  AUDIENCES,
  audiencesOf,
  maySee,
  RECORDS,
  visiblePart,
  type AnyRecord,
  type RecordType,
} from '../src/index.js';

const offer: AnyRecord = {
  recordType: 'custodyOffer',
  id: 'offer-1',
  createdBy: 'recycler',
  createdAt: '2031-01-01T00:00:00Z',
  createdInTransaction: '0'.repeat(64),
  asset: { recordType: 'lot', id: 'lot-1' },
  assetId: 'lot-1',
  from: 'recycler',
  to: 'maker',
  state: 'open',
  offeredAt: '2031-01-01T00:00:00Z',
};

describe('access', () => {
  it('is a lattice: neither authorities nor legitimate interest sees all that the other sees', () => {
    assert.ok(!AUDIENCE_ACCESS.authority.includes('annex-xiii-4'));
    assert.ok(!AUDIENCE_ACCESS['legitimate-interest'].includes('annex-xiii-3'));
    assert.ok(AUDIENCE_ACCESS.commission.includes('annex-xiii-4'));
  });

  it('gives every audience what is public, and the public nothing else', () => {
    assert.deepEqual(AUDIENCE_ACCESS.public, ['annex-xiii-1']);
    for (const audience of AUDIENCES) assert.ok(AUDIENCE_ACCESS[audience].includes('annex-xiii-1'));
  });

  it('has a class for every field of every record, and names no field that a record does not have', () => {
    for (const [recordType, { schema }] of Object.entries(RECORDS)) {
      const fields = Object.keys(schema.properties);
      for (const field of fields) {
        assert.ok(ACCESS_CLASSES.includes(accessClassOf(recordType as RecordType, field)));
      }
      for (const field of Object.keys(ACCESS[recordType as RecordType].fields)) {
        assert.ok(fields.includes(field), `${recordType} has no field ${field}`);
      }
    }
  });

  it('keeps the state of health from the public and from authorities', () => {
    assert.equal(accessClassOf('attestation', 'soh'), 'annex-xiii-4');
    assert.equal(accessClassOf('pack', 'counters'), 'annex-xiii-4');
    assert.equal(accessClassOf('design', 'dismantling'), 'annex-xiii-2');
    assert.equal(accessClassOf('design', 'cathodeChemistry'), 'annex-xiii-1');
  });

  it('takes a party without a role for the public', () => {
    assert.deepEqual(audiencesOf([]), ['public']);
    assert.deepEqual(audiencesOf(['regulator']), ['authority']);
    assert.deepEqual(audiencesOf(['recycler', 'collector']), ['legitimate-interest', 'consortium']);
  });

  it('shows a party its own things whole', () => {
    assert.ok(!maySee({ audiences: ['public'] }, offer, 'asset'));
    assert.ok(!maySee({ partyId: 'oem', audiences: ['legitimate-interest'] }, offer, 'asset'));
    assert.ok(maySee({ partyId: 'maker', audiences: ['public'] }, offer, 'asset'));
    assert.ok(maySee({ partyId: 'oem', audiences: ['consortium'] }, offer, 'asset'));
  });

  it('leaves out what a viewer may not see', () => {
    assert.deepEqual(Object.keys(visiblePart({ audiences: ['public'] }, offer)), [
      'recordType',
      'id',
      'createdBy',
      'createdAt',
      'createdInTransaction',
    ]);
    assert.deepEqual(visiblePart({ audiences: ['authority'] }, offer), offer);
  });
});
