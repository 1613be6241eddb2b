import type { ElementSymbol } from './quantity.js';

/** Minimum share of an element recovered from waste in a battery's active materials, ppm of the element's mass. */
export interface RecycledContentMinimum {
  readonly element: ElementSymbol;
  readonly minimumPpm: number;
}

/** Recycled content that is asked of batteries placed on the market from a date on. */
export interface RecycledContentRuleSet {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  /** Applies to batteries placed on the market at or after this instant. */
  readonly appliesFrom: string;
  readonly minimums: readonly RecycledContentMinimum[];
  /** What the rule set leaves open, and how it is read here. */
  readonly note: string;
}

const ARTICLE_8_NOTE =
  'The method act of Article 8 is not in force. Shares are computed per pack over all of an element that the pack holds; ' +
  'pre-consumer and post-consumer shares count together, as Article 8 counts manufacturing waste, and are stated apart.';

/**
 * Recycled content by date. Source: Regulation (EU) 2023/1542, Article 8(2) and (3); lead is of the whole battery.
 * `eu-2023-1542-art8-2028` is the phase in which shares are documented and no minimum applies, Article 8(1).
 */
export const RECYCLED_CONTENT_RULE_SETS: readonly RecycledContentRuleSet[] = [
  {
    id: 'eu-2023-1542-art8-2028',
    title: 'Documentation of recycled content',
    source: 'Regulation (EU) 2023/1542, Article 8(1)',
    appliesFrom: '2028-08-18T00:00:00Z',
    minimums: [
      { element: 'Co', minimumPpm: 0 },
      { element: 'Li', minimumPpm: 0 },
      { element: 'Ni', minimumPpm: 0 },
      { element: 'Pb', minimumPpm: 0 },
    ],
    note: ARTICLE_8_NOTE,
  },
  {
    id: 'eu-2023-1542-art8-2031',
    title: 'Minimum recycled content from 18 August 2031',
    source: 'Regulation (EU) 2023/1542, Article 8(2)',
    appliesFrom: '2031-08-18T00:00:00Z',
    minimums: [
      { element: 'Co', minimumPpm: 160_000 },
      { element: 'Li', minimumPpm: 60_000 },
      { element: 'Ni', minimumPpm: 60_000 },
      { element: 'Pb', minimumPpm: 850_000 },
    ],
    note: ARTICLE_8_NOTE,
  },
  {
    id: 'eu-2023-1542-art8-2036',
    title: 'Minimum recycled content from 18 August 2036',
    source: 'Regulation (EU) 2023/1542, Article 8(3)',
    appliesFrom: '2036-08-18T00:00:00Z',
    minimums: [
      { element: 'Co', minimumPpm: 260_000 },
      { element: 'Li', minimumPpm: 120_000 },
      { element: 'Ni', minimumPpm: 150_000 },
      { element: 'Pb', minimumPpm: 850_000 },
    ],
    note: ARTICLE_8_NOTE,
  },
];

/** Targets for recyclers: recycling efficiency by mass, and recovery of materials, ppm. */
export interface RecoveryRuleSet {
  readonly id: string;
  readonly source: string;
  readonly appliesFrom: string;
  /** Recycling efficiency of lithium-based batteries, by mass; null where this date sets none of its own. */
  readonly recyclingEfficiencyPpm: number | null;
  readonly minimums: readonly RecycledContentMinimum[];
}

/**
 * Targets by date; a figure that is due by the end of a year applies from the first day of the next.
 * Source: Regulation (EU) 2023/1542, Annex XII, parts B and C.
 */
export const RECOVERY_RULE_SETS: readonly RecoveryRuleSet[] = [
  {
    id: 'eu-2023-1542-annex12-2025',
    source: 'Regulation (EU) 2023/1542, Annex XII, part B(1)',
    appliesFrom: '2026-01-01T00:00:00Z',
    recyclingEfficiencyPpm: 650_000,
    minimums: [],
  },
  {
    id: 'eu-2023-1542-annex12-2027',
    source: 'Regulation (EU) 2023/1542, Annex XII, part C(1)',
    appliesFrom: '2028-01-01T00:00:00Z',
    recyclingEfficiencyPpm: 650_000,
    minimums: [
      { element: 'Co', minimumPpm: 900_000 },
      { element: 'Cu', minimumPpm: 900_000 },
      { element: 'Li', minimumPpm: 500_000 },
      { element: 'Ni', minimumPpm: 900_000 },
      { element: 'Pb', minimumPpm: 900_000 },
    ],
  },
  {
    id: 'eu-2023-1542-annex12-2030',
    source: 'Regulation (EU) 2023/1542, Annex XII, part B(2)',
    appliesFrom: '2031-01-01T00:00:00Z',
    recyclingEfficiencyPpm: 700_000,
    minimums: [
      { element: 'Co', minimumPpm: 900_000 },
      { element: 'Cu', minimumPpm: 900_000 },
      { element: 'Li', minimumPpm: 500_000 },
      { element: 'Ni', minimumPpm: 900_000 },
      { element: 'Pb', minimumPpm: 900_000 },
    ],
  },
  {
    id: 'eu-2023-1542-annex12-2031',
    source: 'Regulation (EU) 2023/1542, Annex XII, part C(2)',
    appliesFrom: '2032-01-01T00:00:00Z',
    recyclingEfficiencyPpm: 700_000,
    minimums: [
      { element: 'Co', minimumPpm: 950_000 },
      { element: 'Cu', minimumPpm: 950_000 },
      { element: 'Li', minimumPpm: 800_000 },
      { element: 'Ni', minimumPpm: 950_000 },
      { element: 'Pb', minimumPpm: 950_000 },
    ],
  },
];

