/** Answer of a GraphQL server, as a client reads it. */
export interface GraphAnswer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly GraphAnswerError[];
  readonly extensions?: { readonly standing?: { readonly blockNumber: number; readonly headerHash: string } };
}

/** One error of an answer. */
export interface GraphAnswerError {
  readonly message: string;
  readonly extensions?: { readonly code?: string };
}
