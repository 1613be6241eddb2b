import assert from 'node:assert/strict';
import { canonicalJson } from '@battery-passport/schemas';
import fc from 'fast-check';
import { CLOCK_TOLERANCE_S } from '../../src/kernel/transaction-context.js';
import { Refusal } from '../../src/kernel/refusal.js';
import { assertRefused } from '../assert-refused.js';
import { MemoryWorld } from '../memory-world.js';

describe('a transaction', () => {
  let given: MemoryWorld;
  let world: MemoryWorld;

  before(async () => {
    given = await MemoryWorld.founded();
    await given.submit('supplier', 'registerLot', {
      lotId: 'lot-1',
      material: 'reagent',
      massMg: 9,
      account: [],
      carbonG: 0,
    });
  });
  beforeEach(() => {
    world = given.fork();
  });

  it('answers in canonical JSON and stores the same', async () => {
    const answer = await world.send('supplier', 'holdLot', canonicalJson({ lotId: 'lot-1', reason: 'sample' }));
    assert.equal(answer, canonicalJson(JSON.parse(answer)));
    assert.equal(new TextDecoder().decode(world.state.values.get('\0lot\0lot-1\0')), answer);
  });

  it('stamps a record with its author, its time and its transaction, and a change with its time', async () => {
    const made = world.record('lot', 'lot-1');
    assert.deepEqual([made?.createdBy, made?.createdAt, made?.updatedAt], ['supplier', given.now, undefined]);
    const held = await world.submit(
      'supplier',
      'holdLot',
      { lotId: 'lot-1', reason: 'x' },
      { at: '2031-03-05T00:00:00Z' },
    );
    assert.deepEqual([held.createdAt, held.updatedAt], [given.now, '2031-03-05T00:00:00Z']);
  });

  it('gives the same writes, result and event each time it is simulated', async () => {
    const simulate = async () => {
      const fork = given.fork();
      const result = await fork.send(
        'supplier',
        'splitLot',
        canonicalJson({ lotId: 'lot-1', parts: [{ lotId: 'a', massMg: 4 }] }),
      );
      return [result, fork.last?.writes, fork.last?.event];
    };
    assert.deepEqual(await simulate(), await simulate());
  });

  it('takes a date up to the tolerance of clocks after its own time, and none beyond', async () => {
    await world.submit('estimator', 'addPartyKey', {
      keyId: 'k',
      publicKeyMultibase: 'z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK',
      validFrom: '2031-01-01T00:00:00Z',
    });
    assert.equal(CLOCK_TOLERANCE_S, 300);
    const revoke = (at: string) =>
      world
        .fork()
        .submit('estimator', 'revokePartyKey', { partyId: 'estimator', keyId: 'k', revokedAt: at, reason: 'lost' });
    await revoke('2031-03-01T00:05:00Z');
    await assert.rejects(
      () => revoke('2031-03-01T00:05:01Z'),
      (error) => error instanceof Refusal && error.code === 'TIME_IMPLAUSIBLE',
    );
  });

  it('founds the register by the regulator, whom nobody could have registered', async () => {
    const empty = new MemoryWorld();
    const party = await empty.submit('regulator', 'registerParty', {
      partyId: 'regulator',
      name: 'Regulator',
      mspId: 'RegulatorMSP',
      roles: ['regulator'],
    });
    assert.equal(party.createdBy, 'regulator');
  });

  it('of a suspended party is refused until it is reinstated', async () => {
    const hold = () => world.submit('supplier', 'holdLot', { lotId: 'lot-1', reason: 'x' });
    await world.submit('regulator', 'suspendParty', { partyId: 'supplier', reason: 'unpaid' });
    await assertRefused(world, 'PARTY_SUSPENDED', hold);
    await world.submit('regulator', 'reinstateParty', { partyId: 'supplier' });
    await hold();
  });

  it('refuses any text that is no command, with a code and without a trace', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.jsonValue().map(canonicalJson)),
        async (argument) => {
          try {
            await world.send('supplier', 'drawDownLot', argument);
            assert.fail('nothing random is a command');
          } catch (error) {
            assert.ok(error instanceof Refusal, String(error));
            assert.ok(error.message.startsWith(`${error.code}: `));
            assert.equal(world.last?.writes.size, 0);
          }
        },
      ),
    );
  });
});
