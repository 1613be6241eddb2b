import assert from 'node:assert/strict';
import type { CommandOf, PackRecord } from '@battery-passport/schemas';
import { assertRefused } from '../assert-refused.js';
import { MemoryWorld, type ConsortiumName } from '../memory-world.js';
import {
  assay,
  certificate,
  composition,
  design,
  grade,
  recycle,
  regeneration,
  seed,
  seedSortedPack,
  sortedPack,
  without,
} from '../process/recycling-chain.js';

type Code = Parameters<typeof assertRefused>[1];

describe('a certificate of recovered material', () => {
  let given: MemoryWorld;
  let world: MemoryWorld;
  const issue = (more: Partial<CommandOf<'issueCertificate'>> = {}) =>
    world.submit('recycler', 'issueCertificate', certificate(more));
  const refuses = (code: Code, call: () => Promise<unknown>) => assertRefused(world, code, call);

  before(async () => {
    given = await MemoryWorld.founded();
    seedSortedPack(given);
    await recycle(given);
  });

  beforeEach(() => {
    world = given.fork();
  });

  describe('when it is issued', () => {
    it('states shares by lineage: metals post-consumer, lithium in part', async () => {
      const { recycledShares, outcome, state } = await issue();
      assert.equal(outcome, 'met');
      assert.equal(state, 'issued');
      const nickel = recycledShares.find(({ element }) => element === 'Ni');
      assert.deepEqual(nickel, {
        element: 'Ni',
        preConsumerPpm: 0,
        postConsumerPpm: 1_000_000,
        declaredPpm: 0,
        primaryPpm: 0,
      });
      const lithium = recycledShares.find(({ element }) => element === 'Li')!;
      assert.ok(lithium.primaryPpm > 100_000 && lithium.primaryPpm < 130_000);
    });

    it('states recovery against the pack, added lithium left out', async () => {
      const { recovery, account } = await issue();
      const rate = (element: string) => recovery.elements.find((entry) => entry.element === element)?.ppm;
      // 34.3 kg of the pack's 36.3 kg, floors of composition apart.
      assert.ok(Math.abs(rate('Ni')! - 944_900) < 100);
      assert.equal(rate('Al'), 0);
      const lithium = account.find(({ element }) => element === 'Li')!.origins;
      const recovered = lithium.find(({ kind }) => kind === 'post-consumer')!.massMg;
      assert.equal(rate('Li'), Math.floor((recovered * 1_000_000) / 6_700_000));
      assert.ok(recovery.activeMaterialPpm! < 945_000, 'less than the 94.5 kg that came out');
      assert.ok(recovery.activeMaterialPpm! > 925_000);
    });

    it('states the carbon footprint of a kilogram', async () => {
      const lot = world.record('lot', 'regenerated-1')!;
      const { carbonGPerKg } = await issue();
      assert.equal(carbonGPerKg, Math.floor(lot.remainingCarbonG / 95));
    });

    it('says whether the grade holds with the uncertainty against it', async () => {
      assert.equal((await issue()).guarded, false, 'copper is met by a hair');
    });

    it('tags the recovered matter of its lot and nothing else', async () => {
      await issue();
      const lot = world.record('lot', 'regenerated-1')!;
      assert.equal(lot.certificateId, 'certificate-1');
      for (const { origins } of lot.remaining) {
        for (const { kind, certificateId } of origins) {
          assert.equal(certificateId, kind === 'primary' ? undefined : 'certificate-1');
        }
      }
    });

    it('is what the preview says, which changes nothing', async () => {
      const preview = await world.evaluate('oem', 'previewCertificate', {
        lotId: 'regenerated-1',
        assayId: 'assay-1',
        specRecordId: 'nmc622-r-v1',
      });
      const issued = await issue();
      for (const [field, value] of Object.entries(preview)) {
        assert.deepEqual(issued[field as keyof typeof issued], value, field);
      }
    });

    it('is refused on the record when the assay misses the grade, and gives no credit', async () => {
      await world.submit(
        'laboratory',
        'recordAssay',
        assay({
          assayId: 'assay-2',
          results: [
            { property: 'aluminium-ppm', value: 501, uncertainty: 30, method: 'ICP-OES' },
            { property: 'copper-ppm', value: 12, uncertainty: 2, method: 'X-ray fluorescence' },
            { property: 'lithium-to-transition-metal-ppm', value: 999_999, uncertainty: 8_000, method: 'ICP-OES' },
          ],
        }),
      );
      const refused = await issue({ assayId: 'assay-2' });
      assert.equal(refused.state, 'refused');
      assert.deepEqual(
        refused.shortfalls.map(({ property, cause }) => [property, cause]),
        [
          ['aluminium-ppm', 'above-maximum'],
          ['copper-ppm', 'other-method'],
          ['lithium-to-transition-metal-ppm', 'below-minimum'],
          ['specific-capacity-mah-per-kg', 'not-measured'],
        ],
      );
      assert.equal(world.record('lot', 'regenerated-1')?.certificateId, undefined);
      await refuses('ILLEGAL_TRANSITION', () =>
        world.submit('recycler', 'revokeCertificate', { certificateId: 'certificate-1', reason: 'x' }),
      );
      assert.equal((await issue({ certificateId: 'certificate-2' })).state, 'issued', 'a better assay is another try');
    });
  });

  describe('is not issued', () => {
    it('for a lot that another party holds', async () => {
      await refuses('NOT_HOLDER', () => world.submit('maker', 'issueCertificate', certificate()));
    });

    it('for a lot that has one', async () => {
      await issue();
      await refuses('CERTIFICATE_EXISTS', () => issue({ certificateId: 'certificate-2' }));
    });

    it('for an intermediate, however pure', async () => {
      await world.submit('laboratory', 'recordAssay', assay({ assayId: 'assay-2', lotId: 'copper-1' }));
      await refuses('GRADE_MISMATCH', () => issue({ lotId: 'copper-1', assayId: 'assay-2' }));
      await world.submit('laboratory', 'recordAssay', assay({ assayId: 'assay-3', lotId: 'residue-1' }));
      await refuses('MATERIAL_NOT_CERTIFIABLE', () => issue({ lotId: 'residue-1', assayId: 'assay-3' }));
    });

    it('for virgin material, whatever it is called', async () => {
      await world.submit('recycler', 'registerLot', {
        lotId: 'virgin-1',
        material: 'cathode-powder',
        chemistry: 'NMC622',
        massMg: 1000,
        account: [{ element: 'Ni', origins: [{ kind: 'declared-post-consumer', massMg: 363 }] }],
        activeMaterialMg: 1000,
        carbonG: 0,
      });
      await world.submit('laboratory', 'recordAssay', assay({ assayId: 'assay-2', lotId: 'virgin-1' }));
      await refuses('NOT_RECOVERED', () => issue({ lotId: 'virgin-1', assayId: 'assay-2' }));
    });

    it('on an assay of another lot, for another purpose, or that was corrected', async () => {
      await world.submit('laboratory', 'recordAssay', assay({ assayId: 'assay-2', lotId: 'copper-1' }));
      await refuses('ASSAY_FOREIGN', () => issue({ assayId: 'assay-2' }));
      await world.submit('laboratory', 'recordAssay', assay({ assayId: 'assay-3', purpose: 'incoming' }));
      await refuses('ASSAY_FOREIGN', () => issue({ assayId: 'assay-3' }));
      await world.submit(
        'laboratory',
        'recordAssay',
        assay({ assayId: 'assay-4', supersedes: { id: 'assay-1', reason: 'Calibration' } }),
      );
      await refuses('RECORD_SUPERSEDED', () => issue());
    });

    it('by a grade that is retired or for another chemistry', async () => {
      await world.submit('maker', 'publishGradeSpecification', grade({ specId: 'other', chemistry: 'NMC811' }));
      await refuses('GRADE_MISMATCH', () => issue({ specRecordId: 'other-v1' }));
      await world.submit('maker', 'publishGradeSpecification', grade({ version: 2 }));
      await refuses('GRADE_RETIRED', () => issue());
    });

    it('with a chain of custody that its origins do not bear out', async () => {
      await blendWithDeclared();
      await world.submit('laboratory', 'recordAssay', assay({ assayId: 'assay-2', lotId: 'blend-1' }));
      const blend = { lotId: 'blend-1', assayId: 'assay-2' };
      await refuses('CUSTODY_MODEL_MISMATCH', () => issue(blend));
      assert.equal((await issue({ ...blend, chainOfCustodyModel: 'controlled-blending' })).state, 'issued');
    });

    it('as identity preserved for a blend', async () => {
      await world.submit('recycler', 'splitLot', {
        lotId: 'regenerated-1',
        parts: [{ lotId: 'part-1', massMg: 10_000_000 }],
      });
      await world.submit('recycler', 'blendLots', {
        lotId: 'blend-1',
        material: 'regenerated-cathode',
        inputs: [
          { lotId: 'part-1', massMg: 10_000_000 },
          { lotId: 'regenerated-1', massMg: 10_000_000 },
        ],
      });
      await world.submit('laboratory', 'recordAssay', assay({ assayId: 'assay-2', lotId: 'blend-1' }));
      await refuses('CUSTODY_MODEL_MISMATCH', () =>
        issue({ lotId: 'blend-1', assayId: 'assay-2', chainOfCustodyModel: 'identity-preserved' }),
      );
    });
  });

  it('is issued for a salt by a grade that has no chemistry', async () => {
    await world.submit('recycler', 'registerLot', {
      lotId: 'powder-1',
      material: 'cathode-powder',
      chemistry: 'NMC622',
      massMg: 100_000,
      account: [{ element: 'Ni', origins: [{ kind: 'primary', minedIn: 'ID', massMg: 36_300 }] }],
      activeMaterialMg: 100_000,
      carbonG: 2287,
    });
    await world.submit('recycler', 'declareScrap', {
      lotId: 'scrap-1',
      fromLotId: 'powder-1',
      massMg: 100_000,
      reason: 'Out of specification',
    });
    await world.submit('recycler', 'recordProcessStep', {
      ...without(regeneration(), 'reagents'),
      stepId: 'step-hydro',
      kind: 'hydrometallurgy',
      method: 'leaching',
      inputs: [{ recordType: 'lot', id: 'scrap-1', massMg: 100_000 }],
      outputs: [
        {
          lotId: 'salt-1',
          material: 'refined-salt',
          massMg: 150_000,
          massUncertaintyMg: 0,
          composition: composition(150_000, { Ni: 35_574 }),
          activeMaterialMg: 0,
        },
      ],
      takenUpMg: 90_000,
    });
    await world.submit('maker', 'publishGradeSpecification', {
      ...without(grade(), 'chemistry'),
      specId: 'nickel-sulphate',
      material: 'refined-salt',
      limits: [{ property: 'copper-ppm', maximum: 20, method: 'ICP-OES' }],
    });
    await world.submit('laboratory', 'recordAssay', assay({ assayId: 'assay-2', lotId: 'salt-1' }));
    const issued = await issue({ lotId: 'salt-1', assayId: 'assay-2', specRecordId: 'nickel-sulphate-v1' });
    assert.equal(issued.chemistry, undefined);
    assert.equal(issued.recycledShares[0]?.preConsumerPpm, 1_000_000);
    assert.equal(issued.recovery.activeMaterialPpm, 0, 'no active material is left of it');
    assert.deepEqual(issued.recovery.elements, [{ element: 'Ni', ppm: 980_000 }]);
  });

  describe('when it is sold', () => {
    const incoming = (more: Partial<CommandOf<'recordAssay'>> = {}) =>
      world.submit('laboratory', 'recordAssay', assay({ assayId: 'incoming-1', purpose: 'incoming', ...more }));
    const poor = { results: [{ property: 'copper-ppm' as const, value: 400, uncertainty: 10, method: 'ICP-OES' }] };

    beforeEach(async () => {
      await issue();
      await handOver('regenerated-1', 'maker');
    });

    it('is accepted by its buyer on an incoming assay', async () => {
      await incoming();
      const accepted = await world.submit('maker', 'acceptCertificate', {
        certificateId: 'certificate-1',
        incomingAssayId: 'incoming-1',
      });
      assert.equal(accepted.state, 'accepted');
      assert.deepEqual(accepted.acceptance, {
        at: world.now,
        by: 'maker',
        incomingAssayId: 'incoming-1',
        lotId: 'regenerated-1',
      });
      await refuses('ILLEGAL_TRANSITION', () =>
        world.submit('maker', 'acceptCertificate', { certificateId: 'certificate-1' }),
      );
    });

    it('is not accepted on an incoming assay that misses the grade', async () => {
      await incoming(poor);
      await refuses('INCOMING_ASSAY_FAILS', () =>
        world.submit('maker', 'acceptCertificate', { certificateId: 'certificate-1', incomingAssayId: 'incoming-1' }),
      );
      await refuses('ASSAY_FOREIGN', () =>
        world.submit('maker', 'acceptCertificate', { certificateId: 'certificate-1', incomingAssayId: 'assay-1' }),
      );
    });

    it('is neither accepted nor contested by who issued it or does not hold the lot', async () => {
      await refuses('NOT_HOLDER', () => world.submit('oem', 'acceptCertificate', { certificateId: 'certificate-1' }));
      await refuses('NOT_HOLDER', () =>
        world.submit('oem', 'contestCertificate', { certificateId: 'certificate-1', reason: 'x' }),
      );
    });

    it('is contested with what the incoming assay misses, and stands again when that is dismissed', async () => {
      await incoming(poor);
      const contested = await contestIt('incoming-1');
      assert.equal(contested.state, 'contested');
      assert.deepEqual(
        contested.contest?.shortfalls.map(({ cause }) => cause),
        ['not-measured', 'above-maximum', 'not-measured', 'not-measured'],
      );
      const dismissed = await resolveIt('regulator', 'dismissed');
      assert.equal(dismissed.state, 'issued');
      assert.equal(dismissed.contest?.outcome, 'dismissed');
      assert.equal(dismissed.contest.resolvedBy, 'regulator');
    });

    it('is revoked when the contest is upheld, by the regulator or by its issuer', async () => {
      for (const by of ['regulator', 'recycler'] as const) {
        world = given.fork();
        await issue();
        await handOver('regenerated-1', 'maker');
        await contestIt();
        const upheld = await resolveIt(by, 'upheld');
        assert.equal(upheld.state, 'revoked');
        assert.equal(upheld.revocation?.by, by);
      }
    });

    it('lets neither side decide a contest for itself', async () => {
      await contestIt();
      await refuses('NOT_AUTHOR', () => resolveIt('maker', 'upheld'));
      await refuses('NOT_AUTHOR', () => resolveIt('recycler', 'dismissed'));
      await refuses('NOT_AUTHOR', () => resolveIt('oem', 'dismissed'));
      assert.equal((await resolveIt('maker', 'dismissed')).state, 'issued', 'who contested may withdraw');
      await refuses('ILLEGAL_TRANSITION', () => resolveIt('regulator', 'dismissed'));
    });

    it('stands for the part of a lot that a buyer holds', async () => {
      await world.submit('maker', 'splitLot', {
        lotId: 'regenerated-1',
        parts: [{ lotId: 'part-1', massMg: 1_000_000 }],
      });
      const accepted = await world.submit('maker', 'acceptCertificate', {
        certificateId: 'certificate-1',
        lotId: 'part-1',
      });
      assert.equal(accepted.acceptance?.lotId, 'part-1');
    });

    const contestIt = (incomingAssayId?: string) =>
      world.submit('maker', 'contestCertificate', {
        certificateId: 'certificate-1',
        reason: 'Copper',
        ...(incomingAssayId === undefined ? {} : { incomingAssayId }),
      });
    const resolveIt = (by: ConsortiumName, outcome: 'upheld' | 'dismissed') =>
      world.submit(by, 'resolveContest', { certificateId: 'certificate-1', outcome, resolution: 'Measured again' });
  });

  it('is not accepted by its own issuer', async () => {
    await issue();
    await refuses('ROLE_MISSING', () =>
      world.submit('recycler', 'acceptCertificate', { certificateId: 'certificate-1' }),
    );
    const both = { party: 'recycler', mspId: 'RecyclerMSP', roles: ['recycler', 'cathode-maker'] } as const;
    await world.submit('regulator', 'changePartyRoles', { partyId: 'recycler', roles: [...both.roles] });
    await refuses('OWN_CERTIFICATE', () => world.submit(both, 'acceptCertificate', { certificateId: 'certificate-1' }));
  });

  describe('that is revoked', () => {
    const revokeIt = (by: ConsortiumName = 'regulator') =>
      world.submit(by, 'revokeCertificate', { certificateId: 'certificate-1', reason: 'Wrong sample' });

    beforeEach(async () => {
      await issue();
    });

    it('is so by its issuer or the regulator only', async () => {
      await refuses('NOT_AUTHOR', () => revokeIt('maker'));
      assert.equal((await revokeIt('recycler')).state, 'revoked');
      await refuses('ILLEGAL_TRANSITION', () => revokeIt());
    });

    it('stops its lot, and its parts, from being used in a step', async () => {
      await world.submit('recycler', 'splitLot', {
        lotId: 'regenerated-1',
        parts: [{ lotId: 'part-1', massMg: 1_000_000 }],
      });
      await revokeIt();
      for (const id of ['regenerated-1', 'part-1']) {
        await refuses('CERTIFICATE_REVOKED', () =>
          world.submit(
            'recycler',
            'recordProcessStep',
            regeneration({
              stepId: 'again',
              startedAt: '2031-02-10T00:00:00Z',
              finishedAt: '2031-02-11T00:00:00Z',
              inputs: [{ recordType: 'lot', id, massMg: 1000 }],
              outputs: [
                {
                  ...regeneration().outputs[0]!,
                  lotId: 'again-1',
                  massMg: 900,
                  activeMaterialMg: 900,
                  composition: [],
                },
              ],
            }),
          ),
        );
      }
    });

    it('cannot be replaced by another for the same matter until that is reworked', async () => {
      await revokeIt();
      await refuses('CERTIFICATE_REVOKED', () => issue({ certificateId: 'certificate-2' }));
      await world.submit('recycler', 'reworkLot', {
        lotId: 'regenerated-1',
        newLotId: 'reworked-1',
        reason: 'Washed',
      });
      await world.submit('laboratory', 'recordAssay', assay({ assayId: 'assay-2', lotId: 'reworked-1' }));
      const again = await issue({ certificateId: 'certificate-2', lotId: 'reworked-1', assayId: 'assay-2' });
      assert.equal(again.state, 'issued');
    });

    it('takes its credit out of what was blended with it', async () => {
      await blendWithDeclared();
      await revokeIt();
      await world.submit('laboratory', 'recordAssay', assay({ assayId: 'assay-2', lotId: 'blend-1' }));
      await refuses('CERTIFICATE_REVOKED', () =>
        issue({
          certificateId: 'certificate-2',
          lotId: 'blend-1',
          assayId: 'assay-2',
          chainOfCustodyModel: 'mass-balance',
        }),
      );
    });
  });

  describe('that was wrong', () => {
    beforeEach(async () => {
      await issue();
      await world.submit(
        'laboratory',
        'recordAssay',
        assay({ assayId: 'assay-2', supersedes: { id: 'assay-1', reason: 'Calibration' } }),
      );
    });
    const correct = (more: Partial<CommandOf<'issueCertificate'>> = {}) =>
      issue({
        certificateId: 'certificate-2',
        assayId: 'assay-2',
        supersedes: { id: 'certificate-1', reason: 'The assay was corrected' },
        ...more,
      });

    it('is corrected, and its credit goes over', async () => {
      await world.submit('recycler', 'splitLot', {
        lotId: 'regenerated-1',
        parts: [{ lotId: 'part-1', massMg: 1_000_000 }],
      });
      await correct();
      assert.equal(world.record('certificate', 'certificate-1')?.superseded?.byId, 'certificate-2');
      assert.equal(world.record('lot', 'regenerated-1')?.certificateId, 'certificate-2');
      await handOver('part-1', 'maker');
      const accepted = await world.submit('maker', 'acceptCertificate', {
        certificateId: 'certificate-2',
        lotId: 'part-1',
      });
      assert.equal(accepted.state, 'accepted', 'a part that was split off before follows the correction');
    });

    it('loses its credit when the correction misses the grade', async () => {
      await world.submit(
        'laboratory',
        'recordAssay',
        assay({
          assayId: 'assay-3',
          results: [{ property: 'copper-ppm', value: 900, uncertainty: 1, method: 'ICP-OES' }],
        }),
      );
      await correct({ assayId: 'assay-3' });
      const lot = world.record('lot', 'regenerated-1')!;
      assert.equal(lot.certificateId, undefined);
      assert.ok(
        lot.remaining.every(({ origins }) => origins.every(({ certificateId }) => certificateId === undefined)),
      );
    });

    it('is corrected for its own lot only', async () => {
      await refuses('CORRECTION_CONFLICT', () => correct({ lotId: 'copper-1' }));
    });
  });

  describe('counted in a new pack', () => {
    const claim = (more: Partial<CommandOf<'claimRecycledContent'>> = {}) =>
      world.submit('oem', 'claimRecycledContent', {
        claimId: 'claim-1',
        packId: 'pack-2',
        ruleSetId: 'eu-2023-1542-art8-2031',
        ...more,
      });
    const newPack = (more: Partial<PackRecord> = {}): PackRecord => {
      const pack = without(sortedPack('pack-2'), 'placedOnMarketAt', 'collection', 'sortingDecisionId');
      const lot = world.record('lot', 'regenerated-1')!;
      return {
        ...pack,
        state: 'manufactured',
        holder: 'oem',
        contents: [
          { element: 'Al', origins: [{ kind: 'primary', massMg: 1_000_000 }] },
          {
            element: 'Co',
            origins: [
              { kind: 'pre-consumer', certificateId: 'certificate-1', massMg: 16 },
              { kind: 'primary', massMg: 84 },
            ],
          },
          {
            element: 'Li',
            origins: [
              { kind: 'declared-post-consumer', massMg: 50 },
              { kind: 'post-consumer', massMg: 50 },
            ],
          },
          ...lot.remaining.filter(({ element }) => element === 'Ni'),
        ],
        ...more,
      };
    };

    beforeEach(async () => {
      await issue();
      seed(world, newPack());
    });

    it('gives the shares of each element and whether they reach the minimum', async () => {
      const { shares, meets, certificates } = await claim();
      assert.deepEqual(
        shares.map(({ element, preConsumerPpm, postConsumerPpm, uncertifiedPpm, declaredPpm, primaryPpm }) => [
          element,
          preConsumerPpm,
          postConsumerPpm,
          uncertifiedPpm,
          declaredPpm,
          primaryPpm,
        ]),
        [
          ['Al', 0, 0, 0, 0, 1_000_000],
          ['Co', 160_000, 0, 0, 0, 840_000],
          ['Li', 0, 0, 500_000, 500_000, 0],
          ['Ni', 0, 1_000_000, 0, 0, 0],
        ],
      );
      assert.deepEqual(meets, [
        { element: 'Co', minimumPpm: 160_000, met: true },
        { element: 'Li', minimumPpm: 60_000, met: false },
        { element: 'Ni', minimumPpm: 60_000, met: true },
      ]);
      assert.deepEqual(certificates, ['certificate-1']);
    });

    it('counts nothing of a certificate that is revoked or contested', async () => {
      await world.submit('regulator', 'revokeCertificate', { certificateId: 'certificate-1', reason: 'x' });
      const { shares, certificates, excludedCertificates } = await claim();
      const nickel = shares.find(({ element }) => element === 'Ni')!;
      assert.equal(nickel.postConsumerPpm, 0);
      assert.equal(nickel.uncertifiedPpm, 1_000_000);
      assert.deepEqual(certificates, []);
      assert.deepEqual(excludedCertificates, ['certificate-1']);
    });

    it('is claimed once, and again only in place of the claim that stands', async () => {
      await claim();
      await refuses('CLAIM_EXISTS', () => claim({ claimId: 'claim-2' }));
      await world.submit('regulator', 'revokeCertificate', { certificateId: 'certificate-1', reason: 'x' });
      const again = await claim({ claimId: 'claim-2', supersedes: { id: 'claim-1', reason: 'Revoked certificate' } });
      assert.deepEqual(again.certificates, []);
      assert.equal(world.record('recycledContent', 'claim-1')?.superseded?.byId, 'claim-2');
      await refuses('CLAIM_EXISTS', () => claim({ claimId: 'claim-3' }));
    });

    it('is claimed by who made or holds the pack, while its passport lasts, of known contents', async () => {
      seed(world, newPack({ createdBy: 'maker', holder: 'maker' }));
      await refuses('NOT_HOLDER', () => claim());
      seed(world, newPack({ contents: [] }));
      await refuses('CONTENTS_UNKNOWN', () => claim());
      seed(world, newPack({ state: 'recycled', endedAt: '2031-02-01T00:00:00Z' }));
      await refuses('PASSPORT_ENDED', () => claim());
    });

    it('is claimed under the rules for when the pack is placed on the market, or later ones', async () => {
      await refuses('RULE_SET_UNKNOWN', () => claim({ ruleSetId: 'ours' }));
      seed(world, newPack({ placedOnMarketAt: '2036-09-01T00:00:00Z' }));
      await refuses('RULE_SET_OUTDATED', () => claim());
      const { meets } = await claim({ ruleSetId: 'eu-2023-1542-art8-2036' });
      assert.equal(meets.find(({ element }) => element === 'Co')?.met, false);
    });
  });

  /** Blends 10 kg of the regenerated lot with as much cathode powder that is only declared as recovered. */
  async function blendWithDeclared(): Promise<void> {
    await world.submit('recycler', 'registerLot', {
      lotId: 'declared-1',
      material: 'cathode-powder',
      chemistry: 'NMC622',
      massMg: 10_000_000,
      account: [{ element: 'Ni', origins: [{ kind: 'declared-post-consumer', massMg: 3_630_000 }] }],
      activeMaterialMg: 10_000_000,
      carbonG: 0,
    });
    await world.submit('recycler', 'blendLots', {
      lotId: 'blend-1',
      material: 'cathode-powder',
      inputs: [
        { lotId: 'regenerated-1', massMg: 10_000_000 },
        { lotId: 'declared-1', massMg: 10_000_000 },
      ],
    });
  }

  async function handOver(lotId: string, to: string): Promise<void> {
    await world.submit('recycler', 'offerCustody', {
      offerId: `offer-${lotId}`,
      asset: { recordType: 'lot', id: lotId },
      to,
    });
    await world.submit('maker', 'acceptCustody', { offerId: `offer-${lotId}` });
  }
});

