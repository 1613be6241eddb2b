import Type, { type Static } from 'typebox';
import { Identifier, Instant, LongText, Sha256Digest, Text } from '../identifier.js';
import { commandSchema, PrivateDetail, recordDefinition, recordSchema } from '../record.js';
import { transaction } from '../transaction.js';
import { AssetReference } from './lot.js';

/** An offer of custody: the holder of a thing offers it, the named party takes it or not. */
export const CustodyOfferRecord = recordSchema('custodyOffer', {
  asset: AssetReference,
  /** The asset's identifier once more, at the top, so that offers can be listed by it. */
  assetId: Identifier,
  from: Identifier,
  to: Identifier,
  state: Type.Enum(['open', 'accepted', 'refused', 'withdrawn']),
  offeredAt: Instant,
  closedAt: Type.Optional(Instant),
  /** Digest of the terms of sale, which stay between the two. */
  terms: Type.Optional(Sha256Digest),
  consignment: Type.Optional(Text),
  /** Why the offer was refused or withdrawn. */
  reason: Type.Optional(LongText),
});
export type CustodyOfferRecord = Static<typeof CustodyOfferRecord>;

export const custodyRecords = {
  custodyOffer: recordDefinition({
    schema: CustodyOfferRecord,
    indexes: ['from', 'to', 'state', 'assetId'],
    references: ({ asset }) => [{ kind: 'offers', recordType: asset.recordType, id: asset.id, lineage: false }],
  }),
};

/** Roles whose parties may hold packs, modules and lots. */
export const CUSTODY_ROLES = [
  'material-supplier',
  'cathode-maker',
  'oem',
  'collector',
  'remanufacturer',
  'second-life-operator',
  'recycler',
] as const;

export const custodyTransactions = {
  offerCustody: transaction({
    contract: 'CustodyContract',
    kind: 'submit',
    roles: CUSTODY_ROLES,
    description: 'Offers a lot, pack or module to a named party; until it answers, nothing else can be done with it.',
    command: commandSchema({
      offerId: Identifier,
      asset: AssetReference,
      to: Identifier,
      terms: Type.Optional(Sha256Digest),
      consignment: Type.Optional(Text),
      private: Type.Optional(PrivateDetail),
    }),
    result: CustodyOfferRecord,
    takesPrivateDetail: true,
  }),
  acceptCustody: transaction({
    contract: 'CustodyContract',
    kind: 'submit',
    roles: CUSTODY_ROLES,
    description: 'Accepts an offer made to the caller, who becomes the holder.',
    command: commandSchema({ offerId: Identifier }),
    result: CustodyOfferRecord,
  }),
  refuseCustody: transaction({
    contract: 'CustodyContract',
    kind: 'submit',
    roles: CUSTODY_ROLES,
    description: 'Refuses an offer made to the caller, with the reason; the holder stays.',
    command: commandSchema({ offerId: Identifier, reason: LongText }),
    result: CustodyOfferRecord,
  }),
  withdrawCustody: transaction({
    contract: 'CustodyContract',
    kind: 'submit',
    roles: CUSTODY_ROLES,
    description: 'Withdraws an open offer that the caller made.',
    command: commandSchema({ offerId: Identifier, reason: LongText }),
    result: CustodyOfferRecord,
  }),
};
