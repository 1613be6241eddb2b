import assert from 'node:assert/strict';
import {
  instantAt,
  instantSeconds,
  type CommandOf,
  type ElementAccount,
  type ElementSymbol,
  type LotMaterial,
  type ProcessKind,
} from '@battery-passport/schemas';
import fc from 'fast-check';
import { accountMassMg, addAccounts, elementMasses } from '../src/account/element-account.js';
import { addTo, elementsLost, elementsPresent, present, type Masses } from './conservation.js';
import { MemoryWorld, type ConsortiumName } from './memory-world.js';
import { assay, certificate, composition, design, grade, without } from './process/recycling-chain.js';

const DAY_S = 86_400;

/** A life of material from the mine to the second pack, whose amounts are dice. Every step is checked for conservation. */
class Life {
  readonly world: MemoryWorld;
  readonly #dice: readonly number[];
  readonly #registered: Masses = {};
  readonly #disposed: Masses = {};
  #thrown = 0;
  #made = 0;

  constructor(world: MemoryWorld, dice: readonly number[]) {
    this.world = world;
    this.#dice = dice;
  }

  /** An integer from `least` to `most`, both possible. */
  roll(least: number, most: number): number {
    const die = this.#dice[this.#thrown % this.#dice.length] ?? 0;
    this.#thrown += 1;
    return least + Math.floor((die / 1_000_001) * (most - least + 1));
  }

  id(what: string): string {
    this.#made += 1;
    return `${what}-${this.#made}`;
  }

  /** Submits on the next day and checks that nothing came or went. */
  async submit<N extends Parameters<MemoryWorld['submit']>[1]>(as: ConsortiumName, name: N, command: CommandOf<N>) {
    this.world.now = later(this.world.now, DAY_S);
    const result = await this.world.submit(as, name, command);
    this.#assertConserved(name);
    return result;
  }

