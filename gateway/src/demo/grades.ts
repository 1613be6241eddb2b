import type { AssayRecord, CommandOf, GradeProperty, LotRecord } from '@battery-passport/schemas';
import { massesOf } from './material-flow.js';
import { lithiumToTransitionMetal, type StoryChemistry } from './stoichiometry.js';

type GradeLimit = CommandOf<'publishGradeSpecification'>['limits'][number];
type AssayResult = AssayRecord['results'][number];

const ICP = 'ICP-OES';

/**
 * The cathode maker's grades for regenerated powder. No public grade was found for it; the limits follow what is asked of virgin
 * powder, with capacities and particle sizes of each chemistry.
 */
export const GRADES: Readonly<Record<StoryChemistry, CommandOf<'publishGradeSpecification'>>> = {
  NMC811: grade('YODO-R811', 'NMC811', { d50Nm: [3_000, 14_000], capacityMahPerKg: 195_000 }),
  NMC532: grade('YODO-R532', 'NMC532', { d50Nm: [2_500, 13_000], capacityMahPerKg: 155_000 }),
};

/** What an assay finds of regenerated powder where nothing is wrong with it; the uncertainty is k = 2. */
const USUAL: Readonly<Partial<Record<GradeProperty, readonly [value: number, uncertainty: number]>>> = {
  'copper-ppm': [9, 2],
  'iron-ppm': [22, 3],
  'sodium-ppm': [140, 15],
  'fluorine-ppm': [420, 40],
  'moisture-ppm': [230, 30],
  'rock-salt-surface-pm': [1_600, 400],
  'd50-nm': [9_400, 300],
  'first-cycle-efficiency-ppm': [884_000, 4_000],
};
const CAPACITY_MAH_PER_KG = { NMC811: 199_000, NMC532: 160_500 } as const;
const CAPACITY_UNCERTAINTY_MAH_PER_KG = 1_500;

/** What an assay of a lot says. @param deviations - Properties that are not as usual. */
export function assayResults(
  lot: Pick<LotRecord, 'account' | 'massMg'>,
  chemistry: StoryChemistry,
  deviations: Readonly<Partial<Record<GradeProperty, number>>> = {},
): AssayResult[] {
  const masses = massesOf(lot.account);
  const values: Partial<Record<GradeProperty, readonly [number, number]>> = {
    ...USUAL,
    'aluminium-ppm': [Math.round(((masses.get('Al') ?? 0) / lot.massMg) * 1_000_000), 12],
    'lithium-to-transition-metal-ppm': [Math.round(lithiumToTransitionMetal(masses) * 1_000_000), 4_000],
    'specific-capacity-mah-per-kg': [CAPACITY_MAH_PER_KG[chemistry], CAPACITY_UNCERTAINTY_MAH_PER_KG],
  };
  return GRADES[chemistry].limits.flatMap(({ property, method }) => {
    const [usual, uncertainty] = values[property] ?? [];
    const value = deviations[property] ?? usual;
    return value === undefined || uncertainty === undefined ? [] : [{ property, value, uncertainty, method }];
  });
}

function grade(
  specId: string,
  chemistry: StoryChemistry,
  { d50Nm, capacityMahPerKg }: { d50Nm: readonly [number, number]; capacityMahPerKg: number },
): CommandOf<'publishGradeSpecification'> {
  const limits: GradeLimit[] = [
    { property: 'aluminium-ppm', maximum: 500, method: ICP },
    { property: 'copper-ppm', maximum: 20, method: ICP },
    { property: 'iron-ppm', maximum: 50, method: ICP },
    { property: 'sodium-ppm', maximum: 300, method: ICP },
    { property: 'fluorine-ppm', maximum: 1_000, method: 'Combustion ion chromatography' },
    { property: 'moisture-ppm', maximum: 500, method: 'Karl Fischer, GB/T 6283' },
    { property: 'lithium-to-transition-metal-ppm', minimum: 1_000_000, maximum: 1_050_000, method: ICP },
    { property: 'rock-salt-surface-pm', maximum: 3_000, method: 'STEM, 20 particles' },
    { property: 'd50-nm', minimum: d50Nm[0], maximum: d50Nm[1], method: 'Laser diffraction, GB/T 19077' },
    {
      property: 'specific-capacity-mah-per-kg',
      minimum: capacityMahPerKg,
      method: 'Half cell, 0.1C, 4.3 V, 25 °C',
    },
    { property: 'first-cycle-efficiency-ppm', minimum: 870_000, method: 'Half cell, 0.1C, 4.3 V, 25 °C' },
  ];
  return {
    specId,
    version: 1,
    title: `Yodo regenerated ${chemistry}`,
    chemistry,
    limits,
    note: 'Follows what is asked of virgin powder; no public grade for regenerated powder was found.',
  };
}
