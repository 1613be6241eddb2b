import type { SortingDecisionRecord } from '@battery-passport/schemas';
import { DAYS_AGO } from '../calendar.js';
import { STORY_PACKS, SWAPPED_MODULE, weighedMg } from '../cast.js';
import { recycleDirectly, type DirectGroup, type RegeneratedLot } from '../direct-recycling.js';
import { openPacks } from '../disassembly.js';
import { fractionsOf, kg, massesOf, stepOutput, totalMg } from '../material-flow.js';
import { FORMULAS, massFraction, type Formula } from '../stoichiometry.js';
import { handOver, type Person, type Story } from '../story.js';
import { POWDER_SCRAP_LOT } from './cathode-powder.js';
import { ELECTRODES } from './packs.js';
import { routed } from './sorting.js';

/** Short names of the regeneration methods, for identifiers. */
const METHOD_MARKS = {
  're-lithiation': 'RL',
  'surface-annealing': 'SA',
  'single-crystal-conversion': 'SC',
  upcycling: 'UP',
} as const;

/**
 * Act 9: the recycler takes the packs apart, each by the route that it was given.
 * @returns The regenerated lots, one for each chemistry and method.
 */
export async function recyclePacks(
  story: Story,
  decisions: readonly SortingDecisionRecord[],
): Promise<readonly RegeneratedLot[]> {
  const recycler = story.person('recycler');
  await handOver(
    story.person('remanufacturer'),
    recycler,
    [{ recordType: 'module', id: SWAPPED_MODULE }],
    'Module from the workshop',
  );
  const regenerated: RegeneratedLot[] = [];
  const groups = directGroups(decisions);
  for (const [index, group] of groups.entries()) {
    // Scrap and the loose module go along with the first packs of their chemistry.
    const isFirst = groups.findIndex(({ chemistry }) => chemistry === group.chemistry) === index;
    regenerated.push(
      await recycleDirectly(story, {
        ...group,
        moduleIds: isFirst && group.chemistry === 'NMC811' ? [SWAPPED_MODULE] : [],
        electrodeScrapLotIds: isFirst ? [ELECTRODES[group.chemistry].offcutLotId] : [],
        powderScrapLotIds: isFirst && group.chemistry === 'NMC811' ? [POWDER_SCRAP_LOT] : [],
      }),
    );
  }
  await dissolve(story, recycler, routed(decisions, ['hydrometallurgy']));
  for (const packId of routed(decisions, ['reject'])) await smelt(story, recycler, packId);
  return regenerated;
}

type Route = Pick<DirectGroup, 'mark' | 'chemistry' | 'method' | 'packIds'>;

/** Packs for direct recycling by chemistry and method: unlike cathodes are kept apart. */
function directGroups(decisions: readonly SortingDecisionRecord[]): Route[] {
  const groups = new Map<string, Route & { packIds: string[] }>();
  for (const { packId, route, method } of decisions) {
    const chemistry = STORY_PACKS.find((pack) => pack.packId === packId)?.model.madeOf;
    if (route !== 'direct-recycling' || method === undefined || chemistry === undefined) continue;
    const mark = `${chemistry.slice(3)}-${METHOD_MARKS[method]}`;
    const group = groups.get(mark) ?? { mark, chemistry, method, packIds: [] };
    group.packIds.push(packId);
    groups.set(mark, group);
  }
  return [...groups.values()].sort((one, other) => (one.mark < other.mark ? -1 : 1));
}

interface Salt {
  readonly lotId: string;
  readonly element: 'Ni' | 'Co' | 'Mn' | 'Li';
  readonly formula: Formula;
  readonly yield: number;
}

/** What a hydrometallurgical plant makes of black mass. EverBatt 2023: 98 % of nickel, cobalt and manganese; lithium is the story's own. */
const RECOVERED_SALTS: readonly Salt[] = [
  { lotId: 'NISO4-R-01', element: 'Ni', formula: FORMULAS.nickelSulphateHexahydrate, yield: 0.98 },
  { lotId: 'COSO4-R-01', element: 'Co', formula: FORMULAS.cobaltSulphateHeptahydrate, yield: 0.98 },
  { lotId: 'MNSO4-R-01', element: 'Mn', formula: FORMULAS.manganeseSulphateMonohydrate, yield: 0.98 },
  { lotId: 'LI2CO3-R-01', element: 'Li', formula: FORMULAS.lithiumCarbonate, yield: 0.9 },
];

