import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Router } from 'express';
import type { JSONWebKeySet } from 'jose';
import helmet from 'helmet';
import type { Logger } from 'pino';
import type { Metrics } from './metrics.js';
import { requestLog } from './request-log.js';

/** Largest request body, bytes; counted as it arrives, so a chunked body without a length is held to it too. */
export const MAX_BODY_BYTES = 2 * 1024 * 1024;

/** What the web application is put together from. */
export interface AppParts {
  readonly graphql: RequestHandler;
  readonly health: () => {
    readonly status: 'ok' | 'degraded';
    readonly blockNumber: number;
    readonly ledgerHeight: number;
  };
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** The development issuer's keys, where it is in use. */
  readonly jwks?: JSONWebKeySet;
  /** Routes of the estimator service: measurements arrive there. */
  readonly estimator?: Router;
}

/** The web application: closed by default, no cross-origin access, JSON only. */
export function createApp({ graphql, health, metrics, logger, jwks, estimator }: AppParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(requestLog(logger, metrics));
  app.use(helmet());
  app.get('/healthz', (_request, response) => {
    const state = health();
    response.status(state.status === 'ok' ? 200 : 503).json(state);
  });
  app.get('/metrics', async (_request, response) => {
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  if (jwks !== undefined) app.get('/.well-known/jwks.json', (_request, response) => void response.json(jwks));
  if (estimator !== undefined) app.use('/estimator', estimator);
  app.use('/graphql', requireJsonPost, express.json({ limit: MAX_BODY_BYTES, type: 'application/json' }), graphql);
  app.use(
    (_request, response) => void response.status(404).json(problem('NOT_FOUND', 'there is nothing at this address')),
  );
  app.use(badBody);
  return app;
}

/**
 * Only `POST` with `Content-Type: application/json` reaches GraphQL: a browser can't send that across origins without
 * asking first, and nobody answers the question, so no other site can act with a visitor's rights.
 */
const requireJsonPost: RequestHandler = (request, response, next) => {
  if (request.method !== 'POST') {
    response.setHeader('allow', 'POST');
    response.status(405).json(problem('BAD_REQUEST', 'GraphQL is answered over POST'));
    return;
  }
  if (request.is('application/json') === false) {
    response.status(415).json(problem('BAD_REQUEST', 'send application/json'));
    return;
  }
  next();
};

const badBody: ErrorRequestHandler = (error: { status?: unknown; type?: unknown }, _request, response, next) => {
  if (response.headersSent) {
    next(error);
    return;
  }
  const status = typeof error.status === 'number' && error.status >= 400 && error.status < 500 ? error.status : 500;
  const code = status === 413 ? 'QUERY_TOO_LARGE' : status === 500 ? 'INTERNAL' : 'BAD_REQUEST';
  response.status(status).json(problem(code, status === 500 ? 'internal error' : 'the body cannot be read as JSON'));
};

function problem(code: string, message: string): object {
  return { errors: [{ message, extensions: { code } }] };
}
