import type { AccreditationRecord, PartyKey, PartyRecord, Role } from '@battery-passport/schemas';
import { instantSeconds } from '@battery-passport/schemas';
import { mayHold } from '../kernel/caller.js';
import { Refusal } from '../kernel/refusal.js';

/** Checks that an organisation may hold every one of the roles. @throws Refusal `WRONG_ORGANISATION`. */
export function assertRolesFit(mspId: string, roles: readonly Role[]): void {
  const misfit = roles.find((role) => !mayHold(mspId, role));
  if (misfit !== undefined)
    throw new Refusal('WRONG_ORGANISATION', `a party of ${mspId} cannot have the role ${misfit}`);
}

/** Suspends an active party. @throws Refusal `ILLEGAL_TRANSITION`. */
export function suspend(party: PartyRecord, reason: string, at: string): PartyRecord {
  if (party.state !== 'active') throw new Refusal('ILLEGAL_TRANSITION', `party ${party.id} is ${party.state} already`);
  return { ...party, state: 'suspended', suspension: { reason, at } };
}

/** Reinstates a suspended party. @throws Refusal `ILLEGAL_TRANSITION`. */
export function reinstate(party: PartyRecord): PartyRecord {
  if (party.state !== 'suspended') throw new Refusal('ILLEGAL_TRANSITION', `party ${party.id} is ${party.state}`);
  const active: PartyRecord = { ...party, state: 'active' };
  delete active.suspension;
  return active;
}

/** Adds a signing key. @throws Refusal `PARTY_KEY_EXISTS`, `PERIOD_INVALID`. */
export function addKey(party: PartyRecord, key: PartyKey): PartyRecord {
  if (party.keys.some(({ keyId }) => keyId === key.keyId)) {
    throw new Refusal('PARTY_KEY_EXISTS', `party ${party.id} has a key ${key.keyId} already`);
  }
  if (key.validUntil !== undefined) assertPeriod(key.validFrom, key.validUntil);
  return { ...party, keys: [...party.keys, key] };
}

/** Revokes a signing key as of a date. @throws Refusal `PARTY_KEY_NOT_FOUND`, `ILLEGAL_TRANSITION`. */
export function revokeKey(party: PartyRecord, keyId: string, at: string, reason: string): PartyRecord {
  const key = party.keys.find((candidate) => candidate.keyId === keyId);
  if (key === undefined) throw new Refusal('PARTY_KEY_NOT_FOUND', `party ${party.id} has no key ${keyId}`);
  if (key.revoked !== undefined) throw new Refusal('ILLEGAL_TRANSITION', `key ${keyId} is revoked already`);
  return { ...party, keys: party.keys.map((other) => (other === key ? { ...key, revoked: { at, reason } } : other)) };
}

/** Whether a key was good for signing something at an instant. */
export function isKeyValidAt(key: PartyKey, instant: string): boolean {
  const at = instantSeconds(instant);
  if (at < instantSeconds(key.validFrom)) return false;
  if (key.validUntil !== undefined && at > instantSeconds(key.validUntil)) return false;
  return key.revoked === undefined || at < instantSeconds(key.revoked.at);
}

/** Withdraws an accreditation. @throws Refusal `ILLEGAL_TRANSITION`. */
export function withdraw(accreditation: AccreditationRecord, reason: string, at: string): AccreditationRecord {
  if (accreditation.state !== 'active') {
    throw new Refusal('ILLEGAL_TRANSITION', `accreditation ${accreditation.id} is ${accreditation.state} already`);
  }
  return { ...accreditation, state: 'withdrawn', withdrawal: { reason, at } };
}

/** Checks that a period ends after it begins. @throws Refusal `PERIOD_INVALID`. */
export function assertPeriod(from: string, until: string): void {
  if (instantSeconds(until) <= instantSeconds(from)) {
    throw new Refusal('PERIOD_INVALID', `a period from ${from} cannot end at ${until}`);
  }
}
