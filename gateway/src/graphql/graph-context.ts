import type { TransactionName } from '@battery-passport/schemas';
import type { Viewer } from '../access/authenticator.js';
import type { ConfidentialDetail, Submitted } from '../submission.js';
import type { ReadView } from './read-view.js';

/** What a resolver works with. */
export interface GraphContext {
  readonly viewer: Viewer;
  readonly view: ReadView;
  submit(name: TransactionName, command: object, detail: ConfidentialDetail | undefined): Promise<Submitted>;
  evaluate(name: TransactionName, command: object): Promise<unknown>;
}
