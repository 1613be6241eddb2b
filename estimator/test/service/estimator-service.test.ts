import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express from 'express';
import { generateEd25519KeyPair, type EstimateCredential } from '@battery-passport/schemas';
import {
  createMeasurementRouter,
  EstimatorError,
  EstimatorService,
  type EstimateOutcome,
  type EstimatorServiceOptions,
  type OpenEstimateRequest,
} from '../../src/index.js';
import { designNamed, measurementOf, truths } from '../validation-cells.js';

const packId = Object.entries(truths).find(
  ([, truth]) => truth.design === 'Mohtat2020' && truth.sensorProfile === 'vehicle',
)![0];
const design = designNamed('Mohtat2020');
const measurement = { ...measurementOf(packId), measuredAt: '2026-03-01T08:00:00Z' };
const key = generateEd25519KeyPair();

class ContractRefusal extends Error {
  readonly contractCode: string;
  constructor(contractCode: string) {
    super(`${contractCode}: refused`);
    this.contractCode = contractCode;
  }
}

interface Sent {
  attestationId: string;
  requestId: string;
  credential: EstimateCredential;
}

/** As much of the ledger as the service sees: requests, and attestations that it refuses to take twice. */
class PretendLedger {
  readonly attestations = new Map<string, Sent>();
  readonly sent: Sent[] = [];
  readonly requests: OpenEstimateRequest[] = [];
  closed = false;
  /** What happens to the next submits, first to last: nothing heard before or after the commit, or a refusal. */
  readonly mishaps: ('lost-before' | 'lost-after' | 'REQUEST_NOT_OPEN')[] = [];
  #wake: (() => void)[] = [];

  open(request: OpenEstimateRequest): void {
    this.requests.push(request);
    for (const wake of this.#wake.splice(0)) wake();
  }

  submit = (transaction: string, command: object): Promise<unknown> => {
    assert.equal(transaction, 'submitAttestation');
    const sent = command as Sent;
    this.sent.push(structuredClone(sent));
    const mishap = this.mishaps.shift();
    if (mishap === 'lost-before') return Promise.reject(new Error('connection reset'));
    if (mishap === 'REQUEST_NOT_OPEN') return Promise.reject(new ContractRefusal(mishap));
    if (this.attestations.has(sent.attestationId)) return Promise.reject(new ContractRefusal('ATTESTATION_EXISTS'));
    this.attestations.set(sent.attestationId, sent);
    return mishap === 'lost-after' ? Promise.reject(new Error('connection reset')) : Promise.resolve({});
  };

  evaluate = (transaction: string, command: object): Promise<unknown> => {
    assert.equal(transaction, 'getRecord');
    const { id } = command as { id: string };
    if (!this.requests.some(({ requestId }) => requestId === id))
      return Promise.reject(new ContractRefusal('RECORD_NOT_FOUND'));
    return Promise.resolve({ state: this.closed ? 'withdrawn' : 'open' });
  };

  requestEvents = async function* (this: PretendLedger, signal: AbortSignal): AsyncIterable<OpenEstimateRequest> {
    const ended = (): boolean => signal.aborted;
    for (let next = 0; !ended(); next++) {
      while (next >= this.requests.length && !ended())
        await new Promise<void>((resolve) => {
          this.#wake.push(resolve);
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
      if (next < this.requests.length) yield this.requests[next];
    }
  }.bind(this);
}

describe('the estimator service', function () {
  this.timeout(60_000);
  let dataDir: string;
  let ledger: PretendLedger;
  let outcomes: EstimateOutcome[];
  let running: EstimatorService[];

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'estimator-'));
    ledger = new PretendLedger();
    outcomes = [];
    running = [];
  });

  afterEach(async () => {
    await Promise.all(running.map((service) => service.close()));
    await rm(dataDir, { recursive: true });
  });

