import assert from 'node:assert/strict';
import * as door from '../src/index.js';

describe('the door of the estimator', () => {
  it('exports these names and no others', () => {
    assert.deepEqual(Object.keys(door).sort(), [
      'DAMAGED_RATIO',
      'DEPLETED_LAM_PE',
      'EstimatorError',
      'EstimatorService',
      'METHOD',
      'QUANTITY_NAMES',
      'assertPlausible',
      'attest',
      'attestationIdOf',
      'attestationSubject',
      'createMeasurementRouter',
      'estimateCathodeState',
      'estimateDirectories',
      'estimateOrRefuse',
      'parseDesign',
      'parseMeasurement',
      'readJsonFile',
      'verifyAttestation',
    ]);
  });
});
