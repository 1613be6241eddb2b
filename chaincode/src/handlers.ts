import type { TransactionName } from '@battery-passport/schemas';
import { custodyHandlers } from './custody/custody-contract.js';
import type { Handlers } from './kernel/handler.js';
import { lotHandlers } from './lot/lot-contract.js';
import { partyHandlers } from './party/party-contract.js';

/** What carries out each submitted transaction that a batch can hold. */
export const HANDLERS: Partial<Handlers<TransactionName>> = {
  ...partyHandlers,
  ...lotHandlers,
  ...custodyHandlers,
};
