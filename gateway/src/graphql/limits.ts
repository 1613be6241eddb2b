import {
  GraphQLError,
  Kind,
  type ASTVisitor,
  type DocumentNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';
import type { GatewayErrorCode } from '../gateway-error.js';

/** How much one question may ask. */
export interface QueryLimits {
  /** Fields inside one another. */
  readonly maxDepth: number;
  /** Renamed fields in the whole document; 20,000 of them in one query would be 20,000 queries. */
  readonly maxAliases: number;
  /** Fields, each counted as often as the page sizes around it can repeat it. */
  readonly maxCost: number;
  /** Lexical tokens, counted while parsing. */
  readonly maxTokens: number;
}

export const DEFAULT_QUERY_LIMITS: QueryLimits = { maxDepth: 14, maxAliases: 30, maxCost: 200_000, maxTokens: 4_000 };

/** Page size that a list without `first` or `last` gets. */
export const DEFAULT_PAGE_SIZE = 20;
/** Largest page. */
export const MAX_PAGE_SIZE = 500;

interface Measure {
  depth: number;
  aliases: number;
  cost: number;
}

/** A validation rule that refuses a question before any of it runs. */
export function limitsRule(limits: QueryLimits): (context: ValidationContext) => ASTVisitor {
  return (context) => ({
    Document(document) {
      const { depth, aliases, cost } = measure(document);
      if (depth > limits.maxDepth)
        context.reportError(tooMuch('QUERY_TOO_DEEP', `its depth ${depth} is above ${limits.maxDepth}`));
      if (aliases > limits.maxAliases) {
        context.reportError(
          tooMuch('QUERY_TOO_MANY_ALIASES', `its ${aliases} aliases are more than ${limits.maxAliases}`),
        );
      }
      if (cost > limits.maxCost)
        context.reportError(tooMuch('QUERY_TOO_COSTLY', `its cost ${cost} is above ${limits.maxCost}`));
    },
  });
}

/** A refusal that keeps its status 400 also for clients that accept plain JSON, where yoga would answer 200. */
export function tooMuch(code: GatewayErrorCode, what: string): GraphQLError {
  return new GraphQLError(`the query is refused: ${what}`, {
    extensions: { code, http: { status: 400, spec: false } },
  });
}

/** Whether a parse failed on the number of tokens, which graphql-js says in words only. */
export function isTokenLimit(error: unknown): boolean {
  return error instanceof GraphQLError && /tokens\. Parsing aborted/.test(error.message);
}

/** Measures every operation of a document; a fragment that contains itself is left to the standard rules. */
function measure(document: DocumentNode): Measure {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const known = new Map<string, Measure>();
  const total: Measure = { depth: 0, aliases: 0, cost: 0 };
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const operation = measureSelection(definition.selectionSet, fragments, known, new Set());
    total.depth = Math.max(total.depth, operation.depth);
    total.aliases += operation.aliases;
    total.cost += operation.cost;
  }
  return total;
}

function measureSelection(
  selectionSet: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  known: Map<string, Measure>,
  open: Set<string>,
): Measure {
  const sum: Measure = { depth: 0, aliases: 0, cost: 0 };
  for (const selection of selectionSet.selections) {
    let part: Measure;
    if (selection.kind === Kind.FIELD) {
      const inner =
        selection.selectionSet === undefined
          ? { depth: 0, aliases: 0, cost: 0 }
          : measureSelection(selection.selectionSet, fragments, known, open);
      const repeated = pageSize(selection.arguments ?? [], isPage(selection.selectionSet));
      part = {
        depth: inner.depth + 1,
        aliases: inner.aliases + (selection.alias === undefined ? 0 : 1),
        cost: 1 + inner.cost * repeated,
      };
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      part = measureSelection(selection.selectionSet, fragments, known, open);
    } else {
      part = measureFragment(selection.name.value, fragments, known, open);
    }
    sum.depth = Math.max(sum.depth, part.depth);
    sum.aliases += part.aliases;
    sum.cost += part.cost;
  }
  return sum;
}

function measureFragment(
  name: string,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  known: Map<string, Measure>,
  open: Set<string>,
): Measure {
  const before = known.get(name);
  if (before !== undefined) return before;
  const fragment = fragments.get(name);
  if (fragment === undefined || open.has(name)) return { depth: 0, aliases: 0, cost: 0 };
  open.add(name);
  const measured = measureSelection(fragment.selectionSet, fragments, known, open);
  open.delete(name);
  known.set(name, measured);
  return measured;
}

/** Whether a field is a page of something: its entries are below `nodes` or `edges`. */
function isPage(selectionSet: SelectionSetNode | undefined): boolean {
  return (
    selectionSet?.selections.some(
      (selection) =>
        selection.kind !== Kind.FIELD || selection.name.value === 'nodes' || selection.name.value === 'edges',
    ) === true
  );
}

/** How often a field's inside can be repeated; a page size in a variable counts as the largest page. */
function pageSize(
  args: readonly { name: { value: string }; value: { kind: string; value?: unknown } }[],
  isPaged: boolean,
): number {
  for (const { name, value } of args) {
    if (name.value !== 'first' && name.value !== 'last') continue;
    return value.kind === (Kind.INT as string) ? Math.min(Number(value.value), MAX_PAGE_SIZE) : MAX_PAGE_SIZE;
  }
  return isPaged ? DEFAULT_PAGE_SIZE : 1;
}
