import type {
  CathodeChemistry,
  CompositionEntry,
  ElementAccount,
  LotMaterial,
  LotRecord,
  RecoveryBasis,
} from '@battery-passport/schemas';
import {
  accountMassMg,
  addAccounts,
  drawAccount,
  elementMasses,
  withoutCertificates,
} from '../account/element-account.js';
import { proportion } from '../account/proportion.js';
import { addBases, basisOf, drawBasis, NO_BASIS } from '../account/recovery-basis.js';
import { Refusal } from '../kernel/refusal.js';
import type { RecordStamp } from '../kernel/transaction-context.js';

/** What goes along with a quantity drawn from a lot. */
export interface DrawnMatter {
  readonly massMg: number;
  readonly account: ElementAccount;
  readonly activeMaterialMg: number;
  readonly carbonG: number;
  readonly basis: RecoveryBasis;
}

/** What a lot may be renamed to when it falls short; never upwards, and never to scrap, which is declared. */
export const DOWNGRADES: Readonly<Record<LotMaterial, readonly LotMaterial[]>> = {
  ore: ['residue'],
  concentrate: ['residue'],
  'refined-salt': ['residue', 'other'],
  precursor: ['residue', 'other'],
  'cathode-powder': ['residue', 'other'],
  'anode-powder': ['residue', 'other'],
  'metal-foil': ['residue', 'other'],
  electrolyte: ['residue', 'other'],
  reagent: ['residue', 'other'],
  'process-scrap': ['residue'],
  'cathode-electrode': ['black-mass', 'residue'],
  'black-mass': ['residue'],
  'delaminated-cathode': ['black-mass', 'residue'],
  'extracted-cathode': ['delaminated-cathode', 'black-mass', 'residue'],
  'regenerated-cathode': ['extracted-cathode', 'delaminated-cathode', 'black-mass', 'residue'],
  residue: [],
  other: ['residue'],
};

/** Materials that only recycling makes; registered from outside the ledger, their recovery is no more than declared. */
const RECOVERED_MATERIALS: ReadonlySet<LotMaterial> = new Set<LotMaterial>([
  'process-scrap',
  'cathode-electrode',
  'black-mass',
  'delaminated-cathode',
  'extracted-cathode',
  'regenerated-cathode',
]);

/** Fields of a new lot besides the matter in it. */
export interface NewLot {
  readonly id: string;
  readonly stamp: RecordStamp;
  readonly holder: string;
  readonly material: LotMaterial;
  readonly source: LotRecord['source'];
  readonly wasteStatus: LotRecord['wasteStatus'];
  readonly matter: DrawnMatter;
  readonly chemistry?: CathodeChemistry | undefined;
  readonly composition?: CompositionEntry[] | undefined;
  readonly certificateId?: string | undefined;
}

/** A new lot of which nothing is drawn yet. */
export function newLot({ id, stamp, holder, material, source, wasteStatus, matter, ...optional }: NewLot): LotRecord {
  return {
    recordType: 'lot',
    id,
    ...stamp,
    material,
    massMg: matter.massMg,
    remainingMassMg: matter.massMg,
    account: matter.account,
    remaining: matter.account,
    holder,
    state: 'available',
    source,
    carbonG: matter.carbonG,
    remainingCarbonG: matter.carbonG,
    activeMaterialMg: matter.activeMaterialMg,
    remainingActiveMaterialMg: matter.activeMaterialMg,
    basis: matter.basis,
    remainingBasis: matter.basis,
    wasteStatus,
    ...(optional.chemistry === undefined ? {} : { chemistry: optional.chemistry }),
    ...(optional.composition === undefined ? {} : { composition: optional.composition }),
    ...(optional.certificateId === undefined ? {} : { certificateId: optional.certificateId }),
  };
}

/**
 * Draws a quantity from a lot with its share of elements, active material, carbon and basis. An emptied lot is exhausted.
 * @throws Refusal `LOT_OVERDRAWN`.
 */
export function drawLot(lot: LotRecord, massMg: number): { lot: LotRecord; drawn: DrawnMatter } {
  if (massMg > lot.remainingMassMg) {
    throw new Refusal('LOT_OVERDRAWN', `lot ${lot.id} holds ${lot.remainingMassMg} mg, ${massMg} mg were asked for`);
  }
  if (massMg <= 0) throw new RangeError(`expected a mass above zero, got ${massMg}`);
  const ofMassMg = lot.remainingMassMg;
  const account = drawAccount(lot.remaining, massMg, ofMassMg);
  const basis = drawBasis(lot.remainingBasis, massMg, ofMassMg);
  const activeMaterialMg = proportion(lot.remainingActiveMaterialMg, massMg, ofMassMg);
  const carbonG = proportion(lot.remainingCarbonG, massMg, ofMassMg);
  return {
    lot: {
      ...lot,
      state: massMg === ofMassMg ? 'exhausted' : lot.state,
      remainingMassMg: ofMassMg - massMg,
      remaining: account.remaining,
      remainingActiveMaterialMg: lot.remainingActiveMaterialMg - activeMaterialMg,
      remainingCarbonG: lot.remainingCarbonG - carbonG,
      remainingBasis: basis.remaining,
    },
    drawn: { massMg, account: account.drawn, activeMaterialMg, carbonG, basis: basis.drawn },
  };
}

