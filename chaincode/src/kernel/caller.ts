import type { PartyRecord, Role } from '@battery-passport/schemas';
import type { Ledger } from './ledger.js';
import { Refusal } from './refusal.js';

/** Enrolment certificate attribute that names the party. */
export const PARTY_ATTRIBUTE = 'party';
/** Enrolment certificate attribute that lists the roles, separated by commas. */
export const ROLES_ATTRIBUTE = 'roles';
/** The one organisation that may act as regulator. */
export const REGULATOR_MSP = 'RegulatorMSP';

/** What the identity of a proposal's creator has to say. */
export interface CallerIdentity {
  getMSPID(): string;
  getAttributeValue(name: string): string | null;
}

/** The party that sends a transaction, as the register knows it. */
export interface Caller {
  readonly partyId: string;
  readonly mspId: string;
  /** Roles that both the register and the certificate give. */
  readonly roles: readonly Role[];
}

/**
 * Finds who is calling and checks, in this order, that the party is registered, bound to the certificate's organisation,
 * active, and has one of the wanted roles in the register and in the certificate.
 * @param mayFound - Whether the regulator's organisation may act before it is registered: someone registers the first party.
 * @throws Refusal `CALLER_UNKNOWN`, `RECORD_NOT_FOUND`, `WRONG_ORGANISATION`, `PARTY_SUSPENDED`, `ROLE_MISSING`.
 */
export async function identifyCaller(
  ledger: Ledger,
  identity: CallerIdentity,
  wanted: readonly Role[],
  mayFound = false,
): Promise<Caller> {
  const partyId = identity.getAttributeValue(PARTY_ATTRIBUTE);
  const certifiedRoles = (identity.getAttributeValue(ROLES_ATTRIBUTE) ?? '').split(',');
  const mspId = identity.getMSPID();
  if (partyId === null || partyId === '') {
    throw new Refusal('CALLER_UNKNOWN', `the certificate of ${mspId} carries no attribute ${PARTY_ATTRIBUTE}`);
  }
  const party = await ledger.read('party', partyId);
  const registered = party ?? (mayFound ? foundingRegulator(partyId, mspId, certifiedRoles) : undefined);
  if (registered === undefined) throw new Refusal('RECORD_NOT_FOUND', `party ${partyId} is not registered`);
  if (registered.mspId !== mspId) {
    throw new Refusal('WRONG_ORGANISATION', `party ${partyId} is bound to ${registered.mspId}, not to ${mspId}`);
  }
  if (registered.state !== 'active') throw new Refusal('PARTY_SUSPENDED', `party ${partyId} is suspended`);
  const roles = registered.roles.filter((role) => certifiedRoles.includes(role) && mayHold(mspId, role));
  const caller = { partyId, mspId, roles };
  assertRole(caller, wanted);
  return caller;
}

/** Checks that a caller has one of the wanted roles. @throws Refusal `ROLE_MISSING`. */
export function assertRole({ partyId, roles }: Caller, wanted: readonly Role[]): void {
  if (!wanted.some((role) => roles.includes(role))) {
    throw new Refusal('ROLE_MISSING', `party ${partyId} needs one of the roles ${wanted.join(', ')}`);
  }
}

/** Whether an organisation may hold a role: only the regulator's organisation regulates, and it does nothing but that and testing. */
export function mayHold(mspId: string, role: Role): boolean {
  if (mspId === REGULATOR_MSP) return role === 'regulator' || role === 'laboratory';
  return role !== 'regulator';
}

function foundingRegulator(
  partyId: string,
  mspId: string,
  certifiedRoles: readonly string[],
): Pick<PartyRecord, 'mspId' | 'state' | 'roles'> | undefined {
  if (mspId !== REGULATOR_MSP || !certifiedRoles.includes('regulator') || partyId === '') return undefined;
  return { mspId, state: 'active', roles: ['regulator'] };
}
