import type { CustodyOfferRecord, PartyRecord } from '@battery-passport/schemas';
import { CUSTODY_ROLES } from '@battery-passport/schemas';
import { Refusal } from '../kernel/refusal.js';

/** Checks that a party can take something over. @throws Refusal `RECIPIENT_INVALID`. */
export function assertRecipient(party: PartyRecord, from: string): void {
  if (party.id === from) throw new Refusal('RECIPIENT_INVALID', `party ${from} holds it already`);
  if (party.state !== 'active') throw new Refusal('RECIPIENT_INVALID', `party ${party.id} is suspended`);
  if (!party.roles.some((role) => (CUSTODY_ROLES as readonly string[]).includes(role))) {
    throw new Refusal('RECIPIENT_INVALID', `party ${party.id} holds nothing: it is ${party.roles.join(', ')}`);
  }
}

/** Accepts an open offer for its recipient. @throws Refusal `NOT_RECIPIENT`, `ILLEGAL_TRANSITION`. */
export function accept(offer: CustodyOfferRecord, partyId: string, at: string): CustodyOfferRecord {
  assertRecipientOf(offer, partyId);
  return { ...assertOpen(offer), state: 'accepted', closedAt: at };
}

/** Refuses an open offer for its recipient. @throws Refusal `NOT_RECIPIENT`, `ILLEGAL_TRANSITION`. */
export function refuse(offer: CustodyOfferRecord, partyId: string, at: string, reason: string): CustodyOfferRecord {
  assertRecipientOf(offer, partyId);
  return { ...assertOpen(offer), state: 'refused', closedAt: at, reason };
}

/** Withdraws an open offer for the party that made it. @throws Refusal `NOT_AUTHOR`, `ILLEGAL_TRANSITION`. */
export function withdraw(offer: CustodyOfferRecord, partyId: string, at: string, reason: string): CustodyOfferRecord {
  if (offer.from !== partyId) throw new Refusal('NOT_AUTHOR', `offer ${offer.id} was made by ${offer.from}`);
  return { ...assertOpen(offer), state: 'withdrawn', closedAt: at, reason };
}

function assertRecipientOf(offer: CustodyOfferRecord, partyId: string): void {
  if (offer.to !== partyId) throw new Refusal('NOT_RECIPIENT', `offer ${offer.id} was made to ${offer.to}`);
}

function assertOpen(offer: CustodyOfferRecord): CustodyOfferRecord {
  if (offer.state !== 'open') throw new Refusal('ILLEGAL_TRANSITION', `offer ${offer.id} is ${offer.state}`);
  return offer;
}
