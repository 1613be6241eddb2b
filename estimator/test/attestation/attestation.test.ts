import assert from 'node:assert/strict';
import { digestOf, generateEd25519KeyPair, type EstimateCredential } from '@battery-passport/schemas';
import { attest, estimateCathodeState, EstimatorError, METHOD, verifyAttestation } from '../../src/index.js';
import type { EstimatorErrorCode } from '../../src/index.js';
import { designNamed, measurementOf, truths } from '../validation-cells.js';

const packId = Object.entries(truths).find(([, truth]) => truth.design === 'Mohtat2020')![0];
const design = designNamed('Mohtat2020');
const measurement = { ...measurementOf(packId), measuredAt: '2026-03-01T08:00:00Z' };
const key = generateEd25519KeyPair();
const code = (expected: EstimatorErrorCode) => (error: unknown) =>
  error instanceof EstimatorError && error.code === expected;

function signed(): EstimateCredential {
  return attest({
    estimate: estimateCathodeState(design, measurement),
    design,
    measurement,
    estimatorPartyId: 'estimator-1',
    keyId: 'key-1',
    secretKeyMultibase: key.secretKeyMultibase,
    measuredAt: measurement.measuredAt,
    issuedAt: '2026-03-02T09:00:00Z',
  });
}

describe('an attestation', () => {
  const credential = signed();

  it('is the same bytes for the same estimate, key and dates', () => {
    assert.deepEqual(signed(), credential);
  });

  it('holds whole numbers only, the digests, the method and its issuer', () => {
    const { credentialSubject: subject } = credential;
    const visit = (value: unknown): void => {
      if (typeof value === 'number') assert.ok(Number.isSafeInteger(value) && !Object.is(value, -0));
      else if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit);
    };
    visit(subject);
    assert.equal(subject.measurementDigest, digestOf(measurement));
    assert.equal(subject.designDigest, digestOf(design));
    assert.deepEqual(subject.method, METHOD);
    assert.equal(credential.issuer, 'urn:battery-passport:party:estimator-1');
    assert.equal(
      Object.values(subject.classProbabilitiesPpm).reduce((sum, value) => sum + value, 0),
      1_000_000,
    );
  });

  it('is verified against its measurement by running it again', () => {
    assert.equal(verifyAttestation(credential, design, measurement, key.publicKeyMultibase).proof, 'verified');
    assert.equal(verifyAttestation(credential, design, measurement).proof, 'not checked');
  });

  it('is refused under another key', () => {
    assert.throws(
      () => verifyAttestation(credential, design, measurement, generateEd25519KeyPair().publicKeyMultibase),
      code('ATTESTATION_INVALID'),
    );
  });

  it('is refused when a number was changed, even by its own signer', () => {
    const changed = structuredClone(credential);
    changed.credentialSubject.lli!.valuePpm += 10;
    assert.throws(
      () => verifyAttestation(changed, design, measurement, key.publicKeyMultibase),
      code('ATTESTATION_INVALID'),
    );
    assert.throws(() => verifyAttestation(changed, design, measurement), code('ATTESTATION_MISMATCH'));
  });

  it('is refused with another measurement, another design or another method', () => {
    const other = structuredClone(measurement);
    other.charge.voltageV[100] += 0.001;
    assert.throws(() => verifyAttestation(credential, design, other), code('ATTESTATION_MISMATCH'));
    assert.throws(
      () => verifyAttestation(credential, { ...design, nominalCapacityAh: 5 }, measurement),
      code('ATTESTATION_MISMATCH'),
    );
    const older = structuredClone(credential);
    older.credentialSubject.method.version = '0.0.1';
    assert.throws(() => verifyAttestation(older, design, measurement), code('ATTESTATION_MISMATCH'));
  });

  it('is refused when it is something else altogether', () => {
    for (const value of [null, 3, 'x', [], {}, { ...credential, surprise: true }])
      assert.throws(() => verifyAttestation(value, design, measurement), code('ATTESTATION_INVALID'));
  });

  it('is not made of a chemistry that the ledger does not know', () => {
    const strange = { ...design, cathodeChemistry: 'UNOBTAINIUM' };
    assert.throws(
      () =>
        attest({
          estimate: estimateCathodeState(strange, measurement),
          design: strange,
          measurement,
          estimatorPartyId: 'estimator-1',
          keyId: 'key-1',
          secretKeyMultibase: key.secretKeyMultibase,
          measuredAt: measurement.measuredAt,
          issuedAt: '2026-03-02T09:00:00Z',
        }),
      code('DESIGN_INVALID'),
    );
  });
});
