import { canonicalJson, DocumentReference, ElementAccount, OriginShare } from '@battery-passport/schemas';
import {
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
  type GraphQLFieldConfigMap,
  type GraphQLInputFieldConfigMap,
  type GraphQLInputType,
  type GraphQLInterfaceType,
  type GraphQLOutputType,
} from 'graphql';
import type { GraphContext } from './graph-context.js';
import { Json, SafeInt } from './scalars.js';

/** The part of JSON Schema that the published schemas use. */
export interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema | readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly description?: string;
  readonly additionalProperties?: unknown;
}

type Fields = GraphQLFieldConfigMap<unknown, GraphContext>;

const INT32_MAX = 2 ** 31 - 1;

/** Shapes that many records share, and the one name under which all of them show it. */
const SHARED_NAMES = new Map<string, string>([
  [shapeOf(ElementAccount.items), 'ElementOrigins'],
  [shapeOf(OriginShare), 'OriginShare'],
  [shapeOf(DocumentReference), 'DocumentReference'],
]);

/**
 * Turns JSON Schemas into GraphQL types, so that a record has one definition. Objects of the same shape share one type; an
 * object of open shape becomes `JSON`; an enumeration stays a string whose values stand in its description, since
 * the ledger's values (`regenerated-cathode`) are not GraphQL names and are not to be spelled twice.
 */
export class TypeMapping {
  readonly #outputs = new Map<string, GraphQLObjectType>();
  readonly #inputs = new Map<string, GraphQLInputObjectType>();
  readonly #names = new Set<string>();

  /** Output type of a schema; `name` is used if the shape has no type yet. */
  output(schema: JsonSchema, name: string): GraphQLOutputType {
    const { inner } = withoutNull(schema);
    const scalar = scalarOf(inner);
    if (scalar !== undefined) return scalar;
    if (inner.type === 'array') return new GraphQLList(new GraphQLNonNull(this.output(itemsOf(inner), singular(name))));
    return isOpen(inner) ? Json : this.object(inner, name);
  }