  async registerLot(as: ConsortiumName, lot: Omit<CommandOf<'registerLot'>, 'carbonG'>): Promise<string> {
    addTo(this.#registered, lot.account);
    await this.submit(as, 'registerLot', { ...lot, carbonG: this.roll(0, 1_000_000) });
    return lot.lotId;
  }

  /** Throws all that is left of a lot away. */
  async dispose(as: ConsortiumName, lotId: string): Promise<void> {
    const { remaining, remainingMassMg } = this.lot(lotId);
    addTo(this.#disposed, remaining);
    await this.submit(as, 'drawDownLot', { lotId, massMg: remainingMassMg, reason: 'landfill' });
  }

  async hand(asset: CommandOf<'offerCustody'>['asset'], from: ConsortiumName, to: ConsortiumName): Promise<void> {
    const offerId = this.id('offer');
    await this.submit(from, 'offerCustody', { offerId, asset, to });
    await this.submit(to, 'acceptCustody', { offerId });
  }

  lot(id: string) {
    const lot = this.world.record('lot', id);
    assert.ok(lot !== undefined, id);
    return lot;
  }

  /**
   * Runs a step over whole things. The product takes a rolled yield of each element and of the active material, and residue a
   * rolled part of what is left; the rest is lost.
   */
  async process(
    as: ConsortiumName,
    kind: ProcessKind,
    material: LotMaterial,
    inputs: readonly { readonly recordType: 'lot' | 'pack' | 'module'; readonly id: string; readonly massMg: number }[],
    more: Partial<CommandOf<'recordProcessStep'>> = {},
  ): Promise<string> {
    const matter = inputs.map(({ recordType, id }) => this.#matter(recordType, id));
    const inMg = inputs.reduce((sum, { massMg }) => sum + massMg, 0);
    const account = addAccounts(...matter.map((input) => input.account));
    const activeMg = matter.reduce((sum, input) => sum + input.activeMaterialMg, 0);
    const toProduct: Partial<Record<ElementSymbol, number>> = {};
    const toResidue: Partial<Record<ElementSymbol, number>> = {};
    for (const [element, massMg] of elementMasses(account)) {
      const product = this.#part(massMg, this.roll(800_000, 1_000_000));
      toProduct[element] = product;
      toResidue[element] = this.#part(massMg - product, this.roll(0, 1_000_000));
    }
    const slackMg = inMg - accountMassMg(account);
    const activeOutMg = this.#part(activeMg, this.roll(800_000, 1_000_000));
    const productMg = Math.max(sum(toProduct) + this.#part(slackMg, 500_000), activeOutMg, 1);
    const residueMg = sum(toResidue) + 1;
    const product = this.id(material);
    await this.submit(as, 'recordProcessStep', {
      stepId: this.id('step'),
      kind,
      method: 'm',
      facility: { countryCode: 'US', name: 'Plant' },
      startedAt: this.world.now,
      finishedAt: later(this.world.now, DAY_S / 2),
      inputs: [...inputs],
      outputs: [
        {
          lotId: product,
          material,
          chemistry: 'NMC622',
          massMg: productMg,
          massUncertaintyMg: 0,
          composition: composition(productMg, toProduct),
          activeMaterialMg: kind === 'synthesis' ? productMg : activeOutMg,
        },
        ...(productMg + residueMg <= inMg
          ? [
              {
                lotId: this.id('residue'),
                material: 'residue' as const,
                massMg: residueMg,
                massUncertaintyMg: 0,
                composition: composition(residueMg, toResidue),
                activeMaterialMg: 0,
              },
            ]
          : []),
      ],
      energy: { electricityWh: this.roll(1, 1_000_000), heatWh: 0 },
      carbonFactors: 'everbatt-2023',
      ...more,
    });
    return product;
  }

  #matter(recordType: 'lot' | 'pack' | 'module', id: string): { account: ElementAccount; activeMaterialMg: number } {
    if (recordType === 'lot') {
      const { remaining, remainingActiveMaterialMg } = this.lot(id);
      return { account: remaining, activeMaterialMg: remainingActiveMaterialMg };
    }
    const whole = this.world.record(recordType, id);
    assert.ok(whole !== undefined, id);
    return { account: whole.contents, activeMaterialMg: whole.activeMaterialMg };
  }

  #part(massMg: number, ppm: number): number {
    return Number((BigInt(massMg) * BigInt(ppm)) / 1_000_000n);
  }

  #assertConserved(after: string): void {
    const accounted: Masses = elementsPresent(this.world);
    for (const gone of [elementsLost(this.world), this.#disposed]) {
      for (const [element, massMg] of Object.entries(gone)) {
        accounted[element as ElementSymbol] = (accounted[element as ElementSymbol] ?? 0) + massMg;
      }
    }
    assert.deepEqual(present(accounted), present(this.#registered), `after ${after}`);
  }
}

function later(instant: string, seconds: number): string {
  return instantAt(instantSeconds(instant) + seconds);
}

function sum(masses: Partial<Record<ElementSymbol, number>>): number {
  return Object.values(masses).reduce((total, massMg) => total + massMg, 0);
}

const primary = (element: ElementSymbol, massMg: number, minedIn: string): ElementAccount[number] => ({
  element,
  origins: [{ kind: 'primary', minedIn, massMg }],
});

/** Powder out of salts from two countries each, some of it scrapped, in the hands of the pack maker. */
async function makePowder(life: Life): Promise<string> {
  const salts: string[] = [];
  for (const [element, countries] of [
    ['Ni', ['ID', 'PH']],
    ['Co', ['CD', 'ID']],
    ['Li', ['AU', 'CL']],
    ['Mn', ['ZA', 'GA']],
  ] as const) {
    for (const minedIn of countries) {
      const massMg = life.roll(50_000_000, 400_000_000);
      const account = [primary(element, Math.floor(massMg / life.roll(3, 6)), minedIn)];
      salts.push(
        await life.registerLot('supplier', { lotId: life.id('salt'), material: 'refined-salt', massMg, account }),
      );
    }
  }
  for (const id of salts) await life.hand({ recordType: 'lot', id }, 'supplier', 'maker');
  const powder = await life.process(
    'maker',
    'synthesis',
    'cathode-powder',
    salts.map((id) => ({ recordType: 'lot', id, massMg: life.lot(id).massMg })),
  );
  const { remainingMassMg } = life.lot(powder);
  const scrapMg = life.roll(0, Math.floor(remainingMassMg / 20));
  if (scrapMg > 0) {
    await life.submit('maker', 'declareScrap', {
      lotId: life.id('scrap'),
      fromLotId: powder,
      massMg: scrapMg,
      reason: 'off-spec',
    });
  }
  await life.hand({ recordType: 'lot', id: powder }, 'maker', 'oem');
  return powder;
}

/** What a pack maker made: packs, and perhaps a module that was taken out of one. */
interface Built {
  readonly packs: readonly string[];
  readonly looseModules: readonly string[];
}

/** Packs of one design out of powder. Between the first two a module may move, with a spare in its place. */
async function buildPacks(life: Life, powder: string, count: number, leastMg: number): Promise<Built> {
  const { remainingMassMg } = life.lot(powder);
  const amountMg = () => life.roll(leastMg, Math.min(100_000_000, Math.floor(remainingMassMg / (count + 2))));
  const packs: string[] = [];
  for (let index = 0; index < count; index++) {
    const packId = life.id('pack');
    await life.submit('oem', 'registerPack', {
      packId,
      gtin: '09506000134352',
      serial: packId,
      designId: 'design-1',
      manufacturedAt: life.world.now,
      plant: { countryCode: 'JP', name: 'Tochigi' },
      modules: ['a', 'b'].map((letter) => ({ moduleId: `${packId}-${letter}`, massMg: 150_000_000, cellCount: 96 })),
      materials: [{ lotId: powder, massMg: amountMg() }],
    });
    packs.push(packId);
  }
  const [one, other] = packs;
  if (one === undefined || other === undefined || life.roll(0, 1) === 0) return { packs, looseModules: [] };
  const spare = life.id('spare');
  await life.submit('oem', 'registerModule', {
    moduleId: spare,
    designId: 'design-1',
    massMg: 150_000_000,
    cellCount: 96,
    materials: [{ lotId: powder, massMg: amountMg() }],
  });
  const swap = (packId: string, out: string, moduleId: string) =>
    life.submit('oem', 'recordRepair', {
      repairId: life.id('repair'),
      packId,
      kind: 'module-swap',
      removed: [{ moduleId: out }],
      fittedModuleIds: [moduleId],
      description: 'swap',
      performedAt: life.world.now,
      documents: [],
    });
  await swap(one, `${one}-a`, spare);
  await swap(other, `${other}-b`, `${one}-a`);
  return { packs, looseModules: [`${other}-b`] };
}

/** The direct chain: used packs, opened, separated, regenerated with lithium, certified, and sold to the cathode maker. */
async function recycle(life: Life, { packs, looseModules }: Built): Promise<string> {
  const at = () => life.world.now;
  await life.submit('recycler', 'publishSortingPolicy', {
    policyId: 'all',
    version: 1,
    rules: [{ ruleId: 'all', when: {}, route: 'direct-recycling', method: 're-lithiation' }],
    note: 'everything is regenerated',
  });
  for (const packId of packs) {
    await life.submit('oem', 'placePackOnMarket', { packId, placedOnMarketAt: at() });
    await life.submit('recycler', 'collectPack', {
      packId,
      countryCode: 'JP',
      regionCode: 'JP-14',
      collectedAt: at(),
      condition: 'intact',
    });
    await life.submit('recycler', 'sortPack', { decisionId: life.id('decision'), packId, policyRecordId: 'all-v1' });
  }
  for (const id of looseModules) await life.hand({ recordType: 'module', id }, 'oem', 'recycler');
  const electrodes = await life.process(
    'recycler',
    'disassembly',
    'cathode-electrode',
    [
      ...packs.map((id) => ({ recordType: 'pack' as const, id, massMg: 400_000_000 })),
      ...looseModules.map((id) => ({ recordType: 'module' as const, id, massMg: 150_000_000 })),
    ],
    { disassembly: { voltageBeforeOpeningMv: 1, electrolyteRemovedMg: 1, durationMinutes: 1, energyWh: 1 } },
  );
  const whole = (id: string) => ({ recordType: 'lot' as const, id, massMg: life.lot(id).remainingMassMg });
  const delaminated = await life.process('recycler', 'foil-separation', 'delaminated-cathode', [whole(electrodes)]);
  const massMg = life.roll(1_000, 3_000_000);
  const lithium = await life.registerLot('recycler', {
    lotId: life.id('lithium'),
    material: 'reagent',
    massMg,
    account: [primary('Li', Math.floor(massMg / 4), 'AU')],
  });
  const regenerated = await life.process('recycler', 'regeneration', 'regenerated-cathode', [
    whole(delaminated),
    whole(lithium),
  ]);
  await life.submit('maker', 'publishGradeSpecification', grade());
  await life.submit('laboratory', 'recordAssay', assay({ lotId: regenerated, sampledAt: at(), measuredAt: at() }));
  await life.submit('recycler', 'issueCertificate', certificate({ lotId: regenerated }));
  await life.hand({ recordType: 'lot', id: regenerated }, 'recycler', 'maker');
  return regenerated;
}

describe('over random lives from the mine to the second pack', () => {
  it('every milligram of every element is in a lot, in a pack, or accounted for as lost', async function () {
    this.timeout(120_000);
    const founded = await MemoryWorld.founded();
    await founded.submit('oem', 'registerDesign', {
      designId: 'design-1',
      ...without(design, 'recordType', 'id', 'createdBy', 'createdAt', 'createdInTransaction', 'manufacturer'),
    });
    const dice = fc.array(fc.nat(1_000_000), { minLength: 97, maxLength: 97 });
    await fc.assert(
      fc.asyncProperty(dice, fc.integer({ min: 1, max: 3 }), async (thrown, count) => {
        const life = new Life(founded.fork(), thrown);
        const powder = await makePowder(life);
        const built = await buildPacks(life, powder, count, 1_000_000);
        const regenerated = await recycle(life, built);

        const credited = life.world.record('certificate', 'certificate-1');
        assert.equal(credited?.outcome, 'met');
        for (const { ppm } of credited.recovery.elements) assert.ok(ppm <= 1_000_000);

        await life.submit('maker', 'acceptCertificate', { certificateId: 'certificate-1' });
        await life.hand({ recordType: 'lot', id: powder }, 'oem', 'maker');
        const blend = life.id('blend');
        await life.submit('maker', 'blendLots', {
          lotId: blend,
          material: 'cathode-powder',
          inputs: [
            { lotId: powder, massMg: life.roll(10_000, life.lot(powder).remainingMassMg) },
            { lotId: regenerated, massMg: life.roll(1, life.lot(regenerated).remainingMassMg) },
          ],
        });
        await life.hand({ recordType: 'lot', id: blend }, 'maker', 'oem');
        const [second] = (await buildPacks(life, blend, 1, 1_000)).packs;
        assert.ok(second !== undefined);
        const claim = await life.world.submit('oem', 'claimRecycledContent', {
          claimId: life.id('claim'),
          packId: second,
          ruleSetId: 'eu-2023-1542-art8-2031',
        });
        const contents = elementMasses(life.world.record('pack', second)?.contents ?? []);
        const recovered = life.world.record('pack', second)?.contents ?? [];
        for (const { element, ...shares } of claim.shares) {
          const origins = recovered.find((entry) => entry.element === element)?.origins ?? [];
          const postMg = origins.reduce(
            (total, { kind, massMg }) => total + (kind === 'post-consumer' ? massMg : 0),
            0,
          );
          assert.equal(shares.postConsumerPpm, Math.floor((postMg * 1_000_000) / (contents.get(element) ?? 1)));
        }
        for (const { id, material, holder } of life.world.records('lot')) {
          if (material === 'residue' && holder === 'recycler') await life.dispose('recycler', id);
        }
      }),
      { numRuns: 25 },
    );
  });
});
