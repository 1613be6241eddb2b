import assert from 'node:assert/strict';
import type { AttestationRecord, CommandOf } from '@battery-passport/schemas';
import { assertRefused } from '../assert-refused.js';
import { MemoryWorld } from '../memory-world.js';
import { design, seed, sortedPack } from '../process/recycling-chain.js';

const DIGEST = `sha256:${'1'.repeat(64)}`;

function attestation(id: string, more: Partial<AttestationRecord> = {}): AttestationRecord {
  const { credentialSubject, proof, ...rest } = credential();
  return {
    recordType: 'attestation',
    id,
    createdBy: 'estimator',
    createdAt: '2031-01-15T00:00:00Z',
    createdInTransaction: 'a'.repeat(64),
    packId: 'pack-1',
    requestId: `request-${id}`,
    estimatorId: 'estimator',
    keyId: 'key-1',
    accreditationId: 'accreditation-1',
    chemistry: 'NMC622',
    method: credentialSubject.method,
    cathodeClass: 'lithium-deficient',
    classProbabilitiesPpm: credentialSubject.classProbabilitiesPpm,
    lli: null,
    lamPe: null,
    lamNe: null,
    crackAreaRatio: null,
    surfaceLayerRatio: null,
    capacity: null,
    soh: null,
    measurementDigest: DIGEST,
    designDigest: DIGEST,
    measuredAt: '2031-01-15T00:00:00Z',
    expiresAt: '2031-07-14T00:00:00Z',
    credential: { ...rest, credentialSubject, proof },
    ...more,
  };
}

function credential(): AttestationRecord['credential'] {
  return {
    '@context': ['https://www.w3.org/ns/credentials/v2'],
    type: ['VerifiableCredential', 'CathodeStateAttestation'],
    issuer: 'urn:battery-passport:party:estimator',
    credentialSubject: {
      packId: 'pack-1',
      designId: 'cell-60',
      chemistry: 'NMC622',
      cathodeClass: 'lithium-deficient',
      classProbabilitiesPpm: {
        'lithium-deficient': 900_000,
        cracked: 100_000,
        'surface-reconstructed': 0,
        'cracked-and-reconstructed': 0,
        depleted: 0,
      },
      lli: null,
      lamPe: null,
      lamNe: null,
      crackAreaRatio: null,
      surfaceLayerRatio: null,
      capacity: null,
      soh: null,
      notIdentifiable: {},
      method: { name: 'ocv-eis', version: '1.0.0' },
      measurementDigest: DIGEST,
      designDigest: DIGEST,
      measuredAt: '2031-01-15T00:00:00Z',
    },
    proof: {
      type: 'DataIntegrityProof',
      cryptosuite: 'eddsa-jcs-2022',
      created: '2031-01-15T01:00:00Z',
      verificationMethod: 'urn:battery-passport:party:estimator#key-1',
      proofPurpose: 'assertionMethod',
      proofValue: `z${'2'.repeat(86)}`,
    },
  };
}

function finding(more: Partial<CommandOf<'recordFinding'>> = {}): CommandOf<'recordFinding'> {
  return {
    findingId: 'finding-1',
    attestationId: 'attestation-1',
    cellSerials: ['cell-1', 'cell-2'],
    measuredClass: 'lithium-deficient',
    method: 'SEM cross-section and XRD',
    quantities: { lli: { valuePpm: 112_000, sigmaPpm: 4_000 } },
    measuredAt: '2031-02-10T00:00:00Z',
    ...more,
  };
}

