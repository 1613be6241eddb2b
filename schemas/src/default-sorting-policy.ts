import type { CommandOf } from './catalogue.js';

// Layered oxides: what annealing in oxygen and conversion to single crystals are known for. LFP has neither a rock-salt
// surface nor the grains.
const LAYERED = ['NMC111', 'NMC532', 'NMC622', 'NMC811', 'NMC', 'NCA', 'LCO'] as const;

/**
 * The policy to begin with, as a command of `publishSortingPolicy`. Which state needs what follows the literature on
 * regeneration: lithium restored to a deficient cathode (relithiation: Xu 2020, 10.1016/j.joule.2020.10.008; molten salt and
 * hydrothermal work on NMC532 and 622); a thin rock-salt surface annealed in oxygen; cracked grains not healed by
 * lithium but converted to single crystals (10.1002/adma.202307091); an obsolete composition upcycled
 * (10.1002/aenm.202405430). No published numeric limit was found for any of them: the limits are this policy's own.
 */
export const DEFAULT_SORTING_POLICY = {
  policyId: 'default',
  version: 1,
  note: 'The limits are our own: no published thresholds were found. The first rule that applies decides. A damaged pack is rejected until it is made safe, and a pack without an estimate until it is measured; direct recycling needs a class that is at least 60 % probable.',
  rules: [
    { ruleId: 'damaged', when: { conditions: ['damaged'] }, route: 'reject' },
    {
      ruleId: 'reuse-healthy',
      when: {
        conditions: ['intact'],
        classes: ['lithium-deficient'],
        minClassProbabilityPpm: 800_000,
        sohMinPpm: 850_000,
        lamPeMaxPpm: 100_000,
      },
      route: 'reuse',
    },
    {
      ruleId: 'repurpose-worn',
      when: {
        conditions: ['intact'],
        classes: ['lithium-deficient'],
        minClassProbabilityPpm: 600_000,
        sohMinPpm: 750_000,
        lamPeMaxPpm: 150_000,
      },
      route: 'repurpose',
    },
    {
      ruleId: 'upcycle-obsolete',
      when: {
        chemistries: ['NMC111'],
        classes: ['lithium-deficient', 'cracked', 'surface-reconstructed'],
        minClassProbabilityPpm: 600_000,
      },
      route: 'direct-recycling',
      method: 'upcycling',
    },
    {
      ruleId: 're-lithiate',
      when: { classes: ['lithium-deficient'], minClassProbabilityPpm: 600_000 },
      route: 'direct-recycling',
      method: 're-lithiation',
    },
    {
      ruleId: 'anneal-surface',
      when: {
        chemistries: [...LAYERED],
        classes: ['surface-reconstructed'],
        minClassProbabilityPpm: 600_000,
        surfaceLayerRatioMaxPpm: 6_000_000,
      },
      route: 'direct-recycling',
      method: 'surface-annealing',
    },
    {
      ruleId: 'convert-cracked',
      when: { chemistries: [...LAYERED], classes: ['cracked'], minClassProbabilityPpm: 600_000 },
      route: 'direct-recycling',
      method: 'single-crystal-conversion',
    },
    {
      ruleId: 'dissolve',
      when: {
        classes: ['lithium-deficient', 'cracked', 'surface-reconstructed', 'cracked-and-reconstructed', 'depleted'],
      },
      route: 'hydrometallurgy',
    },
    { ruleId: 'unmeasured', when: {}, route: 'reject' },
  ],
} satisfies CommandOf<'publishSortingPolicy'>;
