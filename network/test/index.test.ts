import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

import * as door from '../src/index.js';

const WORKSPACE = new URL('../../', import.meta.url);

describe('the door of network', () => {
  it('has exactly these values', () => {
    assert.deepEqual(Object.keys(door).sort(), [
      'CertificateAuthority',
      'DEFAULT_BATCH_LIMITS',
      'DEFAULT_FIRST_PORT',
      'DEFAULT_ORGANISATIONS',
      'DEFAULT_REQUIRED_ENDORSEMENTS',
      'EXPORTED_CLIENT',
      'GRPC_STATUS',
      'LEDGER_ADDRESS',
      'MembershipRegistry',
      'NetworkError',
      'PeerStatusError',
      'VALIDATION_CODE',
      'connectGrpc',
      'connectLedger',
      'connectionBlockSource',
      'decodeBlock',
      'exportNetwork',
      'openAuthorities',
      'openEmbeddedNetwork',
      'openLedgerReader',
      'readChannelConfig',
      'serveNetwork',
      'verifyLedger',
    ]);
  });

  it('explains every error code in its README', async () => {
    const source = await readFile(new URL('src/network-error.ts', WORKSPACE), 'utf8');
    const start = source.indexOf('NetworkErrorCode =');
    const union = source.slice(start, source.indexOf(';', start));
    const codes = [...union.matchAll(/'([A-Z_]+)'/g)].map(([, code]) => code);
    const readme = await readFile(new URL('README.md', WORKSPACE), 'utf8');
    assert.ok(codes.length > 10);
    assert.deepEqual(
      codes.filter((code) => !readme.includes(`\`${code}\``)),
      [],
    );
  });
});
