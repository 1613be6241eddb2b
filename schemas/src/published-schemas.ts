import type { TSchema } from 'typebox';
import { RECORDS, TRANSACTIONS } from './catalogue.js';
import { DesignFile } from './design-file.js';
import { TransactionEvent } from './event.js';
import { Measurement } from './measurement.js';
import type { TransactionDefinition } from './transaction.js';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/**
 * The schemas of records, commands, events and files as they are published for readers in other languages: path under
 * `schemas/json/`, and text. A transaction's result is a record, or is described with the transaction. What a schema can't say is checked when a command is read: canonical JSON, Unicode NFC, days that exist.
 */
export function publishedSchemas(): Map<string, string> {
  const files = new Map<string, string>();
  const publish = (path: string, title: string, schema: TSchema) => {
    // JSON keeps what a reader can use of a schema and drops what TypeBox keeps beside it.
    const body = JSON.parse(JSON.stringify(schema)) as Record<string, unknown>;
    const document = { $schema: DIALECT, $id: `urn:battery-passport:${path.replaceAll('/', ':')}`, title, ...body };
    files.set(`${path}.schema.json`, `${JSON.stringify(document, null, 2)}\n`);
  };
  for (const [name, { schema }] of Object.entries(RECORDS)) publish(`record/${name}`, name, schema);
  for (const [name, definition] of Object.entries<TransactionDefinition>(TRANSACTIONS)) {
    publish(`command/${name}`, definition.description, definition.command);
  }
  publish('event', 'Payload of a chaincode event', TransactionEvent);
  publish('file/measurement', 'A measurement of a cell or pack, as the estimator reads it', Measurement);
  publish('file/design', "A design's reference data, as the estimator reads it", DesignFile);
  return files;
}
