import { NoSchemaIntrospectionCustomRule, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import type { Logger } from 'pino';
import type { Authenticate } from '../access/authenticator.js';
import type { Metrics } from '../http/metrics.js';
import { callerCode, type Submission } from '../submission.js';
import { maskError } from './error-formatting.js';
import type { GraphContext } from './graph-context.js';
import { DEFAULT_QUERY_LIMITS, limitsRule, type QueryLimits } from './limits.js';
import type { ReadView } from './read-view.js';

/** What the GraphQL server is put together from. */
export interface GraphServerParts {
  readonly schema: GraphQLSchema;
  readonly view: ReadView;
  readonly submission: Submission;
  readonly authenticate: Authenticate;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** In production nobody may ask for the schema. */
  readonly production: boolean;
  readonly limits?: QueryLimits;
}

/** The GraphQL server; every answer says in `extensions.standing` at which block it stands. */
export function createGraphServer(parts: GraphServerParts): YogaServerInstance<object, GraphContext> {
  const { schema, view, logger, production } = parts;
  const limits = parts.limits ?? DEFAULT_QUERY_LIMITS;
  return createYoga<object, GraphContext>({
    schema,
    graphqlEndpoint: '/graphql',
    cors: false,
    graphiql: false,
    landingPage: false,
    batching: false,
    multipart: false,
    maskedErrors: { maskError, errorMessage: 'internal error' },
    logging: {
      debug: (...args) => logger.debug(args),
      info: (...args) => logger.info(args),
      warn: (...args) => logger.warn(args),
      error: (...args) => logger.error(args),
    },
    parserAndValidationCache: true,
    plugins: [limitPlugin(limits, production), standingPlugin(view)],
    context: async ({ request }) =>
      contextOf(parts, await parts.authenticate(request.headers.get('authorization') ?? undefined)),
  });
}

function contextOf({ view, submission, metrics }: GraphServerParts, viewer: GraphContext['viewer']): GraphContext {
  return {
    viewer,
    view,
    async submit(name, command, detail) {
      try {
        const submitted = await submission.submit(viewer, name, command, detail);
        await view.waitForBlock(submitted.blockNumber);
        metrics.submissions.inc({ transaction: name, outcome: 'committed' });
        return submitted;
      } catch (error) {
        metrics.submissions.inc({ transaction: name, outcome: callerCode(error) ?? 'INTERNAL' });
        throw error;
      }
    },
    evaluate: (name, command) => submission.evaluate(viewer, name, command),
  };
}

function limitPlugin(limits: QueryLimits, production: boolean): Plugin<GraphContext> {
  return {
    onParse: ({ setParseFn, parseFn }) => {
      setParseFn((source, options) => parseFn(source, { ...options, maxTokens: limits.maxTokens }));
    },
    onValidate: ({ addValidationRule }) => {
      addValidationRule(limitsRule(limits));
      if (production) addValidationRule(NoSchemaIntrospectionCustomRule);
    },
  };
}

function standingPlugin(view: ReadView): Plugin<GraphContext> {
  return {
    onExecute: () => ({
      onExecuteDone: ({ result, setResult }) => {
        if (Symbol.asyncIterator in result) return;
        const answered = result as ExecutionResult;
        setResult({ ...answered, extensions: { ...answered.extensions, standing: view.standing() } });
      },
    }),
  };
}
