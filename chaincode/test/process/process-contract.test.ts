import assert from 'node:assert/strict';
import type { CommandOf, ElementAccount, LotRecord } from '@battery-passport/schemas';
import { elementMasses } from '../../src/account/element-account.js';
import { assertRefused } from '../assert-refused.js';
import { MemoryWorld } from '../memory-world.js';
import {
  composition,
  decision,
  disassembly,
  looseModule,
  PACK_MASSES,
  recycle,
  regeneration,
  registerLithium,
  seed,
  seedSortedPack,
  separation,
  sortedPack,
  without,
} from './recycling-chain.js';

type Step = CommandOf<'recordProcessStep'>;

const kindsOf = (account: ElementAccount) => [
  ...new Set(account.flatMap(({ origins }) => origins.map(({ kind }) => kind))),
];
const massOf = (account: ElementAccount, element: string) =>
  elementMasses(account).get(element as Parameters<Map<'Ni', number>['get']>[0]) ?? 0;

describe('a process step', () => {
  let given: MemoryWorld;
  let world: MemoryWorld;
  const refuses = (
    code: Parameters<typeof assertRefused>[1],
    step: Step,
    as: 'recycler' | 'maker' | 'oem' = 'recycler',
  ) => assertRefused(world, code, () => world.submit(as, 'recordProcessStep', step));

  before(async () => {
    given = await MemoryWorld.founded();
    seedSortedPack(given);
    await registerLithium(given);
  });

  beforeEach(() => {
    world = given.fork();
  });

  describe('of disassembly', () => {
    it('ends the passport of the pack and leaves nothing in it', async () => {
      await world.submit('recycler', 'recordProcessStep', disassembly());
      const pack = world.record('pack', 'pack-1');
      assert.equal(pack?.state, 'recycled');
      assert.equal(pack.endedAt, '2031-02-01T12:00:00Z');
      assert.equal(pack.endReason, 'recycled');
      assert.deepEqual(pack.contents, []);
      assert.ok(pack.modules.every(({ state }) => state === 'dismantled'));
    });

    it('turns all that was in a pack that was on the market into post-consumer matter', async () => {
      const { step, lots } = await world.submit('recycler', 'recordProcessStep', disassembly());
      for (const lot of lots) assert.deepEqual(kindsOf(lot.account), ['post-consumer']);
      assert.equal(step.inputs[0]?.wasteStatus, 'post-consumer');
      assert.deepEqual(
        lots.map(({ wasteStatus }) => wasteStatus),
        ['post-consumer', 'none', 'post-consumer'],
      );
    });

    it('turns a pack that was never on the market into pre-consumer matter, with its burden', async () => {
      const never = without(sortedPack(), 'placedOnMarketAt', 'collection', 'sortingDecisionId');
      seed(world, { ...never, state: 'manufactured' });
      const { step, lots } = await world.submit('recycler', 'recordProcessStep', disassembly());
      assert.deepEqual(kindsOf(lots[0]!.account), ['pre-consumer']);
      assert.equal(step.carbon.inputsG, 3_000_000);
    });

    it('brings in a returned pack without burden', async () => {
      const { step, lots } = await world.submit('recycler', 'recordProcessStep', disassembly());
      // 10 kWh × 466 g and 5 kWh × 250 g.
      assert.deepEqual(step.carbon, { inputsG: 0, electricityG: 4660, heatG: 1250, reagentsG: 0 });
      assert.equal(step.carbonG, 5910);
      assert.equal(
        lots.reduce((sum, { carbonG }) => sum + carbonG, 0),
        5910,
      );
      assert.equal(lots.find(({ material }) => material === 'residue')?.carbonG, 0);
    });

    it('asks the products for all that went in, and the residue for nothing', async () => {
      const { lots } = await world.submit('recycler', 'recordProcessStep', disassembly());
      const [electrodes, copper, residue] = lots;
      const nickel = ({ basis }: LotRecord) => basis.elements.find(({ element }) => element === 'Ni')?.massMg ?? 0;
      assert.equal(electrodes?.basis.activeMaterialMg, 100_000_000);
      assert.equal(nickel(electrodes), PACK_MASSES.Ni);
      assert.equal(nickel(copper!), 0);
      assert.deepEqual(
        residue?.basis.elements.map(({ element }) => element),
        ['C'],
      );
    });

    it('computes the loss of each element', async () => {
      const { step } = await world.submit('recycler', 'recordProcessStep', disassembly());
      for (const { inMg, creditedMg, lossMg } of step.elementBalance) assert.equal(inMg, creditedMg + lossMg);
      const aluminium = step.elementBalance.find(({ element }) => element === 'Al');
      assert.equal(aluminium?.inMg, PACK_MASSES.Al);
      assert.ok(aluminium.lossMg >= 12_000_000);
      assert.equal(step.massLossMg, 398_000_000 - 327_000_000);
    });

    it('is refused without a record of how the pack was opened', async () => {
      const silent = without(disassembly(), 'disassembly');
      await refuses('DISASSEMBLY_RECORD_MISSING', silent);
    });

    it('is refused when that record does not fit the step', async () => {
      const stated = disassembly().disassembly!;
      await refuses('DISASSEMBLY_INVALID', disassembly({ disassembly: { ...stated, durationMinutes: 241 } }));
      await refuses('DISASSEMBLY_INVALID', disassembly({ disassembly: { ...stated, energyWh: 15_001 } }));
      await refuses(
        'DISASSEMBLY_INVALID',
        disassembly({ disassembly: { ...stated, electrolyteRemovedMg: 398_000_001 } }),
      );
    });

    it('is refused for a pack that another party holds, or that is offered', async () => {
      seed(world, sortedPack('pack-1', { holder: 'collector' }));
      await refuses('NOT_HOLDER', disassembly());
      seed(world, sortedPack('pack-1', { pendingOfferId: 'offer-1' }));
      await refuses('ASSET_OFFERED', disassembly());
    });

    it('is refused a second time', async () => {
      await world.submit('recycler', 'recordProcessStep', disassembly());
      await refuses('PASSPORT_ENDED', disassembly({ stepId: 'again' }));
    });

    it('is refused for a pack that was not sorted', async () => {
      seed(world, sortedPack('pack-1', { state: 'collected' }));
      await refuses('ILLEGAL_TRANSITION', disassembly());
    });

    it('is refused for a pack that was sorted elsewhere, or by an estimate that was corrected', async () => {
      for (const route of ['reuse', 'repurpose', 'reject'] as const) {
        seed(world, decision('pack-1', route));
        await refuses('WRONG_ROUTE', disassembly());
      }
      seed(world, decision('pack-1', 'direct-recycling', { attestationCorrectedBy: 'attestation-2' }));
      await refuses('WRONG_ROUTE', disassembly());
    });

    it('is refused before the pack was collected', async () => {
      await refuses(
        'TIME_IMPLAUSIBLE',
        disassembly({ startedAt: '2031-01-09T00:00:00Z', finishedAt: '2031-01-11T00:00:00Z' }),
      );
    });

    it('is refused when the elements weigh more than the pack', async () => {
      await refuses('OVERWEIGHT', disassembly({ inputs: [{ recordType: 'pack', id: 'pack-1', massMg: 151_000_000 }] }));
    });

    it('takes a routed module apart, once', async () => {
      seed(world, looseModule('module-1'));
      const of = (stepId: string): Step =>
        disassembly({
          stepId,
          inputs: [{ recordType: 'module', id: 'module-1', massMg: 190_000_000 }],
          outputs: [
            { ...disassembly().outputs[0]!, massMg: 50_000_000, massUncertaintyMg: 0, activeMaterialMg: 48_000_000 },
          ],
        });
      const { lots } = await world.submit('recycler', 'recordProcessStep', of('one'));
      assert.deepEqual(kindsOf(lots[0]!.account), ['post-consumer']);
      assert.equal(world.record('module', 'module-1')?.state, 'dismantled');
      await refuses('ILLEGAL_TRANSITION', of('two'));
    });

    it('is refused for a module routed to reuse', async () => {
      seed(world, looseModule('module-1', { route: 'reuse' }));
      await refuses(
        'WRONG_ROUTE',
        disassembly({ inputs: [{ recordType: 'module', id: 'module-1', massMg: 190_000_000 }] }),
      );
    });
  });

  describe('of foil separation', () => {
    it('is refused for electrodes of which no disassembly is on record', async () => {
      await world.submit('recycler', 'registerLot', {
        lotId: 'electrodes-1',
        material: 'delaminated-cathode',
        chemistry: 'NMC622',
        massMg: 112_000_000,
        account: [{ element: 'Ni', origins: [{ kind: 'declared-post-consumer', massMg: 36_000_000 }] }],
        activeMaterialMg: 98_000_000,
        carbonG: 0,
      });
      await refuses('SEPARATION_UNPREPARED', separation());
    });

    it('finds the disassembly behind splits and blends', async () => {
      await world.submit('recycler', 'recordProcessStep', disassembly());
      await world.submit('recycler', 'splitLot', {
        lotId: 'electrodes-1',
        parts: [{ lotId: 'part-1', massMg: 50_000_000 }],
      });
      await world.submit('recycler', 'blendLots', {
        lotId: 'blend-1',
        material: 'cathode-electrode',
        inputs: [
          { lotId: 'part-1', massMg: 50_000_000 },
          { lotId: 'electrodes-1', massMg: 62_000_000 },
        ],
      });
      const { step } = await world.submit(
        'recycler',
        'recordProcessStep',
        separation({ inputs: [{ recordType: 'lot', id: 'blend-1', massMg: 112_000_000 }] }),
      );
      assert.equal(step.kind, 'foil-separation');
    });

    it('is refused before its electrodes were made', async () => {
      await world.submit('recycler', 'recordProcessStep', disassembly());
      await refuses('TIME_IMPLAUSIBLE', separation({ startedAt: '2031-02-01T11:59:59Z' }));
    });

    it('does not take a pack', async () => {
      await refuses('INPUT_UNFIT', separation({ inputs: [{ recordType: 'pack', id: 'pack-1', massMg: 398_000_000 }] }));
    });
  });

  describe('of regeneration', () => {
    it('keeps added lithium primary and what came from the pack post-consumer', async () => {
      const { lots } = await recycle(withoutLithium(world));
      const lithium = lots[0]?.account.find(({ element }) => element === 'Li')?.origins ?? [];
      assert.deepEqual(
        lithium.map(({ kind }) => kind),
        ['post-consumer', 'primary'],
      );
      assert.deepEqual(kindsOf(lots[0]!.account.filter(({ element }) => element !== 'Li')), ['post-consumer']);
    });

    it('carries what the pack asked to be recovered through the whole chain', async () => {
      const { lots } = await recycle(withoutLithium(world));
      const [lot] = lots;
      assert.equal(lot?.basis.activeMaterialMg, 100_000_000);
      assert.equal(lot.basis.elements.find(({ element }) => element === 'Ni')?.massMg, PACK_MASSES.Ni);
      assert.equal(lot.basis.elements.find(({ element }) => element === 'Co')?.massMg, PACK_MASSES.Co);
    });

    it('counts reagents and the burden of the lithium', async () => {
      const { step } = await recycle(withoutLithium(world));
      assert.equal(step.carbon.reagentsG, 4240);
      assert.ok(step.carbon.inputsG > 72_720);
      assert.equal(
        step.carbonG,
        step.carbon.inputsG + step.carbon.electricityG + step.carbon.heatG + step.carbon.reagentsG,
      );
    });

    it('is refused when more of an element comes out than went in', async () => {
      await prepare(world);
      const [output] = regeneration().outputs;
      await refuses(
        'ELEMENT_BALANCE',
        regeneration({
          outputs: [{ ...output!, composition: composition(95_000_000, { Ni: 36_500_000, Li: 6_700_000 }) }],
        }),
      );
    });

    it('is refused when more active material comes out than went in and was added', async () => {
      await prepare(world);
      const [output] = regeneration().outputs;
      await refuses(
        'ACTIVE_MATERIAL_BALANCE',
        regeneration({ outputs: [{ ...output!, massMg: 99_000_000, activeMaterialMg: 98_700_000, composition: [] }] }),
      );
    });

    it('is refused when more mass comes out than went in', async () => {
      await prepare(world);
      const [output] = regeneration().outputs;
      await refuses('MASS_BALANCE', regeneration({ outputs: [{ ...output!, massMg: 105_060_000, composition: [] }] }));
    });

    it('is refused as another chemistry, unless it is upcycled', async () => {
      await prepare(world);
      const outputs = [{ ...regeneration().outputs[0]!, chemistry: 'NMC811' as const }];
      await refuses('CHEMISTRY_MISMATCH', regeneration({ outputs }));
      const { lots } = await world.submit(
        'recycler',
        'recordProcessStep',
        regeneration({ outputs, method: 'upcycling' }),
      );
      assert.equal(lots[0]?.chemistry, 'NMC811');
    });

    it('is refused when active material has no chemistry or weighs more than its lot', async () => {
      await prepare(world);
      const bare = without(regeneration().outputs[0]!, 'chemistry');
      await refuses('ACTIVE_MATERIAL_INVALID', regeneration({ outputs: [bare] }));
      await refuses(
        'ACTIVE_MATERIAL_INVALID',
        regeneration({ outputs: [{ ...regeneration().outputs[0]!, activeMaterialMg: 95_000_001 }] }),
      );
    });

    it('is refused without energy', async () => {
      await prepare(world);
      await refuses('ENERGY_MISSING', regeneration({ energy: { electricityWh: 0, heatWh: 0 } }));
    });
  });

  describe('of manufacturing waste', () => {
    const hydrometallurgy = (more: Partial<Step> = {}): Step => ({
      ...regeneration(),
      stepId: 'step-hydro',
      kind: 'hydrometallurgy',
      method: 'leaching',
      inputs: [{ recordType: 'lot', id: 'scrap-1', massMg: 100_000 }],
      outputs: [
        {
          lotId: 'salt-1',
          material: 'refined-salt',
          massMg: 180_000,
          massUncertaintyMg: 0,
          composition: composition(180_000, { Ni: 35_000, Co: 11_900 }),
          activeMaterialMg: 0,
        },
      ],
      takenUpMg: 90_000,
      reagents: [],
      ...more,
    });

    beforeEach(async () => {
      await world.submit('recycler', 'registerLot', {
        lotId: 'powder-1',
        material: 'cathode-powder',
        chemistry: 'NMC622',
        massMg: 1_000_000,
        account: [
          {
            element: 'Co',
            origins: [
              { kind: 'declared-post-consumer', massMg: 21_500 },
              { kind: 'primary', minedIn: 'CD', refinedIn: 'CN', massMg: 100_000 },
            ],
          },
          { element: 'Ni', origins: [{ kind: 'primary', minedIn: 'ID', refinedIn: 'CN', massMg: 363_000 }] },
        ],
        activeMaterialMg: 1_000_000,
        carbonG: 22_870,
      });
      await world.submit('recycler', 'declareScrap', {
        lotId: 'scrap-1',
        fromLotId: 'powder-1',
        massMg: 100_000,
        reason: 'Out of specification',
      });
    });

    it('turns what was primary into pre-consumer, and leaves what was only declared as declared', async () => {
      const { lots, step } = await world.submit('recycler', 'recordProcessStep', hydrometallurgy());
      assert.deepEqual(kindsOf(lots[0]!.account), ['declared-post-consumer', 'pre-consumer']);
      assert.equal(lots[0]?.wasteStatus, 'none');
      assert.equal(step.carbon.inputsG, 2287, 'scrap is never free of burden');
    });

    it('leaves virgin material primary in the same plant', async () => {
      const { lots } = await world.submit(
        'recycler',
        'recordProcessStep',
        hydrometallurgy({ inputs: [{ recordType: 'lot', id: 'powder-1', massMg: 100_000 }] }),
      );
      assert.deepEqual(kindsOf(lots[0]!.account), ['declared-post-consumer', 'primary']);
      assert.deepEqual(lots[0]?.basis, { activeMaterialMg: 0, elements: [] });
    });

    it('leaves it primary where it is only used again in making', async () => {
      await handOver(world, 'scrap-1');
      const { lots } = await world.submit('maker', 'recordProcessStep', {
        ...hydrometallurgy({ kind: 'synthesis', method: 'solid-state' }),
        outputs: [
          {
            lotId: 'powder-2',
            material: 'cathode-powder',
            chemistry: 'NMC622',
            massMg: 99_000,
            massUncertaintyMg: 0,
            composition: composition(99_000, { Ni: 35_000 }),
            activeMaterialMg: 99_000,
          },
        ],
      });
      assert.deepEqual(kindsOf(lots[0]!.account), ['primary']);
    });

    it('is refused as an output of recycling', async () => {
      await refuses(
        'OUTPUT_UNFIT',
        hydrometallurgy({ outputs: [{ ...hydrometallurgy().outputs[0]!, material: 'process-scrap' }] }),
      );
    });

    it('cannot be made new cathode of in one step', async () => {
      await refuses(
        'OUTPUT_UNFIT',
        hydrometallurgy({ outputs: [{ ...hydrometallurgy().outputs[0]!, material: 'regenerated-cathode' }] }),
      );
    });

    it('is refused for making when it is waste of another kind', async () => {
      await world.submit('recycler', 'recordProcessStep', disassembly());
      await handOver(world, 'electrodes-1');
      await refuses(
        'INPUT_UNFIT',
        {
          ...hydrometallurgy({ kind: 'synthesis', method: 'solid-state' }),
          inputs: [{ recordType: 'lot', id: 'electrodes-1', massMg: 112_000_000 }],
          outputs: [{ ...separation().outputs[0]!, material: 'cathode-powder' }],
        },
        'maker',
      );
    });

    it('is the basis of its own recovery when making leaves it over', async () => {
      await handOver(world, 'powder-1');
      const { lots } = await world.submit('maker', 'recordProcessStep', {
        ...hydrometallurgy({ kind: 'synthesis', method: 'sieving' }),
        inputs: [{ recordType: 'lot', id: 'powder-1', massMg: 100_000 }],
        takenUpMg: 0,
        outputs: [
          {
            lotId: 'powder-2',
            material: 'cathode-powder',
            chemistry: 'NMC622',
            massMg: 90_000,
            massUncertaintyMg: 0,
            composition: composition(90_000, { Ni: 32_000 }),
            activeMaterialMg: 90_000,
          },
          {
            lotId: 'scrap-2',
            material: 'process-scrap',
            chemistry: 'NMC622',
            massMg: 10_000,
            massUncertaintyMg: 0,
            composition: composition(10_000, { Ni: 3_600 }),
            activeMaterialMg: 10_000,
          },
        ],
      });
      const scrap = lots[1]!;
      assert.equal(scrap.wasteStatus, 'pre-consumer');
      assert.deepEqual(scrap.basis, {
        activeMaterialMg: 10_000,
        elements: [{ element: 'Ni', massMg: massOf(scrap.account, 'Ni') }],
      });
      assert.equal(
        lots.reduce((sum, { carbonG }) => sum + carbonG, 0),
        2287 + 4660 + 1250,
      );
      assert.ok(scrap.carbonG > 0, 'scrap is never free of burden');
    });

    it('counts only reagents that the factors know or the command states', async () => {
      const reagents = (name: string, carbonGPerKg?: number) => [
        { name, massMg: 2_000_000, ...(carbonGPerKg === undefined ? {} : { carbonGPerKg }) },
      ];
      await refuses('CARBON_FACTOR_MISSING', hydrometallurgy({ reagents: reagents('mystery') }));
      await refuses('CARBON_FACTOR_FIXED', hydrometallurgy({ reagents: reagents('sulphuric-acid', 1) }));
      const { step } = await world.submit(
        'recycler',
        'recordProcessStep',
        hydrometallurgy({ reagents: reagents('mystery', 500) }),
      );
      assert.equal(step.carbon.reagentsG, 1000);
    });

    it('charges the highest grid factor where the country has none', async () => {
      const { step } = await world.submit(
        'recycler',
        'recordProcessStep',
        hydrometallurgy({ facility: { countryCode: 'ZZ', name: 'Somewhere' } }),
      );
      assert.equal(step.carbon.electricityG, 7000);
    });

    it('is refused under carbon factors that do not exist or were not in force', async () => {
      await refuses('RULE_SET_UNKNOWN', hydrometallurgy({ carbonFactors: 'our-own' }));
      await refuses(
        'RULE_SET_NOT_IN_FORCE',
        hydrometallurgy({
          carbonFactors: 'grid-2023',
          startedAt: '2022-01-01T00:00:00Z',
          finishedAt: '2022-01-02T00:00:00Z',
        }),
      );
    });
  });

  describe('in general', () => {
    it('is refused when it ends before it begins, or after now', async () => {
      await refuses('PERIOD_INVALID', disassembly({ finishedAt: '2031-02-01T08:00:00Z' }));
      await refuses('TIME_IMPLAUSIBLE', disassembly({ finishedAt: '2031-03-02T00:00:00Z' }));
    });

    it('is refused when an output is one of its inputs, exists, or is named twice', async () => {
      await prepare(world);
      const [output] = regeneration().outputs;
      await refuses('LINEAGE_CYCLE', regeneration({ outputs: [{ ...output!, lotId: 'delaminated-1' }] }));
      await refuses('RECORD_EXISTS', regeneration({ outputs: [{ ...output!, lotId: 'electrodes-1' }] }));
      await refuses(
        'DUPLICATE_INPUT',
        regeneration({ inputs: [regeneration().inputs[0]!, regeneration().inputs[0]!] }),
      );
      const half = { ...output!, massMg: 40_000_000, activeMaterialMg: 40_000_000 };
      await refuses('RECORD_EXISTS', regeneration({ outputs: [half, half] }));
    });

    it('follows another in one batch, all of them or none', async () => {
      const commands = (last: Step) => ({
        commands: [
          { transaction: 'recordProcessStep', command: disassembly() },
          { transaction: 'recordProcessStep', command: separation() },
          { transaction: 'recordProcessStep', command: last },
        ],
      });
      await assertRefused(world, 'ENERGY_MISSING', () =>
        world.submit('recycler', 'runBatch', commands(regeneration({ energy: { electricityWh: 0, heatWh: 0 } }))),
      );
      await world.submit('recycler', 'runBatch', commands(regeneration()));
      assert.equal(world.record('lot', 'regenerated-1')?.basis.activeMaterialMg, 100_000_000);
      assert.equal(world.record('lot', 'electrodes-1')?.state, 'exhausted');
    });

    it('is refused to those who do not run such steps', async () => {
      await refuses('ROLE_MISSING', disassembly(), 'maker');
      await refuses('ROLE_MISSING', disassembly(), 'oem');
    });

    it('is refused for a lot that is overdrawn, held back or held by another', async () => {
      await prepare(world);
      await refuses(
        'LOT_OVERDRAWN',
        regeneration({ inputs: [{ recordType: 'lot', id: 'delaminated-1', massMg: 100_000_001 }] }),
      );
      await refuses('NOT_HOLDER', regeneration(), 'maker');
      await world.submit('recycler', 'holdLot', { lotId: 'delaminated-1', reason: 'Fluorine' });
      await refuses('LOT_HELD', regeneration());
    });
  });

  describe('that was wrong', () => {
    const correction = (more: Partial<Step> = {}): Step => {
      const [electrodes, copper] = disassembly().outputs;
      return disassembly({
        stepId: 'step-corrected',
        outputs: [
          { ...electrodes!, lotId: 'electrodes-2', massMg: 111_000_000 },
          { ...copper!, lotId: 'copper-2' },
        ],
        supersedes: { id: 'step-disassembly', reason: 'The scale was off' },
        ...more,
      });
    };

    beforeEach(async () => {
      await world.submit('recycler', 'recordProcessStep', disassembly());
    });

    it('is corrected with the same inputs, and its outputs show what replaced them', async () => {
      const { step, lots } = await world.submit('recycler', 'recordProcessStep', correction());
      assert.equal(step.supersedes?.id, 'step-disassembly');
      assert.deepEqual(step.inputs, world.record('processStep', 'step-disassembly')?.inputs);
      assert.equal(world.record('processStep', 'step-disassembly')?.superseded?.byId, 'step-corrected');
      const old = ['electrodes-1', 'copper-1', 'residue-1'].map((id) => world.record('lot', id)!);
      assert.deepEqual(
        old.map(({ superseded, remainingMassMg, state }) => [superseded?.byId, remainingMassMg, state]),
        [
          ['electrodes-2', 0, 'exhausted'],
          ['copper-2', 0, 'exhausted'],
          ['copper-2', 0, 'exhausted'],
        ],
      );
      assert.equal(lots.length, 2);
    });

    it('is not corrected once an output was used', async () => {
      await world.submit('recycler', 'drawDownLot', { lotId: 'copper-1', massMg: 1, reason: 'Sample' });
      await refuses('CORRECTION_CONFLICT', correction());
    });

    it('is not corrected into another step', async () => {
      await refuses(
        'CORRECTION_CONFLICT',
        correction({
          kind: 'pyrometallurgy',
          outputs: [{ ...disassembly().outputs[2]!, lotId: 'slag' }],
        }),
      );
      await refuses(
        'CORRECTION_CONFLICT',
        correction({ inputs: [{ recordType: 'pack', id: 'pack-1', massMg: 1 + 398_000_000 }] }),
      );
    });

    it('is corrected by its author only, and once', async () => {
      await refuses('RECORD_NOT_FOUND', correction({ supersedes: { id: 'nothing', reason: 'x' } }));
      await world.submit('recycler', 'recordProcessStep', correction());
      await refuses('RECORD_SUPERSEDED', correction({ stepId: 'third' }));
    });
  });
});

/** A world in which the chain can register its own lithium. */
function withoutLithium(world: MemoryWorld): MemoryWorld {
  for (const key of world.state.values.keys()) if (key.includes('\0lithium-1\0')) world.state.values.delete(key);
  return world;
}

async function prepare(world: MemoryWorld): Promise<void> {
  await world.submit('recycler', 'recordProcessStep', disassembly());
  await world.submit('recycler', 'recordProcessStep', separation());
}

async function handOver(world: MemoryWorld, lotId: string): Promise<void> {
  await world.submit('recycler', 'offerCustody', {
    offerId: `offer-${lotId}`,
    asset: { recordType: 'lot', id: lotId },
    to: 'maker',
  });
  await world.submit('maker', 'acceptCustody', { offerId: `offer-${lotId}` });
}
