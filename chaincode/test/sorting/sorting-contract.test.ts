import assert from 'node:assert/strict';
import { DEFAULT_SORTING_POLICY, type CommandOf } from '@battery-passport/schemas';
import { addAccounts } from '../../src/account/element-account.js';
import { evaluateSortingPolicy } from '../../src/sorting/sorting-rules.js';
import type { MemoryWorld } from '../memory-world.js';
import { accredit, attest, collect, packInService, swap } from '../pack/pack-life.js';

describe('sorting', () => {
  let given: MemoryWorld;
  let world: MemoryWorld;
  const oneWay = (policyId: string, route: 'reuse' | 'hydrometallurgy'): CommandOf<'publishSortingPolicy'> => ({
    policyId,
    version: 1,
    note: 'Everything goes one way.',
    rules: [{ ruleId: 'all', when: {}, route }],
  });

  before(async () => {
    given = await packInService();
    await accredit(given);
    await given.submit('recycler', 'publishSortingPolicy', DEFAULT_SORTING_POLICY);
    await given.submit('recycler', 'publishSortingPolicy', oneWay('hydro', 'hydrometallurgy'));
    await given.submit('recycler', 'publishSortingPolicy', oneWay('reuse', 'reuse'));
    await attest(given, 'attestation-1');
    await collect(given);
  });

  beforeEach(() => {
    world = given.fork();
  });

  it('computes the route, and anyone computes it again from the records that the decision names', async () => {
    const decision = await world.submit('recycler', 'sortPack', {
      decisionId: 'decision-1',
      packId: 'pack-1',
      attestationId: 'attestation-1',
      policyRecordId: 'default-v1',
    });
    assert.deepEqual([decision.route, decision.ruleId], ['reuse', 'reuse-healthy']);
    const policy = world.record('sortingPolicy', decision.policyRecordId);
    const attestation = world.record('attestation', decision.attestationId ?? '');
    assert.ok(policy !== undefined && attestation !== undefined);
    const { ruleId, route } = evaluateSortingPolicy(policy.rules, {
      chemistry: attestation.chemistry,
      condition: 'intact',
      attestation,
    });
    assert.deepEqual([ruleId, route], [decision.ruleId, decision.route]);
  });

  it('does not let the latest estimate be left out', async () => {
    const decision = await world.submit('recycler', 'sortPack', {
      decisionId: 'decision-1',
      packId: 'pack-1',
      policyRecordId: 'default-v1',
    });
    assert.equal(decision.attestationId, 'attestation-1');
  });

  it('sends a pack for reuse back into service, with its first placing on the market kept', async () => {
    const sorting = { decisionId: 'decision-1', packId: 'pack-1', policyRecordId: 'reuse-v1' };
    await world.submit('recycler', 'sortPack', sorting);
    await world.submit('recycler', 'offerCustody', {
      offerId: 'o',
      asset: { recordType: 'pack', id: 'pack-1' },
      to: 'oem',
    });
    await world.submit('oem', 'acceptCustody', { offerId: 'o' });
    const pack = await world.submit('oem', 'placePackOnMarket', {
      packId: 'pack-1',
      placedOnMarketAt: '2031-02-20T00:00:00Z',
    });
    assert.equal(pack.state, 'in-service');
    assert.equal(pack.placedOnMarketAt, '2028-05-01T00:00:00Z');
    assert.equal(pack.collection, undefined);
    assert.equal(pack.sortingDecisionId, undefined);
  });

  it('of modules gives each its record, its share and its route, and ends the emptied pack', async () => {
    const before = world.record('pack', 'pack-1');
    const { decisions } = await world.submit('recycler', 'sortModules', {
      packId: 'pack-1',
      policyRecordId: 'hydro-v1',
      modules: [
        { decisionId: 'd-a', moduleId: 'pack-1-a' },
        { decisionId: 'd-b', moduleId: 'pack-1-b', looseModuleId: 'module-b' },
      ],
    });
    assert.deepEqual(
      decisions.map(({ moduleId, route }) => [moduleId, route]),
      [
        ['pack-1-a', 'hydrometallurgy'],
        ['pack-1-b', 'hydrometallurgy'],
      ],
    );
    const one = world.record('module', 'pack-1-a');
    const other = world.record('module', 'module-b');
    const pack = world.record('pack', 'pack-1');
    assert.ok(before !== undefined && one !== undefined && other !== undefined && pack !== undefined);
    assert.deepEqual(addAccounts(one.contents, other.contents), before.contents);
    assert.equal(one.activeMaterialMg + other.activeMaterialMg, before.activeMaterialMg);
    assert.deepEqual([one.state, one.wasteStatus, one.sortingDecisionId], ['routed', 'post-consumer', 'd-a']);
    assert.deepEqual([pack.state, pack.endReason, pack.contents], ['ended', 'taken-apart', []]);
  });

  it('of one module leaves the others in the pack, and the module may be fitted elsewhere if its route allows', async () => {
    await world.submit('recycler', 'sortModules', {
      packId: 'pack-1',
      policyRecordId: 'reuse-v1',
      modules: [{ decisionId: 'd-a', moduleId: 'pack-1-a' }],
    });
    assert.equal(world.record('pack', 'pack-1')?.state, 'collected');
    await world.submit(
      'recycler',
      'recordRepair',
      swap('pack-1', { fittedModuleIds: ['pack-1-a'], performedAt: '2031-02-20T00:00:00Z' }),
    );
    const module = world.record('module', 'pack-1-a');
    assert.deepEqual([module?.state, module?.route, module?.wasteStatus], ['fitted', undefined, 'none']);
  });

  it('gives a routed module another route when its decision is corrected', async () => {
    const sort = (policyRecordId: string, module: CommandOf<'sortModules'>['modules'][number]) =>
      world.submit('recycler', 'sortModules', { packId: 'pack-1', policyRecordId, modules: [module] });
    await sort('reuse-v1', { decisionId: 'd-1', moduleId: 'pack-1-a' });
    const supersedes = { id: 'd-1', reason: 'A crack in the housing was found.' };
    await sort('hydro-v1', { decisionId: 'd-2', moduleId: 'pack-1-a', supersedes });
    const module = world.record('module', 'pack-1-a');
    assert.deepEqual([module?.route, module?.wasteStatus], ['hydrometallurgy', 'post-consumer']);
    assert.equal(world.record('sortingDecision', 'd-1')?.superseded?.byId, 'd-2');
    assert.equal(world.record('pack', 'pack-1')?.modules[0]?.route, 'hydrometallurgy');
  });

  it('follows the next version of a policy only when that is named, until the old one is retired', async () => {
    await world.submit('recycler', 'publishSortingPolicy', { ...oneWay('hydro', 'hydrometallurgy'), version: 2 });
    const policy = await world.submit('regulator', 'retireSortingPolicy', {
      policyRecordId: 'hydro-v1',
      reason: 'replaced',
    });
    assert.equal(policy.state, 'retired');
    assert.equal(world.record('sortingPolicy', 'hydro-v2')?.state, 'published');
  });
});