/** Draws all that is left of a lot. @throws Refusal `LOT_OVERDRAWN` when nothing is. */
export function drawAll(lot: LotRecord): { lot: LotRecord; drawn: DrawnMatter } {
  if (lot.remainingMassMg === 0) throw new Refusal('LOT_OVERDRAWN', `nothing is left of lot ${lot.id}`);
  return drawLot(lot, lot.remainingMassMg);
}

/** Puts quantities together. @throws Refusal `ORIGINS_EXCEEDED`, `MASS_TOO_LARGE`. */
export function addMatter(...parts: readonly DrawnMatter[]): DrawnMatter {
  const sum = (of: (part: DrawnMatter) => number) => parts.reduce((total, part) => total + of(part), 0);
  const massMg = sum((part) => part.massMg);
  if (!Number.isSafeInteger(massMg)) throw new Refusal('MASS_TOO_LARGE', 'a mass would pass 2^53 − 1 mg');
  return {
    massMg,
    account: addAccounts(...parts.map((part) => part.account)),
    activeMaterialMg: sum((part) => part.activeMaterialMg),
    carbonG: sum((part) => part.carbonG),
    basis: addBases(...parts.map((part) => part.basis)),
  };
}

/**
 * Checks that a party may draw from a lot or change it now: it holds the lot, has not offered it, and does not hold it back.
 * @throws Refusal `NOT_HOLDER`, `ASSET_OFFERED`, `LOT_HELD`, `LOT_OVERDRAWN` when nothing is left.
 */
export function assertLotUsable(lot: LotRecord, partyId: string): void {
  assertLotOwn(lot, partyId);
  if (lot.state === 'held') throw new Refusal('LOT_HELD', `lot ${lot.id} is held back`);
  if (lot.state === 'exhausted') throw new Refusal('LOT_OVERDRAWN', `nothing is left of lot ${lot.id}`);
}

/** Checks that a party holds a lot that it has not offered. @throws Refusal `NOT_HOLDER`, `ASSET_OFFERED`. */
export function assertLotOwn(lot: LotRecord, partyId: string): void {
  if (lot.holder !== partyId) throw new Refusal('NOT_HOLDER', `lot ${lot.id} is held by ${lot.holder}`);
  if (lot.pendingOfferId !== undefined) {
    throw new Refusal('ASSET_OFFERED', `lot ${lot.id} is offered in ${lot.pendingOfferId}`);
  }
}

/**
 * Checks what a party states about matter from outside the ledger: elements weigh no more than the lot, the active
 * material neither, and recovery that no lineage shows is only declared.
 * @throws Refusal `ELEMENTS_EXCEED_MASS`, `ACTIVE_MATERIAL_INVALID`, `ORIGIN_NOT_CLAIMABLE`, `DUPLICATE_INPUT`.
 */
export function assertRegistrable(lot: {
  readonly material: LotMaterial;
  readonly chemistry?: CathodeChemistry;
  readonly massMg: number;
  readonly account: ElementAccount;
  readonly activeMaterialMg?: number;
  readonly composition?: readonly CompositionEntry[];
}): void {
  const elementsMg = accountMassMg(lot.account);
  if (elementsMg > lot.massMg) {
    throw new Refusal('ELEMENTS_EXCEED_MASS', `elements of ${elementsMg} mg cannot be in a lot of ${lot.massMg} mg`);
  }
  const activeMaterialMg = lot.activeMaterialMg ?? 0;
  if (activeMaterialMg > lot.massMg) {
    throw new Refusal('ACTIVE_MATERIAL_INVALID', `${activeMaterialMg} mg of active material exceed the lot`);
  }
  if (activeMaterialMg > 0 && lot.chemistry === undefined) {
    throw new Refusal('ACTIVE_MATERIAL_INVALID', 'active material needs a chemistry');
  }
  assertEachOnce(lot.account, 'account');
  assertEachOnce(lot.composition ?? [], 'composition');
  for (const { element, origins } of lot.account) {
    for (const origin of origins) {
      if (!isClaimable(origin, RECOVERED_MATERIALS.has(lot.material))) {
        throw new Refusal('ORIGIN_NOT_CLAIMABLE', `${element} in ${lot.material} cannot be stated as ${origin.kind}`);
      }
    }
  }
}

