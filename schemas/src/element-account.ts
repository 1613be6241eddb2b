import Type, { type Static } from 'typebox';
import { CountryCode, Identifier } from './identifier.js';
import { ElementSymbol, PositiveMassMg } from './quantity.js';

/**
 * Where an atom comes from. `primary` is mined and refined; `pre-consumer` (manufacturing waste) and `post-consumer` follow
 * from lineage on the ledger; the two `declared-` kinds were recovered outside the ledger and are only claimed by a document,
 * so they never count towards a recycled share.
 */
export const ORIGIN_KINDS = [
  'primary',
  'pre-consumer',
  'post-consumer',
  'declared-pre-consumer',
  'declared-post-consumer',
] as const;
/** Kind of an origin. */
export const OriginKind = Type.Enum([...ORIGIN_KINDS], { description: 'Kind of origin' });
export type OriginKind = (typeof ORIGIN_KINDS)[number];

/**
 * One origin of one element and its mass. `minedIn` and `refinedIn` belong to `primary`;
 * `certificateId` names the recovered-material certificate whose credit this mass is, once there is one.
 */
export const OriginShare = Type.Object(
  {
    kind: OriginKind,
    minedIn: Type.Optional(CountryCode),
    refinedIn: Type.Optional(CountryCode),
    certificateId: Type.Optional(Identifier),
    massMg: PositiveMassMg,
  },
  { additionalProperties: false },
);
export type OriginShare = Static<typeof OriginShare>;

/** The most origins that one element of one account may carry, so that a transaction's cost stays flat as chains grow. */
export const MAX_ORIGINS_PER_ELEMENT = 64;

/**
 * Account of origins: the mass of each element by origin. Elements are sorted by symbol, origins by
 * {@link originKey}; an element's mass is the sum of its origins' masses. Element mass is primary, ppm is derived.
 */
export const ElementAccount = Type.Array(
  Type.Object(
    { element: ElementSymbol, origins: Type.Array(OriginShare, { minItems: 1, maxItems: MAX_ORIGINS_PER_ELEMENT }) },
    { additionalProperties: false },
  ),
  { maxItems: 32 },
);
export type ElementAccount = Static<typeof ElementAccount>;

/** Sorting and merging key of an origin: two masses with the same key are indistinguishable. */
export function originKey(origin: Omit<OriginShare, 'massMg'>): string {
  return [origin.kind, origin.minedIn ?? '', origin.refinedIn ?? '', origin.certificateId ?? ''].join('|');
}
