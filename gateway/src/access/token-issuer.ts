import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, importJWK, SignJWT, type CryptoKey, type JSONWebKeySet, type JWK } from 'jose';
import type { Role } from '@battery-passport/schemas';
import { GatewayError } from '../gateway-error.js';

/** Who a token speaks for. */
export interface TokenSubject {
  /** Name of the enrolment in the organisation's wallet. */
  readonly subject: string;
  readonly mspId: string;
  readonly partyId: string;
  readonly roles: readonly Role[];
}

const ALGORITHM = 'ES256';
const KEY_FILE = 'token-issuer.jwk.json';
/** Claim that names the organisation. */
export const MSP_CLAIM = 'msp';
/** Claim that names the party. */
export const PARTY_CLAIM = 'party';
/** Claim that lists the roles. */
export const ROLES_CLAIM = 'roles';

/**
 * The issuer of development tokens: a key of its own, kept in the data directory. A deployment configures its
 * organisation's own issuer instead, and this one does not exist there.
 */
export class TokenIssuer {
  readonly jwks: JSONWebKeySet;
  readonly #key: CryptoKey;
  readonly #keyId: string;
  readonly #issuer: string;
  readonly #audience: string;

  private constructor(key: CryptoKey, keyId: string, publicJwk: JWK, issuer: string, audience: string) {
    this.#key = key;
    this.#keyId = keyId;
    this.jwks = { keys: [publicJwk] };
    this.#issuer = issuer;
    this.#audience = audience;
  }

  /**
   * Opens the issuer's key, or makes one where there is none.
   * @throws GatewayError `INTERNAL` when the key file is damaged; it is never replaced silently.
   */
  static async open(directory: string, issuer: string, audience: string): Promise<TokenIssuer> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const jwk = await readOrCreateKey(join(directory, KEY_FILE));
    const keyId = jwk.kid ?? '';
    const publicJwk = { ...jwk };
    delete publicJwk.d;
    const key = await importJWK(jwk, ALGORITHM);
    if (key instanceof Uint8Array) throw new GatewayError({ code: 'INTERNAL', message: `${KEY_FILE} holds no EC key` });
    return new TokenIssuer(key, keyId, publicJwk, issuer, audience);
  }

  /** A signed token. @param lifetimeS - Seconds until it expires. */
  issue({ subject, mspId, partyId, roles }: TokenSubject, lifetimeS: number): Promise<string> {
    return new SignJWT({ [MSP_CLAIM]: mspId, [PARTY_CLAIM]: partyId, [ROLES_CLAIM]: [...roles] })
      .setProtectedHeader({ alg: ALGORITHM, kid: this.#keyId, typ: 'JWT' })
      .setSubject(subject)
      .setIssuer(this.#issuer)
      .setAudience(this.#audience)
      .setIssuedAt()
      .setExpirationTime(`${lifetimeS}s`)
      .sign(this.#key);
  }
}

async function readOrCreateKey(path: string): Promise<JWK> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
    const jwk = { ...(await exportJWK(privateKey)), alg: ALGORITHM, use: 'sig', kid: randomUUID() };
    await writeFile(path, JSON.stringify(jwk), { mode: 0o600, flag: 'wx', flush: true });
    return jwk;
  }
  try {
    return JSON.parse(text) as JWK;
  } catch (cause) {
    throw new GatewayError({ code: 'INTERNAL', message: `${path} is damaged`, cause });
  }
}
