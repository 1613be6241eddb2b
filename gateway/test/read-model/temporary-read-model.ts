import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProjectableBlock } from '../../src/read-model/projection.js';
import type { ProjectionRules } from '../../src/read-model/projection-rules.js';
import { ReadModel } from '../../src/read-model/read-model.js';
import { streamOf, TEST_RULES } from './synthetic-chain.js';

/** Runs a test on a folder of its own and removes it. */
export async function withFolder<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'read-model-'));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Runs a test on a read model that has taken blocks in. */
export function withReadModel<T>(
  blocks: readonly ProjectableBlock[],
  use: (model: ReadModel, directory: string) => Promise<T> | T,
  rules: ProjectionRules = TEST_RULES,
): Promise<T> {
  return withFolder(async (directory) => {
    const model = await ReadModel.open({ directory, rules });
    try {
      await model.follow(streamOf(blocks), (block) => block);
      return await use(model, directory);
    } finally {
      await model.close();
    }
  });
}
