import { parseDesign, readJsonFile } from '@battery-passport/estimator';
import type { DesignFile } from '@battery-passport/schemas';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Designs that the package itself brings, for the demonstration. */
export const PACKAGED_DESIGNS = fileURLToPath(new URL('../../../demo/measurements/designs/', import.meta.url));

/**
 * Reads every design file of some directories; a directory that is not there holds none.
 * @throws EstimatorError naming what is wrong with a file: an estimator that silently lacks a design answers nothing.
 */
export async function readDesignFiles(directories: readonly string[]): Promise<ReadonlyMap<string, DesignFile>> {
  const designs = new Map<string, DesignFile>();
  for (const directory of directories) {
    for (const name of await jsonFilesOf(directory)) {
      const design = parseDesign(await readJsonFile(join(directory, name), 'DESIGN_INVALID'));
      designs.set(design.designId, design);
    }
  }
  return designs;
}

async function jsonFilesOf(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).filter((name) => name.endsWith('.json')).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