describe('a grade specification', () => {
  let world: MemoryWorld;

  beforeEach(async () => {
    world = await MemoryWorld.founded();
  });

  it('retires the version before when the next is published', async () => {
    await world.submit('maker', 'publishGradeSpecification', grade());
    const second = await world.submit('maker', 'publishGradeSpecification', grade({ version: 2 }));
    assert.equal(second.id, 'nmc622-r-v2');
    assert.equal(world.record('gradeSpecification', 'nmc622-r-v1')?.state, 'retired');
  });

  it('is published in order, by one party', async () => {
    const publish = (more: Parameters<typeof grade>[0]) => () =>
      world.submit('maker', 'publishGradeSpecification', grade(more));
    await assertRefused(world, 'GRADE_VERSION_INVALID', publish({ version: 2 }));
    await publish({})();
    await assertRefused(world, 'RECORD_EXISTS', publish({}));
    await assertRefused(world, 'GRADE_VERSION_INVALID', publish({ version: 3 }));
    await world.submit('regulator', 'registerParty', {
      partyId: 'rival',
      name: 'Rival',
      mspId: 'SynthesisMSP',
      roles: ['cathode-maker'],
    });
    const rival = { party: 'rival', mspId: 'SynthesisMSP', roles: ['cathode-maker'] } as const;
    await assertRefused(world, 'GRADE_VERSION_INVALID', () =>
      world.submit(rival, 'publishGradeSpecification', grade({ version: 2 })),
    );
  });

  it('says what it is a grade of', async () => {
    const bare = without(grade(), 'chemistry');
    await assertRefused(world, 'GRADE_SCOPE_MISSING', () => world.submit('maker', 'publishGradeSpecification', bare));
    const salt = await world.submit('maker', 'publishGradeSpecification', { ...bare, material: 'refined-salt' });
    assert.equal(salt.chemistry, undefined);
  });

  it('has one limit for a property, with a bound, in order', async () => {
    for (const limits of [
      [{ property: 'copper-ppm' as const, method: 'ICP-OES' }],
      [{ property: 'copper-ppm' as const, minimum: 2, maximum: 1, method: 'ICP-OES' }],
      [
        { property: 'copper-ppm' as const, maximum: 1, method: 'ICP-OES' },
        { property: 'copper-ppm' as const, maximum: 2, method: 'ICP-OES' },
      ],
    ]) {
      await assertRefused(world, 'LIMIT_INVALID', () =>
        world.submit('maker', 'publishGradeSpecification', grade({ limits })),
      );
    }
  });
});

