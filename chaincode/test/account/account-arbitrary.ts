import { ELEMENTS, ORIGIN_KINDS, type ElementAccount, type OriginShare } from '@battery-passport/schemas';
import fc from 'fast-check';

/** Origins as they come, in no order and perhaps twice. */
export const originShares: fc.Arbitrary<OriginShare> = fc
  .record(
    {
      kind: fc.constantFrom(...ORIGIN_KINDS),
      minedIn: fc.constantFrom('ID', 'AU', 'CD'),
      refinedIn: fc.constantFrom('CN', 'FI'),
      certificateId: fc.constantFrom('certificate-1', 'certificate-2'),
      massMg: fc.integer({ min: 1, max: 1_000_000_000_000 }),
    },
    { requiredKeys: ['kind', 'massMg'], noNullPrototype: true },
  )
  .map((share) => share as OriginShare);

/** Accounts as they come: elements in no order, each once. */
export function accounts(): fc.Arbitrary<ElementAccount> {
  return fc.uniqueArray(
    fc.record({
      element: fc.constantFrom(...ELEMENTS),
      origins: fc.array(originShares, { minLength: 1, maxLength: 5 }),
    }),
    { selector: ({ element }) => element, maxLength: 5 },
  );
}
