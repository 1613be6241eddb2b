import type {
  CathodeChemistry,
  CompositionEntry,
  ElementAccount,
  ElementSymbol,
  LotMaterial,
  StepOutput,
} from '@battery-passport/schemas';

/** Masses of elements, mg. */
export type ElementMassesMg = ReadonlyMap<ElementSymbol, number>;

/** Expanded relative uncertainty (k = 2) of a plant's scales, and of its analyses by ICP-OES. */
const MASS_UNCERTAINTY = 0.0005;
const COMPOSITION_UNCERTAINTY = 0.01;

const PPM = 1_000_000n;

/** Kilograms as milligrams. */
export function kg(mass: number): number {
  return Math.round(mass * 1_000_000);
}

/** Masses of elements of an account. */
export function massesOf(account: ElementAccount): Map<ElementSymbol, number> {
  return new Map(
    account.map(({ element, origins }) => [element, origins.reduce((sum, { massMg }) => sum + massMg, 0)]),
  );
}

/** The sum of masses. */
export function addMasses(...parts: readonly ElementMassesMg[]): Map<ElementSymbol, number> {
  const sum = new Map<ElementSymbol, number>();
  for (const part of parts) for (const [element, massMg] of part) sum.set(element, (sum.get(element) ?? 0) + massMg);
  return sum;
}

/** Fractions of some elements' masses, rounded down; the other elements go elsewhere. */
export function fractionsOf(
  massesMg: ElementMassesMg,
  fractions: Readonly<Partial<Record<ElementSymbol, number>>>,
): Map<ElementSymbol, number> {
  const part = new Map<ElementSymbol, number>();
  for (const [element, massMg] of massesMg) {
    const massPartMg = Math.floor(massMg * (fractions[element] ?? 0));
    if (massPartMg > 0) part.set(element, massPartMg);
  }
  return part;
}

/** What a plant weighed and analysed of one output. */
export interface Weighed {
  readonly lotId: string;
  readonly material: LotMaterial;
  readonly massMg: number;
  readonly elements: ElementMassesMg;
  readonly chemistry?: CathodeChemistry;
  readonly activeMaterialMg?: number;
}

/** States an output as its plant measured it, with the uncertainties of scales and analysis. */
export function stepOutput({ lotId, material, massMg, elements, chemistry, activeMaterialMg }: Weighed): StepOutput {
  const composition = [...elements].flatMap(([element, elementMg]): CompositionEntry[] => {
    const ppm = Number((BigInt(elementMg) * PPM) / BigInt(massMg));
    return ppm === 0 ? [] : [{ element, ppm, uncertaintyPpm: Math.ceil(ppm * COMPOSITION_UNCERTAINTY) }];
  });
  return {
    lotId,
    material,
    massMg,
    massUncertaintyMg: Math.ceil(massMg * MASS_UNCERTAINTY),
    composition: composition.sort((one, other) => (one.element < other.element ? -1 : 1)),
    activeMaterialMg: activeMaterialMg ?? 0,
    ...(chemistry === undefined ? {} : { chemistry }),
  };
}

/** Mass of all elements together. */
export function totalMg(massesMg: ElementMassesMg): number {
  return [...massesMg.values()].reduce((sum, massMg) => sum + massMg, 0);
}

/** An account of primary matter of one origin. */
export function primaryAccount(massesMg: ElementMassesMg, minedIn: string, refinedIn?: string): ElementAccount {
  return [...massesMg]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([element, massMg]) => ({
      element,
      origins: [{ kind: 'primary', minedIn, ...(refinedIn === undefined ? {} : { refinedIn }), massMg }],
    }));
}
