import Type, { type Static, type TProperties, type TSchema } from 'typebox';
import { Identifier, Instant, LongText, Sha256Digest } from './identifier.js';

/** A correction: the record that this one replaces, and why. */
export const Supersedes = Type.Object({ id: Identifier, reason: LongText }, { additionalProperties: false });
export type Supersedes = Static<typeof Supersedes>;

/** Where a record's confidential detail lies: a private data collection, and the salted digest that stays when it is purged. */
export const PrivateDetail = Type.Object(
  { collection: Identifier, digest: Sha256Digest },
  { additionalProperties: false },
);
export type PrivateDetail = Static<typeof PrivateDetail>;

/** A document held elsewhere and bound by its digest: a test report, a photograph. */
export const DocumentReference = Type.Object(
  {
    title: Type.String({ minLength: 1, maxLength: 120, pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]+$' }),
    mediaType: Type.String({ pattern: '^[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,60}$' }),
    digest: Sha256Digest,
  },
  { additionalProperties: false },
);
export type DocumentReference = Static<typeof DocumentReference>;

/** A list of documents bound by digest. */
export const Documents = Type.Array(DocumentReference, { maxItems: 32 });

/** What every record has besides its own content; the contract writes it, never the client. */
export const recordEnvelope = {
  id: Identifier,
  /** Party that wrote the record. */
  createdBy: Identifier,
  /** Timestamp of the creating transaction. A client sets it, so it is shown beside the record's own signed dates. */
  createdAt: Instant,
  createdInTransaction: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  updatedAt: Type.Optional(Instant),
  /** The record that this one corrects. */
  supersedes: Type.Optional(Supersedes),
  /** Set when a later record corrects this one, which is never deleted. */
  superseded: Type.Optional(
    Type.Object(
      { byId: Identifier, reason: LongText, author: Identifier, at: Instant },
      { additionalProperties: false },
    ),
  ),
  private: Type.Optional(PrivateDetail),
};

/** A record of the world state: the envelope and the subject's own fields, no others. */
export function recordSchema<T extends string, P extends TProperties>(recordType: T, properties: P) {
  return Type.Object(
    { recordType: Type.Literal(recordType), ...recordEnvelope, ...properties },
    { additionalProperties: false },
  );
}

/** A command: only the named fields. */
export function commandSchema<P extends TProperties>(properties: P) {
  return Type.Object(properties, { additionalProperties: false });
}

/** A link from one record to another; `lineage` links make the graph from mine to certificate, child pointing at parent. */
export interface RecordReference {
  readonly kind: string;
  readonly recordType: string;
  readonly id: string;
  readonly lineage: boolean;
}

/** What a record type is: its schema, the fields it is listed by, and what it points at. */
export interface RecordDefinition<S extends TSchema = TSchema> {
  readonly schema: S;
  /** Top-level string fields by which the ledger and the read model list records: `holder`, `state`, … */
  readonly indexes: readonly string[];
  readonly references: (record: Static<S>) => readonly RecordReference[];
}

/** Keeps a definition's precise types. */
export function recordDefinition<S extends TSchema>(definition: RecordDefinition<S>): RecordDefinition<S> {
  return definition;
}

/** The link from a correction to the record of its type that it corrects. */
export function correctionOf(record: {
  readonly recordType: string;
  readonly supersedes?: Supersedes | undefined;
}): readonly RecordReference[] {
  if (record.supersedes === undefined) return [];
  return [{ kind: 'corrects', recordType: record.recordType, id: record.supersedes.id, lineage: false }];
}
