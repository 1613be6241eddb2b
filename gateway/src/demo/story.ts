import type { AssetReference, CommandOf, RecordOf, RecordType, TransactionName } from '@battery-passport/schemas';
import { DEVELOPMENT_ENROLMENTS } from '../node/development-enrolments.js';
import type { ConfidentialDetail } from '../submission.js';
import type { Calendar } from './calendar.js';
import type { DemoFiles } from './demo-files.js';
import type { DemoGateway } from './demo-gateway.js';

/** What every act works with. */
export interface Story {
  readonly gateway: DemoGateway;
  readonly calendar: Calendar;
  readonly files: DemoFiles;
  /** Someone of the consortium, by the subject of the enrolment. */
  readonly person: (subject: string) => Person;
}

/** A command of a batch. */
export interface BatchCommand {
  readonly transaction: TransactionName;
  readonly command: object;
}

/** A command of a batch, checked against its transaction. */
export function batchCommand<N extends TransactionName>(transaction: N, command: CommandOf<N>): BatchCommand {
  return { transaction, command: command };
}

/** Begins a story. */
export function newStory(gateway: DemoGateway, calendar: Calendar, files: DemoFiles): Story {
  return { gateway, calendar, files, person: (subject) => new Person(gateway, subject) };
}

/** Someone of the consortium, who sends and reads with an own token. */
export class Person {
  readonly subject: string;
  readonly partyId: string;
  readonly #gateway: DemoGateway;

  constructor(gateway: DemoGateway, subject: string) {
    const enrolment = DEVELOPMENT_ENROLMENTS.find((candidate) => candidate.subject === subject);
    if (enrolment === undefined) throw new RangeError(`expected a development enrolment, got ${subject}`);
    this.subject = subject;
    this.partyId = enrolment.partyId;
    this.#gateway = gateway;
  }

  /** Sends one transaction. */
  submit<N extends TransactionName>(
    transaction: N,
    command: CommandOf<N>,
    confidential?: ConfidentialDetail,
  ): Promise<void> {
    return this.#gateway.submit(this.subject, transaction, command, confidential);
  }

  /** Sends commands that a plant has many of as one transaction: all or none. */
  batch(commands: readonly BatchCommand[]): Promise<void> {
    return this.submit('runBatch', { commands: [...commands] });
  }

  /** Reads a record. */
  read<T extends RecordType>(recordType: T, id: string): Promise<RecordOf<T>> {
    return this.#gateway.read(this.subject, recordType, id);
  }
}

/** Hands things over: one offers them, the other accepts. */
export async function handOver(
  from: Person,
  to: Person,
  assets: readonly AssetReference[],
  consignment: string,
): Promise<void> {
  const offers = assets.map((asset) => ({ offerId: custodyOfferId(asset.id, to), asset, to: to.partyId, consignment }));
  await from.batch(offers.map((offer) => batchCommand('offerCustody', offer)));
  await to.batch(offers.map(({ offerId }) => batchCommand('acceptCustody', { offerId })));
}

/** Identifier of the offer of a thing to someone. */
export function custodyOfferId(assetId: string, to: Person): string {
  return `OF-${assetId}-${to.subject}`;
}

/** Lots by their identifiers. */
export function lots(...ids: readonly string[]): AssetReference[] {
  return ids.map((id) => ({ recordType: 'lot', id }));
}

/** Packs by their identifiers. */
export function packs(...ids: readonly string[]): AssetReference[] {
  return ids.map((id) => ({ recordType: 'pack', id }));
}
