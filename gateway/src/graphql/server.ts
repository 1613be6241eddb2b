import { audiencesOf } from '@battery-passport/schemas';
import { NoSchemaIntrospectionCustomRule, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import type { Logger } from 'pino';
import type { Authenticate } from '../access/authenticator.js';
import type { Metrics } from '../http/metrics.js';
import { callerCode, type Submission } from '../submission.js';
import { createErrorMask } from './error-formatting.js';
import type { GraphContext } from './graph-context.js';
import { DEFAULT_QUERY_LIMITS, isTokenLimit, limitsRule, tooMuch, type QueryLimits } from './limits.js';
import type { ReadModel } from '../read-model/read-model.js';
import { RequestView } from './request-view.js';

/** What the GraphQL server is put together from. */
export interface GraphServerParts {
  readonly schema: GraphQLSchema;
  readonly model: ReadModel;
  readonly submission: Submission;
  readonly authenticate: Authenticate;
  readonly verifyLedger: () => Promise<unknown>;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** In production nobody may ask for the schema. */
  readonly production: boolean;
  readonly limits?: QueryLimits;
}

/** How long a mutation waits for the read model to take in the block of its transaction, ms. */
const READ_MODEL_PATIENCE_MS = 10_000;

interface RequestContext extends GraphContext {
  readonly requestView: RequestView;
}

/** The GraphQL server; every answer says in `extensions.standing` at which block it stands. */
export function createGraphServer(parts: GraphServerParts): YogaServerInstance<object, GraphContext> {
  const { schema, logger, production } = parts;
  const limits = parts.limits ?? DEFAULT_QUERY_LIMITS;
  return createYoga<object, GraphContext>({
    schema,
    graphqlEndpoint: '/graphql',
    cors: false,
    graphiql: false,
    landingPage: false,
    batching: false,
    multipart: false,
    maskedErrors: { maskError: createErrorMask(logger), errorMessage: 'internal error' },
    logging: false,
    parserAndValidationCache: true,
    plugins: [limitPlugin(limits, production), standingPlugin()],
    context: async ({ request }) =>
      contextOf(parts, await parts.authenticate(request.headers.get('authorization') ?? undefined)),
  });
}

function contextOf(
  { model, submission, metrics, verifyLedger }: GraphServerParts,
  viewer: GraphContext['viewer'],
): RequestContext {
  const requestView = new RequestView(model);
  return {
    viewer,
    access: {
      ...(viewer === undefined ? {} : { partyId: viewer.partyId }),
      audiences: audiencesOf(viewer?.roles ?? []),
    },
    requestView,
    get view() {
      return requestView.current;
    },
    changes: (signal) => model.changes(signal),
    verifyLedger,
    async submit(name, command, detail) {
      try {
        const submitted = await submission.submit(viewer, name, command, detail);
        metrics.submissions.inc({ transaction: name, outcome: 'committed' });
        await model.waitForBlock(submitted.blockNumber, READ_MODEL_PATIENCE_MS);
        requestView.hold();
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
      setParseFn((source, options): unknown => {
        try {
          return parseFn(source, { ...options, maxTokens: limits.maxTokens });
        } catch (error) {
          throw isTokenLimit(error) ? tooMuch('QUERY_TOO_LARGE', `more than ${limits.maxTokens} tokens`) : error;
        }
      });
    },
    onValidate: ({ addValidationRule }) => {
      addValidationRule(limitsRule(limits));
      if (production) addValidationRule(NoSchemaIntrospectionCustomRule);
    },
  };
}

/** Holds one block for the whole of a question and says which it was. */
function standingPlugin(): Plugin<RequestContext> {
  return {
    onExecute: ({ args }) => {
      const { requestView } = args.contextValue as RequestContext;
      requestView.hold();
      return {
        onExecuteDone: ({ result, setResult }) => {
          const standing = requestView.current.standing();
          requestView.release();
          if (Symbol.asyncIterator in result) return;
          const answered = result as ExecutionResult;
          setResult({ ...answered, extensions: { ...answered.extensions, standing } });
        },
      };
    },
  };
}
