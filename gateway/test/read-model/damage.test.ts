import assert from 'node:assert/strict';
import { cp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GatewayError } from '../../src/gateway-error.js';
import { ReadModel } from '../../src/read-model/read-model.js';
import { chainOf, madeFrom, TEST_RULES } from './synthetic-chain.js';
import { withReadModel } from './temporary-read-model.js';

const CHAIN = chainOf(
  Array.from({ length: 6 }, (_, block) => [
    {
      writes: Array.from({ length: 20 }, (_, at) => ({
        recordType: 'lot',
        // Half of them are written again by every second block.
        id: `lot-${at % 2 === 0 ? at : block * 20 + at}`,
        fields: { holder: `holder-${block % 3}`, state: 'available', links: [madeFrom('lot', `lot-${at}`)] },
      })),
    },
  ]),
);

type Verdict = 'refused' | 'found' | 'at an earlier block' | 'without effect' | 'SILENT';

/** How a damaged store shows: refused, found by deriving it again, whole at an earlier block, or the same throughout. */
async function verdict(directory: string, whole: string): Promise<Verdict> {
  let model: ReadModel;
  try {
    model = await ReadModel.open({ directory, rules: TEST_RULES });
  } catch (error) {
    if (error instanceof GatewayError) return 'refused';
    throw error;
  }
  try {
    if (await differs(model)) return 'found';
    // It says where it stands, and takes the rest in again.
    if (model.nextBlock() < BigInt(CHAIN.length)) return 'at an earlier block';
    return (await model.fingerprint()) === whole ? 'without effect' : 'SILENT';
  } catch (error) {
    if (error instanceof GatewayError) return 'found';
    throw error;
  } finally {
    await model.close();
  }
}

async function differs(model: ReadModel): Promise<boolean> {
  const differences = model.rederivedDifferences(CHAIN);
  try {
    return (await differences.next()).done !== true;
  } finally {
    // Ends it, so that what it compares with is closed and removed.
    await differences.return();
  }
}

async function damageEveryFile(pristine: string, directory: string, whole: string): Promise<string[]> {
  const verdicts: string[] = [];
  for (const file of await readdir(join(pristine, 'store'))) {
    const bytes = await readFile(join(pristine, 'store', file));
    const places = new Set([0.1, 0.4, 0.7, 0.999].map((share) => Math.floor(bytes.length * share)));
    for (const place of bytes.length === 0 ? [] : places) {
      for (const damage of ['flip', 'truncate'] as const) {
        await rm(directory, { recursive: true, force: true });
        await cp(pristine, directory, { recursive: true });
        const path = join(directory, 'store', file);
        if (damage === 'truncate') await truncate(path, place);
        else await writeFile(path, bytes.with(place, (bytes[place] ?? 0) ^ 0x20));
        verdicts.push(`${damage} ${file} at ${place}: ${await verdict(directory, whole)}`);
      }
    }
  }
  return verdicts;
}

describe("damage to the read model's files", () => {
  for (const [where, openings] of [
    ['log', 0],
    ['tables', 1],
  ] as const) {
    it(`is never silent: a byte changed, or the rest cut off, in any file, with the entries in the ${where}`, async function () {
      this.timeout(60_000);
      await withReadModel(CHAIN, async (model, directory) => {
        const whole = await model.fingerprint();
        assert.equal(await differs(model), false);
        await model.close();
        // Opening moves what LevelDB has in its log into a table.
        for (let opening = 0; opening < openings; opening++) {
          await (await ReadModel.open({ directory, rules: TEST_RULES })).close();
        }
        const pristine = `${directory}-pristine`;
        await cp(directory, pristine, { recursive: true });
        try {
          const verdicts = await damageEveryFile(pristine, directory, whole);
          assert.deepEqual(
            verdicts.filter((each) => each.endsWith('SILENT')),
            [],
          );
          assert.ok(verdicts.some((each) => /: (refused|found|at an earlier block)$/.test(each)));
        } finally {
          await rm(pristine, { recursive: true, force: true });
        }
      });
    });
  }
});
