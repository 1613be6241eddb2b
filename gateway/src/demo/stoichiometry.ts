import type { ElementSymbol } from '@battery-passport/schemas';

/** Atoms of a formula unit, oxygen and hydrogen included. */
export type Formula = Readonly<Partial<Record<ElementSymbol | 'O' | 'H', number>>>;

/** Standard atomic weights, abridged, g/mol. Source: IUPAC 2021, 10.1515/pac-2019-0603. */
const ATOMIC_WEIGHT_G_PER_MOL = {
  H: 1.008,
  Li: 6.94,
  C: 12.011,
  O: 15.999,
  F: 18.998,
  P: 30.974,
  S: 32.06,
  Mn: 54.938,
  Co: 58.933,
  Ni: 58.693,
} as const;

/** Charge of a mole of electrons, mAh. */
const FARADAY_MAH_PER_MOL = 26_801.5;

/** Formula units of the materials in the story. */
export const FORMULAS = {
  NMC811: { Li: 1, Ni: 0.8, Co: 0.1, Mn: 0.1, O: 2 },
  NMC532: { Li: 1, Ni: 0.5, Co: 0.2, Mn: 0.3, O: 2 },
  nickelSulphateHexahydrate: { Ni: 1, S: 1, O: 10, H: 12 },
  cobaltSulphateHeptahydrate: { Co: 1, S: 1, O: 11, H: 14 },
  manganeseSulphateMonohydrate: { Mn: 1, S: 1, O: 5, H: 2 },
  lithiumHydroxideMonohydrate: { Li: 1, O: 2, H: 3 },
  lithiumCarbonate: { Li: 2, C: 1, O: 3 },
  lithiumHexafluorophosphate: { Li: 1, P: 1, F: 6 },
} as const satisfies Record<string, Formula>;

/** Cathode chemistries that the story makes. */
export type StoryChemistry = 'NMC811' | 'NMC532';

/** Mass of a formula unit, g/mol. */
function molarMassGPerMol(formula: Formula): number {
  return atoms(formula).reduce((sum, [symbol, count]) => sum + weightOf(symbol) * count, 0);
}

/** Fraction of a formula's mass that one element is. */
export function massFraction(formula: Formula, element: ElementSymbol): number {
  return (weightOf(element) * (formula[element] ?? 0)) / molarMassGPerMol(formula);
}

/** Charge that a cathode gives up when all its lithium leaves, mAh per gram: 275.5 for NMC811. */
export function theoreticalCapacityMahPerG(chemistry: StoryChemistry): number {
  return FARADAY_MAH_PER_MOL / molarMassGPerMol(FORMULAS[chemistry]);
}

/** Lithium atoms to a transition metal atom that masses of elements amount to. */
export function lithiumToTransitionMetal(massesMg: ReadonlyMap<ElementSymbol, number>): number {
  const moles = (element: ElementSymbol) => (massesMg.get(element) ?? 0) / weightOf(element);
  return moles('Li') / (moles('Ni') + moles('Co') + moles('Mn'));
}

/** Lithium that transition metals need for a ratio of lithium to them, mg. */
export function lithiumForMetalsMg(massesMg: ReadonlyMap<ElementSymbol, number>, ratio: number): number {
  const held = massesMg.get('Li') ?? 0;
  return held === 0 ? 0 : (held * ratio) / lithiumToTransitionMetal(massesMg);
}

function atoms(formula: Formula): [string, number][] {
  return Object.entries(formula);
}

function weightOf(symbol: string): number {
  const weight = (ATOMIC_WEIGHT_G_PER_MOL as Readonly<Record<string, number>>)[symbol];
  if (weight === undefined) throw new RangeError(`expected an element of the story, got ${symbol}`);
  return weight;
}
