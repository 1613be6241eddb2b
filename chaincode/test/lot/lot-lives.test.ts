import assert from 'node:assert/strict';
import { LOT_MATERIALS, type ElementAccount, type LotRecord } from '@battery-passport/schemas';
import fc from 'fast-check';
import { Refusal, type RefusalCode } from '../../src/kernel/refusal.js';
import { addTo, elementsPresent, present, type Masses } from '../conservation.js';
import { CONSORTIUM, MemoryWorld, type ConsortiumName } from '../memory-world.js';

const HOLDERS = ['supplier', 'maker', 'recycler'] as const satisfies readonly ConsortiumName[];

/** A life of lots: what was registered, and what was thrown away. */
class LotLives {
  readonly world: MemoryWorld;
  readonly registered: Masses = {};
  readonly disposed: Masses = {};
  massMg = 0;
  activeMaterialMg = 0;
  carbonG = 0;
  #count = 0;

  constructor(world: MemoryWorld) {
    this.world = world;
  }

  lots(): LotRecord[] {
    return this.world.records('lot');
  }

  newId(): string {
    this.#count += 1;
    return `lot-${this.#count}`;
  }

  /** What is held now must be what was registered less what was disposed of. */
  assertConserved(): void {
    const lots = this.lots();
    const expected: Masses = {};
    for (const [element, massMg] of Object.entries(this.registered)) expected[element as keyof Masses] = massMg;
    for (const [element, massMg] of Object.entries(this.disposed)) {
      expected[element as keyof Masses] = (expected[element as keyof Masses] ?? 0) - massMg;
    }
    assert.deepEqual(elementsPresent(this.world), present(expected));
    const sum = (of: (lot: LotRecord) => number) => lots.reduce((total, lot) => total + of(lot), 0);
    assert.equal(
      sum((lot) => lot.remainingMassMg),
      this.massMg,
    );
    assert.equal(
      sum((lot) => lot.remainingActiveMaterialMg),
      this.activeMaterialMg,
    );
    assert.equal(
      sum((lot) => lot.remainingCarbonG),
      this.carbonG,
    );
    for (const lot of lots) {
      assert.equal(lot.state === 'exhausted', lot.remainingMassMg === 0, lot.id);
      assert.ok(lot.state !== 'exhausted' || lot.remaining.length === 0, lot.id);
      assert.ok(lot.remainingActiveMaterialMg <= lot.remainingMassMg + 64, lot.id);
    }
  }
}

/** One thing that may happen; numbers choose among what is there, so that shrinking leaves a life that makes sense. */
interface Happening {
  readonly what: string;
  readonly run: (lives: LotLives) => Promise<void>;
}

const choice = fc.nat(1_000_000);
const origins = fc.constantFrom<ElementAccount[number]['origins'][number]>(
  { kind: 'primary', minedIn: 'ID', refinedIn: 'CN', massMg: 1 },
  { kind: 'primary', minedIn: 'AU', massMg: 1 },
  { kind: 'declared-pre-consumer', massMg: 1 },
);

const register: fc.Arbitrary<Happening> = fc
  .record({
    holder: fc.nat(2),
    massMg: fc.integer({ min: 1, max: 2_000_000_000 }),
    origins: fc.array(origins, { maxLength: 4 }),
    active: fc.boolean(),
  })
  .map(({ holder, massMg, origins: kinds, active }) => ({
    what: 'register',
    async run(lives) {
      const account: ElementAccount = kinds.map((origin, index) => ({
        element: (['Ni', 'Co', 'Li', 'Mn'] as const)[index] ?? 'Ni',
        origins: [{ ...origin, massMg: Math.max(1, Math.floor(massMg / 5)) }],
      }));
      if (massMg < 5) account.splice(1);
      const carbonG = Math.floor(massMg / 1000);
      await lives.world.submit(HOLDERS[holder] ?? 'supplier', 'registerLot', {
        lotId: lives.newId(),
        material: 'cathode-powder',
        massMg,
        account,
        carbonG,
        ...(active ? { activeMaterialMg: massMg, chemistry: 'NMC811' as const } : {}),
      });
      addTo(lives.registered, account);
      lives.massMg += massMg;
      lives.carbonG += carbonG;
      if (active) lives.activeMaterialMg += massMg;
    },
  }));

/** Something that happens to a lot, chosen by its place in the list, in the name of its holder. */
function toLot(
  what: string,
  happen: (lives: LotLives, lot: LotRecord, as: ConsortiumName, amount: number) => Promise<unknown>,
): fc.Arbitrary<Happening> {
  return fc.tuple(choice, choice).map(([which, amount]) => ({
    what,
    async run(lives) {
      const lots = lives.lots();
      const lot = lots[which % lots.length];
      if (lot !== undefined) await happen(lives, lot, holderOf(lot), amount);
    },
  }));
}

