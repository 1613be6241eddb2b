import { mkdtemp, rm, stat } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { type Damage, type DamageOutcome, filesOf, makeLedger, tryDamage } from '../test/audit/damage-trial.js';

/**
 * Flips one byte in each file of a data directory, each in turn, and truncates each file, each in turn: every time the
 * ledger must refuse to open, or its verification find the damage, or every answer be the same. Exits with 1 otherwise.
 *
 *     node network/dist/bench/damage.js [--json] [--flips N] [--truncations N] [--records N]
 *
 * Places are spread evenly over each file, its first and last byte among them; a file shorter than that is tried whole.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    flips: { type: 'string', default: '24' },
    truncations: { type: 'string', default: '8' },
    records: { type: 'string', default: '40' },
  },
});

interface FileFigures {
  readonly file: string;
  readonly bytes: number;
  readonly outcomes: Record<DamageOutcome, number>;
}

const parent = await mkdtemp(join(tmpdir(), 'bench-damage-'));
const silent: Damage[] = [];
const figures: FileFigures[] = [];
try {
  const ledger = await makeLedger(join(parent, 'whole'), Number(values.records));
  for (const file of await filesOf(ledger.dataDir)) {
    const { size } = await stat(join(ledger.dataDir, file));
    const outcomes = { refused: 0, found: 0, harmless: 0, silent: 0 };
    const damages: Damage[] = [
      ...places(size - 1, Number(values.flips)).map(
        // One bit alone makes another digit or letter where all eight make no text at all.
        (offset, step): Damage => ({ file, kind: 'flip', offset, bits: step % 2 === 0 ? 0xff : 0x01 }),
      ),
      ...places(size - 1, Number(values.truncations)).map((offset): Damage => ({ file, kind: 'truncate', offset })),
    ];
    for (const damage of damages) {
      const outcome = await tryDamage(ledger, join(parent, 'spoilt'), damage);
      outcomes[outcome] += 1;
      if (outcome === 'silent') silent.push(damage);
    }
    figures.push({ file, bytes: size, outcomes });
    if (!values.json) print(figures.at(-1));
  }
} finally {
  await rm(parent, { recursive: true, force: true });
}

const total = { refused: 0, found: 0, harmless: 0, silent: 0 };
for (const { outcomes } of figures) {
  for (const [outcome, count] of Object.entries(outcomes)) total[outcome as DamageOutcome] += count;
}
const machine = `${cpus()[0]?.model ?? 'unknown'} x ${availableParallelism()}, node ${process.version}`;
if (values.json) {
  console.log(
    JSON.stringify({ bench: 'damage', machine, date: new Date().toISOString(), total, silent, files: figures }),
  );
} else {
  print({ file: 'all', bytes: figures.reduce((sum, { bytes }) => sum + bytes, 0), outcomes: total });
  for (const { file, kind, offset } of silent) console.log(`SILENT: ${kind} at ${offset} of ${file}`);
  console.log(`${machine}, ${new Date().toISOString()}`);
}
process.exitCode = silent.length > 0 ? 1 : 0;

/** Whole numbers from 0 to `last`, spread evenly, both ends included. */
function places(last: number, count: number): number[] {
  if (last < 0) return [];
  const steps = Math.min(count, last + 1);
  const spread = Array.from({ length: steps }, (_unused, step) => Math.round((step * last) / Math.max(1, steps - 1)));
  return [...new Set(spread)];
}

function print(figure: FileFigures | undefined): void {
  if (figure === undefined) return;
  const { file, bytes, outcomes } = figure;
  const words = (['refused', 'found', 'harmless', 'silent'] as const).map(
    (outcome) => `${outcome} ${outcomes[outcome]}`,
  );
  console.log(`${file.padEnd(64)} ${String(bytes).padStart(9)} B  ${words.map((text) => text.padEnd(13)).join(' ')}`);
}
