import type {
  AttestationRecord,
  CathodeChemistry,
  Collection,
  CommandOf,
  PackRecord,
  SortingCondition,
  SortingDecisionRecord,
  SortingRule,
} from '@battery-passport/schemas';
import { Refusal } from '../kernel/refusal.js';
import { wasOnMarket } from '../pack/pack-rules.js';

/** What a policy looks at. */
export interface SortingCase {
  readonly chemistry: CathodeChemistry;
  readonly condition: Collection['condition'];
  /** None where the thing was not measured. */
  readonly attestation:
    Pick<AttestationRecord, 'cathodeClass' | 'classProbabilitiesPpm' | MeasuredQuantity> | undefined;
}

type MeasuredQuantity = 'soh' | 'lli' | 'lamPe' | 'crackAreaRatio' | 'surfaceLayerRatio';

/** Each limit of a rule: the quantity it is on, and its two bounds. */
const LIMITS = [
  ['soh', 'sohMinPpm', 'sohMaxPpm'],
  ['lli', 'lliMinPpm', 'lliMaxPpm'],
  ['lamPe', 'lamPeMinPpm', 'lamPeMaxPpm'],
  ['crackAreaRatio', 'crackAreaRatioMinPpm', 'crackAreaRatioMaxPpm'],
  ['surfaceLayerRatio', 'surfaceLayerRatioMinPpm', 'surfaceLayerRatioMaxPpm'],
] as const satisfies readonly (readonly [MeasuredQuantity, keyof SortingCondition, keyof SortingCondition])[];

/** Routes that recycle: what goes there is waste from then on. */
const RECYCLING_ROUTES: ReadonlySet<SortingRule['route']> = new Set<SortingRule['route']>([
  'direct-recycling',
  'hydrometallurgy',
]);

/**
 * The first rule of a policy that applies: the one function by which the ledger decides and anyone recomputes the decision.
 * @throws Refusal `POLICY_INVALID` when none does, which a published policy rules out.
 */
export function evaluateSortingPolicy(rules: readonly SortingRule[], sortingCase: SortingCase): SortingRule {
  const rule = rules.find(({ when }) => applies(when, sortingCase));
  if (rule === undefined) throw new Refusal('POLICY_INVALID', 'no rule of the policy applies');
  return rule;
}

function applies(when: SortingCondition, { chemistry, condition, attestation }: SortingCase): boolean {
  if (when.chemistries?.includes(chemistry) === false) return false;
  if (when.conditions?.includes(condition) === false) return false;
  if (when.classes !== undefined) {
    if (attestation === undefined || !when.classes.includes(attestation.cathodeClass)) return false;
  }
  if (when.minClassProbabilityPpm !== undefined) {
    if (attestation === undefined) return false;
    if (attestation.classProbabilitiesPpm[attestation.cathodeClass] < when.minClassProbabilityPpm) return false;
  }
  return LIMITS.every(([quantity, least, most]) => {
    const minimum = when[least];
    const maximum = when[most];
    if (minimum === undefined && maximum === undefined) return true;
    const value = attestation?.[quantity]?.valuePpm;
    return value !== undefined && value >= (minimum ?? value) && value <= (maximum ?? value);
  });
}

/**
 * Checks that a policy decides every case: rules named once, bounds in order, a method for direct recycling and for nothing
 * else, and a last rule that asks nothing.
 * @throws Refusal `POLICY_INVALID`.
 */
export function assertPolicy({ rules }: Pick<CommandOf<'publishSortingPolicy'>, 'rules'>): void {
  if (new Set(rules.map(({ ruleId }) => ruleId)).size !== rules.length) {
    throw new Refusal('POLICY_INVALID', 'a rule is named twice');
  }
  for (const { ruleId, when, route, method } of rules) {
    if ((route === 'direct-recycling') !== (method !== undefined)) {
      throw new Refusal('POLICY_INVALID', `rule ${ruleId}: a method belongs to direct recycling and to nothing else`);
    }
    for (const [quantity, least, most] of LIMITS) {
      if ((when[least] ?? -Infinity) > (when[most] ?? Infinity)) {
        throw new Refusal('POLICY_INVALID', `rule ${ruleId}: the limits of ${quantity} are the wrong way round`);
      }
    }
  }
  const open = rules.findIndex(({ when }) => Object.keys(when).length === 0);
  if (open === -1) throw new Refusal('POLICY_INVALID', 'the last rule must apply to everything');
  if (open < rules.length - 1) {
    throw new Refusal('POLICY_INVALID', `no rule after ${rules[open]?.ruleId ?? ''} can ever apply`);
  }
}

/** Whether what is sent on a route is waste, and of which kind: nobody states it. */
export function wasteStatusOf(
  route: SortingDecisionRecord['route'],
  pack: Pick<PackRecord, 'placedOnMarketAt' | 'previousPackId'>,
): 'none' | 'pre-consumer' | 'post-consumer' {
  if (!RECYCLING_ROUTES.has(route)) return 'none';
  return wasOnMarket(pack) ? 'post-consumer' : 'pre-consumer';
}