describe('a finding after opening', () => {
  let given: MemoryWorld;
  let world: MemoryWorld;
  const record = (more: Partial<CommandOf<'recordFinding'>> = {}) =>
    world.submit('laboratory', 'recordFinding', finding(more));
  const ask = (wanted: CommandOf<'getEstimatorRecord'> = {}) => world.evaluate('oem', 'getEstimatorRecord', wanted);

  before(async () => {
    given = await MemoryWorld.founded();
    seed(given, design);
    seed(given, sortedPack());
    seed(given, sortedPack('pack-2', { previousPackId: 'pack-0' }));
    seed(given, attestation('attestation-1'));
    seed(given, attestation('attestation-2', { packId: 'pack-2', cathodeClass: 'cracked' }));
    seed(given, attestation('attestation-3', { method: { name: 'ocv-eis', version: '2.0.0' } }));
  });

  beforeEach(() => {
    world = given.fork();
  });

  it('says itself whether the attested class is the measured one', async () => {
    assert.equal((await record()).agrees, true);
    const other = await record({ findingId: 'finding-2', cellSerials: ['cell-3'], measuredClass: 'cracked' });
    assert.equal(other.agrees, false);
    assert.equal(other.attestedClass, 'lithium-deficient');
  });

  it('counts in the score of its method version, chemistry and use', async () => {
    await record();
    await record({ findingId: 'finding-2', cellSerials: ['cell-3'], measuredClass: 'cracked' });
    await record({ findingId: 'finding-3', attestationId: 'attestation-2', measuredClass: 'cracked' });
    await record({ findingId: 'finding-4', attestationId: 'attestation-3' });
    const all = await ask();
    assert.equal(all.testedCount, 4);
    assert.equal(all.correctCount, 3);
    assert.equal(all.correctRatePpm, 750_000);
    assert.deepEqual(all.confusion, [
      { attested: 'lithium-deficient', measured: 'lithium-deficient', count: 2 },
      { attested: 'lithium-deficient', measured: 'cracked', count: 1 },
      { attested: 'cracked', measured: 'cracked', count: 1 },
    ]);
    assert.equal(all.scores.length, 3);
    assert.equal((await ask({ methodVersion: '1.0.0' })).testedCount, 3);
    assert.equal((await ask({ use: 'second-life' })).testedCount, 1);
    assert.equal((await ask({ use: 'unrecorded', methodVersion: '1.0.0' })).correctRatePpm, 500_000);
    assert.equal((await ask({ chemistry: 'LFP' })).correctRatePpm, null);
    assert.equal((await ask({ estimatorId: 'nobody' })).testedCount, 0);
  });

  it('counts a cell once for each attestation and laboratory', async () => {
    await record();
    await assertRefused(world, 'FINDING_EXISTS', () =>
      record({ findingId: 'finding-2', cellSerials: ['cell-9', 'cell-2'] }),
    );
    await assertRefused(world, 'RECORD_EXISTS', () => record({ cellSerials: ['cell-9'] }));
  });

  it('is corrected, and the score with it', async () => {
    await record();
    await record({
      findingId: 'finding-2',
      cellSerials: ['cell-2'],
      measuredClass: 'depleted',
      supersedes: { id: 'finding-1', reason: 'Cells were confused' },
    });
    const { testedCount, correctCount } = await ask();
    assert.deepEqual([testedCount, correctCount], [1, 0]);
    await record({ findingId: 'finding-3', cellSerials: ['cell-1'] });
    assert.equal((await ask()).testedCount, 2, 'the cell that the correction let go is free again');
    await assertRefused(world, 'CORRECTION_CONFLICT', () =>
      record({
        findingId: 'finding-4',
        attestationId: 'attestation-3',
        supersedes: { id: 'finding-3', reason: 'Other attestation' },
      }),
    );
  });

  it('comes after the measurement that it tests, and not after now', async () => {
    await assertRefused(world, 'TIME_IMPLAUSIBLE', () => record({ measuredAt: '2031-01-14T00:00:00Z' }));
    await assertRefused(world, 'TIME_IMPLAUSIBLE', () => record({ measuredAt: '2031-03-02T00:00:00Z' }));
  });

  it('tests an attestation that is there, stands, and is not its own', async () => {
    await assertRefused(world, 'RECORD_NOT_FOUND', () => record({ attestationId: 'nothing' }));
    seed(
      world,
      attestation('attestation-1', {
        superseded: { byId: 'attestation-3', reason: 'x', author: 'estimator', at: '2031-02-01T00:00:00Z' },
      }),
    );
    await assertRefused(world, 'RECORD_SUPERSEDED', () => record());
    seed(world, attestation('attestation-1', { estimatorId: 'laboratory' }));
    await assertRefused(world, 'NOT_INDEPENDENT', () => record());
  });

  it('is recorded by laboratories only', async () => {
    await assertRefused(world, 'ROLE_MISSING', () => world.submit('estimator', 'recordFinding', finding()));
  });
});