/** Packs whose cathode is past regeneration are opened, shredded to black mass and dissolved. */
async function dissolve(
  { calendar, files, person }: Story,
  recycler: Person,
  packIds: readonly string[],
): Promise<void> {
  if (packIds.length === 0) return;
  const blackMassLotId = 'BM-01';
  await openPacks(
    { calendar, recycler, truths: files.truths },
    { stepId: 'DIS-HYDRO-01', mark: 'HYDRO', packIds, moduleIds: [], makes: 'black-mass', lotId: blackMassLotId },
  );
  const blackMass = await recycler.read('lot', blackMassLotId);
  const inMasses = massesOf(blackMass.remaining);
  const { massMg } = blackMass;
  const salts = RECOVERED_SALTS.map((salt) => {
    const elements = fractionsOf(inMasses, { [salt.element]: salt.yield });
    return stepOutput({
      lotId: salt.lotId,
      material: 'refined-salt',
      massMg: Math.ceil(totalMg(elements) / massFraction(salt.formula, salt.element)),
      elements,
    });
  });
  const graphite = fractionsOf(inMasses, { C: 0.95 });
  const part = (ratio: number) => Math.round(massMg * ratio);
  await recycler.submit('recordProcessStep', {
    stepId: 'HYDRO-01',
    kind: 'hydrometallurgy',
    method: 'sulphuric-acid-leaching',
    facility: { countryCode: 'JP', name: 'Kawasaki hydrometallurgical line' },
    startedAt: calendar.daysAgo(DAYS_AGO.dissolved + 1),
    finishedAt: calendar.daysAgo(DAYS_AGO.dissolved),
    inputs: [{ recordType: 'lot', id: blackMassLotId, massMg }],
    outputs: [
      ...salts,
      stepOutput({
        lotId: 'LEACH-RESIDUE-01',
        material: 'residue',
        massMg: totalMg(graphite) + part(0.05),
        elements: graphite,
      }),
    ],
    // EverBatt 2023, per kg of black mass.
    reagents: [
      { name: 'sulphuric-acid', massMg: part(1.5) },
      { name: 'sodium-hydroxide', massMg: part(1) },
      { name: 'hydrogen-peroxide', massMg: part(0.11) },
    ],
    // Water of crystallisation.
    takenUpMg: part(1.5),
    energy: { electricityWh: Math.round(massMg / kg(1)) * 250, heatWh: Math.round(massMg / kg(1)) * 700 },
    carbonFactors: 'grid-2023',
  });
  await handOver(
    recycler,
    person('cathode-maker'),
    RECOVERED_SALTS.map(({ lotId }) => ({ recordType: 'lot', id: lotId })),
    'Recovered salts for Yodo',
  );
}

/** A pack that cannot be opened safely is smelted: nickel, cobalt and copper come back as matte, lithium is lost in the slag. */
async function smelt({ calendar }: Story, recycler: Person, packId: string): Promise<void> {
  const pack = await recycler.read('pack', packId);
  const massMg = weighedMg(packId);
  const contents = massesOf(pack.contents);
  const matte = fractionsOf(contents, { Ni: 0.95, Co: 0.95, Cu: 0.95 });
  const slag = fractionsOf(contents, { Li: 0.9, Mn: 0.97, Al: 0.97, P: 0.5 });
  await recycler.submit('recordProcessStep', {
    stepId: `SMELT-${packId}`,
    kind: 'pyrometallurgy',
    method: 'shaft-furnace',
    facility: { countryCode: 'JP', name: 'Kawasaki smelter' },
    startedAt: calendar.daysAgo(DAYS_AGO.smelted + 0.5),
    finishedAt: calendar.daysAgo(DAYS_AGO.smelted),
    inputs: [{ recordType: 'pack', id: packId, massMg }],
    outputs: [
      stepOutput({
        lotId: `MATTE-${packId}`,
        material: 'concentrate',
        massMg: Math.ceil(totalMg(matte) * 1.15),
        elements: matte,
      }),
      stepOutput({
        lotId: `SLAG-${packId}`,
        material: 'residue',
        massMg: Math.ceil(totalMg(slag) * 2),
        elements: slag,
      }),
    ],
    energy: { electricityWh: 180_000, heatWh: 420_000 },
    carbonFactors: 'grid-2023',
  });
}
