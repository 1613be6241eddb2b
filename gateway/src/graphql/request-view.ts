import type { PinnedView, ReadModel } from '../read-model/read-model.js';
import type { ReadView } from './graph-context.js';

/**
 * One request's view of the read model. While it is held, all of the request's answers stand at one block; where nothing is
 * held, as between the events of a subscription, each answer is the newest.
 */
export class RequestView {
  readonly #model: ReadModel;
  #pinned: PinnedView | undefined;

  constructor(model: ReadModel) {
    this.#model = model;
  }

  get current(): ReadView {
    return this.#pinned?.view ?? this.#model;
  }

  /** Holds the newest block. */
  hold(): void {
    this.release();
    this.#pinned = this.#model.pin();
  }

  /** Lets go; a second time does nothing. */
  release(): void {
    this.#pinned?.release();
    this.#pinned = undefined;
  }
}
