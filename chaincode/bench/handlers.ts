import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { canonicalJson, type CommandOf, type TransactionName } from '@battery-passport/schemas';
import { MemoryWorld, type ConsortiumName } from '../test/memory-world.js';

/** One row of the table: transactions a second of one core, over state in memory. */
interface Row {
  readonly transaction: string;
  readonly perSecond: number;
  readonly reads: number;
  readonly writes: number;
}

const WARM_UP = 300;
const COUNT = 3000;

async function measure<N extends TransactionName>(
  world: MemoryWorld,
  as: ConsortiumName,
  name: N,
  command: (index: number) => CommandOf<N>,
  { count = COUNT, each = 1, label = name }: { count?: number; each?: number; label?: string } = {},
): Promise<Row> {
  const texts = Array.from({ length: count + WARM_UP }, (_, index) => canonicalJson(command(index)));
  for (const text of texts.splice(0, WARM_UP)) await world.send(as, name, text);
  const begin = performance.now();
  for (const text of texts) await world.send(as, name, text);
  const seconds = (performance.now() - begin) / 1000;
  return {
    transaction: label,
    perSecond: Math.round((count * each) / seconds),
    reads: world.last?.reads.length ?? 0,
    writes: world.last?.writes.size ?? 0,
  };
}

const lot = (lotId: string): CommandOf<'registerLot'> => ({
  lotId,
  material: 'refined-salt',
  massMg: 1_000_000,
  account: [
    { element: 'Co', origins: [{ kind: 'primary', minedIn: 'CD', refinedIn: 'FI', massMg: 30_000 }] },
    { element: 'Ni', origins: [{ kind: 'primary', minedIn: 'ID', refinedIn: 'CN', massMg: 223_000 }] },
  ],
  carbonG: 7570,
});

const pack = (packId: string): CommandOf<'registerPack'> => ({
  packId,
  gtin: '09506000134352',
  serial: packId,
  designId: 'design-1',
  manufacturedAt: '2031-02-01T00:00:00Z',
  plant: { countryCode: 'JP', name: 'Tochigi' },
  modules: ['a', 'b', 'c', 'd'].map((letter) => ({
    moduleId: `${packId}-${letter}`,
    massMg: 90_000_000,
    cellCount: 48,
  })),
  materials: [],
});

const design: CommandOf<'registerDesign'> = {
  designId: 'design-1',
  modelName: 'Traction pack 40',
  cathodeChemistry: 'NMC622',
  anodeChemistry: 'graphite',
  cellNominalCapacityMah: 60_000,
  packNominalEnergyWh: 40_000,
  seriesCells: 96,
  parallelCells: 2,
  moduleCount: 4,
  cathodeMassMg: 100_000_000,
  packMassMg: 400_000_000,
  estimatorDesignId: 'cell-60',
  estimatorDesignDigest: `sha256:${'0'.repeat(64)}`,
  dismantling: [],
  certifiedEnergyWh: 39_000,
};

async function run(): Promise<Row[]> {
  const world = await MemoryWorld.founded();
  await world.submit('oem', 'registerDesign', design);
  const allotments = (packId: string) => `powder-${packId}`;
  const rows = [
    await measure(world, 'supplier', 'registerLot', (index) => lot(`lot-${index}`)),
    await measure(world, 'oem', 'registerPack', (index) => pack(`pack-${index}`)),
  ];
  await world.submit('maker', 'registerLot', {
    lotId: 'powder',
    material: 'cathode-powder',
    chemistry: 'NMC622',
    massMg: 10_000_000_000_000,
    account: [{ element: 'Ni', origins: [{ kind: 'primary', minedIn: 'ID', massMg: 3_600_000_000_000 }] }],
    activeMaterialMg: 10_000_000_000_000,
    carbonG: 220_000_000,
  });
  await world.submit('maker', 'offerCustody', { offerId: 'o', asset: { recordType: 'lot', id: 'powder' }, to: 'oem' });
  await world.submit('oem', 'acceptCustody', { offerId: 'o' });
  for (let from = 0; from < COUNT + WARM_UP; from += 1000) {
    const ids = Array.from({ length: Math.min(1000, COUNT + WARM_UP - from) }, (_, index) => `with-${from + index}`);
    await world.submit('oem', 'splitLot', {
      lotId: 'powder',
      parts: ids.map((id) => ({ lotId: allotments(id), massMg: 100_000_000 })),
    });
  }
  rows.push(
    await measure(
      world,
      'oem',
      'registerPack',
      (index) => ({
        ...pack(`with-${index}`),
        materials: [{ lotId: allotments(`with-${index}`), massMg: 100_000_000 }],
      }),
      { label: 'registerPack, one allotment' },
    ),
    await measure(
      world,
      'supplier',
      'runBatch',
      (batch) => ({
        commands: Array.from({ length: 100 }, (_, index) => ({
          transaction: 'registerLot',
          command: lot(`batch-${batch}-${index}`),
        })),
      }),
      { count: 30, each: 100, label: 'registerLot, 100 a batch' },
    ),
  );
  return rows;
}

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
const rows = await run();
if (values.json) {
  console.log(JSON.stringify({ machine: cpus()[0]?.model, node: process.version, rows }));
} else {
  console.log(`${cpus()[0]?.model ?? 'unknown processor'}, one core, Node ${process.version}`);
  console.table(rows);
}
