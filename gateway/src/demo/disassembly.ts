import type { ModuleRecord, PackRecord } from '@battery-passport/schemas';
import { DAYS_AGO, type Calendar } from './calendar.js';
import { STORY_PACKS, SWAPPED_PACK, weighedMg } from './cast.js';
import type { CellTruth } from './demo-files.js';
import { addMasses, fractionsOf, massesOf, stepOutput, totalMg } from './material-flow.js';
import { FORMULAS, massFraction, type StoryChemistry } from './stoichiometry.js';
import type { Person } from './story.js';

/** Parts of what is in the packs that end where they should. Assumed: manual opening loses little. */
const YIELD = {
  cathode: 0.992,
  aluminium: 0.985,
  copper: 0.98,
  graphite: 0.97,
  strandedLithium: 0.9,
  electrolyte: 0.8,
};
/** Binder in the electrode, and salt in the electrolyte, by mass. */
const BINDER_FRACTION = 0.02;
const ELECTROLYTE_SALT_FRACTION = 0.125;
/** Dust, coolant residue and what evaporates, by mass of the packs. */
const UNACCOUNTED_FRACTION = 0.015;
/** Shredded whole, 5 % of the foils stay in the black mass, 95 % of the powders get there. Source: EverBatt 2023. */
const BLACK_MASS = { cathode: 0.95, graphite: 0.95, foils: 0.05, separatedFoils: 0.9 };

const MINUTES_PER_PACK = 50;
const OPENING_WH_PER_PACK = 2_500;
const SHREDDING_WH_PER_PACK = 18_000;
/** A tenth of a volt for each of 96 cells in series: nothing in the pack can drive a current any more. */
const VOLTAGE_BEFORE_OPENING_MV = 9_600;

/** A disassembly to be done. */
export interface Opening {
  readonly stepId: string;
  readonly mark: string;
  readonly packIds: readonly string[];
  readonly moduleIds: readonly string[];
  /** Opened by hand to electrodes, or shredded to black mass. */
  readonly makes: 'cathode-electrode' | 'black-mass';
  /** The lot of it. */
  readonly lotId: string;
}

/** Who opens packs, when, and what state the cells inside are in. */
export interface OpeningOccasion {
  readonly calendar: Calendar;
  readonly recycler: Person;
  readonly truths: ReadonlyMap<string, CellTruth>;
}

type Opened = Pick<PackRecord | ModuleRecord, 'contents' | 'activeMaterialMg'> & {
  readonly chemistry: StoryChemistry;
  /** Lithium that is no longer in the cathode, as a fraction. */
  readonly lostLithium: number;
};

/** Discharges and opens packs and modules, which ends their passports; every fraction becomes a lot. */
export async function openPacks({ calendar, recycler, truths }: OpeningOccasion, opening: Opening): Promise<void> {
  const { mark, packIds, moduleIds } = opening;
  const opened: Opened[] = [];
  for (const id of packIds) opened.push(stateOf(await recycler.read('pack', id), id, truths));
  const modules: { readonly id: string; readonly massMg: number }[] = [];
  for (const id of moduleIds) {
    const module = await recycler.read('module', id);
    opened.push(stateOf(module, SWAPPED_PACK, truths));
    modules.push({ id, massMg: module.massMg });
  }
  const inputs = [
    ...packIds.map((id) => ({ recordType: 'pack' as const, id, massMg: weighedMg(id) })),
    ...modules.map((module) => ({ recordType: 'module' as const, ...module })),
  ];
  const weighed = inputs.reduce((sum, { massMg }) => sum + massMg, 0);
  const electrolyte = electrolyteOutput(opened, mark);
  const byHand = opening.makes === 'cathode-electrode';
  const outputs = [...(byHand ? electrodeOutputs(opened, opening) : shreddedOutputs(opened, opening)), electrolyte];
  const collected = outputs.reduce((sum, { massMg }) => sum + massMg, 0);
  const energyWh = inputs.length * (byHand ? OPENING_WH_PER_PACK : SHREDDING_WH_PER_PACK);
  await recycler.submit('recordProcessStep', {
    stepId: opening.stepId,
    kind: 'disassembly',
    method: byHand ? 'cell-opening' : 'shredding-under-nitrogen',
    facility: { countryCode: 'JP', name: 'Kawasaki disassembly hall' },
    startedAt: calendar.daysAgo(DAYS_AGO.disassembled + 2),
    finishedAt: calendar.daysAgo(DAYS_AGO.disassembled),
    inputs,
    outputs: [
      ...outputs,
      stepOutput({
        lotId: `HOUSING-${mark}`,
        material: 'other',
        massMg: weighed - collected - Math.ceil(weighed * UNACCOUNTED_FRACTION),
        elements: new Map(),
      }),
    ],
    disassembly: {
      voltageBeforeOpeningMv: VOLTAGE_BEFORE_OPENING_MV,
      electrolyteRemovedMg: electrolyte.massMg,
      durationMinutes: MINUTES_PER_PACK * inputs.length,
      energyWh,
    },
    energy: { electricityWh: energyWh, heatWh: 0 },
    carbonFactors: 'grid-2023',
  });
}

