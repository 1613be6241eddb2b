import { gtinCheckDigit, type CathodeChemistry, type Collection, type DesignFile } from '@battery-passport/schemas';
import { kg } from './material-flow.js';
import { theoreticalCapacityMahPerG, type StoryChemistry } from './stoichiometry.js';

const MAH_PER_AH = 1_000;
const MG_PER_G = 1_000;
const COOLANT_KG = 4;

/** A pack model of the carmaker, with the masses that one pack takes besides its cathode. */
export interface PackModel {
  readonly designId: string;
  readonly modelName: string;
  readonly gtin: string;
  readonly cellDesignId: string;
  readonly chemistry: CathodeChemistry;
  /** Chemistry of the cathode powder that it is made of; none where nothing is known of the material. */
  readonly madeOf?: StoryChemistry;
  readonly anodeChemistry: string;
  readonly seriesCells: number;
  readonly parallelCells: number;
  readonly nominalCellVoltageV: number;
  readonly aluminiumFoilKg: number;
  readonly copperFoilKg: number;
  readonly graphiteKg: number;
  readonly electrolyteKg: number;
  readonly moduleKg: number;
  readonly packKg: number;
}

/** Modules in every pack. */
export const MODULES_PER_PACK = 8;

const NMC_811_MODEL: PackModel = {
  designId: 'AOI-57-811',
  modelName: 'Aoi 57 kWh, nickel-rich',
  gtin: gtin('0950600013001'),
  cellDesignId: 'CELL-NMC811-5AH',
  chemistry: 'NMC811',
  madeOf: 'NMC811',
  anodeChemistry: 'graphite with silicon oxide',
  seriesCells: 96,
  parallelCells: 32,
  nominalCellVoltageV: 3.6,
  aluminiumFoilKg: 15,
  copperFoilKg: 30,
  graphiteKg: 55,
  electrolyteKg: 35,
  moduleKg: 32,
  packKg: 340,
};

const NMC_532_MODEL: PackModel = {
  designId: 'AOI-69-532',
  modelName: 'Aoi 69 kWh',
  gtin: gtin('0950600013002'),
  cellDesignId: 'CELL-NMC532-5AH',
  chemistry: 'NMC532',
  madeOf: 'NMC532',
  anodeChemistry: 'graphite',
  seriesCells: 96,
  parallelCells: 40,
  nominalCellVoltageV: 3.65,
  aluminiumFoilKg: 18,
  copperFoilKg: 36,
  graphiteKg: 66,
  electrolyteKg: 42,
  moduleKg: 38,
  packKg: 400,
};

/** The pack of the real cell; nobody published what that cell was made of. */
const NMC_67_AH_MODEL: PackModel = {
  designId: 'AOI-47-NMC',
  modelName: 'Aoi 47 kWh test pack',
  gtin: gtin('0950600013003'),
  cellDesignId: 'CELL-NMC-67AH',
  chemistry: 'NMC',
  anodeChemistry: 'graphite',
  seriesCells: 96,
  parallelCells: 2,
  nominalCellVoltageV: 3.65,
  aluminiumFoilKg: 0,
  copperFoilKg: 0,
  graphiteKg: 0,
  electrolyteKg: 0,
  moduleKg: 30,
  packKg: 310,
};

/** The carmaker's pack models. */
export const PACK_MODELS: readonly PackModel[] = [NMC_811_MODEL, NMC_532_MODEL, NMC_67_AH_MODEL];

/** How a pack was used, as a fleet's telematics sum it up. */
export interface UsePattern {
  readonly fullCyclesPerYear: number;
  /** Fast charges for each full cycle. */
  readonly fastChargesPerCycle: number;
  /** Part of the discharge that went back to the grid. */
  readonly vehicleToGridFraction: number;
  /** Mean temperature of the pack over the year, K. */
  readonly meanTemperatureK: number;
}

const SECOND_CAR: UsePattern = {
  fullCyclesPerYear: 35,
  fastChargesPerCycle: 0.05,
  vehicleToGridFraction: 0,
  meanTemperatureK: 289,
};
const COMMUTER: UsePattern = {
  fullCyclesPerYear: 110,
  fastChargesPerCycle: 0.1,
  vehicleToGridFraction: 0,
  meanTemperatureK: 291,
};
const TAXI: UsePattern = {
  fullCyclesPerYear: 290,
  fastChargesPerCycle: 0.6,
  vehicleToGridFraction: 0,
  meanTemperatureK: 300,
};
const DELIVERY_VAN: UsePattern = {
  fullCyclesPerYear: 240,
  fastChargesPerCycle: 0.15,
  vehicleToGridFraction: 0,
  meanTemperatureK: 294,
};
const GRID_CAR: UsePattern = {
  fullCyclesPerYear: 230,
  fastChargesPerCycle: 0.05,
  vehicleToGridFraction: 0.35,
  meanTemperatureK: 292,
};

