import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import type { Metrics } from './metrics.js';

/** Header that carries a request's id in and out. */
export const REQUEST_ID_HEADER = 'x-request-id';

/** Gives every request an id, logs how it ended and counts it; neither bodies nor tokens are logged. */
export function requestLog(logger: Logger, metrics: Metrics): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    const given = request.header(REQUEST_ID_HEADER);
    const requestId = given !== undefined && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : randomUUID();
    response.setHeader(REQUEST_ID_HEADER, requestId);
    const started = process.hrtime.bigint();
    response.on('close', () => {
      const durationS = Number(process.hrtime.bigint() - started) / 1e9;
      const route = ['/graphql', '/healthz', '/metrics'].includes(request.path) ? request.path : 'other';
      metrics.requests.observe({ method: request.method, route, status: response.statusCode }, durationS);
      logger.info(
        { requestId, method: request.method, path: request.path, status: response.statusCode, durationS },
        'request',
      );
    });
    next();
  };
}
