import { GatewayError } from '../gateway-error.js';

/** Version of the store's bytes; it changes with any change of what is written under which key. */
export const READ_MODEL_FORMAT = 1;

/** Where a store stands, written in the same batch as what the last block changed. */
export interface Checkpoint {
  readonly format: number;
  /** The rules by which the store was made. */
  readonly rules: string;
  readonly nextBlock: number;
  /** Hex header hash of the last block; empty before the first. */
  readonly headerHash: string;
  /** Records ever made. */
  readonly records: number;
  readonly transactions: number;
  /** Lineage nodes and links. */
  readonly nodes: number;
  readonly edges: number;
  /** Names of record types and kinds of links, in the order of their numbers in the lineage pages. */
  readonly types: readonly string[];
  readonly kinds: readonly string[];
}

/** The checkpoint of an empty store. */
export function emptyCheckpoint(rules: string): Checkpoint {
  return {
    format: READ_MODEL_FORMAT,
    rules,
    nextBlock: 0,
    headerHash: '',
    records: 0,
    transactions: 0,
    nodes: 0,
    edges: 0,
    types: [],
    kinds: [],
  };
}

/**
 * Reads a store's checkpoint.
 * @throws GatewayError `READ_MODEL_FORMAT` for a store of another format or other rules, `READ_MODEL_DAMAGED` for one
 * that cannot be read.
 */
export function parseCheckpoint(text: string, rules: string): Checkpoint {
  let checkpoint: Checkpoint;
  try {
    checkpoint = JSON.parse(text) as Checkpoint;
  } catch (cause) {
    throw new GatewayError({
      code: 'READ_MODEL_DAMAGED',
      message: "the read model's checkpoint does not parse; start with --rebuild",
      cause,
    });
  }
  if (checkpoint.format !== READ_MODEL_FORMAT) {
    throw new GatewayError({
      code: 'READ_MODEL_FORMAT',
      message: `expected a read model of format ${READ_MODEL_FORMAT}, got ${checkpoint.format}; start with --rebuild`,
    });
  }
  if (checkpoint.rules !== rules) {
    throw new GatewayError({
      code: 'READ_MODEL_FORMAT',
      message: 'the read model was made by other rules of projection; start with --rebuild',
    });
  }
  return checkpoint;
}