function isClaimable(origin: ElementAccount[number]['origins'][number], recovered: boolean): boolean {
  if (origin.certificateId !== undefined) return false;
  if (origin.kind === 'primary') return !recovered;
  const declared = origin.kind === 'declared-pre-consumer' || origin.kind === 'declared-post-consumer';
  return declared && origin.minedIn === undefined && origin.refinedIn === undefined;
}

function assertEachOnce(entries: readonly { readonly element: string }[], what: string): void {
  if (new Set(entries.map(({ element }) => element)).size !== entries.length) {
    throw new Refusal('DUPLICATE_INPUT', `${what} names an element twice`);
  }
}

/** A part of a lot as a lot of its own: the same matter under a new name. */
export function splitOff(lot: LotRecord, part: { id: string; stamp: RecordStamp; drawn: DrawnMatter }): LotRecord {
  return {
    ...newLot({
      ...pickOptional(lot),
      id: part.id,
      stamp: part.stamp,
      holder: lot.holder,
      material: lot.material,
      source: sourceOf('split', [{ lotId: lot.id, massMg: part.drawn.massMg }]),
      wasteStatus: lot.wasteStatus,
      matter: part.drawn,
    }),
    ...(lot.site === undefined ? {} : { site: lot.site }),
    ...(lot.oreGradePpm === undefined ? {} : { oreGradePpm: lot.oreGradePpm }),
    ...(lot.price === undefined ? {} : { price: lot.price }),
    ...(lot.dueDiligence === undefined ? {} : { dueDiligence: lot.dueDiligence }),
    ...(lot.downgrades === undefined ? {} : { downgrades: lot.downgrades }),
  };
}

/**
 * A blend of quantities of lots. Mixing changes no matter: a blend is named as what all inputs are, or as a lesser
 * material, or as cathode powder where regenerated cathode goes in.
 * @throws Refusal `MATERIAL_MISMATCH`, `WASTE_MIXED`, and those of {@link addMatter}.
 */
export function blend(
  inputs: readonly { readonly lot: LotRecord; readonly drawn: DrawnMatter }[],
  { id, stamp, holder, material }: { id: string; stamp: RecordStamp; holder: string; material: LotMaterial },
): LotRecord {
  const [first] = inputs;
  if (first === undefined) throw new RangeError('expected at least one input');
  for (const { lot } of inputs) {
    if (!mayBlendInto(lot.material, material)) {
      throw new Refusal('MATERIAL_MISMATCH', `${lot.material} of lot ${lot.id} cannot be blended into ${material}`);
    }
    if (lot.wasteStatus !== first.lot.wasteStatus) {
      throw new Refusal(
        'WASTE_MIXED',
        `lot ${lot.id} is ${lot.wasteStatus} waste, the others ${first.lot.wasteStatus}`,
      );
    }
  }
  const common = <V>(of: (lot: LotRecord) => V): V | undefined => {
    const value = of(first.lot);
    return inputs.every(({ lot }) => of(lot) === value) ? value : undefined;
  };
  return newLot({
    id,
    stamp,
    holder,
    material,
    source: sourceOf(
      'blend',
      inputs.map(({ lot, drawn }) => ({ lotId: lot.id, massMg: drawn.massMg })),
    ),
    wasteStatus: first.lot.wasteStatus,
    matter: addMatter(...inputs.map(({ drawn }) => drawn)),
    chemistry: common(({ chemistry }) => chemistry),
    certificateId: material === first.lot.material ? common(({ certificateId }) => certificateId) : undefined,
  });
}

function mayBlendInto(from: LotMaterial, into: LotMaterial): boolean {
  if (from === into || DOWNGRADES[from].includes(into)) return true;
  return from === 'regenerated-cathode' && into === 'cathode-powder';
}

/**
 * Manufacturing waste out of a lot. It is the basis of its own recovery, and matter that was certified before has to be
 * certified again when it is recovered.
 * @throws Refusal `ILLEGAL_TRANSITION` when the lot is waste already: waste does not change its kind by being declared.
 */
export function scrapOf(lot: LotRecord, scrap: { id: string; stamp: RecordStamp; drawn: DrawnMatter }): LotRecord {
  if (lot.wasteStatus !== 'none') {
    throw new Refusal('ILLEGAL_TRANSITION', `lot ${lot.id} is ${lot.wasteStatus} waste already`);
  }
  const account = withoutCertificates(scrap.drawn.account);
  return newLot({
    id: scrap.id,
    stamp: scrap.stamp,
    holder: lot.holder,
    material: 'process-scrap',
    chemistry: lot.chemistry,
    source: sourceOf('scrap', [{ lotId: lot.id, massMg: scrap.drawn.massMg }]),
    wasteStatus: 'pre-consumer',
    matter: {
      ...scrap.drawn,
      account,
      basis: basisOf(scrap.drawn.activeMaterialMg, elementMasses(account)),
    },
  });
}