  /** Object type of a closed object schema; `adapt` may change the schema's fields and add to them. */
  object(
    schema: JsonSchema,
    name: string,
    adapt: (fields: Fields) => Fields = (fields) => fields,
    interfaces: readonly GraphQLInterfaceType[] = [],
  ): GraphQLObjectType {
    const shape = shapeOf(schema);
    const known = this.#outputs.get(shape);
    if (known !== undefined) return known;
    const type = new GraphQLObjectType({
      name: this.#unique(SHARED_NAMES.get(shape) ?? name),
      ...(schema.description === undefined ? {} : { description: schema.description }),
      interfaces,
      fields: () => adapt(this.#outputFields(schema, name)),
    });
    this.#outputs.set(shape, type);
    return type;
  }

  /** Input type of a schema. */
  input(schema: JsonSchema, name: string): GraphQLInputType {
    const { inner } = withoutNull(schema);
    const scalar = scalarOf(inner);
    if (scalar !== undefined) return scalar;
    if (inner.type === 'array') return new GraphQLList(new GraphQLNonNull(this.input(itemsOf(inner), singular(name))));
    if (isOpen(inner)) return Json;
    const shape = shapeOf(inner);
    const known = this.#inputs.get(shape);
    if (known !== undefined) return known;
    const shared = SHARED_NAMES.get(shape);
    const type = this.command(inner, shared === undefined ? name : `${shared}Input`);
    this.#inputs.set(shape, type);
    return type;
  }

  /** Input type of a command: always one of its own, so that its name follows from the transaction's. */
  command(schema: JsonSchema, name: string): GraphQLInputObjectType {
    return new GraphQLInputObjectType({ name: this.#unique(name), fields: () => this.#inputFields(schema, name) });
  }

  #outputFields(schema: JsonSchema, name: string): GraphQLFieldConfigMap<unknown, GraphContext> {
    const fields: GraphQLFieldConfigMap<unknown, GraphContext> = {};
    for (const [field, property] of Object.entries(schema.properties ?? {})) {
      const type = this.output(property, `${name}${capitalized(field)}`);
      const required = schema.required?.includes(field) === true && !withoutNull(property).nullable;
      fields[field] = { type: required ? new GraphQLNonNull(type) : type, ...describe(property) };
    }
    return fields;
  }

  #inputFields(schema: JsonSchema, name: string): GraphQLInputFieldConfigMap {
    const stem = name.replace(/Input$/, '');
    const fields: GraphQLInputFieldConfigMap = {};
    for (const [field, property] of Object.entries(schema.properties ?? {})) {
      const type = this.input(property, `${stem}${capitalized(field)}Input`);
      const required = schema.required?.includes(field) === true && !withoutNull(property).nullable;
      fields[field] = { type: required ? new GraphQLNonNull(type) : type, ...describe(property) };
    }
    return fields;
  }

  #unique(name: string): string {
    let unique = name;
    for (let count = 2; this.#names.has(unique); count += 1) unique = `${name}${count}`;
    this.#names.add(unique);
    return unique;
  }
}

/** Name of the input type of a transaction's command: `registerLot` to `RegisterLotInput`. */
export function commandTypeName(transaction: string): string {
  return `${capitalized(transaction)}Input`;
}

/** `lot` to `Lot`. */
export function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function shapeOf(schema: JsonSchema): string {
  return canonicalJson(JSON.parse(JSON.stringify(schema)));
}

function scalarOf(schema: JsonSchema): (GraphQLOutputType & GraphQLInputType) | undefined {
  if (schema.enum !== undefined || schema.type === 'string' || typeof schema.const === 'string') return GraphQLString;
  if (schema.type === 'integer') {
    const fits = (schema.maximum ?? Infinity) <= INT32_MAX && (schema.minimum ?? -Infinity) >= -INT32_MAX;
    return fits ? GraphQLInt : SafeInt;
  }
  if (schema.type === 'boolean') return GraphQLBoolean;
  if (schema.type === 'number') return GraphQLFloat;
  if (schema.anyOf?.every((branch) => typeof branch.const === 'string') === true) return GraphQLString;
  return undefined;
}

/** Whether an object's shape is open, or has members that GraphQL cannot name (`@context`, `lithium-deficient`). */
function isOpen(schema: JsonSchema): boolean {
  const names = Object.keys(schema.properties ?? {});
  return schema.type !== 'object' || names.length === 0 || names.some((name) => !/^[A-Za-z][A-Za-z0-9_]*$/.test(name));
}

function itemsOf(schema: JsonSchema): JsonSchema {
  return schema.items === undefined || Array.isArray(schema.items) ? {} : (schema.items as JsonSchema);
}

function withoutNull(schema: JsonSchema): { inner: JsonSchema; nullable: boolean } {
  const branches = schema.anyOf?.filter((branch) => branch.type !== 'null');
  if (branches === undefined || branches.length === schema.anyOf?.length) return { inner: schema, nullable: false };
  const [only] = branches;
  return { inner: only !== undefined && branches.length === 1 ? only : { anyOf: branches }, nullable: true };
}

function singular(name: string): string {
  if (name.endsWith('Input')) return `${singular(name.slice(0, -5))}Input`;
  if (name.endsWith('ies')) return `${name.slice(0, -3)}y`;
  return name.endsWith('s') && !name.endsWith('ss') ? name.slice(0, -1) : `${name}Item`;
}

function describe(schema: JsonSchema): { description?: string } {
  const values = schema.enum ?? schema.anyOf?.flatMap(({ const: value }) => (value === undefined ? [] : [value])) ?? [];
  const list = values.length > 0 ? `One of ${values.map(String).join(', ')}.` : undefined;
  const description = [schema.description, list].filter((part) => part !== undefined).join('. ');
  return description === '' ? {} : { description };
}
