import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthenticator, type Authenticate } from '../../src/access/authenticator.js';
import { TokenIssuer } from '../../src/access/token-issuer.js';

const ISSUER = 'urn:test:issuer';
const AUDIENCE = 'test';
const SUBJECT = { subject: 'oem', mspId: 'OemMSP', partyId: 'aoi-motors', roles: ['oem'] as const };

describe('bearer tokens', () => {
  let directory: string;
  let issuer: TokenIssuer;
  let authenticate: Authenticate;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tokens-'));
    issuer = await TokenIssuer.open(directory, ISSUER, AUDIENCE);
    authenticate = createAuthenticator({ issuer: ISSUER, audience: AUDIENCE, jwks: issuer.jwks });
  });

  afterEach(() => rm(directory, { recursive: true }));

  it('name the subject, its organisation, party and roles', async () => {
    assert.deepEqual(await authenticate(`Bearer ${await issuer.issue(SUBJECT, 60)}`), SUBJECT);
  });

  it('are not needed for what is public', async () => {
    assert.equal(await authenticate(undefined), undefined);
  });

  it('are refused when altered, expired, foreign or malformed', async () => {
    const token = await issuer.issue(SUBJECT, 60);
    const [header = '', payload = '', signature = ''] = token.split('.');
    const forged = Buffer.from(
      JSON.stringify({ ...(JSON.parse(Buffer.from(payload, 'base64url').toString()) as object), sub: 'regulator' }),
    ).toString('base64url');
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    const other = await TokenIssuer.open(join(directory, 'other'), ISSUER, AUDIENCE);
    const elsewhere = await TokenIssuer.open(directory, 'urn:other', AUDIENCE);
    const forAnother = await TokenIssuer.open(directory, ISSUER, 'another');
    const bad = [
      `${header}.${forged}.${signature}`,
      unsigned,
      await issuer.issue(SUBJECT, -10),
      await other.issue(SUBJECT, 60),
      await elsewhere.issue(SUBJECT, 60),
      await forAnother.issue(SUBJECT, 60),
      'x',
      '',
    ];
    for (const text of bad) await assert.rejects(authenticate(`Bearer ${text}`), { code: 'UNAUTHENTICATED' });
    await assert.rejects(authenticate(token), { code: 'UNAUTHENTICATED' });
  });

  it('outlive a restart, since the key is kept', async () => {
    const token = await issuer.issue(SUBJECT, 60);
    const again = await TokenIssuer.open(directory, ISSUER, AUDIENCE);
    const check = createAuthenticator({ issuer: ISSUER, audience: AUDIENCE, jwks: again.jwks });
    assert.deepEqual(await check(`Bearer ${token}`), SUBJECT);
  });

  it('publish no private key', () => {
    assert.ok(issuer.jwks.keys.every((key) => key.d === undefined));
  });

  it('refuse to start on a damaged key rather than make a new one', async () => {
    await writeFile(join(directory, 'token-issuer.jwk.json'), '{"kty":');
    await assert.rejects(TokenIssuer.open(directory, ISSUER, AUDIENCE), { code: 'INTERNAL' });
  });
});
