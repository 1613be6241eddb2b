import { instantAt } from '@battery-passport/schemas';

const SECONDS_PER_DAY = 86_400;

/** Dates of the story, which all lie before the moment at which it is told. */
export class Calendar {
  readonly #nowS: number;

  constructor(now: Date) {
    this.#nowS = Math.floor(now.getTime() / 1000);
  }

  /** The instant some days ago, in UTC to the second; days may be fractions, and below zero lie ahead. */
  daysAgo(days: number): string {
    return instantAt(this.#nowS - Math.round(days * SECONDS_PER_DAY));
  }
}

/** Days of use that each pack looks back on, in periods of a year. */
export const USE_YEARS = 5;
export const DAYS_PER_YEAR = 365;

/**
 * When things happened, days ago, in order. The oldest stay within what the carbon factors of 2020 cover, for a story told
 * from 2026 on.
 */
export const DAYS_AGO = {
  oreRefined: 2180,
  cathodeMade: 2150,
  electrodesCoated: 2110,
  packsMade: 2080,
  placedOnMarket: 2050,
  useBegan: 2050,
  modulesSwapped: 900,
  useEnded: 2050 - USE_YEARS * DAYS_PER_YEAR,
  accredited: 90,
  collected: 45,
  measured: 38,
  backOnMarket: 34,
  secondLifeBegan: 34,
  secondLifeRecorded: 4,
  disassembled: 30,
  smelted: 29,
  opened: 28,
  foilSeparated: 26,
  dissolved: 25,
  extracted: 23,
  regenerated: 19,
  sampled: 17,
  assayed: 16,
  reassayed: 12,
  incomingAssayed: 10,
  secondCoated: 6,
  secondPackMade: 4,
  secondPackPlaced: 1,
} as const;
