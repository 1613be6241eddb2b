import type { ElementAccount, ProcessKind, StepInput } from '@battery-passport/schemas';
import { reclassify } from '../account/element-account.js';
import { isRecycling } from './process-kind.js';

/**
 * The account of what goes into a step, of the origins that it has from then on. Recycling makes waste's matter recovered: all of
 * a pack or module becomes what its waste status says, whatever it was before; manufacturing waste turns what was primary into
 * pre-consumer, while what only a document declared stays declared. Credit of an earlier certificate ends with the waste.
 * Everything else keeps its origins: virgin material stays primary in whatever plant it is put.
 */
export function recoveredAccount(
  kind: ProcessKind,
  input: Pick<StepInput, 'recordType' | 'wasteStatus' | 'account'> & { readonly isScrap: boolean },
): ElementAccount {
  const { wasteStatus } = input;
  if (!isRecycling(kind) || wasteStatus === 'none') return input.account;
  if (input.recordType !== 'lot') return reclassify(input.account, () => ({ kind: wasteStatus }));
  if (!input.isScrap) return input.account;
  return reclassify(input.account, (origin) => ({ kind: origin.kind === 'primary' ? wasteStatus : origin.kind }));
}
