import type { AccessViewer, TransactionName } from '@battery-passport/schemas';
import type { Viewer } from '../access/authenticator.js';
import type { RecordChange } from '../read-model/answer.js';
import type { BlockView } from '../read-model/block-view.js';
import type { ConfidentialDetail, Submitted } from '../submission.js';

/** The questions that a read model answers, at one block or at the newest. */
export type ReadView = Pick<
  BlockView,
  | 'standing'
  | 'record'
  | 'records'
  | 'list'
  | 'versions'
  | 'transaction'
  | 'transactions'
  | 'ancestors'
  | 'descendants'
  | 'path'
>;

/** What a resolver works with. */
export interface GraphContext {
  readonly viewer: Viewer;
  /** What the viewer may see, by the audiences of its roles. */
  readonly access: AccessViewer;
  /** Stays at one block while a question is answered; a mutation moves it to the block of its transaction. */
  readonly view: ReadView;
  /** Every change from now on. */
  readonly changes: (signal: AbortSignal) => AsyncIterable<RecordChange>;
  readonly submit: (
    name: TransactionName,
    command: object,
    detail: ConfidentialDetail | undefined,
  ) => Promise<Submitted>;
  readonly evaluate: (name: TransactionName, command: object) => Promise<unknown>;
  /** Re-derives the ledger from its first block; the report as JSON. */
  readonly verifyLedger: () => Promise<unknown>;
}
