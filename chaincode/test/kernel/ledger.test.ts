import assert from 'node:assert/strict';
import type { PartyRecord } from '@battery-passport/schemas';
import { Ledger, type StateStub } from '../../src/kernel/ledger.js';
import { Refusal, type RefusalCode } from '../../src/kernel/refusal.js';
import { MemoryState, MemoryStub } from '../memory-stub.js';

const party = (id: string, more: Partial<PartyRecord> = {}): PartyRecord => ({
  recordType: 'party',
  id,
  createdBy: 'regulator',
  createdAt: '2031-03-01T00:00:00Z',
  createdInTransaction: '0'.repeat(64),
  name: id,
  mspId: 'OemMSP',
  roles: ['oem'],
  state: 'active',
  keys: [],
  ...more,
});

const refused = (code: RefusalCode) => (error: unknown) => error instanceof Refusal && error.code === code;

describe('a unit of work', () => {
  let state: MemoryState;
  let stub: MemoryStub;
  let ledger: Ledger;

  const open = () => {
    stub = new MemoryStub(state, { txId: '0'.repeat(64), seconds: 0, transient: new Map() });
    ledger = new Ledger(stub as unknown as StateStub);
  };
  const commit = async () => {
    await ledger.flush();
    stub.commit();
    open();
  };

  beforeEach(() => {
    state = new MemoryState();
    open();
  });

  it('reads what it wrote, which a Fabric transaction does not', async () => {
    await ledger.create(party('oem'));
    assert.equal((await ledger.require('party', 'oem')).state, 'active');
    assert.equal((await stub.getState('\0party\0oem\0')).length, 0);
  });

  it('writes nothing before it is flushed', async () => {
    await ledger.create(party('oem'));
    await ledger.claim('gtin', ['1', '2'], 'pack-1');
    assert.equal(stub.writes.size, 0);
  });

  it('reads each record from the state once', async () => {
    await ledger.create(party('oem'));
    await commit();
    for (let times = 0; times < 3; times++) await ledger.require('party', 'oem');
    assert.deepEqual(stub.reads, ['\0party\0oem\0']);
  });

  it('keeps an index entry for each indexed field, and moves it when the field changes', async () => {
    await ledger.create(party('oem'));
    await commit();
    assert.deepEqual([...state.values.keys()].sort(), [
      '\0party\0oem\0',
      '\0party~mspId\0OemMSP\0oem\0',
      '\0party~state\0active\0oem\0',
    ]);
    ledger.update(await ledger.require('party', 'oem').then((record) => ({ ...record, state: 'suspended' as const })));
    await commit();
    assert.deepEqual([...state.values.keys()].sort(), [
      '\0party\0oem\0',
      '\0party~mspId\0OemMSP\0oem\0',
      '\0party~state\0suspended\0oem\0',
    ]);
  });

  it('refuses to create what is there, to require what is not, and to go on with what was corrected', async () => {
    await ledger.create(
      party('oem', { superseded: { byId: 'oem-2', reason: 'x', author: 'oem', at: '2031-03-01T00:00:00Z' } }),
    );
    await commit();
    await assert.rejects(() => ledger.create(party('oem')), refused('RECORD_EXISTS'));
    await assert.rejects(() => ledger.require('party', 'nobody'), refused('RECORD_NOT_FOUND'));
    await assert.rejects(() => ledger.requireCurrent('party', 'oem'), refused('RECORD_SUPERSEDED'));
  });

  it('gives a unique name to one record only, within a transaction and after it', async () => {
    await ledger.claim('gtin', ['1', '2'], 'pack-1');
    await assert.rejects(() => ledger.claim('gtin', ['1', '2'], 'pack-2'), refused('RECORD_EXISTS'));
    await commit();
    await assert.rejects(() => ledger.claim('gtin', ['1', '2'], 'pack-2'), refused('RECORD_EXISTS'));
    assert.equal(await ledger.claimant('gtin', ['1', '2']), 'pack-1');
    assert.equal(await ledger.claimant('gtin', ['1', '3']), undefined);
  });

  it('writes no record that breaks its schema, and none of the others with it', async () => {
    await ledger.create(party('oem'));
    await ledger.create(party('bad', { mspId: 'nowhere' }));
    await assert.rejects(() => ledger.flush(), refused('RECORD_INVALID'));
    assert.equal(stub.writes.size, 0);
  });

  it('updates only what it has read', () => {
    assert.throws(() => ledger.update(party('oem')), TypeError);
  });
});
