import {
  RECYCLED_CONTENT_RULE_SETS,
  recycledContentRuleSet,
  type ElementAccount,
  type RecycledContentRuleSet,
  type RecycledContentShares,
  type RecycledContentTest,
} from '@battery-passport/schemas';
import { Refusal } from '../kernel/refusal.js';
import { isRecovered, massOf, ppm } from './certificate-rules.js';

type Origin = ElementAccount[number]['origins'][number];

/**
 * Recycled content of an account under a rule set: the one function that a contract and an auditor both run.
 * @param standing - Certificates whose credit counts; what is recovered without one of them is uncertified.
 */
export function recycledContent(
  contents: ElementAccount,
  ruleSet: Pick<RecycledContentRuleSet, 'minimums'>,
  standing: ReadonlySet<string>,
): { readonly shares: RecycledContentShares[]; readonly meets: RecycledContentTest[] } {
  const counts = (origin: Origin) =>
    isRecovered(origin) && origin.certificateId !== undefined && standing.has(origin.certificateId);
  const shares = contents.map(({ element, origins }): RecycledContentShares => {
    const ofMassMg = massOf(origins, () => true);
    const share = (of: (origin: Origin) => boolean) => ppm(massOf(origins, of), ofMassMg);
    return {
      element,
      massMg: Number(ofMassMg),
      preConsumerPpm: share((origin) => origin.kind === 'pre-consumer' && counts(origin)),
      postConsumerPpm: share((origin) => origin.kind === 'post-consumer' && counts(origin)),
      uncertifiedPpm: share((origin) => isRecovered(origin) && !counts(origin)),
      declaredPpm: share(({ kind }) => kind === 'declared-pre-consumer' || kind === 'declared-post-consumer'),
      primaryPpm: share(({ kind }) => kind === 'primary'),
    };
  });
  // Compared in masses, so that rounding each share down does not take a pack below a minimum that it reaches.
  const meets = ruleSet.minimums.flatMap(({ element, minimumPpm }): RecycledContentTest[] => {
    const origins = contents.find((entry) => entry.element === element)?.origins;
    if (origins === undefined) return [];
    const met = massOf(origins, counts) * 1_000_000n >= massOf(origins, () => true) * BigInt(minimumPpm);
    return [{ element, minimumPpm, met }];
  });
  return { shares, meets };
}

/**
 * The rule set that a claim names, if it may be used for a battery placed on the market at an instant: the one in force then, or
 * one that comes later.
 * @throws Refusal `RULE_SET_UNKNOWN`, `RULE_SET_OUTDATED`.
 */
export function requireRecycledContentRules(ruleSetId: string, placedOnMarketAt: string): RecycledContentRuleSet {
  const ruleSet = recycledContentRuleSet(ruleSetId);
  if (ruleSet === undefined) throw new Refusal('RULE_SET_UNKNOWN', `there is no rule set ${ruleSetId}`);
  const inForce = RECYCLED_CONTENT_RULE_SETS.filter(({ appliesFrom }) => appliesFrom <= placedOnMarketAt).at(-1);
  if (inForce !== undefined && ruleSet.appliesFrom < inForce.appliesFrom) {
    throw new Refusal('RULE_SET_OUTDATED', `${ruleSetId} was replaced by ${inForce.id} before ${placedOnMarketAt}`);
  }
  return ruleSet;
}
