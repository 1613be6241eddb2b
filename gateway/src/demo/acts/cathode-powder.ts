import { DAYS_AGO } from '../calendar.js';
import { fractionsOf, kg, stepOutput } from '../material-flow.js';
import { FORMULAS, massFraction, type StoryChemistry } from '../stoichiometry.js';
import { handOver, lots, type Story } from '../story.js';
import { COBALT_LOT, LITHIUM_LOT, MANGANESE_LOT, NICKEL_LOT } from './materials.js';

/** Cathode powder of each chemistry that is made, and the part that the carmaker buys. */
export const POWDER = {
  NMC811: { lotId: 'CAM-811-01', soldLotId: 'CAM-811-01-A', madeKg: 700, soldKg: 635 },
  NMC532: { lotId: 'CAM-532-01', soldLotId: 'CAM-532-01-A', madeKg: 450, soldKg: 430 },
} as const satisfies Record<StoryChemistry, object>;

/** Powder of the wrong particle size, declared as manufacturing waste. */
export const POWDER_SCRAP_LOT = 'SCRAP-CAM-811-01';

/** Metals that end in the powder; the rest stays in the mother liquor. */
const METAL_YIELD = 0.99;
/** Lithium is put in above the stoichiometry and partly lost from the furnace. */
const LITHIUM_YIELD = 0.96;

const SOURCES = [
  { element: 'Ni', lotId: NICKEL_LOT, salt: FORMULAS.nickelSulphateHexahydrate, yield: METAL_YIELD },
  { element: 'Co', lotId: COBALT_LOT, salt: FORMULAS.cobaltSulphateHeptahydrate, yield: METAL_YIELD },
  { element: 'Mn', lotId: MANGANESE_LOT, salt: FORMULAS.manganeseSulphateMonohydrate, yield: METAL_YIELD },
  { element: 'Li', lotId: LITHIUM_LOT, salt: FORMULAS.lithiumHydroxideMonohydrate, yield: LITHIUM_YIELD },
] as const;

/** Act 3: the cathode maker turns the salts into cathode powder of two chemistries and sells it to the carmaker. */
export async function makeCathodePowder(story: Story): Promise<void> {
  const maker = story.person('cathode-maker');
  for (const chemistry of ['NMC811', 'NMC532'] as const) {
    await synthesise(story, chemistry);
    const { lotId, soldLotId, soldKg } = POWDER[chemistry];
    await maker.submit('splitLot', { lotId, parts: [{ lotId: soldLotId, massMg: kg(soldKg) }] });
  }
  await maker.submit('declareScrap', {
    lotId: POWDER_SCRAP_LOT,
    fromLotId: POWDER.NMC811.lotId,
    massMg: kg(8),
    reason: 'Particles below the size of the grade, from the start of the run; not fit to be milled again.',
  });
  await handOver(maker, story.person('oem'), lots(POWDER.NMC811.soldLotId, POWDER.NMC532.soldLotId), 'Powder for Aoi');
  await handOver(maker, story.person('recycler'), lots(POWDER_SCRAP_LOT), 'Powder scrap for Meguri');
}

async function synthesise({ calendar, person }: Story, chemistry: StoryChemistry): Promise<void> {
  const { lotId, madeKg } = POWDER[chemistry];
  const elements = new Map(
    SOURCES.map(({ element }) => [element, kg(madeKg * massFraction(FORMULAS[chemistry], element))] as const),
  );
  const inputs = SOURCES.map((source) => ({
    recordType: 'lot' as const,
    id: source.lotId,
    massMg: Math.ceil((elements.get(source.element) ?? 0) / source.yield / massFraction(source.salt, source.element)),
  }));
  await person('cathode-maker').submit('recordProcessStep', {
    stepId: `SYN-${chemistry.slice(3)}-01`,
    kind: 'synthesis',
    method: 'co-precipitation-and-calcination',
    facility: { countryCode: 'JP', name: 'Yodo cathode plant' },
    startedAt: calendar.daysAgo(DAYS_AGO.cathodeMade + 9),
    finishedAt: calendar.daysAgo(DAYS_AGO.cathodeMade),
    inputs,
    outputs: [
      stepOutput({
        lotId,
        material: 'cathode-powder',
        chemistry,
        massMg: kg(madeKg),
        elements: fractionsOf(elements, { Ni: 1, Co: 1, Mn: 1, Li: 1 }),
        activeMaterialMg: kg(madeKg),
      }),
    ],
    // EverBatt 2023, per kg of NMC: sodium hydroxide 0.844 kg, ammonia water 0.117 kg, 25.2 MJ electricity, 42.6 MJ gas.
    reagents: [
      { name: 'sodium-hydroxide', massMg: kg(madeKg * 0.844) },
      { name: 'ammonium-hydroxide', massMg: kg(madeKg * 0.117) },
    ],
    energy: { electricityWh: Math.round(madeKg * 7_000), heatWh: Math.round(madeKg * 11_833) },
    carbonFactors: 'everbatt-2023',
  });
}
