/** "Any n of these organisations": the form of policy that this ledger's channels have. */
export interface EndorsementPolicy {
  /** MSP ids, in the order in which they are preferred. */
  readonly organisations: readonly string[];
  readonly required: number;
}

/** Whether endorsements by peers of these organisations satisfy the policy; each organisation counts once. */
export function isSatisfied(policy: EndorsementPolicy, endorsers: Iterable<string>): boolean {
  const counted = new Set<string>();
  for (const mspId of endorsers) if (policy.organisations.includes(mspId)) counted.add(mspId);
  return counted.size >= policy.required;
}

/**
 * Chooses who endorses: the gateway's own organisation first, then the policy's order, so that the same request is
 * always endorsed by the same organisations.
 * @param eligible - Organisations that may see what the transaction touches.
 * @returns MSP ids, or null where the policy can't be satisfied.
 */
export function chooseEndorsers(
  policy: EndorsementPolicy,
  gatewayMspId: string,
  eligible: (mspId: string) => boolean,
): string[] | null {
  const candidates = policy.organisations.filter(eligible);
  if (candidates.length < policy.required) return null;
  const preferred = candidates.includes(gatewayMspId)
    ? [gatewayMspId, ...candidates.filter((mspId) => mspId !== gatewayMspId)]
    : candidates;
  return preferred.slice(0, policy.required);
}
