import {
  ACCESS,
  accessClassOf,
  AUDIENCE_ACCESS,
  isRecordType,
  maySee,
  visiblePart,
  type AccessViewer,
  type AnyRecord,
  type RecordType,
} from '@battery-passport/schemas';
import { GatewayError } from '../gateway-error.js';
import type { StoredRecord } from '../read-model/answer.js';

/** Whether a viewer may see every field of a record. */
export function seesWhole(access: AccessViewer, record: StoredRecord | undefined): boolean {
  return (
    record !== undefined && Object.keys(record).every((field) => maySee(access, record as unknown as AnyRecord, field))
  );
}

/** Whether everybody may see a field of a record type. */
export function isPublic(recordType: RecordType, field: string): boolean {
  return AUDIENCE_ACCESS.public.includes(accessClassOf(recordType, field));
}

/** A field as a viewer sees it: null where it may not, as where it is absent, so that hiding tells nothing. */
export function visibleField(access: AccessViewer, record: StoredRecord, field: string): unknown {
  return maySee(access, record as unknown as AnyRecord, field) ? record[field] : null;
}

/** A record with only what a viewer may see. */
export function visible(access: AccessViewer, record: StoredRecord | null): unknown {
  return record === null ? null : visiblePart(access, record as unknown as AnyRecord);
}

/** Whether a viewer may list records by a field: a list tells what the field says. */
export function mayListBy({ audiences }: AccessViewer, recordType: RecordType, field: string): boolean {
  const wanted = accessClassOf(recordType, field);
  return audiences.some((audience) => AUDIENCE_ACCESS[audience].includes(wanted));
}

/** Record types of which even the existence is not everybody's business: none of their own fields is public. */
export function isHiddenType(recordType: RecordType): boolean {
  const { otherwise, fields } = ACCESS[recordType];
  return ![otherwise, ...Object.values(fields)].some((access) => AUDIENCE_ACCESS.public.includes(access));
}

/** Whether a viewer belongs to any audience besides the public. */
export function seesMoreThanPublic({ audiences }: AccessViewer): boolean {
  return audiences.some((audience) => audience !== 'public');
}

/** A list by a hidden field would tell what the field hides. @throws GatewayError `FORBIDDEN`, whatever there is. */
export function assertMayListBy(access: AccessViewer, recordType: RecordType, field: string): void {
  if (!mayListBy(access, recordType, field)) {
    throw new GatewayError({
      code: 'FORBIDDEN',
      message: `listing ${recordType} by ${field} needs a token that may see it`,
    });
  }
}

/** Records within a contract's answer, cut to what the viewer may see; the contracts themselves serve members' peers. */
export function shownAnswer(access: AccessViewer, answer: unknown): unknown {
  if (Array.isArray(answer)) return answer.map((item) => shownAnswer(access, item));
  if (typeof answer !== 'object' || answer === null) return answer;
  const { recordType } = answer as { recordType?: unknown };
  if (typeof recordType === 'string' && isRecordType(recordType)) return visible(access, answer as StoredRecord);
  return Object.fromEntries(Object.entries(answer).map(([name, value]) => [name, shownAnswer(access, value)]));
}