/** Carbon factors of energy and reagents, of one date and source. */
export interface CarbonFactorSet {
  readonly id: string;
  readonly source: string;
  /** Steps that finish at or after this instant may use it. */
  readonly appliesFrom: string;
  /** Grid electricity at the place of use by ISO 3166-1 country, g CO2e/kWh. */
  readonly electricityGPerKwh: Readonly<Record<string, number>>;
  /** Charged in a country that the set has no value for: the highest of the set, so that a gap pays nobody. */
  readonly otherCountriesGPerKwh: number;
  /** Heat from industrial natural gas, g CO2e/kWh. */
  readonly heatGPerKwh: number;
  /** Reagents by name, g CO2e/kg. */
  readonly reagentsGPerKg: Readonly<Record<string, number>>;
  readonly note: string;
}

// Inputs to a cathode, GREET in EverBatt 2023 (AR6, GWP100); water and nitrogen are below a gram a kilogram of cathode.
const EVERBATT_2023_REAGENTS_G_PER_KG = {
  'ammonium-hydroxide': 1380,
  'cobalt-sulphate': 6910,
  'hydrochloric-acid': 2050,
  'hydrogen-peroxide': 1080,
  'lithium-carbonate': 12_390,
  'lithium-hydroxide': 24_240,
  'manganese-sulphate': 870,
  'nickel-sulphate': 7570,
  nmp: 5080,
  pvdf: 2290,
  'soda-ash': 710,
  'sodium-hydroxide': 2120,
  'sulphuric-acid': 44,
} as const;

const CUT_OFF_NOTE =
  'Location-based grid factors only, so a contract for green power changes nothing. Returned packs and modules enter without ' +
  'burden (cut-off: their first life bears it); manufacturing waste enters with its full burden, so that scrap is never free. ' +
  "A step's carbon is shared by mass among the outputs that are not residues.";

/**
 * Carbon factors by date.
 * Sources: `everbatt-2023`: Argonne National Laboratory, EverBatt 2023 with GREET, industrial gas 0.0695 kg CO2e/MJ;
 * `grid-2023`: electricity from Ember's yearly data for 2023 as published by Our World in Data (CC BY 4.0), life-cycle
 * basis, the rest as in EverBatt.
 */
export const CARBON_FACTOR_SETS: readonly CarbonFactorSet[] = [
  {
    id: 'everbatt-2023',
    source: 'Argonne National Laboratory, EverBatt 2023 (GREET)',
    appliesFrom: '2020-01-01T00:00:00Z',
    electricityGPerKwh: { CN: 700, KR: 575, US: 466 },
    otherCountriesGPerKwh: 700,
    heatGPerKwh: 250,
    reagentsGPerKg: EVERBATT_2023_REAGENTS_G_PER_KG,
    note: CUT_OFF_NOTE,
  },
  {
    id: 'grid-2023',
    source: 'Ember via Our World in Data, electricity 2023 (CC BY 4.0); heat and reagents: EverBatt 2023',
    appliesFrom: '2023-01-01T00:00:00Z',
    electricityGPerKwh: {
      AT: 111,
      AU: 549,
      BE: 138,
      BR: 98,
      CA: 170,
      CL: 291,
      CN: 582,
      CZ: 450,
      DE: 381,
      DK: 152,
      FI: 79,
      FR: 56,
      HU: 204,
      IN: 713,
      // (confirm) The row for Japan was not read again at the source.
      JP: 485,
    },
    otherCountriesGPerKwh: 713,
    heatGPerKwh: 250,
    reagentsGPerKg: EVERBATT_2023_REAGENTS_G_PER_KG,
    note: CUT_OFF_NOTE,
  },
];

/** A route's carbon footprint per kilogram of cathode, g CO2e/kg. */
export interface CathodeCarbonBaseline {
  readonly chemistry: string;
  readonly virginGPerKg: number;
}

/**
 * Carbon footprint of virgin cathode material, to compare a certificate with; never part of a certificate.
 * Source: GREET in EverBatt 2023, US grid, AR6 GWP100.
 */
export const VIRGIN_CATHODE_BASELINES: readonly CathodeCarbonBaseline[] = [
  { chemistry: 'NMC111', virginGPerKg: 21_360 },
  { chemistry: 'NMC532', virginGPerKg: 22_020 },
  { chemistry: 'NMC622', virginGPerKg: 22_870 },
  { chemistry: 'NMC811', virginGPerKg: 25_490 },
  { chemistry: 'NCA', virginGPerKg: 27_030 },
  { chemistry: 'LFP', virginGPerKg: 9450 },
  { chemistry: 'LCO', virginGPerKg: 21_520 },
  { chemistry: 'LMO', virginGPerKg: 3460 },
];

/** The recycled-content rule set with an identifier, if there is one. */
export function recycledContentRuleSet(id: string): RecycledContentRuleSet | undefined {
  return RECYCLED_CONTENT_RULE_SETS.find((ruleSet) => ruleSet.id === id);
}

/** The carbon factors with an identifier, if there are any. */
export function carbonFactorSet(id: string): CarbonFactorSet | undefined {
  return CARBON_FACTOR_SETS.find((factors) => factors.id === id);
}

/** The recovery targets that apply at an instant, if any do yet. */
export function recoveryRuleSetAt(instant: string): RecoveryRuleSet | undefined {
  return RECOVERY_RULE_SETS.filter(({ appliesFrom }) => appliesFrom <= instant).at(-1);
}
