import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { TSchema } from 'typebox';
import { isRecordType, recordDefinitionOf, transactionDefinitionOf } from './catalogue.js';
import type { AnyRecord, CommandOf, TransactionName } from './catalogue.js';
import { parseCanonicalJson } from './canonical-json.js';
import { isInstant } from './instant.js';
import { SchemaError } from './schema-error.js';

/** Largest command in bytes of canonical JSON: a batch of a thousand cells fits. */
export const MAX_COMMAND_BYTES = 1_048_576;
/** Deepest nesting of a command. */
export const MAX_COMMAND_DEPTH = 24;

const ajv = new Ajv2020({
  strict: true,
  strictTypes: false,
  allErrors: false,
  ownProperties: true,
  // The schemas are this package's own, and a test holds them against the meta-schema; doing it here doubles every start.
  validateSchema: false,
});
ajv.addFormat('date-time', { type: 'string', validate: isInstant });

const compiled = new WeakMap<TSchema, ValidateFunction>();

/**
 * Checks a value against a schema.
 * @throws SchemaError `SCHEMA_VIOLATION` naming the first place that is wrong and what was expected there.
 */
export function assertSchema(schema: TSchema, value: unknown, what: string): void {
  let validate = compiled.get(schema);
  if (validate === undefined) {
    validate = ajv.compile(schema);
    compiled.set(schema, validate);
  }
  if (validate(value)) return;
  const [error] = validate.errors ?? [];
  const place = error === undefined || error.instancePath === '' ? what : `${what} at ${error.instancePath}`;
  const extra: unknown = error?.params['additionalProperty'];
  throw new SchemaError({
    code: 'SCHEMA_VIOLATION',
    message: `${place} ${error?.message ?? 'is invalid'}${typeof extra === 'string' ? ` (${JSON.stringify(extra.slice(0, 64))})` : ''}`,
  });
}

/**
 * Reads a command from outside: canonical JSON in NFC with exactly the fields of its schema.
 * @throws SchemaError with the code of the first check that failed.
 */
export function parseCommand<N extends TransactionName>(name: N, text: string): CommandOf<N> {
  const value = parseCanonicalJson(text, { maxBytes: MAX_COMMAND_BYTES, maxDepth: MAX_COMMAND_DEPTH });
  if (text !== text.normalize('NFC')) {
    throw new SchemaError({ code: 'BAD_STRING', message: `${name}: text is not in Unicode normalisation form C` });
  }
  return assertCommand(name, value);
}

/** Checks a command that is already a value, such as one of a batch. */
export function assertCommand<N extends TransactionName>(name: N, value: unknown): CommandOf<N> {
  assertSchema(transactionDefinitionOf(name).command, value, name);
  return value as CommandOf<N>;
}

/** Checks that a value is a record of the type that it names. */
export function assertRecord(value: unknown): AnyRecord {
  const recordType = (value as { recordType?: unknown } | null)?.recordType;
  if (typeof recordType !== 'string' || !isRecordType(recordType)) {
    throw new SchemaError({ code: 'SCHEMA_VIOLATION', message: `unknown record type ${String(recordType)}` });
  }
  assertSchema(recordDefinitionOf(recordType).schema, value, recordType);
  return value as AnyRecord;
}
