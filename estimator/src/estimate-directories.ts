import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { DesignFile } from '@battery-passport/schemas';
import { EstimatorError, type EstimatorErrorCode } from './estimator-error.js';
import { estimateCathodeState, type Estimate } from './estimate.js';
import { parseDesign, parseMeasurement } from './read-measurement.js';

/** A cell that could not be estimated, with the reason. */
export interface Refusal {
  packId: string;
  error: { code: EstimatorErrorCode; message: string };
}

/** Largest file that is read, bytes. */
const MAX_FILE_BYTES = 32 * 1024 * 1024;

/**
 * Reads a JSON file.
 * @throws EstimatorError with the given code when it is too large or not JSON.
 */
export async function readJsonFile(path: string, code: 'MEASUREMENT_INVALID' | 'DESIGN_INVALID'): Promise<unknown> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new EstimatorError({ code, message: `cannot read ${basename(path)}`, cause });
  }
  if (bytes.length > MAX_FILE_BYTES) {
    throw new EstimatorError({
      code,
      message: `${basename(path)} has ${bytes.length} bytes, more than ${MAX_FILE_BYTES}`,
    });
  }
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch (cause) {
    throw new EstimatorError({ code, message: `${basename(path)} is not JSON`, cause });
  }
}

/**
 * Estimates one cell, an error that is ours coming back as a refusal.
 * @param fallbackPackId - Named in a refusal when the measurement itself cannot be read that far.
 */
export function estimateOrRefuse(design: unknown, measurement: unknown, fallbackPackId: string): Estimate | Refusal {
  const stated = (measurement as { packId?: unknown } | null)?.packId;
  const packId = typeof stated === 'string' ? stated : fallbackPackId;
  try {
    return estimateCathodeState(parseDesign(design), parseMeasurement(measurement));
  } catch (error) {
    if (error instanceof EstimatorError) return { packId, error: { code: error.code, message: error.message } };
    throw error;
  }
}

/**
 * Estimates every measurement of a directory (`*.json`), in the order of the file names, each with the design that it names.
 * @param designsDir - Design files, each `*.json`; one that cannot be read is refused with the cells that name it.
 * @throws EstimatorError `DESIGN_INVALID` or `MEASUREMENT_INVALID` when a directory cannot be listed.
 */
export async function* estimateDirectories(
  designsDir: string,
  measurementsDir: string,
): AsyncGenerator<Estimate | Refusal> {
  const designs = new Map<string, DesignFile>();
  for (const path of await jsonFiles(designsDir, 'DESIGN_INVALID')) {
    const design = parseDesign(await readJsonFile(path, 'DESIGN_INVALID'));
    designs.set(design.designId, design);
  }
  for (const path of await jsonFiles(measurementsDir, 'MEASUREMENT_INVALID')) {
    const name = basename(path, '.json');
    let result: Estimate | Refusal;
    try {
      const measurement = parseMeasurement(await readJsonFile(path, 'MEASUREMENT_INVALID'));
      const design = designs.get(measurement.designId);
      result =
        design === undefined
          ? {
              packId: measurement.packId,
              error: { code: 'DESIGN_MISMATCH', message: `no design ${measurement.designId} among those given` },
            }
          : estimateOrRefuse(design, measurement, name);
    } catch (error) {
      if (!(error instanceof EstimatorError)) throw error;
      result = { packId: name, error: { code: error.code, message: error.message } };
    }
    yield result;
  }
}

async function jsonFiles(directory: string, code: 'MEASUREMENT_INVALID' | 'DESIGN_INVALID'): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(directory);
  } catch (cause) {
    throw new EstimatorError({ code, message: `cannot list ${directory}`, cause });
  }
  return names
    .filter((name) => name.endsWith('.json'))
    .sort((a, b) => (a < b ? -1 : 1))
    .map((name) => join(directory, name));
}
