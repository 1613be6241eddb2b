import assert from 'node:assert/strict';
import { verifyCredential } from '@battery-passport/schemas';
import { attestationExpiry } from '../../src/estimate/attestation-rules.js';
import type { MemoryWorld } from '../memory-world.js';
import { accredit, attest, collect, packInService, signed, soh, swap } from '../pack/pack-life.js';

describe('an estimate', () => {
  let given: MemoryWorld;
  let world: MemoryWorld;

  before(async () => {
    given = await packInService();
    await accredit(given);
  });

  beforeEach(() => {
    world = given.fork();
  });

  it('answers its request, and the ledger keeps the credential as it was signed', async () => {
    await attest(world, 'attestation-1');
    const attestation = world.record('attestation', 'attestation-1');
    assert.ok(attestation !== undefined);
    assert.deepEqual(attestation.credential, signed());
    const key = world.record('party', 'estimator')?.keys[0];
    assert.ok(key !== undefined);
    verifyCredential(attestation.credential, key.publicKeyMultibase);
    assert.equal(attestation.accreditationId, 'accreditation-1');
    assert.equal(attestation.expiresAt, '2031-07-31T00:00:00Z');
    const request = world.record('estimateRequest', 'request-attestation-1');
    assert.deepEqual([request?.state, request?.attestationId], ['answered', 'attestation-1']);
    assert.equal(world.record('pack', 'pack-1')?.attestationId, 'attestation-1');
  });

  it('is pointed at by its pack only while none was measured later', async () => {
    await attest(world, 'newer');
    await attest(world, 'older', { measuredAt: '2031-01-15T00:00:00Z' });
    assert.equal(world.record('pack', 'pack-1')?.attestationId, 'newer');
  });

  it('may be asked for by the regulator about any pack', async () => {
    const request = await world.submit('regulator', 'requestEstimate', {
      requestId: 'audit-1',
      packId: 'pack-1',
      purpose: 'audit',
      expiresAt: '2031-04-01T00:00:00Z',
    });
    assert.equal(request.state, 'open');
  });

  it('may be of one module, and outlives a swap of another', async () => {
    await world.submit('oem', 'recordRepair', swap('pack-1', { removed: [{ moduleId: 'pack-1-a' }] }));
    await attest(world, 'attestation-a', { moduleId: 'pack-1-a', measuredAt: '2030-11-01T00:00:00Z' });
    assert.equal(world.record('module', 'pack-1-a')?.attestationId, 'attestation-a');
    assert.equal(world.record('pack', 'pack-1')?.attestationId, undefined);
  });

  it('is corrected by its estimator, and a sorting that rested on it shows that', async () => {
    await attest(world, 'attestation-1');
    await collect(world);
    await world.submit('recycler', 'publishSortingPolicy', {
      policyId: 'health',
      version: 1,
      note: 'The limit is our own.',
      rules: [
        { ruleId: 'healthy', when: { sohMinPpm: 800_000 }, route: 'reuse' },
        { ruleId: 'rest', when: {}, route: 'hydrometallurgy' },
      ],
    });
    const sorting = { packId: 'pack-1', policyRecordId: 'health-v1' };
    await world.submit('recycler', 'sortPack', {
      ...sorting,
      decisionId: 'decision-1',
      attestationId: 'attestation-1',
    });
    assert.equal(world.record('sortingDecision', 'decision-1')?.route, 'reuse');
    await world.submit('estimator', 'submitAttestation', {
      attestationId: 'attestation-2',
      requestId: 'request-attestation-1',
      credential: signed({ soh: soh(700_000) }),
      supersedes: { id: 'attestation-1', reason: 'The wrong cell was measured.' },
    });
    assert.equal(world.record('attestation', 'attestation-1')?.superseded?.author, 'estimator');
    assert.equal(world.record('sortingDecision', 'decision-1')?.attestationCorrectedBy, 'attestation-2');
    assert.ok(world.facts().some(({ fact }) => fact === 'SortingDecisionShaken'));
    const again = await world.submit('recycler', 'sortPack', {
      ...sorting,
      decisionId: 'decision-2',
      supersedes: { id: 'decision-1', reason: 'The estimate was corrected.' },
    });
    assert.deepEqual([again.attestationId, again.route], ['attestation-2', 'hydrometallurgy']);
    assert.equal(world.record('pack', 'pack-1')?.sortingDecisionId, 'decision-2');
  });

  it('counts for 180 days, or as long as its credential says if that is shorter', () => {
    assert.equal(attestationExpiry('2031-02-01T00:00:00Z'), '2031-07-31T00:00:00Z');
    assert.equal(attestationExpiry('2031-02-01T00:00:00Z', '2031-03-01T00:00:00Z'), '2031-03-01T00:00:00Z');
    assert.equal(attestationExpiry('2031-02-01T00:00:00Z', '2033-01-01T00:00:00Z'), '2031-07-31T00:00:00Z');
  });

  it('stays accredited when its estimator loses the accreditation afterwards', async () => {
    await attest(world, 'attestation-1');
    await world.submit('regulator', 'withdrawAccreditation', { accreditationId: 'accreditation-1', reason: 'closed' });
    assert.equal(world.record('attestation', 'attestation-1')?.superseded, undefined);
  });

  it('is closed unanswered when its request expires', async () => {
    const requestId = 'request-1';
    const expiresAt = '2031-04-01T00:00:00Z';
    await world.submit('oem', 'requestEstimate', { requestId, packId: 'pack-1', purpose: 'resale', expiresAt });
    world.now = '2031-04-02T00:00:00Z';
    assert.equal((await world.submit('recycler', 'expireEstimateRequest', { requestId })).state, 'expired');
  });
});
