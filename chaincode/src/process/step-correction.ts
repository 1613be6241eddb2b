import type { CommandOf, LotRecord, ProcessStepRecord } from '@battery-passport/schemas';
import { Refusal } from '../kernel/refusal.js';

/**
 * Checks that a correction is one of the same run: the same kind of step and the same inputs in the same quantities, since what
 * was drawn stays drawn.
 * @throws Refusal `CORRECTION_CONFLICT`.
 */
export function assertSameInputs(old: ProcessStepRecord, command: CommandOf<'recordProcessStep'>): void {
  const name = (inputs: readonly { recordType: string; id: string; massMg: number }[]) =>
    inputs
      .map(({ recordType, id, massMg }) => `${recordType} ${id} ${massMg}`)
      .sort()
      .join('\n');
  if (old.kind !== command.kind || name(old.inputs) !== name(command.inputs)) {
    throw new Refusal('CORRECTION_CONFLICT', `step ${old.id} is corrected with its own kind and inputs only`);
  }
}

/**
 * An output of a corrected step: nothing is left of it, and it names the lot that takes its place.
 * @throws Refusal `CORRECTION_CONFLICT` when something has happened to it.
 */
export function retireOutput(
  lot: LotRecord,
  operator: string,
  superseded: NonNullable<LotRecord['superseded']>,
): LotRecord {
  const untouched =
    lot.remainingMassMg === lot.massMg &&
    lot.state === 'available' &&
    lot.holder === operator &&
    lot.pendingOfferId === undefined &&
    lot.certificateId === undefined &&
    lot.downgrades === undefined;
  if (!untouched) throw new Refusal('CORRECTION_CONFLICT', `lot ${lot.id} has a life already`);
  return {
    ...lot,
    state: 'exhausted',
    remainingMassMg: 0,
    remaining: [],
    remainingActiveMaterialMg: 0,
    remainingCarbonG: 0,
    remainingBasis: { activeMaterialMg: 0, elements: [] },
    superseded,
  };
}
