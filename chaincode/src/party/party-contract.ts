import { Context, Contract } from 'fabric-contract-api';
import { Info, Returns, Transaction } from '../kernel/annotations.js';
import { execute } from '../kernel/execute.js';
import type { Handlers } from '../kernel/handler.js';
import { Refusal } from '../kernel/refusal.js';
import type { partyTransactions } from '@battery-passport/schemas';
import { addKey, assertPeriod, assertRolesFit, reinstate, revokeKey, suspend, withdraw } from './party-rules.js';

/** What the party transactions do. */
export const partyHandlers: Handlers<keyof typeof partyTransactions> = {
  async registerParty(context, { partyId, name, mspId, roles }) {
    assertRolesFit(mspId, roles);
    const party = {
      recordType: 'party' as const,
      id: partyId,
      ...context.stamp(),
      name,
      mspId,
      roles,
      state: 'active' as const,
      keys: [],
    };
    await context.ledger.create(party);
    context.tell('PartyRegistered', party);
    return party;
  },

  async suspendParty(context, { partyId, reason }) {
    const party = context.revise(suspend(await context.ledger.require('party', partyId), reason, context.now));
    context.tell('PartySuspended', party);
    return party;
  },

  async reinstateParty(context, { partyId }) {
    const party = context.revise(reinstate(await context.ledger.require('party', partyId)));
    context.tell('PartyReinstated', party);
    return party;
  },

  async changePartyRoles(context, { partyId, roles }) {
    const before = await context.ledger.require('party', partyId);
    assertRolesFit(before.mspId, roles);
    const party = context.revise({ ...before, roles });
    context.tell('PartyRolesChanged', party);
    return party;
  },

  async addPartyKey(context, key) {
    const party = context.revise(addKey(await context.ledger.require('party', context.caller.partyId), key));
    context.tell('PartyKeyAdded', party);
    return party;
  },

  async revokePartyKey(context, { partyId, keyId, revokedAt, reason }) {
    if (partyId !== context.caller.partyId && !context.caller.roles.includes('regulator')) {
      throw new Refusal('NOT_AUTHOR', `only party ${partyId} or the regulator revokes its keys`);
    }
    context.assertPlausible(revokedAt, 'revokedAt');
    const party = context.revise(revokeKey(await context.ledger.require('party', partyId), keyId, revokedAt, reason));
    context.tell('PartyKeyRevoked', party);
    return party;
  },

  async accreditEstimator(context, { accreditationId, estimatorId, ...scope }) {
    const estimator = await context.ledger.require('party', estimatorId);
    if (!estimator.roles.includes('estimator')) {
      throw new Refusal('ROLE_MISSING', `party ${estimatorId} is not an estimator`);
    }
    assertPeriod(scope.validFrom, scope.validUntil);
    const accreditation = {
      recordType: 'accreditation' as const,
      id: accreditationId,
      ...context.stamp(),
      estimatorId,
      ...scope,
      state: 'active' as const,
    };
    await context.ledger.create(accreditation);
    context.tell('EstimatorAccredited', accreditation);
    return accreditation;
  },

  async withdrawAccreditation(context, { accreditationId, reason }) {
    const before = await context.ledger.require('accreditation', accreditationId);
    const accreditation = context.revise(withdraw(before, reason, context.now));
    context.tell('AccreditationWithdrawn', accreditation);
    return accreditation;
  },
};

/** Parties, their roles, keys and accreditations. */
@Info({ title: 'PartyContract', description: 'Parties, their roles, keys and accreditations' })
export class PartyContract extends Contract {
  constructor() {
    super('PartyContract');
  }

  @Transaction()
  @Returns('string')
  public registerParty(context: Context, command: string): Promise<string> {
    return execute(context, 'registerParty', command, partyHandlers.registerParty);
  }

  @Transaction()
  @Returns('string')
  public suspendParty(context: Context, command: string): Promise<string> {
    return execute(context, 'suspendParty', command, partyHandlers.suspendParty);
  }

  @Transaction()
  @Returns('string')
  public reinstateParty(context: Context, command: string): Promise<string> {
    return execute(context, 'reinstateParty', command, partyHandlers.reinstateParty);
  }

  @Transaction()
  @Returns('string')
  public changePartyRoles(context: Context, command: string): Promise<string> {
    return execute(context, 'changePartyRoles', command, partyHandlers.changePartyRoles);
  }

  @Transaction()
  @Returns('string')
  public addPartyKey(context: Context, command: string): Promise<string> {
    return execute(context, 'addPartyKey', command, partyHandlers.addPartyKey);
  }

  @Transaction()
  @Returns('string')
  public revokePartyKey(context: Context, command: string): Promise<string> {
    return execute(context, 'revokePartyKey', command, partyHandlers.revokePartyKey);
  }

  @Transaction()
  @Returns('string')
  public accreditEstimator(context: Context, command: string): Promise<string> {
    return execute(context, 'accreditEstimator', command, partyHandlers.accreditEstimator);
  }

  @Transaction()
  @Returns('string')
  public withdrawAccreditation(context: Context, command: string): Promise<string> {
    return execute(context, 'withdrawAccreditation', command, partyHandlers.withdrawAccreditation);
  }
}
