import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Router } from 'express';
import { EstimatorError, type EstimatorErrorCode } from '../estimator-error.js';
import type { EstimatorService } from './estimator-service.js';

/** Who sends a measurement. */
export interface MeasurementSender {
  partyId: string;
}

/** What the router is handed. */
export interface MeasurementRouterOptions {
  service: Pick<EstimatorService, 'receiveMeasurement' | 'measurement'>;
  /** The sender that a request's credentials prove, or nothing. */
  authenticate: (request: Request) => Promise<MeasurementSender | undefined>;
  /** Whether this sender may send and read measurements of this pack. */
  authorise: (sender: MeasurementSender, packId: string) => Promise<boolean>;
  /** Largest body, bytes, chunked bodies included. */
  maxBytes?: number;
}

const DEFAULT_MAX_BYTES = 8 * 1024 * 1024;
const PACK_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

const STATUS: Partial<Record<EstimatorErrorCode, number>> = {
  NOT_AUTHENTICATED: 401,
  NOT_AUTHORISED: 403,
  STORE_CORRUPT: 500,
};

/**
 * Takes measurements over HTTP: `PUT /measurements/:packId` with a `measurement/1` as JSON answers 201 with its digest, 200
 * when it is already kept; `GET /measurements/:packId/:digest` gives it back, so that an estimate can be run again. Errors
 * are `{ "error": { "code", "message" } }`: 400 not JSON, 401, 403, 404, 413 too large, 415 not JSON by its own account,
 * 422 refused.
 */
export function createMeasurementRouter(options: MeasurementRouterOptions): Router {
  const router = express.Router();
  const admit: RequestHandler<{ packId: string; digest: string }> = async (request, _response, next) => {
    const sender = await options.authenticate(request);
    if (sender === undefined) {
      throw new EstimatorError({
        code: 'NOT_AUTHENTICATED',
        message: 'measurements are taken from known senders only',
      });
    }
    const { packId } = request.params;
    if (!PACK_ID.test(packId)) {
      throw new EstimatorError({ code: 'MEASUREMENT_INVALID', message: 'the pack identifier is malformed' });
    }
    if (!(await options.authorise(sender, packId))) {
      throw new EstimatorError({
        code: 'NOT_AUTHORISED',
        message: `${sender.partyId} may not send or read measurements of this pack`,
      });
    }
    next();
  };
  // Authentication comes before the body is read: an unknown sender costs no memory.
  router.put<string, { packId: string; digest: string }>(
    '/measurements/:packId',
    admit,
    express.raw({ type: 'application/json', limit: options.maxBytes ?? DEFAULT_MAX_BYTES }),
    async (request, response) => {
      if (!Buffer.isBuffer(request.body)) {
        response.status(415).json({ error: { code: 'MEASUREMENT_INVALID', message: 'expected application/json' } });
        return;
      }
      let value: unknown;
      try {
        value = JSON.parse(request.body.toString('utf8'));
      } catch {
        response.status(400).json({ error: { code: 'MEASUREMENT_INVALID', message: 'the body is not JSON' } });
        return;
      }
      const { packId } = request.params;
      if ((value as { packId?: unknown } | null)?.packId !== packId) {
        throw new EstimatorError({
          code: 'MEASUREMENT_INVALID',
          message: `the measurement is not of pack ${packId}`,
        });
      }
      const { digest, isNew } = await options.service.receiveMeasurement(value);
      response.status(isNew ? 201 : 200).json({ packId, measurementDigest: digest });
    },
  );
  router.get<string, { packId: string; digest: string }>(
    '/measurements/:packId/:digest',
    admit,
    async (request, response) => {
      const { packId, digest } = request.params;
      const kept = DIGEST.test(digest) ? await options.service.measurement(packId, digest) : undefined;
      if (kept === undefined) {
        response.status(404).json({ error: { code: 'MEASUREMENT_INVALID', message: 'no such measurement' } });
        return;
      }
      response.json(kept.measurement);
    },
  );
  const refuse: ErrorRequestHandler = (error: unknown, _request, response, next) => {
    if (error instanceof EstimatorError) {
      response.status(STATUS[error.code] ?? 422).json({ error: { code: error.code, message: error.message } });
      return;
    }
    if ((error as { type?: unknown } | null)?.type === 'entity.too.large') {
      response.status(413).json({ error: { code: 'MEASUREMENT_INVALID', message: 'the measurement is too large' } });
      return;
    }
    next(error);
  };
  router.use(refuse);
  return router;
}
