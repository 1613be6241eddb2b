import {
  RECYCLING_KINDS,
  type LotMaterial,
  type ProcessKind,
  type Role,
  type Route,
  type StepInput,
} from '@battery-passport/schemas';

/** Whether a step recycles: waste that goes in comes out as recovered material. */
export function isRecycling(kind: ProcessKind): boolean {
  return (RECYCLING_KINDS as readonly ProcessKind[]).includes(kind);
}

/** Who runs which steps. */
export const ROLES_BY_KIND: Readonly<Record<ProcessKind, readonly Role[]>> = {
  manufacturing: ['oem', 'cathode-maker'],
  synthesis: ['cathode-maker'],
  disassembly: ['recycler'],
  'foil-separation': ['recycler'],
  extraction: ['recycler'],
  regeneration: ['recycler', 'cathode-maker'],
  hydrometallurgy: ['recycler'],
  pyrometallurgy: ['recycler'],
  refining: ['material-supplier', 'recycler', 'cathode-maker'],
};

/**
 * What can come out of which step: no plant turns a pack into new cathode in one. Manufacturing waste comes out of making
 * things, never out of recycling them, so that rework is not told as recycling.
 */
export const OUTPUTS_BY_KIND: Readonly<Record<ProcessKind, ReadonlySet<LotMaterial>>> = {
  manufacturing: new Set<LotMaterial>([
    'cathode-electrode',
    'anode-powder',
    'metal-foil',
    'electrolyte',
    'reagent',
    'process-scrap',
    'residue',
    'other',
  ]),
  synthesis: new Set<LotMaterial>([
    'precursor',
    'cathode-powder',
    'anode-powder',
    'reagent',
    'process-scrap',
    'residue',
    'other',
  ]),
  disassembly: new Set<LotMaterial>([
    'cathode-electrode',
    'anode-powder',
    'metal-foil',
    'electrolyte',
    'black-mass',
    'residue',
    'other',
  ]),
  'foil-separation': new Set<LotMaterial>([
    'delaminated-cathode',
    'anode-powder',
    'metal-foil',
    'black-mass',
    'residue',
    'other',
  ]),
  extraction: new Set<LotMaterial>([
    'extracted-cathode',
    'anode-powder',
    'metal-foil',
    'electrolyte',
    'reagent',
    'black-mass',
    'residue',
    'other',
  ]),
  regeneration: new Set<LotMaterial>(['regenerated-cathode', 'reagent', 'residue', 'other']),
  hydrometallurgy: new Set<LotMaterial>([
    'refined-salt',
    'precursor',
    'anode-powder',
    'metal-foil',
    'reagent',
    'black-mass',
    'residue',
    'other',
  ]),
  pyrometallurgy: new Set<LotMaterial>(['concentrate', 'refined-salt', 'metal-foil', 'residue', 'other']),
  refining: new Set<LotMaterial>([
    'concentrate',
    'refined-salt',
    'precursor',
    'anode-powder',
    'metal-foil',
    'reagent',
    'residue',
    'other',
  ]),
};

/** Steps that take whole packs and modules. */
export const OPENING_KINDS: ReadonlySet<ProcessKind> = new Set<ProcessKind>([
  'disassembly',
  'hydrometallurgy',
  'pyrometallurgy',
]);

/** Steps by which each route of the sorting may be carried out; none for a pack that stays a battery. What is rejected is only smelted. */
export const KINDS_BY_ROUTE: Readonly<Record<Route, readonly ProcessKind[]>> = {
  reuse: [],
  repurpose: [],
  'direct-recycling': ['disassembly'],
  hydrometallurgy: ['disassembly', 'hydrometallurgy', 'pyrometallurgy'],
  reject: ['pyrometallurgy'],
};

/** Outputs that are no step on the way to a product. */
const BY_THE_WAY: ReadonlySet<LotMaterial> = new Set<LotMaterial>(['electrolyte', 'process-scrap', 'residue', 'other']);

/** Outputs that nobody wants. */
const UNWANTED: ReadonlySet<LotMaterial> = new Set<LotMaterial>(['residue', 'other']);

/** Whether an output is on the way to a product, so that what is asked to be recovered goes with it. */
export function isOnTheWay(material: LotMaterial): boolean {
  return !BY_THE_WAY.has(material);
}

/** Whether an output bears its share of a step's carbon; manufacturing waste does, so that scrap is never free. */
export function bearsCarbon(material: LotMaterial): boolean {
  return !UNWANTED.has(material);
}

/** Materials that can stand in for primary material in manufacturing: with them recycling is done. */
const PRODUCTS: ReadonlySet<LotMaterial> = new Set<LotMaterial>([
  'refined-salt',
  'precursor',
  'cathode-powder',
  'anode-powder',
  'metal-foil',
  'reagent',
  'regenerated-cathode',
]);

/**
 * Whether a material can be certified as recovered: the point where it can replace primary material. Electrodes, black mass and
 * delaminated or extracted cathode are intermediates, however pure. Source: Delegated Regulation (EU) 2025/606.
 */
export function isRecoveredProduct(material: LotMaterial): boolean {
  return PRODUCTS.has(material);
}

/** Waste status of an output: intermediates stay the waste that they come from, products are none. */
export function outputWasteStatus(
  kind: ProcessKind,
  material: LotMaterial,
  inputs: readonly Pick<StepInput, 'wasteStatus'>[],
): StepInput['wasteStatus'] {
  if (material === 'process-scrap') return 'pre-consumer';
  if (!isRecycling(kind) || isRecoveredProduct(material)) return 'none';
  if (inputs.some(({ wasteStatus }) => wasteStatus === 'post-consumer')) return 'post-consumer';
  return inputs.some(({ wasteStatus }) => wasteStatus === 'pre-consumer') ? 'pre-consumer' : 'none';
}
