import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as door from '../src/index.js';

describe('the door of chaincode', () => {
  it('is this list of names: a name leaves or comes on purpose', () => {
    assert.deepEqual(Object.keys(door).sort(), NAMES);
  });

  it('opens without fabric-shim, for those who only need the rules', () => {
    const script = `
      import { createRequire } from 'node:module';
      await import(${JSON.stringify(import.meta.resolve('../src/index.js'))});
      const loaded = Object.keys(createRequire(import.meta.url).cache);
      console.log(JSON.stringify(loaded.filter((path) => path.includes('fabric'))));`;
    const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
    assert.deepEqual(JSON.parse(printed), []);
  });
});

const NAMES = [
  'COLLECTIONS',
  'CONTRACT_SOURCE',
  'DOWNGRADES',
  'KINDS_BY_ROUTE',
  'MAX_PRIVATE_DETAIL_BYTES',
  'NO_BASIS',
  'OUTPUTS_BY_KIND',
  'PARTY_ATTRIBUTE',
  'PRIVATE_TRANSIENT_FIELD',
  'REFUSALS',
  'REGULATOR_MSP',
  'ROLES_ATTRIBUTE',
  'ROLES_BY_KIND',
  'Refusal',
  'accountMassMg',
  'addAccounts',
  'addBases',
  'assessLot',
  'attestationExpiry',
  'balanceElements',
  'basisOf',
  'certificatesIn',
  'computeStep',
  'drawAccount',
  'drawBasis',
  'drawLot',
  'elementMasses',
  'evaluateSortingPolicy',
  'indexKeyType',
  'isRecovered',
  'isRecoveredProduct',
  'mayHold',
  'proportion',
  'reclassify',
  'recoveredAccount',
  'recoveryRates',
  'recycledContent',
  'recycledShares',
  'requireRecycledContentRules',
  'scaleAccount',
  'stands',
  'stepCarbon',
  'totalCarbonG',
  'withoutCertificates',
];