describe('an assay', () => {
  let world: MemoryWorld;

  beforeEach(async () => {
    world = await MemoryWorld.founded();
    seed(world, design);
    await world.submit('recycler', 'registerLot', {
      lotId: 'regenerated-1',
      material: 'regenerated-cathode',
      chemistry: 'NMC622',
      massMg: 1000,
      account: [{ element: 'Ni', origins: [{ kind: 'declared-post-consumer', massMg: 360 }] }],
      activeMaterialMg: 1000,
      carbonG: 0,
      composition: composition(1000, { Ni: 360 }),
    });
  });

  it('is by a laboratory that has nothing to do with the lot', async () => {
    const inHouse = { party: 'recycler', mspId: 'RecyclerMSP', roles: ['recycler', 'laboratory'] } as const;
    await world.submit('regulator', 'changePartyRoles', { partyId: 'recycler', roles: [...inHouse.roles] });
    await assertRefused(world, 'NOT_INDEPENDENT', () => world.submit(inHouse, 'recordAssay', assay()));
    assert.equal((await world.submit('laboratory', 'recordAssay', assay())).laboratoryId, 'laboratory');
  });

  it('is measured after it was sampled, and names each property once', async () => {
    await assertRefused(world, 'TIME_IMPLAUSIBLE', () =>
      world.submit('laboratory', 'recordAssay', assay({ sampledAt: '2031-02-09T00:00:00Z' })),
    );
    const [result] = assay().results;
    await assertRefused(world, 'LIMIT_INVALID', () =>
      world.submit('laboratory', 'recordAssay', assay({ results: [result!, result!] })),
    );
  });

  it('is corrected for the same lot and purpose', async () => {
    await world.submit('laboratory', 'recordAssay', assay());
    const supersedes = { id: 'assay-1', reason: 'Calibration' };
    await assertRefused(world, 'CORRECTION_CONFLICT', () =>
      world.submit('laboratory', 'recordAssay', assay({ assayId: 'assay-2', purpose: 'incoming', supersedes })),
    );
    const corrected = await world.submit('laboratory', 'recordAssay', assay({ assayId: 'assay-2', supersedes }));
    assert.equal(corrected.supersedes?.id, 'assay-1');
  });
});
