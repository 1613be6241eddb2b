import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REGENERATION_METHODS, ROUTES } from '@battery-passport/schemas';
import { runDemonstrationOn } from '../../src/node/demonstration.js';
import { startNode, type PassportNode } from '../../src/node/node.js';

interface Origin {
  readonly kind: string;
  readonly minedIn: string | null;
  readonly certificateId: string | null;
  readonly massMg: number;
}
type Account = readonly { readonly element: string; readonly origins: readonly Origin[] }[];

const ACCOUNT = '{ element origins { kind minedIn certificateId massMg } }';

describe('the demonstration, told over HTTP', function () {
  this.timeout(180_000);
  let dataDir: string;
  let node: PassportNode;
  const acts: string[] = [];

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'demonstration-'));
    node = await startNode({ dataDir, port: 0, logLevel: 'silent' });
    await runDemonstrationOn(node, (step) => acts.push(step));
  });

  after(async () => {
    await node.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  /** Asks over HTTP as someone of the consortium. */
  async function ask<T>(query: string, subject = 'oem'): Promise<T> {
    const response = await fetch(new URL('/graphql', node.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${node.tokens[subject] ?? ''}` },
      body: JSON.stringify({ query }),
    });
    const { data, errors } = (await response.json()) as { data: T; errors?: unknown };
    assert.equal(errors, undefined, JSON.stringify(errors));
    return data;
  }

  async function list<T>(field: string, selection: string, subject = 'oem'): Promise<T[]> {
    const answer = await ask<Record<string, { nodes: T[]; totalCount: number }>>(
      `{ ${field}(first: 500) { totalCount nodes { ${selection} } } }`,
      subject,
    );
    const page = answer[field]!;
    assert.equal(page.nodes.length, page.totalCount);
    return page.nodes;
  }

  it('tells how far it is, to the end', () => {
    assert.equal(acts[0], 'register the parties');
    assert.equal(acts.at(-1), 'told');
  });

  it('sends packs every way that there is, and regenerates by each method for layered oxides', async () => {
    const decisions = await list<{ packId: string; route: string; method: string | null }>(
      'sortingDecisions',
      'packId route method',
    );
    assert.equal(decisions.length, 11);
    assert.deepEqual([...new Set(decisions.map(({ route }) => route))].sort(), [...ROUTES].sort());
    const methods = new Set(decisions.flatMap(({ method }) => (method === null ? [] : [method])));
    for (const method of REGENERATION_METHODS) if (method !== 'upcycling') assert.ok(methods.has(method), method);
  });

  it('ends or continues every passport as it was sorted', async () => {
    const states = new Map(
      (await list<{ id: string; state: string }>('packs', 'id state')).map(({ id, state }) => [id, state]),
    );
    const endings: Record<string, string> = {
      reuse: 'in-service',
      repurpose: 'repurposed',
      'direct-recycling': 'recycled',
      hydrometallurgy: 'recycled',
      reject: 'recycled',
    };
    for (const { packId, route } of await list<{ packId: string; route: string }>('sortingDecisions', 'packId route')) {
      assert.equal(states.get(packId), endings[route], `${packId} was sent to ${route}`);
      if (route === 'repurpose') assert.equal(states.get(`${packId}-SL`), 'in-service');
    }
    assert.equal(states.get('PK-0013'), 'in-service');
  });

  it('attests every pack, the real cell too, of which a charge alone tells no spectrum', async () => {
    const attestations = await list<{
      packId: string;
      chemistry: string;
      lli: { valuePpm: number } | null;
      crackAreaRatio: { valuePpm: number } | null;
    }>('attestations', 'packId chemistry lli { valuePpm } crackAreaRatio { valuePpm }');
    assert.equal(new Set(attestations.map(({ packId }) => packId)).size, 12);
    const real = attestations.find(({ packId }) => packId === 'PK-0012')!;
    assert.equal(real.chemistry, 'NMC');
    assert.notEqual(real.lli, null);
    assert.equal(real.crackAreaRatio, null);
  });

  it('states findings beside the estimates of all packs that were opened', async () => {
    const opened = (await list<{ packId: string; route: string }>('sortingDecisions', 'packId route'))
      .filter(({ route }) => !['reuse', 'repurpose'].includes(route))
      .map(({ packId }) => packId);
    const findings = await list<{ packId: string; attestedClass: string; measuredClass: string; agrees: boolean }>(
      'findings',
      'packId attestedClass measuredClass agrees',
    );
    assert.deepEqual(findings.map(({ packId }) => packId).sort(), opened.sort());
    for (const { attestedClass, measuredClass, agrees } of findings)
      assert.equal(agrees, attestedClass === measuredClass);
    const { getEstimatorRecord } = await ask<{ getEstimatorRecord: { testedCount: number; correctCount: number } }>(
      '{ getEstimatorRecord(command: {}) { testedCount correctCount } }',
    );
    assert.equal(getEstimatorRecord.testedCount, findings.length);
    assert.equal(getEstimatorRecord.correctCount, findings.filter(({ agrees }) => agrees).length);
  });

  it('knows a certificate accepted, one refused for aluminium and met after a second wash, one revoked, one contested', async () => {
    const certificates = await list<{
      id: string;
      lotId: string;
      state: string;
      outcome: string;
      shortfalls: { property: string }[];
      recovery: { activeMaterialPpm: number };
    }>('certificates', 'id lotId state outcome shortfalls { property } recovery { activeMaterialPpm }');
    const states = certificates.map(({ state }) => state);
    for (const state of ['accepted', 'refused', 'issued', 'revoked', 'contested'])
      assert.ok(states.includes(state), state);
    const refused = certificates.find(({ state }) => state === 'refused')!;
    assert.deepEqual(
      refused.shortfalls.map(({ property }) => property),
      ['aluminium-ppm'],
    );
    const reworked = certificates.find(({ lotId }) => lotId === `${refused.lotId}-W`)!;
    assert.equal(reworked.outcome, 'met');
    for (const { id, recovery } of certificates) {
      assert.ok(recovery.activeMaterialPpm >= 900_000, `${id} recovers ${recovery.activeMaterialPpm} ppm`);
    }
  });

  it('accounts for every milligram of nickel that was mined: in lots, in packs, or lost in a step', async () => {
    const nickel = (account: Account) =>
      account
        .filter(({ element }) => element === 'Ni')
        .flatMap(({ origins }) => origins)
        .reduce((sum, { massMg }) => sum + massMg, 0);
    const lots = await list<{ id: string; account: Account; remaining: Account }>(
      'lots',
      `id account ${ACCOUNT} remaining ${ACCOUNT}`,
    );
    const packs = await list<{ contents: Account }>('packs', `contents ${ACCOUNT}`);
    const modules = await list<{ contents: Account }>('modules', `contents ${ACCOUNT}`);
    const steps = await list<{
      id: string;
      elementBalance: { element: string; inMg: number; creditedMg: number; lossMg: number }[];
    }>('processSteps', 'id elementBalance { element inMg creditedMg lossMg }', 'regulator');
    let lostMg = 0;
    for (const { id, elementBalance } of steps) {
      for (const { element, inMg, creditedMg, lossMg } of elementBalance) {
        assert.equal(inMg, creditedMg + lossMg, `${element} in ${id}`);
        if (element === 'Ni') lostMg += lossMg;
      }
    }
    const sum = (masses: number[]) => masses.reduce((total, massMg) => total + massMg, 0);
    const minedMg = nickel(lots.find(({ id }) => id === 'ORE-NI-01')!.account);
    const heldMg =
      sum(lots.map(({ remaining }) => nickel(remaining))) +
      sum([...packs, ...modules].map(({ contents }) => nickel(contents)));
    assert.equal(minedMg, 588_000_000);
    assert.equal(heldMg + lostMg, minedMg);
  });

  it('leads from the second pack back to the mine, through the pack whose nickel is in it', async () => {
    const { lineage } = await ask<{ lineage: { nodes: { recordType: string; id: string }[] } }>(
      '{ lineage(recordType: "pack", id: "PK-0013", first: 500) { nodes { recordType id } } }',
    );
    const ids = lineage.nodes.map(({ id }) => id);
    const way = ['ELEC-811-02', 'BLEND-811-01', 'ELEC-811-01', 'CAM-811-01', 'NISO4-01', 'REFINE-NI-01', 'ORE-NI-01'];
    for (const id of way) assert.ok(ids.includes(id), id);
    const first = lineage.nodes.find(({ recordType, id }) => recordType === 'pack' && id !== 'PK-0013')!.id;
    const { toFirst, toMine } = await ask<Record<'toFirst' | 'toMine', { id: string }[]>>(
      `{ toFirst: lineagePath(fromType: "pack", fromId: "PK-0013", toType: "pack", toId: "${first}") { id }
         toMine: lineagePath(fromType: "pack", fromId: "${first}", toType: "lot", toId: "ORE-NI-01") { id } }`,
    );
    assert.deepEqual([toFirst.at(0)?.id, toFirst.at(-1)?.id], ['PK-0013', first]);
    assert.deepEqual([toMine.at(0)?.id, toMine.at(-1)?.id], [first, 'ORE-NI-01']);
  });

  it('counts in the second pack only what a standing certificate shows, before and after consumers apart', async () => {
    const { recycledContent } = await ask<{
      recycledContent: {
        certificates: string[];
        shares: { element: string; massMg: number; preConsumerPpm: number; postConsumerPpm: number }[];
        meets: { element: string; met: boolean }[];
      };
    }>(
      '{ recycledContent(id: "CLAIM-PK-0013") { certificates shares { element massMg preConsumerPpm postConsumerPpm } meets { element met } } }',
    );
    const { pack } = await ask<{ pack: { contents: Account } }>(`{ pack(id: "PK-0013") { contents ${ACCOUNT} } }`);
    const origins = pack.contents.find(({ element }) => element === 'Ni')!.origins;
    const share = recycledContent.shares.find(({ element }) => element === 'Ni')!;
    for (const [kind, statedPpm] of [
      ['pre-consumer', share.preConsumerPpm],
      ['post-consumer', share.postConsumerPpm],
    ] as const) {
      const massMg = origins.filter((origin) => origin.kind === kind).reduce((sum, origin) => sum + origin.massMg, 0);
      assert.equal(statedPpm, Math.floor((massMg * 1e6) / share.massMg));
      assert.ok(statedPpm > 100_000);
    }
    for (const { element, met } of recycledContent.meets) assert.ok(met, element);
    assert.equal(recycledContent.certificates.length, 1);
    assert.ok(origins.some(({ kind, minedIn }) => kind === 'primary' && minedIn === 'ID'));
  });

  it('shows the corrected lot beside its correction, and the swapped module', async () => {
    const { wrong, right, repair } = await ask<{
      wrong: { superseded: { byId: string } };
      right: { supersedes: { id: string } };
      repair: { removedModuleIds: string[]; fittedModuleIds: string[] };
    }>(
      `{ wrong: lot(id: "MNSO4-01") { superseded { byId } } right: lot(id: "MNSO4-01-R") { supersedes { id } }
         repair(id: "REPAIR-0001") { removedModuleIds fittedModuleIds } }`,
    );
    assert.equal(wrong.superseded.byId, 'MNSO4-01-R');
    assert.equal(right.supersedes.id, 'MNSO4-01');
    assert.deepEqual(repair, { removedModuleIds: ['PK-0007-M3'], fittedModuleIds: ['SPARE-811-01'] });
  });

  it('keeps the digest of the purged price and no longer the price', async () => {
    const command = '{ recordType: "custodyOffer", id: "OF-NISO4-01-cathode-maker" }';
    const answer = await node.ask(
      `{ getPrivateDetail(command: ${command}) }`,
      {},
      node.tokens['supplier-nickel'] ?? '',
    );
    assert.equal(answer.errors?.[0]?.extensions?.['code'], 'PRIVATE_DETAIL_ABSENT');
    const { custodyOffer } = await ask<{ custodyOffer: { private: { digest: string } } }>(
      '{ custodyOffer(id: "OF-NISO4-01-cathode-maker") { private { digest } } }',
    );
    assert.match(custodyOffer.private.digest, /^sha256:[0-9a-f]{64}$/);
    const { getPrivateDetail } = await ask<{ getPrivateDetail: { priceUsdPerKg: number } }>(
      '{ getPrivateDetail(command: { recordType: "custodyOffer", id: "OF-COSO4-01-cathode-maker" }) }',
    );
    assert.equal(getPrivateDetail.priceUsdPerKg, 6.9);
  });

  it('leaves a ledger that verifies from its first block', async () => {
    const { ledgerVerification } = await ask<{ ledgerVerification: { ok: boolean; transactions: number } }>(
      '{ ledgerVerification }',
      'regulator',
    );
    assert.equal(ledgerVerification.ok, true);
    assert.ok(ledgerVerification.transactions > 100);
  });
});
