import { digestOf, type CommandOf, type DesignFile } from '@battery-passport/schemas';
import { DAYS_AGO } from '../calendar.js';
import {
  cathodeMassMg,
  cellCount,
  MODULES_PER_PACK,
  modulesOf,
  PACK_MODELS,
  packsMadeOf,
  SPARE_MODULE,
  STORY_PACKS,
  SWAPPED_PACK,
  type PackModel,
  type StoryPack,
} from '../cast.js';
import { coatElectrodes } from '../electrodes.js';
import { kg } from '../material-flow.js';
import type { StoryChemistry } from '../stoichiometry.js';
import { batchCommand, handOver, lots, type Story } from '../story.js';
import { POWDER } from './cathode-powder.js';
import { COPPER_FOIL_LOT, ELECTROLYTE_LOT, GRAPHITE_LOT } from './materials.js';

/** Electrodes of each chemistry, and the offcuts of their coating. */
export const ELECTRODES = {
  NMC811: { lotId: 'ELEC-811-01', offcutLotId: 'SCRAP-ELEC-811-01' },
  NMC532: { lotId: 'ELEC-532-01', offcutLotId: 'SCRAP-ELEC-532-01' },
} as const satisfies Record<StoryChemistry, object>;

type Materials = CommandOf<'registerPack'>['materials'];

/** Act 4: the carmaker registers its designs, coats electrodes, builds twelve packs and a spare module, and sells the packs. */
export async function buildPacks(story: Story): Promise<void> {
  const { calendar, files, person } = story;
  const oem = person('oem');
  await oem.batch(
    PACK_MODELS.map((model) => batchCommand('registerDesign', designOf(model, cellDesign(files.designs, model)))),
  );
  const electrodePerPackMg = new Map<StoryChemistry, number>();
  for (const chemistry of ['NMC811', 'NMC532'] as const) {
    electrodePerPackMg.set(chemistry, await coat(story, chemistry));
  }
  await handOver(
    oem,
    person('recycler'),
    lots(ELECTRODES.NMC811.offcutLotId, ELECTRODES.NMC532.offcutLotId),
    'Electrode offcuts for Meguri',
  );
  const manufacturedAt = calendar.daysAgo(DAYS_AGO.packsMade);
  await oem.batch(
    STORY_PACKS.map((pack) => {
      const { madeOf } = pack.model;
      const electrodes =
        madeOf === undefined
          ? undefined
          : { lotId: ELECTRODES[madeOf].lotId, massMg: electrodePerPackMg.get(madeOf) ?? 0 };
      return batchCommand('registerPack', packCommand(pack, manufacturedAt, electrodes));
    }),
  );
  await makeSpareModule(story, electrodePerPackMg.get('NMC811') ?? 0);
  const placedOnMarketAt = calendar.daysAgo(DAYS_AGO.placedOnMarket);
  await oem.batch(STORY_PACKS.map(({ packId }) => batchCommand('placePackOnMarket', { packId, placedOnMarketAt })));
}

/** The command that registers a pack; without electrodes nothing is known of its material. */
export function packCommand(
  pack: StoryPack,
  manufacturedAt: string,
  electrodes: Materials[number] | undefined,
): CommandOf<'registerPack'> {
  const { packId, model } = pack;
  return {
    packId,
    gtin: model.gtin,
    serial: packId,
    designId: model.designId,
    manufacturedAt,
    plant: { countryCode: 'JP', name: 'Aoi pack plant' },
    modules: modulesOf(pack),
    materials: electrodes === undefined ? [] : [electrodes, ...otherMaterials(model, 1)],
  };
}

/** The design file of a model's cell. */
export function cellDesign(designs: ReadonlyMap<string, DesignFile>, model: PackModel): DesignFile {
  const design = designs.get(model.cellDesignId);
  if (design === undefined) throw new RangeError(`expected a design file ${model.cellDesignId}`);
  return design;
}

/** Coats what the packs of a chemistry and, of the first, one spare module need; electrode per pack, mg. */
async function coat(story: Story, chemistry: StoryChemistry): Promise<number> {
  const made = packsMadeOf(chemistry);
  const [{ model }] = made as [StoryPack];
  const modules = made.length * MODULES_PER_PACK + (chemistry === 'NMC811' ? 1 : 0);
  const packEquivalents = modules / MODULES_PER_PACK;
  const { lotId, offcutLotId } = ELECTRODES[chemistry];
  await coatElectrodes(story, {
    stepId: `COAT-${chemistry.slice(3)}-01`,
    chemistry,
    powderLotId: POWDER[chemistry].soldLotId,
    activeMaterialMg: Math.ceil(cathodeMassMg(model, cellDesign(story.files.designs, model)) * packEquivalents),
    aluminiumFoilMg: kg(model.aluminiumFoilKg * packEquivalents),
    electrodeLotId: lotId,
    offcutLotId,
    finishedDaysAgo: DAYS_AGO.electrodesCoated,
    carbonFactors: 'everbatt-2023',
  });
  const { massMg } = await story.person('oem').read('lot', lotId);
  return Math.floor(massMg / packEquivalents);
}

async function makeSpareModule({ person }: Story, electrodePerPackMg: number): Promise<void> {
  const oem = person('oem');
  const { model } = STORY_PACKS.find(({ packId }) => packId === SWAPPED_PACK) as StoryPack;
  await oem.submit('registerModule', {
    moduleId: SPARE_MODULE,
    designId: model.designId,
    massMg: kg(model.moduleKg),
    cellCount: cellCount(model) / MODULES_PER_PACK,
    materials: [
      { lotId: ELECTRODES.NMC811.lotId, massMg: Math.floor(electrodePerPackMg / MODULES_PER_PACK) },
      ...otherMaterials(model, 1 / MODULES_PER_PACK),
    ],
  });
}

function otherMaterials(model: PackModel, part: number): Materials {
  return [
    { lotId: GRAPHITE_LOT, massMg: kg(model.graphiteKg * part) },
    { lotId: COPPER_FOIL_LOT, massMg: kg(model.copperFoilKg * part) },
    { lotId: ELECTROLYTE_LOT, massMg: kg(model.electrolyteKg * part) },
  ];
}

function designOf(model: PackModel, cell: DesignFile): CommandOf<'registerDesign'> {
  const nominalWh = Math.round(cellCount(model) * cell.nominalCapacityAh * model.nominalCellVoltageV);
  return {
    designId: model.designId,
    modelName: model.modelName,
    cathodeChemistry: model.chemistry,
    anodeChemistry: model.anodeChemistry,
    cellNominalCapacityMah: Math.round(cell.nominalCapacityAh * 1000),
    packNominalEnergyWh: nominalWh,
    // The buffer that the vehicle keeps back is 4 %.
    certifiedEnergyWh: Math.round(nominalWh * 0.96),
    seriesCells: model.seriesCells,
    parallelCells: model.parallelCells,
    moduleCount: MODULES_PER_PACK,
    cathodeMassMg: cathodeMassMg(model, cell),
    packMassMg: kg(model.packKg),
    estimatorDesignId: cell.designId,
    estimatorDesignDigest: digestOf(cell),
    dismantling: [
      {
        title: 'How to discharge, open and take the pack apart',
        mediaType: 'application/pdf',
        digest: digestOf({ manual: 'Dismantling', designId: model.designId }),
      },
    ],
    structure: `${MODULES_PER_PACK} modules, bolted; ${model.seriesCells} cells in series, ${model.parallelCells} in parallel; coolant plate below.`,
  };
}