function holderOf(lot: LotRecord): ConsortiumName {
  const name = Object.keys(CONSORTIUM).find((party) => party === lot.holder);
  return name as ConsortiumName;
}

/** Part of a lot; now and then more than there is. */
const part = (lot: LotRecord, amount: number): number => 1 + (amount % (lot.remainingMassMg + 2));

const happenings: fc.Arbitrary<Happening> = fc.oneof(
  register,
  toLot('split', (lives, lot, as, amount) => {
    const massMg = part(lot, amount);
    const first = Math.ceil(massMg / 2);
    const parts = [{ lotId: lives.newId(), massMg: first }];
    if (massMg > first) parts.push({ lotId: lives.newId(), massMg: massMg - first });
    return lives.world.submit(as, 'splitLot', { lotId: lot.id, parts });
  }),
  toLot('blend', (lives, lot, as, amount) => {
    const other = lives
      .lots()
      .find(({ id, holder, remainingMassMg }) => id !== lot.id && holder === lot.holder && remainingMassMg > 0);
    if (other === undefined) return Promise.resolve();
    return lives.world.submit(as, 'blendLots', {
      lotId: lives.newId(),
      material: lot.material,
      inputs: [
        { lotId: lot.id, massMg: part(lot, amount) },
        { lotId: other.id, massMg: other.remainingMassMg },
      ],
    });
  }),
  toLot('dispose', async (lives, lot, as, amount) => {
    const after = await lives.world.submit(as, 'drawDownLot', {
      lotId: lot.id,
      massMg: part(lot, amount),
      reason: 'spilt',
    });
    addTo(lives.disposed, lot.remaining);
    addTo(lives.disposed, after.remaining, -1);
    lives.massMg -= lot.remainingMassMg - after.remainingMassMg;
    lives.activeMaterialMg -= lot.remainingActiveMaterialMg - after.remainingActiveMaterialMg;
    lives.carbonG -= lot.remainingCarbonG - after.remainingCarbonG;
  }),
  toLot('scrap', (lives, lot, as, amount) =>
    lives.world.submit(as, 'declareScrap', {
      lotId: lives.newId(),
      fromLotId: lot.id,
      massMg: part(lot, amount),
      reason: 'off-spec',
    }),
  ),
  toLot('hold', (lives, lot, as) => lives.world.submit(as, 'holdLot', { lotId: lot.id, reason: 'sample' })),
  toLot('release', (lives, lot, as) => lives.world.submit(as, 'releaseLot', { lotId: lot.id })),
  toLot('downgrade', (lives, lot, as, amount) =>
    lives.world.submit(as, 'downgradeLot', {
      lotId: lot.id,
      material: LOT_MATERIALS[amount % LOT_MATERIALS.length] ?? 'residue',
      reason: 'wet',
    }),
  ),
  toLot('rework', (lives, lot, as) =>
    lives.world.submit(as, 'reworkLot', { lotId: lot.id, newLotId: lives.newId(), reason: 'wet' }),
  ),
  toLot('hand over', async (lives, lot, as, amount) => {
    const to = HOLDERS[amount % HOLDERS.length] ?? 'maker';
    const offerId = lives.newId();
    await lives.world.submit(as, 'offerCustody', { offerId, asset: { recordType: 'lot', id: lot.id }, to });
    await lives.world.submit(to, 'acceptCustody', { offerId });
  }),
);

/** What may be refused of what chance puts together. */
const EXPECTED: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  'LOT_OVERDRAWN',
  'LOT_HELD',
  'ILLEGAL_TRANSITION',
  'MATERIAL_MISMATCH',
  'WASTE_MIXED',
  'RECIPIENT_INVALID',
  'NOT_TRANSFERABLE',
]);

describe('over a random life of lots', () => {
  it('no milligram of any element, of active material or of mass, and no gram of carbon, comes or goes', async function () {
    this.timeout(60_000);
    const founded = await MemoryWorld.founded();
    await fc.assert(
      fc.asyncProperty(
        fc.array(register, { minLength: 2, maxLength: 4 }),
        fc.array(happenings, { maxLength: 40 }),
        async (first, then) => {
          const lives = new LotLives(founded.fork());
          for (const { run } of [...first, ...then]) {
            try {
              await run(lives);
            } catch (error) {
              if (!(error instanceof Refusal) || !EXPECTED.has(error.code)) throw error;
            }
            lives.assertConserved();
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