/** Holds an available lot back. @throws Refusal `ILLEGAL_TRANSITION`. */
export function hold(lot: LotRecord, reason: string): LotRecord {
  if (lot.state !== 'available') throw new Refusal('ILLEGAL_TRANSITION', `lot ${lot.id} is ${lot.state}`);
  return { ...lot, state: 'held', holdReason: reason };
}

/** Releases a lot that was held back. @throws Refusal `ILLEGAL_TRANSITION`. */
export function release(lot: LotRecord): LotRecord {
  if (lot.state !== 'held') throw new Refusal('ILLEGAL_TRANSITION', `lot ${lot.id} is ${lot.state}`);
  const released: LotRecord = { ...lot, state: 'available' };
  delete released.holdReason;
  return released;
}

/** Names a lot as a lesser material. @throws Refusal `ILLEGAL_TRANSITION` when it is not lesser, or nothing is left. */
export function downgrade(lot: LotRecord, to: LotMaterial, reason: string, at: string): LotRecord {
  if (lot.state === 'exhausted') throw new Refusal('ILLEGAL_TRANSITION', `nothing is left of lot ${lot.id}`);
  if (!DOWNGRADES[lot.material].includes(to)) {
    throw new Refusal('ILLEGAL_TRANSITION', `${lot.material} cannot be downgraded to ${to}`);
  }
  const downgraded: LotRecord = {
    ...lot,
    material: to,
    remaining: withoutCertificates(lot.remaining),
    downgrades: [...(lot.downgrades ?? []), { from: lot.material, to, reason, at }],
  };
  delete downgraded.certificateId;
  return downgraded;
}

/** All that was left of a lot, reworked: the same matter and origins, without the certificate and composition of before. */
export function rework(lot: LotRecord, next: { id: string; stamp: RecordStamp; drawn: DrawnMatter }): LotRecord {
  return {
    ...newLot({
      id: next.id,
      stamp: next.stamp,
      holder: lot.holder,
      material: lot.material,
      chemistry: lot.chemistry,
      source: sourceOf('rework', [{ lotId: lot.id, massMg: next.drawn.massMg }]),
      wasteStatus: lot.wasteStatus,
      matter: { ...next.drawn, account: withoutCertificates(next.drawn.account) },
    }),
    reworkOf: lot.id,
  };
}

/**
 * The correction of a registered lot: what was drawn from the wrong one is taken as drawn from the right one, in mass, so
 * that no milligram is used twice. What was made from it stays as it was and shows a superseded parent.
 * @throws Refusal `ILLEGAL_TRANSITION` unless the lot was registered and is not offered, `LOT_OVERDRAWN` when more was
 * drawn than the corrected lot holds.
 */
export function correctLot(old: LotRecord, corrected: LotRecord): LotRecord {
  if (old.source.kind !== 'registered') {
    throw new Refusal('ILLEGAL_TRANSITION', `lot ${old.id} was made by ${old.source.kind}: correct what made it`);
  }
  if (old.pendingOfferId !== undefined) {
    throw new Refusal('ASSET_OFFERED', `lot ${old.id} is offered in ${old.pendingOfferId}`);
  }
  const drawnMg = old.massMg - old.remainingMassMg;
  const { lot } = drawnMg === 0 ? { lot: corrected } : drawLot(corrected, drawnMg);
  return {
    ...lot,
    holder: old.holder,
    ...(old.state === 'held' && lot.state !== 'exhausted'
      ? { state: 'held' as const, ...(old.holdReason === undefined ? {} : { holdReason: old.holdReason }) }
      : {}),
  };
}

/** Matter as a party registers it: of no waste on this ledger. */
export function registeredMatter(stated: {
  readonly massMg: number;
  readonly account: ElementAccount;
  readonly activeMaterialMg?: number;
  readonly carbonG: number;
}): DrawnMatter {
  return {
    massMg: stated.massMg,
    account: addAccounts(stated.account),
    activeMaterialMg: stated.activeMaterialMg ?? 0,
    carbonG: stated.carbonG,
    basis: NO_BASIS,
  };
}

function sourceOf(
  kind: LotRecord['source']['kind'],
  parents: readonly { readonly lotId: string; readonly massMg: number }[],
): LotRecord['source'] {
  return { kind, parents: parents.map(({ lotId, massMg }) => ({ recordType: 'lot', id: lotId, massMg })) };
}

function pickOptional(lot: LotRecord): Pick<NewLot, 'chemistry' | 'composition' | 'certificateId'> {
  return { chemistry: lot.chemistry, composition: lot.composition, certificateId: lot.certificateId };
}
