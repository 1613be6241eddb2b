import Type, { type Static } from 'typebox';
import { CathodeChemistry } from '../quantity.js';
import { Identifier, Instant, LongText, MspId, Text } from '../identifier.js';
import { commandSchema, recordDefinition, recordSchema } from '../record.js';
import { Role } from '../role.js';
import { transaction } from '../transaction.js';

/** Ed25519 public key as W3C Multikey, base58btc multibase. */
export const Ed25519Multikey = Type.String({ pattern: '^z6Mk[1-9A-HJ-NP-Za-km-z]{44}$' });

/** A key with which a party signs attestations; an attestation is good if it was measured while its key was valid. */
export const PartyKey = Type.Object(
  {
    keyId: Identifier,
    publicKeyMultibase: Ed25519Multikey,
    validFrom: Instant,
    validUntil: Type.Optional(Instant),
    revoked: Type.Optional(Type.Object({ at: Instant, reason: LongText }, { additionalProperties: false })),
  },
  { additionalProperties: false },
);
export type PartyKey = Static<typeof PartyKey>;

/** Register entry of a party: binds its identifier to one organisation's MSP and to roles. */
export const PartyRecord = recordSchema('party', {
  name: Text,
  mspId: MspId,
  roles: Type.Array(Role, { minItems: 1, maxItems: 10, uniqueItems: true }),
  state: Type.Enum(['active', 'suspended']),
  suspension: Type.Optional(Type.Object({ reason: LongText, at: Instant }, { additionalProperties: false })),
  keys: Type.Array(PartyKey, { maxItems: 32 }),
});
export type PartyRecord = Static<typeof PartyRecord>;

/** A regulator's permission for an estimator: for which chemistries and methods its attestations count, and until when. */
export const AccreditationRecord = recordSchema('accreditation', {
  estimatorId: Identifier,
  chemistries: Type.Array(CathodeChemistry, { minItems: 1, uniqueItems: true }),
  methodNames: Type.Array(Identifier, { minItems: 1, maxItems: 16, uniqueItems: true }),
  validFrom: Instant,
  validUntil: Instant,
  state: Type.Enum(['active', 'withdrawn']),
  withdrawal: Type.Optional(Type.Object({ reason: LongText, at: Instant }, { additionalProperties: false })),
});
export type AccreditationRecord = Static<typeof AccreditationRecord>;

export const partyRecords = {
  party: recordDefinition({ schema: PartyRecord, indexes: ['mspId', 'state'], references: () => [] }),
  accreditation: recordDefinition({
    schema: AccreditationRecord,
    indexes: ['estimatorId', 'state'],
    references: (record) => [{ kind: 'accredits', recordType: 'party', id: record.estimatorId, lineage: false }],
  }),
};

const regulator = ['regulator'] as const;

export const partyTransactions = {
  registerParty: transaction({
    contract: 'PartyContract',
    kind: 'submit',
    roles: regulator,
    description: 'Registers a party and binds it to its organisation and roles.',
    command: commandSchema({
      partyId: Identifier,
      name: Text,
      mspId: MspId,
      roles: Type.Array(Role, { minItems: 1, maxItems: 10, uniqueItems: true }),
    }),
    result: PartyRecord,
  }),
  suspendParty: transaction({
    contract: 'PartyContract',
    kind: 'submit',
    roles: regulator,
    description: 'Suspends a party: it may not submit until it is reinstated.',
    command: commandSchema({ partyId: Identifier, reason: LongText }),
    result: PartyRecord,
  }),
  reinstateParty: transaction({
    contract: 'PartyContract',
    kind: 'submit',
    roles: regulator,
    description: 'Reinstates a suspended party.',
    command: commandSchema({ partyId: Identifier }),
    result: PartyRecord,
  }),
  changePartyRoles: transaction({
    contract: 'PartyContract',
    kind: 'submit',
    roles: regulator,
    description: "Replaces a party's roles.",
    command: commandSchema({
      partyId: Identifier,
      roles: Type.Array(Role, { minItems: 1, maxItems: 10, uniqueItems: true }),
    }),
    result: PartyRecord,
  }),
  addPartyKey: transaction({
    contract: 'PartyContract',
    kind: 'submit',
    roles: ['estimator', 'laboratory', 'regulator'],
    description: "Adds a signing key to the caller's own party, valid from a date; renewing is adding the next key.",
    command: commandSchema({
      keyId: Identifier,
      publicKeyMultibase: Ed25519Multikey,
      validFrom: Instant,
      validUntil: Type.Optional(Instant),
    }),
    result: PartyRecord,
  }),
  revokePartyKey: transaction({
    contract: 'PartyContract',
    kind: 'submit',
    roles: ['estimator', 'laboratory', 'regulator'],
    description: "Revokes a signing key of the caller's own party, or of any party for the regulator, as of a date.",
    command: commandSchema({ partyId: Identifier, keyId: Identifier, revokedAt: Instant, reason: LongText }),
    result: PartyRecord,
  }),
  accreditEstimator: transaction({
    contract: 'PartyContract',
    kind: 'submit',
    roles: regulator,
    description: 'Accredits an estimator for chemistries and methods between two dates.',
    command: commandSchema({
      accreditationId: Identifier,
      estimatorId: Identifier,
      chemistries: Type.Array(CathodeChemistry, { minItems: 1, uniqueItems: true }),
      methodNames: Type.Array(Identifier, { minItems: 1, maxItems: 16, uniqueItems: true }),
      validFrom: Instant,
      validUntil: Instant,
    }),
    result: AccreditationRecord,
  }),
  withdrawAccreditation: transaction({
    contract: 'PartyContract',
    kind: 'submit',
    roles: regulator,
    description: 'Withdraws an accreditation; attestations signed before stay, later ones are refused.',
    command: commandSchema({ accreditationId: Identifier, reason: LongText }),
    result: AccreditationRecord,
  }),
};
