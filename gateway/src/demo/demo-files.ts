import { parseDesign, parseMeasurement, readJsonFile } from '@battery-passport/estimator';
import { CATHODE_CLASSES, type CathodeClass, type DesignFile, type Measurement } from '@battery-passport/schemas';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { GatewayError } from '../gateway-error.js';

/** Where the demonstration's measurements lie: see the README there. */
const MEASUREMENTS = new URL('../../../demo/measurements/', import.meta.url);

/** What a virtual cell was given, and what a laboratory therefore finds in it; ratios of 1 are unchanged. */
export interface CellTruth {
  readonly class: CathodeClass;
  readonly lli: number;
  readonly lamPe: number;
  readonly crackAreaRatio: number;
  readonly surfaceLayerRatio: number;
}

/** The files that the demonstration brings. */
export interface DemoFiles {
  readonly designs: ReadonlyMap<string, DesignFile>;
  /** Measurement of each pack. */
  readonly measurements: ReadonlyMap<string, Measurement>;
  /** Truth of each virtual pack; none of the real one. */
  readonly truths: ReadonlyMap<string, CellTruth>;
}

/**
 * Reads the demonstration's files.
 * @throws EstimatorError when a measurement or design cannot be read; GatewayError `INTERNAL` when the truth cannot.
 */
export async function readDemoFiles(): Promise<DemoFiles> {
  const designs = new Map<string, DesignFile>();
  for (const path of await jsonFiles('designs/')) {
    const design = parseDesign(await readJsonFile(path, 'DESIGN_INVALID'));
    designs.set(design.designId, design);
  }
  const measurements = new Map<string, Measurement>();
  for (const path of await jsonFiles('cells/')) {
    const measurement = parseMeasurement(await readJsonFile(path, 'MEASUREMENT_INVALID'));
    measurements.set(measurement.packId, measurement);
  }
  const truthPath = fileURLToPath(new URL('truth.json', MEASUREMENTS));
  const truths = readTruths(await readJsonFile(truthPath, 'MEASUREMENT_INVALID'));
  return { designs, measurements, truths };
}

async function jsonFiles(directory: string): Promise<string[]> {
  const url = new URL(directory, MEASUREMENTS);
  const names = (await readdir(url)).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => fileURLToPath(new URL(name, url)));
}

function readTruths(value: unknown): Map<string, CellTruth> {
  const truths = new Map<string, CellTruth>();
  for (const [packId, truth] of Object.entries((value ?? {}) as Record<string, unknown>)) {
    if (!isTruth(truth)) throw new GatewayError({ code: 'INTERNAL', message: `truth.json is wrong about ${packId}` });
    truths.set(packId, truth);
  }
  return truths;
}

function isTruth(value: unknown): value is CellTruth {
  const truth = value as Partial<Record<keyof CellTruth, unknown>> | null;
  const numbers = [truth?.lli, truth?.lamPe, truth?.crackAreaRatio, truth?.surfaceLayerRatio];
  return (
    (CATHODE_CLASSES as readonly unknown[]).includes(truth?.class) &&
    numbers.every((number) => typeof number === 'number')
  );
}
