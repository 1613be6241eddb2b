import { isRole, type Role } from '@battery-passport/schemas';
import { createLocalJWKSet, createRemoteJWKSet, errors, jwtVerify, type JSONWebKeySet, type JWTPayload } from 'jose';
import { GatewayError } from '../gateway-error.js';
import { MSP_CLAIM, PARTY_CLAIM, ROLES_CLAIM, type TokenSubject } from './token-issuer.js';

/** Who asks: a token's subject, or nobody in particular. */
export type Viewer = TokenSubject | undefined;

/** Whose tokens are believed. */
export interface AuthenticatorOptions {
  readonly issuer: string;
  readonly audience: string;
  /** The issuer's keys, or the address at which it publishes them. */
  readonly jwks: JSONWebKeySet | URL;
}

/** Reads the `Authorization` header of a request. */
export type Authenticate = (authorization: string | undefined) => Promise<Viewer>;

/**
 * Makes the check of bearer tokens. A request without a token is anonymous; one with a bad token is refused, so that nobody
 * takes a public answer for a full one.
 * @throws GatewayError `UNAUTHENTICATED`, from the returned function.
 */
export function createAuthenticator({ issuer, audience, jwks }: AuthenticatorOptions): Authenticate {
  const keys = jwks instanceof URL ? createRemoteJWKSet(jwks) : createLocalJWKSet(jwks);
  return async (authorization) => {
    if (authorization === undefined) return undefined;
    const [, token] = /^Bearer ([A-Za-z0-9._~+/=-]{1,8192})$/.exec(authorization) ?? [];
    if (token === undefined) throw unauthenticated('expected "Authorization: Bearer <token>"');
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: ['ES256', 'EdDSA', 'RS256', 'PS256'],
      });
      return toViewer(payload);
    } catch (error) {
      if (error instanceof errors.JOSEError) throw unauthenticated(`the token is not accepted: ${error.code}`, error);
      throw error;
    }
  };
}

function toViewer(payload: JWTPayload): TokenSubject {
  const { sub: subject, [MSP_CLAIM]: mspId, [PARTY_CLAIM]: partyId, [ROLES_CLAIM]: roles } = payload;
  if (
    typeof subject !== 'string' ||
    typeof mspId !== 'string' ||
    typeof partyId !== 'string' ||
    !Array.isArray(roles)
  ) {
    throw unauthenticated(`the token needs the claims sub, ${MSP_CLAIM}, ${PARTY_CLAIM} and ${ROLES_CLAIM}`);
  }
  return { subject, mspId, partyId, roles: roles.filter((role): role is Role => isRole(role)) };
}

function unauthenticated(message: string, cause?: unknown): GatewayError {
  return new GatewayError({ code: 'UNAUTHENTICATED', message, cause });
}
