import type { Fact, PrivateDetail, RecordOf, RecordType } from '@battery-passport/schemas';
import { instantSeconds } from '@battery-passport/schemas';
import type { Caller } from './caller.js';
import type { Ledger } from './ledger.js';
import { Refusal } from './refusal.js';

/** How far a signed date may lie after the transaction's own time: clocks differ, physics does not. */
export const CLOCK_TOLERANCE_S = 300;

/** Fields of a new record that the contract and not the client decides. */
export interface RecordStamp {
  readonly createdBy: string;
  readonly createdAt: string;
  readonly createdInTransaction: string;
}

/** What a handler works with: the ledger as this transaction leaves it, who asks, and when. */
export class TransactionContext {
  readonly ledger: Ledger;
  readonly caller: Caller;
  /** Timestamp of the transaction, set by its client and checked by nobody: never the only evidence of a date. */
  readonly now: string;
  readonly transactionId: string;
  readonly facts: Fact[] = [];

  constructor(ledger: Ledger, caller: Caller, now: string, transactionId: string) {
    this.ledger = ledger;
    this.caller = caller;
    this.now = now;
    this.transactionId = transactionId;
  }

  /** Says what has become true; the facts are the transaction's chaincode event. */
  tell(fact: string, record: { readonly recordType: string; readonly id: string }): void {
    this.facts.push({ fact, recordType: record.recordType, id: record.id });
  }

  /** Author and time of a new record. */
  stamp(): RecordStamp {
    return { createdBy: this.caller.partyId, createdAt: this.now, createdInTransaction: this.transactionId };
  }

  /**
   * Checks a date that a command states: not after the transaction's time (within {@link CLOCK_TOLERANCE_S}), and not
   * before `earliest` if there is one. @throws Refusal `TIME_IMPLAUSIBLE`.
   */
  assertPlausible(instant: string, what: string, earliest?: { readonly at: string; readonly what: string }): void {
    if (instantSeconds(instant) > instantSeconds(this.now) + CLOCK_TOLERANCE_S) {
      throw new Refusal('TIME_IMPLAUSIBLE', `${what} ${instant} lies after the transaction's time ${this.now}`);
    }
    if (earliest !== undefined && instantSeconds(instant) < instantSeconds(earliest.at)) {
      throw new Refusal('TIME_IMPLAUSIBLE', `${what} ${instant} lies before ${earliest.what} ${earliest.at}`);
    }
  }

  /**
   * Marks a record as corrected by a newer one of its type, once. Only its author or the regulator may, unless the rule that
   * corrects has said who else (`byOthers`).
   * @throws Refusal `RECORD_NOT_FOUND`, `RECORD_SUPERSEDED`, `NOT_AUTHOR`.
   */
  async supersede<T extends RecordType>(
    recordType: T,
    oldId: string,
    newId: string,
    reason: string,
    byOthers = false,
  ): Promise<RecordOf<T>> {
    const old = await this.ledger.requireCurrent(recordType, oldId);
    if (!byOthers && old.createdBy !== this.caller.partyId && !this.caller.roles.includes('regulator')) {
      throw new Refusal('NOT_AUTHOR', `${recordType} ${oldId} was written by ${old.createdBy}`);
    }
    const superseded = { ...old, superseded: { byId: newId, reason, author: this.caller.partyId, at: this.now } };
    this.ledger.update(superseded);
    this.tell('RecordSuperseded', old);
    return superseded;
  }

  /** Replaces a record, noting when. */
  revise<T extends RecordOf<RecordType>>(record: T): T {
    const revised = { ...record, updatedAt: this.now };
    this.ledger.update(revised);
    return revised;
  }
}

/** The optional part of a record that refers to its confidential detail. */
export function privatePart(detail: PrivateDetail | undefined): { private?: PrivateDetail } {
  return detail === undefined ? {} : { private: detail };
}
