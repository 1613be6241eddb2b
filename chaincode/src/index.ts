export { COLLECTIONS } from './collections.js';
export type { PrivateCollection } from './collections.js';
export { Refusal, REFUSALS } from './kernel/refusal.js';
export type { RefusalCode } from './kernel/refusal.js';
