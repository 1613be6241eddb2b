import type { TransactionName } from '@battery-passport/schemas';
import { certificateHandlers } from './certificate/certificate-contract.js';
import { custodyHandlers } from './custody/custody-contract.js';
import { designHandlers } from './design/design-contract.js';
import { estimateHandlers } from './estimate/estimate-contract.js';
import { findingHandlers } from './finding/finding-contract.js';
import { gradeHandlers } from './grade/grade-contract.js';
import type { Handlers } from './kernel/handler.js';
import { lotHandlers } from './lot/lot-contract.js';
import { packHandlers } from './pack/pack-contract.js';
import { partyHandlers } from './party/party-contract.js';
import { processHandlers } from './process/process-contract.js';
import { sortingHandlers } from './sorting/sorting-contract.js';
import { useHandlers } from './use/use-contract.js';

/** What carries out each submitted transaction that a batch can hold. */
export const HANDLERS: Partial<Handlers<TransactionName>> = {
  ...partyHandlers,
  ...lotHandlers,
  ...custodyHandlers,
  ...designHandlers,
  ...packHandlers,
  ...useHandlers,
  ...estimateHandlers,
  ...sortingHandlers,
  ...processHandlers,
  ...findingHandlers,
  ...gradeHandlers,
  ...certificateHandlers,
};