function stateOf(thing: PackRecord | ModuleRecord, packId: string, truths: ReadonlyMap<string, CellTruth>): Opened {
  const chemistry = STORY_PACKS.find((pack) => pack.packId === packId)?.model.madeOf;
  if (chemistry === undefined) throw new RangeError(`expected a pack of known material, got ${packId}`);
  return {
    contents: thing.contents,
    activeMaterialMg: thing.activeMaterialMg,
    chemistry,
    lostLithium: truths.get(packId)?.lli ?? 0,
  };
}

function cathodeLithiumMg({ activeMaterialMg, chemistry }: Opened): number {
  return activeMaterialMg * massFraction(FORMULAS[chemistry], 'Li');
}

/** Lithium that ageing took out of the cathodes, mg. */
function strandedLithiumMg(opened: readonly Opened[]): number {
  return opened.reduce((sum, one) => sum + cathodeLithiumMg(one) * one.lostLithium, 0);
}

function electrodeOutputs(opened: readonly Opened[], { lotId, mark }: Opening) {
  const contents = contentsOf(opened);
  const chemistry = opened[0]?.chemistry;
  const activeMg = activeOf(opened);
  const strandedMg = strandedLithiumMg(opened);
  const inCathodeMg = opened.reduce((sum, one) => sum + cathodeLithiumMg(one), 0) - strandedMg;
  const activeMaterialMg = Math.floor((activeMg - strandedMg) * YIELD.cathode);
  const elements = addMasses(
    fractionsOf(contents, { Ni: YIELD.cathode, Co: YIELD.cathode, Mn: YIELD.cathode, Al: YIELD.aluminium }),
    new Map([['Li', Math.floor(inCathodeMg * YIELD.cathode)]]),
  );
  const anode = addMasses(
    fractionsOf(contents, { C: YIELD.graphite }),
    new Map([['Li', Math.floor(strandedMg * YIELD.strandedLithium)]]),
  );
  const copper = fractionsOf(contents, { Cu: YIELD.copper });
  return [
    stepOutput({
      lotId,
      material: 'cathode-electrode',
      ...(chemistry === undefined ? {} : { chemistry }),
      massMg: activeMaterialMg + (elements.get('Al') ?? 0) + Math.floor(activeMg * BINDER_FRACTION),
      elements,
      activeMaterialMg,
    }),
    stepOutput({ lotId: `ANODE-${mark}`, material: 'anode-powder', massMg: totalMg(anode), elements: anode }),
    stepOutput({ lotId: `CU-${mark}`, material: 'metal-foil', massMg: totalMg(copper), elements: copper }),
  ];
}

/** Cathodes of several chemistries become one black mass, in which no cathode material is told from another any more. */
function shreddedOutputs(opened: readonly Opened[], { lotId, mark }: Opening) {
  const contents = contentsOf(opened);
  const { cathode, graphite, foils, separatedFoils } = BLACK_MASS;
  const lithiumMg = opened.reduce((sum, one) => sum + cathodeLithiumMg(one), 0);
  const elements = addMasses(
    fractionsOf(contents, { Ni: cathode, Co: cathode, Mn: cathode, C: graphite, Cu: foils, Al: foils }),
    new Map([['Li', Math.floor(lithiumMg * cathode)]]),
  );
  const oxygenMg = activeOf(opened) * cathode * massFractionOfOxygen(opened);
  const metals = fractionsOf(contents, { Cu: separatedFoils, Al: separatedFoils });
  return [
    stepOutput({ lotId, material: 'black-mass', massMg: totalMg(elements) + Math.floor(oxygenMg), elements }),
    stepOutput({ lotId: `FOILS-${mark}`, material: 'metal-foil', massMg: totalMg(metals), elements: metals }),
  ];
}

function electrolyteOutput(opened: readonly Opened[], mark: string) {
  const contents = contentsOf(opened);
  const lithiumMg = (contents.get('Li') ?? 0) - opened.reduce((sum, one) => sum + cathodeLithiumMg(one), 0);
  const salt = addMasses(
    fractionsOf(contents, { P: YIELD.electrolyte, F: YIELD.electrolyte }),
    new Map([['Li', Math.floor(Math.max(0, lithiumMg) * YIELD.electrolyte)]]),
  );
  return stepOutput({
    lotId: `ELYTE-${mark}`,
    material: 'electrolyte',
    massMg: Math.floor(totalMg(salt) / ELECTROLYTE_SALT_FRACTION),
    elements: salt,
  });
}

function massFractionOfOxygen(opened: readonly Opened[]): number {
  const [first] = opened;
  if (first === undefined) return 0;
  const { [first.chemistry]: formula } = FORMULAS;
  return 1 - (['Li', 'Ni', 'Co', 'Mn'] as const).reduce((sum, element) => sum + massFraction(formula, element), 0);
}

function contentsOf(opened: readonly Opened[]) {
  return addMasses(...opened.map(({ contents }) => massesOf(contents)));
}

function activeOf(opened: readonly Opened[]): number {
  return opened.reduce((sum, { activeMaterialMg }) => sum + activeMaterialMg, 0);
}
