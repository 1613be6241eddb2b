import { strict as assert } from 'node:assert';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { exportNetwork } from '../../src/export/export-network.js';
import type { ConnectionProfile } from '../../src/export/connection-profile.js';
import { CertificateAuthority } from '../../src/identity/certificate-authority.js';
import { authorityPath, openAuthorities } from '../../src/identity/open-authorities.js';
import { DEFAULT_ORGANISATIONS } from '../../src/identity/organisation.js';

describe('exportNetwork', () => {
  let parent: string;
  let authorities: CertificateAuthority[];
  let target: string;

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'export-'));
    target = join(parent, 'out');
    for (const organisation of DEFAULT_ORGANISATIONS) {
      await CertificateAuthority.createOrOpen(authorityPath(parent, organisation), organisation);
    }
    authorities = await openAuthorities(parent, DEFAULT_ORGANISATIONS);
  });

  afterEach(() => rm(parent, { recursive: true, force: true }));

  const endpoints = (): Parameters<typeof exportNetwork>[1]['endpoints'] =>
    authorities.map(({ organisation: { mspId, domain }, tlsRootCertificatePem }, index) => ({
      mspId,
      peerName: `peer0.${domain}`,
      port: 7051 + index,
      tlsRootCertificatePem,
    }));

  it('writes cryptogen’s layout, with every enrolled user', async () => {
    await authorities[0]!.enrol({ id: 'party-7', role: 'client', attributes: { party: 'p7' } });
    const { users } = await exportNetwork(target, { authorities, endpoints: endpoints() });
    assert.deepEqual(
      users.filter((user) => user.includes('oem')),
      ['Admin', 'User1', 'party-7'].map((id) => `peerOrganizations/oem.example.com/users/${id}@oem.example.com`),
    );
    const user = join(target, 'peerOrganizations/oem.example.com/users/User1@oem.example.com');
    assert.deepEqual((await readdir(user, { recursive: true })).sort(), [
      'msp',
      'msp/cacerts',
      'msp/cacerts/ca.oem.example.com-cert.pem',
      'msp/config.yaml',
      'msp/keystore',
      'msp/keystore/priv_sk',
      'msp/signcerts',
      'msp/signcerts/User1@oem.example.com-cert.pem',
      'msp/tlscacerts',
      'msp/tlscacerts/tlsca.oem.example.com-cert.pem',
      'tls',
      'tls/ca.crt',
      'tls/client.crt',
      'tls/client.key',
    ]);
    const certificate = new X509Certificate(
      await readFile(join(user, 'msp/signcerts/User1@oem.example.com-cert.pem'), 'utf8'),
    );
    const root = new X509Certificate(await readFile(join(user, 'msp/cacerts/ca.oem.example.com-cert.pem'), 'utf8'));
    assert.ok(certificate.verify(root.publicKey));
    assert.ok(
      certificate.checkPrivateKey(createPrivateKey(await readFile(join(user, 'msp/keystore/priv_sk'), 'utf8'))),
    );
    assert.equal((await stat(join(user, 'msp/keystore/priv_sk'))).mode & 0o777, 0o600);
    assert.match(
      await readFile(join(user, 'msp/config.yaml'), 'utf8'),
      /ClientOUIdentifier:\n {4}Certificate: cacerts/,
    );
  });

  it('names every endpoint in connection.json', async () => {
    await exportNetwork(target, { authorities, endpoints: endpoints() });
    const profile = JSON.parse(await readFile(join(target, 'connection.json'), 'utf8')) as ConnectionProfile;
    assert.deepEqual(Object.keys(profile.organizations), ['OemMSP', 'RecyclerMSP', 'SynthesisMSP', 'RegulatorMSP']);
    const peer = profile.peers['peer0.recycler.example.com']!;
    assert.equal(peer.url, 'grpcs://localhost:7052');
    assert.equal(await readFile(join(target, peer.tlsCACerts.path), 'utf8'), peer.tlsCACerts.pem);
  });

  it('writes the same identities again, and no authority’s key', async () => {
    await exportNetwork(target, { authorities, endpoints: endpoints() });
    const again = join(parent, 'again');
    await exportNetwork(again, {
      authorities: await openAuthorities(parent, DEFAULT_ORGANISATIONS),
      endpoints: endpoints(),
    });
    const files = (await readdir(target, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const rootKeys = await Promise.all(
      DEFAULT_ORGANISATIONS.flatMap((organisation) =>
        ['ca.json', 'tlsca.json'].map(async (name) => {
          const text = await readFile(join(authorityPath(parent, organisation), name), 'utf8');
          return (JSON.parse(text) as { privateKeyPem: string }).privateKeyPem;
        }),
      ),
    );
    for (const entry of files) {
      const path = join(entry.parentPath, entry.name);
      const content = await readFile(path, 'utf8');
      assert.equal(await readFile(path.replace(target, again), 'utf8'), content, path);
      assert.ok(!rootKeys.some((key) => content.includes(key)), path);
    }
  });

  it('refuses a directory that holds something, and leaves it alone', async () => {
    await mkdir(target);
    await writeFile(join(target, 'mine'), 'x');
    await assert.rejects(exportNetwork(target, { authorities, endpoints: endpoints() }), { code: 'EXPORT_REFUSED' });
    assert.deepEqual(await readdir(target), ['mine']);
    await assert.rejects(exportNetwork(join(target, 'mine'), { authorities, endpoints: endpoints() }), {
      code: 'EXPORT_REFUSED',
    });
    await exportNetwork(join(parent, 'new', 'deep'), { authorities, endpoints: endpoints() });
  });

  it('makes no authority where there is none', async () => {
    await assert.rejects(openAuthorities(join(parent, 'nowhere'), DEFAULT_ORGANISATIONS), { code: 'IDENTITY_DAMAGED' });
    assert.ok(!(await readdir(parent)).includes('nowhere'));
  });
});