  async function start(changes: Partial<EstimatorServiceOptions> = {}): Promise<EstimatorService> {
    const service = await EstimatorService.open({
      dataDir,
      designOf: (designId) => (designId === design.designId ? design : undefined),
      submit: ledger.submit,
      evaluate: ledger.evaluate,
      requestEvents: ledger.requestEvents,
      estimatorPartyId: 'estimator-1',
      keyId: 'key-1',
      secretKeyMultibase: key.secretKeyMultibase,
      now: () => new Date('2026-03-02T09:00:00Z'),
      onOutcome: (outcome) => outcomes.push(outcome),
      retryMs: 5,
      ...changes,
    });
    running.push(service);
    service.start();
    return service;
  }

  async function until(state: EstimateOutcome['state']): Promise<EstimateOutcome> {
    for (;;) {
      const found = outcomes.find((outcome) => outcome.state === state);
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  it('answers a request once its measurement is there', async () => {
    ledger.open({ requestId: 'RQ-1', packId });
    const service = await start();
    await until('waiting');
    const { isNew } = await service.receiveMeasurement(measurement);
    assert.equal(isNew, true);
    const done = await until('submitted');
    assert.equal(done.requestId, 'RQ-1');
    assert.equal(ledger.attestations.size, 1);
    assert.equal([...ledger.attestations.values()][0].credential.credentialSubject.packId, packId);
  });

  it('answers once when the measurement came first and the request is seen twice', async () => {
    const service = await start();
    await service.receiveMeasurement(measurement);
    ledger.open({ requestId: 'RQ-1', packId });
    ledger.open({ requestId: 'RQ-1', packId });
    await until('submitted');
    await service.idle();
    assert.equal(ledger.sent.length, 1);
  });

  it('sends the same bytes again when nothing was heard, and takes the refusal of a second for success', async () => {
    ledger.mishaps.push('lost-before', 'lost-after');
    ledger.open({ requestId: 'RQ-1', packId });
    const service = await start();
    await service.receiveMeasurement(measurement);
    await until('submitted');
    assert.equal(ledger.sent.length, 3);
    assert.deepEqual(ledger.sent[1], ledger.sent[0]);
    assert.deepEqual(ledger.sent[2], ledger.sent[0]);
    assert.equal(ledger.attestations.size, 1);
  });

  it('neither loses nor doubles an answer when it is stopped between signing and hearing', async () => {
    ledger.open({ requestId: 'RQ-1', packId });
    ledger.mishaps.push('lost-after');
    const first = await start({ retryMs: 60_000 });
    await first.receiveMeasurement(measurement);
    await until('retrying');
    await first.close();
    await start({ now: () => new Date('2026-04-01T00:00:00Z') });
    await until('submitted');
    assert.equal(ledger.attestations.size, 1);
    assert.deepEqual(ledger.sent[1], ledger.sent[0]);
  });

  it('does nothing more after a restart for what was answered', async () => {
    ledger.open({ requestId: 'RQ-1', packId });
    const first = await start();
    await first.receiveMeasurement(measurement);
    await until('submitted');
    await first.close();
    outcomes.length = 0;
    const second = await start();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await second.idle();
    assert.deepEqual(outcomes, []);
    assert.equal(ledger.sent.length, 1);
  });

  it('gives up what the contract refuses, and passes over requests that are no longer open', async () => {
    ledger.mishaps.push('REQUEST_NOT_OPEN');
    ledger.open({ requestId: 'RQ-1', packId });
    const service = await start();
    await service.receiveMeasurement(measurement);
    assert.equal((await until('refused')).code, 'REQUEST_NOT_OPEN');
    ledger.closed = true;
    ledger.open({ requestId: 'RQ-2', packId });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await service.idle();
    assert.equal(ledger.sent.length, 1);
  });

  it('keeps a measurement once, and refuses one that is undated, of no known design, or cannot be trusted', async () => {
    const service = await start();
    assert.equal((await service.receiveMeasurement(measurement)).isNew, true);
    const again = await service.receiveMeasurement(structuredClone(measurement));
    assert.equal(again.isNew, false);
    assert.deepEqual((await service.measurement(packId, again.digest))!.measurement, measurement);
    const undated = measurementOf(packId);
    const refused = (code: string) => (error: unknown) => error instanceof EstimatorError && error.code === code;
    await assert.rejects(service.receiveMeasurement(undated), refused('MEASUREMENT_INVALID'));
    await assert.rejects(service.receiveMeasurement({ ...measurement, designId: 'X' }), refused('DESIGN_MISMATCH'));
    const reversed = structuredClone(measurement);
    reversed.charge.currentA = reversed.charge.currentA.map((current) => -current);
    await assert.rejects(service.receiveMeasurement(reversed), refused('CURRENT_REVERSED'));
    assert.equal((await readdir(join(dataDir, 'measurements', packId))).length, 1);
  });

  it('does not sign a kept measurement that was altered on disk', async () => {
    const service = await start();
    await service.receiveMeasurement(measurement);
    const directory = join(dataDir, 'measurements', packId);
    const [name] = await readdir(directory);
    const text = await readFile(join(directory, name), 'utf8');
    await writeFile(join(directory, name), text.replace('"vehicle"', '"poor"'));
    ledger.open({ requestId: 'RQ-1', packId });
    assert.equal((await until('not-estimated')).code, 'STORE_CORRUPT');
    assert.equal(ledger.sent.length, 0);
  });

  it('refuses to open over a damaged journal', async () => {
    ledger.open({ requestId: 'RQ-1', packId });
    const service = await start();
    await service.receiveMeasurement(measurement);
    await until('submitted');
    await service.close();
    const path = join(dataDir, 'journal', 'RQ-1.json');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.slice(0, text.length >> 1));
    await assert.rejects(start(), (error) => error instanceof EstimatorError && error.code === 'STORE_CORRUPT');
  });

  describe('over HTTP', () => {
    let server: Server;
    let address: string;

    beforeEach(async () => {
      const service = await start();
      const app = express();
      app.use(
        createMeasurementRouter({
          service,
          authenticate: (request) =>
            Promise.resolve(request.headers.authorization === 'Bearer oem' ? { partyId: 'oem-1' } : undefined),
          authorise: (_sender, pack) => Promise.resolve(pack === packId),
          maxBytes: 200_000,
        }),
      );
      server = createServer(app).listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/measurements`;
    });

    afterEach(() => new Promise((resolve) => server.close(resolve)));

    async function put(
      body: string,
      { pack = packId, token = 'Bearer oem', type = 'application/json' } = {},
    ): Promise<{ status: number; code: string | undefined; digest: string | undefined }> {
      const response = await fetch(`${address}/${pack}`, {
        method: 'PUT',
        body,
        headers: { authorization: token, 'content-type': type },
      });
      const answer = (await response.json()) as { error?: { code: string }; measurementDigest?: string };
      return { status: response.status, code: answer.error?.code, digest: answer.measurementDigest };
    }

    it('takes a measurement once and gives it back', async () => {
      const first = await put(JSON.stringify(measurement));
      assert.equal(first.status, 201);
      assert.deepEqual(await put(JSON.stringify(measurement)), { ...first, status: 200 });
      const response = await fetch(`${address}/${packId}/${first.digest}`, {
        headers: { authorization: 'Bearer oem' },
      });
      assert.deepEqual(await response.json(), measurement);
    });

    it('refuses strangers, foreign packs, and what is not a measurement, each with its status and code', async () => {
      const text = JSON.stringify(measurement);
      assert.deepEqual(await put(text, { token: 'Bearer x' }), {
        status: 401,
        code: 'NOT_AUTHENTICATED',
        digest: undefined,
      });
      assert.equal((await put(text, { pack: 'other' })).status, 403);
      assert.equal((await put(text, { pack: '..%2f..' })).status, 422);
      assert.equal((await put('{"a":')).status, 400);
      assert.equal((await put(text, { type: 'text/plain' })).status, 415);
      assert.equal((await put(JSON.stringify({ ...measurement, packId: 'other' }))).code, 'MEASUREMENT_INVALID');
      assert.equal((await put(' '.repeat(300_000))).status, 413);
      const response = await fetch(`${address}/${packId}/sha256:${'0'.repeat(64)}`, {
        headers: { authorization: 'Bearer oem' },
      });
      assert.equal(response.status, 404);
    });
  });
});
