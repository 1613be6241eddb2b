import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAX_BODY_BYTES } from '../../src/http/app.js';
import { findRunningNode } from '../../src/node/node-file.js';
import { startNode, type PassportNode } from '../../src/node/node.js';

const REGISTER =
  'mutation ($c: RegisterPartyInput!) { registerParty(command: $c) { transactionId blockNumber result { id state } } }';
const REGULATOR = { partyId: 'regulator', name: 'Regulator', mspId: 'RegulatorMSP', roles: ['regulator'] };
const LAB = { partyId: 'lab', name: 'Laboratory', mspId: 'RegulatorMSP', roles: ['laboratory'] };

describe('a node', function () {
  this.timeout(60_000);
  let dataDir: string;
  let node: PassportNode;

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'node-'));
    node = await startNode({ dataDir, port: 0, logLevel: 'silent' });
    const registered = await node.ask(REGISTER, { c: REGULATOR }, node.tokens['regulator']);
    assert.equal(registered.errors, undefined);
  });

  after(async () => {
    await node.close();
    await rm(dataDir, { recursive: true });
  });

  const post = (body: string | object, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${node.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  it('says how it is and at which block', async () => {
    const health = (await (await fetch(`${node.url}/healthz`)).json()) as {
      status: string;
      blockNumber: number;
      ledgerHeight: number;
    };
    assert.equal(health.status, 'ok');
    assert.equal(health.blockNumber, health.ledgerHeight - 1);
  });

  it('answers a question and says at which block the answer stands', async () => {
    const response = await post({ query: '{ party(id: "regulator") { id transaction { endorsers valid } } }' });
    const answer = (await response.json()) as { data: unknown; extensions: { standing: { blockNumber: number } } };
    assert.deepEqual(answer.data, {
      party: { id: 'regulator', transaction: { endorsers: ['OemMSP', 'RecyclerMSP'], valid: true } },
    });
    assert.equal(answer.extensions.standing.blockNumber, node.standing().blockNumber);
  });

  it("passes a contract's code on, with nothing written", async () => {
    const before = node.standing().blockNumber;
    const again = await node.ask(REGISTER, { c: REGULATOR }, node.tokens['regulator']);
    assert.equal(again.errors?.[0]?.extensions?.code, 'RECORD_EXISTS');
    const stranger = await node.ask(REGISTER, { c: LAB }, node.tokens['oem']);
    assert.equal(stranger.errors?.[0]?.extensions?.code, 'RECORD_NOT_FOUND');
    assert.equal(node.standing().blockNumber, before);
  });

  it('lets nobody submit without a token or with a bad one', async () => {
    const nobody = await node.ask(REGISTER, { c: LAB });
    assert.equal(nobody.errors?.[0]?.extensions?.code, 'UNAUTHENTICATED');
    const forger = await node.ask('{ standing { blockNumber } }', {}, 'x.y.z');
    assert.equal(forger.errors?.[0]?.extensions?.code, 'UNAUTHENTICATED');
  });

  it('keeps the verification of the whole ledger for the regulator', async () => {
    const oem = await node.ask('{ ledgerVerification }', {}, node.tokens['oem']);
    assert.equal(oem.errors?.[0]?.extensions?.code, 'FORBIDDEN');
    const regulator = await node.ask('{ ledgerVerification }', {}, node.tokens['regulator']);
    assert.equal((regulator.data?.['ledgerVerification'] as { ok: boolean }).ok, true);
  });

  it('is closed to other origins, to forms and to questions in an address', async () => {
    const cross = await post({ query: '{ standing { blockNumber } }' }, { origin: 'https://elsewhere.example' });
    assert.equal(cross.headers.get('access-control-allow-origin'), null);
    const form = await post('query={standing{blockNumber}}', { 'content-type': 'application/x-www-form-urlencoded' });
    assert.equal(form.status, 415);
    const text = await post('{"query":"{ standing { blockNumber } }"}', { 'content-type': 'text/plain' });
    assert.equal(text.status, 415);
    assert.equal((await fetch(`${node.url}/graphql?query={standing{blockNumber}}`)).status, 405);
  });

  it('sends the headers that keep a browser careful', async () => {
    const { headers } = await fetch(`${node.url}/healthz`);
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'self'/);
    assert.equal(headers.get('x-powered-by'), null);
    assert.match(headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/);
  });

  it('stops reading a body that is too large, also one without a stated length', async () => {
    const status = await new Promise<number>((resolve, reject) => {
      const outgoing = request(
        `${node.url}/graphql`,
        { method: 'POST', headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' } },
        (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        },
      );
      outgoing.on('error', reject);
      const chunk = 'x'.repeat(65_536);
      for (let sent = 0; sent <= MAX_BODY_BYTES; sent += chunk.length) outgoing.write(chunk);
      outgoing.end();
    });
    assert.equal(status, 413);
  });

  it('refuses a question that is too much before any of it runs', async () => {
    const response = await post({ query: `{ ${'a: standing { blockNumber } '.repeat(40)} }` });
    const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
    assert.equal(response.status, 400);
    assert.equal(errors[0]?.extensions.code, 'QUERY_TOO_MANY_ALIASES');
    const tokens = await post({ query: `{ ${'standing { blockNumber } '.repeat(4000)} }` });
    assert.match(await tokens.text(), /QUERY_TOO_LARGE/);
  });

  it('shows nothing of what it does not understand', async () => {
    const response = await post('{"query": "{ standing');
    assert.equal(response.status, 400);
    assert.doesNotMatch(await response.text(), /at |node_modules|SyntaxError/);
  });

  it('tells subscribers of what changes', async () => {
    const stop = new AbortController();
    const response = await fetch(`${node.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({
        query: 'subscription { recordChanged(recordType: "party") { id record { id createdBy } } }',
      }),
      signal: stop.signal,
    });
    assert.match(response.headers.get('content-type') ?? '', /text\/event-stream/);
    const heard = (async () => {
      let text = '';
      assert.ok(response.body);
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
        text += Buffer.from(chunk).toString('utf8');
        if (text.includes('"lab"')) return text;
      }
      return text;
    })();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await node.ask(REGISTER, { c: LAB }, node.tokens['regulator']);
    assert.match(await heard, /"recordChanged":\{"id":"lab","record":\{"id":"lab","createdBy":"regulator"\}\}/);
    stop.abort();
  });

  it('publishes its metrics', async () => {
    const text = await (await fetch(`${node.url}/metrics`)).text();
    assert.match(text, /passport_ledger_height [1-9]/);
    assert.match(text, /passport_submissions_total\{transaction="registerParty",outcome="RECORD_EXISTS"\} 1/);
  });

  it('leaves word of where it runs, and is the only one on its directory', async () => {
    assert.equal((await findRunningNode(dataDir))?.url, node.url);
    await assert.rejects(startNode({ dataDir, listen: false, logLevel: 'silent' }), { code: 'LEDGER_IN_USE' });
  });

  it('has the same height and answers after a restart, and with its read model made again', async () => {
    const question =
      '{ parties(first: 10) { totalCount nodes { id name createdAt history { nodes { blockNumber transactionId } } } } }';
    const standing = node.standing();
    const before = await node.ask(question, {});
    for (const rebuild of [false, true]) {
      await node.close();
      assert.equal(await findRunningNode(dataDir), undefined);
      node = await startNode({ dataDir, port: 0, logLevel: 'silent', rebuild });
      assert.deepEqual(node.standing(), standing);
      assert.deepEqual((await node.ask(question, {})).data, before.data);
    }
  });

  it('in production shows no schema and knows no development tokens', async () => {
    const token = node.tokens['regulator'];
    await node.close();
    const tokenIssuer = { issuer: 'urn:other', audience: 'other', jwksUrl: new URL('http://127.0.0.1:9/jwks') };
    node = await startNode({ dataDir, port: 0, logLevel: 'silent', production: true, tokenIssuer });
    assert.deepEqual(node.tokens, {});
    const introspection = await node.ask('{ __schema { types { name } } }', {});
    assert.match(introspection.errors?.[0]?.message ?? '', /introspection/);
    const old = await node.ask('{ standing { blockNumber } }', {}, token);
    assert.ok(old.errors !== undefined);
  });
});
