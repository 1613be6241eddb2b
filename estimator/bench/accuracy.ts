import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { arch, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { CATHODE_CLASSES, type DesignFile } from '@battery-passport/schemas';
import { estimateCathodeState, parseDesign, parseMeasurement, readJsonFile, type Quantity } from '../src/index.js';

/**
 * Accuracy of the estimator on cells whose state is known.
 *
 *   node estimator/dist/bench/accuracy.js [DIRECTORY ...] [--spectra 3] [--json]
 *
 * A directory holds designs/, cells/ and truth.json. Without one, the project's own cells are taken. Prints, for each sensor
 * profile, layered oxides and LFP apart: root mean square errors (losses in percentage points, capacity in percent of nominal,
 * ratios as logarithms), the share of truths within the 90 % interval, class accuracy and CPU time a cell.
 */
interface Truth {
  design: string;
  class: string;
  lli: number;
  lamPe: number;
  lamNe: number;
  crackAreaRatio: number;
  surfaceLayerRatio: number;
  capacityAh: number;
  sensorProfile: string;
}

interface Tally {
  cells: number;
  refused: number;
  rightClass: number;
  milliseconds: number;
  quantities: Record<string, { squares: number; within: number; told: number }>;
}

const QUANTITIES = ['lli', 'lamPe', 'lamNe', 'capacityAh', 'crackAreaRatio', 'surfaceLayerRatio'] as const;
/** What a root mean square is printed in. */
const LABEL: Record<(typeof QUANTITIES)[number], string> = {
  lli: 'lli pp',
  lamPe: 'lamPe pp',
  lamNe: 'lamNe pp',
  capacityAh: 'cap %',
  crackAreaRatio: 'ln A',
  surfaceLayerRatio: 'ln S',
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { spectra: { type: 'string', default: '3' }, json: { type: 'boolean', default: false } },
});
const spectra = Number(values.spectra);
const root = resolve(import.meta.dirname, '../../..');
const directories =
  positionals.length > 0
    ? positionals.map((path) => resolve(path))
    : [join(root, 'estimator/validation'), join(root, 'gateway/demo/measurements')];

function errorOf(name: (typeof QUANTITIES)[number], quantity: Quantity, truth: Truth, nominalAh: number): number {
  if (name === 'capacityAh') return (100 * (quantity.value - truth.capacityAh)) / nominalAh;
  if (name === 'crackAreaRatio' || name === 'surfaceLayerRatio') return Math.log(quantity.value / truth[name]);
  return 100 * (quantity.value - truth[name]);
}

const tallies = new Map<string, Tally>();

for (const directory of directories) {
  const truthPath = join(directory, 'truth.json');
  if (!existsSync(truthPath)) {
    process.stderr.write(`${directory} has no truth.json: left out\n`);
    continue;
  }
  const truths = (await readJsonFile(truthPath, 'MEASUREMENT_INVALID')) as Record<string, Truth>;
  const designs = new Map<string, DesignFile>();
  for (const [packId, truth] of Object.entries(truths)) {
    let design = designs.get(truth.design);
    if (design === undefined) {
      design = parseDesign(await readJsonFile(join(directory, 'designs', `${truth.design}.json`), 'DESIGN_INVALID'));
      designs.set(truth.design, design);
    }
    const measurement = parseMeasurement(
      await readJsonFile(join(directory, 'cells', `${packId}.json`), 'MEASUREMENT_INVALID'),
    );
    // One spectrum is the middle one, where the vehicle would take it.
    const taken = measurement.impedance;
    measurement.impedance =
      spectra === 1 ? taken.slice(taken.length >> 1, (taken.length >> 1) + 1) : taken.slice(0, spectra);
    const group = `${design.cathodeChemistry === 'LFP' ? 'LFP' : 'oxide'} ${truth.sensorProfile}`;
    const tally: Tally = tallies.get(group) ?? {
      cells: 0,
      refused: 0,
      rightClass: 0,
      milliseconds: 0,
      quantities: Object.fromEntries(QUANTITIES.map((name) => [name, { squares: 0, within: 0, told: 0 }])),
    };
    tallies.set(group, tally);
    tally.cells++;
    try {
      const before = process.cpuUsage();
      const estimate = estimateCathodeState(design, measurement);
      const spent = process.cpuUsage(before);
      tally.milliseconds += (spent.user + spent.system) / 1000;
      if (estimate.cathodeClass === truth.class) tally.rightClass++;
      for (const name of QUANTITIES) {
        const quantity = estimate[name];
        if (quantity === null) continue;
        const sums = tally.quantities[name];
        const known = truth[name];
        sums.told++;
        sums.squares += errorOf(name, quantity, truth, design.nominalCapacityAh) ** 2;
        if (known >= quantity.interval90[0] && known <= quantity.interval90[1]) sums.within++;
      }
    } catch (error) {
      tally.refused++;
      process.stderr.write(`${packId}: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
}

if (tallies.size === 0) {
  process.stderr.write('no cells found: name a directory with designs/, cells/ and truth.json\n');
  process.exitCode = 1;
} else if (values.json) {
  process.stdout.write(
    `${JSON.stringify({ spectra, classes: CATHODE_CLASSES, groups: Object.fromEntries(tallies) })}\n`,
  );
} else {
  process.stdout.write(`${cpus()[0]?.model ?? arch()}, Node ${process.version}, ${spectra} spectra a cell\n`);
  process.stdout.write('RMSE [share of truths within the 90 % interval]; CPU time holds the fit of each design\n');
  for (const [group, tally] of [...tallies].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const cells = QUANTITIES.map((name) => {
      const { squares, within, told } = tally.quantities[name];
      return told === 0
        ? `${LABEL[name]} –`
        : `${LABEL[name]} ${Math.sqrt(squares / told).toFixed(3)} [${(within / told).toFixed(2)}]`;
    });
    process.stdout.write(
      `${group.padEnd(17)} n ${String(tally.cells).padStart(3)}  ${cells.join('  ')}  class ${(tally.rightClass / tally.cells).toFixed(3)}  ${(tally.milliseconds / tally.cells).toFixed(0)} ms\n`,
    );
  }
}