/** A pack of the story. */
export interface StoryPack {
  readonly packId: string;
  readonly model: PackModel;
  readonly use: UsePattern;
  /** How it comes back; the test pack stays with its maker. */
  readonly returned?: Pick<Collection, 'regionCode' | 'condition'>;
}

/** The twelve packs; which way each goes is for its measurement and the sorting policy. */
export const STORY_PACKS: readonly StoryPack[] = [
  pack('PK-0001', NMC_811_MODEL, SECOND_CAR, 'JP-13'),
  pack('PK-0002', NMC_532_MODEL, SECOND_CAR, 'JP-14'),
  pack('PK-0003', NMC_811_MODEL, COMMUTER, 'JP-13'),
  pack('PK-0004', NMC_532_MODEL, COMMUTER, 'JP-11'),
  pack('PK-0005', NMC_811_MODEL, DELIVERY_VAN, 'JP-12'),
  pack('PK-0006', NMC_532_MODEL, GRID_CAR, 'JP-14'),
  pack('PK-0007', NMC_811_MODEL, TAXI, 'JP-13'),
  pack('PK-0008', NMC_532_MODEL, TAXI, 'JP-13'),
  pack('PK-0009', NMC_811_MODEL, TAXI, 'JP-27'),
  pack('PK-0010', NMC_532_MODEL, DELIVERY_VAN, 'JP-23'),
  pack('PK-0011', NMC_811_MODEL, TAXI, 'JP-01', 'damaged'),
  { packId: 'PK-0012', model: NMC_67_AH_MODEL, use: COMMUTER },
];

/** The pack whose modules the remanufacturer swaps one of. */
export const SWAPPED_PACK = 'PK-0007';
/** The module that leaves it, and the spare that comes. */
export const SWAPPED_MODULE = moduleId(SWAPPED_PACK, 3);
export const SPARE_MODULE = 'SPARE-811-01';

/** The second pack: made of what the first ones gave back. */
export const SECOND_PACK: StoryPack = { packId: 'PK-0013', model: NMC_811_MODEL, use: COMMUTER };

/** Cells of one pack. */
export function cellCount({ seriesCells, parallelCells }: PackModel): number {
  return seriesCells * parallelCells;
}

/** Cathode active material of one pack, mg: what holds the charge of its cells' positive electrodes. */
export function cathodeMassMg(model: PackModel, cell: DesignFile): number {
  const { cathodeCapacityAh } = cell.fresh;
  const capacityMahPerG = theoreticalCapacityMahPerG(model.madeOf ?? 'NMC532');
  return Math.round((cellCount(model) * cathodeCapacityAh * MAH_PER_AH * MG_PER_G) / capacityMahPerG);
}

/** Modules of a pack as it is made. */
export function modulesOf({ packId, model }: StoryPack): { moduleId: string; massMg: number; cellCount: number }[] {
  return Array.from({ length: MODULES_PER_PACK }, (_, index) => ({
    moduleId: moduleId(packId, index + 1),
    massMg: kg(model.moduleKg),
    cellCount: cellCount(model) / MODULES_PER_PACK,
  }));
}

/** What a returned pack weighs at the plant's gate, mg: its maker's figure less the coolant that was drained. */
export function weighedMg(packId: string): number {
  const found = STORY_PACKS.find((candidate) => candidate.packId === packId);
  if (found === undefined) throw new RangeError(`expected a pack of the story, got ${packId}`);
  return kg(found.model.packKg - COOLANT_KG);
}

/** The packs of a chemistry that are made in the story, without the second one. */
export function packsMadeOf(chemistry: StoryChemistry): StoryPack[] {
  return STORY_PACKS.filter(({ model }) => model.madeOf === chemistry);
}

function moduleId(packId: string, place: number): string {
  return `${packId}-M${place}`;
}

function pack(
  packId: string,
  model: PackModel,
  use: UsePattern,
  regionCode: string,
  condition: Collection['condition'] = 'intact',
): StoryPack {
  return { packId, model, use, returned: { regionCode, condition } };
}

/** A GTIN with its check digit; 950 is the prefix that GS1 keeps for examples. */
function gtin(digits: string): string {
  return `${digits}${gtinCheckDigit(digits)}`;
}
