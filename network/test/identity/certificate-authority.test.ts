import { strict as assert } from 'node:assert';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { msp } from '@hyperledger/fabric-protos';
import { type ChaincodeStub, ClientIdentity } from 'fabric-shim';

import { CertificateAuthority } from '../../src/identity/certificate-authority.js';
import { isLowS } from '../../src/identity/low-s.js';
import { MembershipRegistry } from '../../src/identity/membership-registry.js';
import { DEFAULT_ORGANISATIONS } from '../../src/identity/organisation.js';

const OEM = DEFAULT_ORGANISATIONS[0]!;
const RECYCLER = DEFAULT_ORGANISATIONS[1]!;

describe('CertificateAuthority', () => {
  let parent: string;
  let directory: string;

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'authority-'));
    directory = join(parent, OEM.domain);
  });

  afterEach(() => rm(parent, { recursive: true, force: true }));

  it('issues certificates that fabric-shim reads attributes from', async () => {
    const authority = await CertificateAuthority.createOrOpen(directory, OEM);
    const { certificatePem } = await authority.enrol({
      id: 'party-7',
      role: 'client',
      attributes: { party: 'gigafactory', roles: 'oem,collector' },
    });
    const stub = {
      getChannelID: () => 'passports',
      getTxID: () => 'ab',
      getCreator: () => ({ mspid: OEM.mspId, idBytes: Buffer.from(certificatePem) }),
    } as unknown as ChaincodeStub;
    const identity = new ClientIdentity(stub);
    assert.equal(identity.getAttributeValue('party'), 'gigafactory');
    assert.equal(identity.getAttributeValue('roles'), 'oem,collector');
    assert.match(identity.getID(), /CN=party-7.*OU=client.*::.*CN=ca\.oem\.example\.com/);
  });

  it('answers the same request with the same identity, also after it is opened again', async () => {
    const request = { id: 'User1', role: 'client', attributes: { roles: 'oem', party: 'a' } } as const;
    const authority = await CertificateAuthority.createOrOpen(directory, OEM);
    const [first, second] = await Promise.all([authority.enrol(request), authority.enrol(request)]);
    assert.deepEqual(first, second);
    const again = await CertificateAuthority.createOrOpen(directory, OEM);
    assert.deepEqual(await again.enrol({ ...request, attributes: { party: 'a', roles: 'oem' } }), first);
    assert.deepEqual(again.identity('User1'), first);
    assert.equal(again.rootCertificatePem, authority.rootCertificatePem);
    assert.deepEqual(
      again.list().map(({ id, role }) => ({ id, role })),
      [{ id: 'User1', role: 'client' }],
    );
  });

  it('refuses the same id with other attributes or another role', async () => {
    const authority = await CertificateAuthority.createOrOpen(directory, OEM);
    await authority.enrol({ id: 'User1', role: 'client', attributes: { roles: 'oem' } });
    await assert.rejects(authority.enrol({ id: 'User1', role: 'client' }), { code: 'IDENTITY_CONFLICT' });
    await assert.rejects(authority.enrol({ id: 'User1', role: 'admin', attributes: { roles: 'oem' } }), {
      code: 'IDENTITY_CONFLICT',
    });
    await assert.rejects(authority.enrol({ id: 'user1', role: 'client' }), { code: 'IDENTITY_CONFLICT' });
  });

  it('refuses ids that are no file name and attributes that are no text', async () => {
    const authority = await CertificateAuthority.createOrOpen(directory, OEM);
    for (const id of ['', '../User1', '.hidden', 'a/b', 'a\nOU=admin', 'x'.repeat(65), 'é']) {
      await assert.rejects(authority.enrol({ id, role: 'client' }), { code: 'IDENTITY_MALFORMED' }, JSON.stringify(id));
    }
    await assert.rejects(authority.enrol({ id: 'a', role: 'client', attributes: { party: '\ud800' } }), {
      code: 'IDENTITY_MALFORMED',
    });
    assert.deepEqual(await readdir(join(directory, 'identities')), []);
    assert.throws(() => authority.identity('a'), { code: 'IDENTITY_UNKNOWN' });
  });

  it('keeps keys readable by their owner only', async () => {
    const authority = await CertificateAuthority.createOrOpen(directory, OEM);
    await authority.enrol({ id: 'User1', role: 'client' });
    for (const file of ['ca.json', 'tlsca.json', 'identities/User1.json']) {
      assert.equal((await stat(join(directory, file))).mode & 0o777, 0o600, file);
    }
  });

  it('makes roots and leaves that OpenSSL accepts, with low s, more than ten years for the roots', async () => {
    const authority = await CertificateAuthority.createOrOpen(directory, OEM);
    const root = new X509Certificate(authority.rootCertificatePem);
    assert.ok(root.ca);
    assert.ok(Date.parse(root.validTo) > Date.now() + 10 * 365.25 * 86_400_000);
    const tlsRoot = new X509Certificate(authority.tlsRootCertificatePem);
    const tls = new X509Certificate(
      (await authority.enrolTls({ id: 'peer0.oem.example.com', hosts: ['localhost', '127.0.0.1'] })).certificatePem,
    );
    assert.ok(tls.checkIssued(tlsRoot) && tls.verify(tlsRoot.publicKey));
    assert.equal(tls.checkHost('localhost'), 'localhost');
    assert.equal(tls.checkIP('127.0.0.1'), '127.0.0.1');
    assert.equal(tls.checkIssued(root), false);
    for (const certificate of [root, tlsRoot, tls]) assert.ok(isLowS(signatureOf(certificate)));
  });

  it('refuses a wallet from which a file was lost, and lists one that was written just before a crash', async () => {
    const authority = await CertificateAuthority.createOrOpen(directory, OEM);
    const before = await readFile(join(directory, 'issued.json'));
    const identity = await authority.enrol({ id: 'User1', role: 'client' });
    const after = await readFile(join(directory, 'issued.json'));
    await writeFile(join(directory, 'issued.json'), before);
    assert.deepEqual((await CertificateAuthority.open(directory, OEM)).identity('User1'), identity);
    assert.deepEqual(await readFile(join(directory, 'issued.json')), after);
    await rm(join(directory, 'identities/User1.json'));
    await assert.rejects(CertificateAuthority.open(directory, OEM), {
      code: 'IDENTITY_DAMAGED',
      message: /User1\.json/,
    });
  });

  it('answers with an identity that another process enrolled meanwhile', async () => {
    const first = await CertificateAuthority.createOrOpen(directory, OEM);
    const second = await CertificateAuthority.open(directory, OEM);
    const identity = await first.enrol({ id: 'User1', role: 'client' });
    await second.enrol({ id: 'User2', role: 'client' });
    assert.deepEqual(await second.enrol({ id: 'User1', role: 'client' }), identity);
    assert.equal((await CertificateAuthority.open(directory, OEM)).list().length, 2);
  });

  it('refuses every file that is missing, cut, altered or another organisation’s, naming it', async () => {
    const authority = await CertificateAuthority.createOrOpen(directory, OEM);
    await authority.enrol({ id: 'User1', role: 'client' });
    await authority.enrol({ id: 'User2', role: 'client' });
    await authority.enrolTls({ id: 'peer0', hosts: ['localhost'] });
    const stranger = join(parent, 'stranger');
    await CertificateAuthority.createOrOpen(stranger, RECYCLER);
    const files = ['ca.json', 'tlsca.json', 'issued.json', 'identities/User1.json', 'tls/peer0.json'];
    for (const file of files) {
      const path = join(directory, file);
      const whole = await readFile(path);
      const altered = Buffer.from(whole);
      const at = file === 'issued.json' ? 40 : whole.indexOf('PRIVATE KEY') + 60;
      altered[at] = altered[at] === 0x41 ? 0x42 : 0x41;
      const spoilt = [Buffer.alloc(0), whole.subarray(0, whole.length >> 1), altered];
      if (file.includes('User1')) spoilt.push(await readFile(join(directory, 'identities/User2.json')));
      if (file === 'ca.json')
        spoilt.push(await readFile(join(stranger, 'ca.json')), await readFile(join(directory, 'tlsca.json')));
      for (const content of spoilt) {
        await writeFile(path, content);
        await assert.rejects(
          CertificateAuthority.createOrOpen(directory, OEM),
          (error: { code: string; message: string }) => {
            assert.equal(error.code, 'IDENTITY_DAMAGED');
            return true;
          },
        );
      }
      await writeFile(path, whole);
    }
    await CertificateAuthority.createOrOpen(directory, OEM);
    await rm(join(directory, 'ca.json'));
    await assert.rejects(CertificateAuthority.createOrOpen(directory, OEM), {
      code: 'IDENTITY_DAMAGED',
      message: /ca\.json/,
    });
  });
});

describe('MembershipRegistry', () => {
  let parent: string;
  let oem: CertificateAuthority;
  let recycler: CertificateAuthority;
  let registry: MembershipRegistry;

  before(async () => {
    parent = await mkdtemp(join(tmpdir(), 'members-'));
    oem = await CertificateAuthority.createOrOpen(join(parent, 'oem'), OEM);
    recycler = await CertificateAuthority.createOrOpen(join(parent, 'recycler'), RECYCLER);
    registry = new MembershipRegistry([
      { mspId: OEM.mspId, rootCertificatePem: oem.rootCertificatePem, endorses: true },
      { mspId: RECYCLER.mspId, rootCertificatePem: recycler.rootCertificatePem, endorses: false },
    ]);
  });

  after(() => rm(parent, { recursive: true, force: true }));

  it('names the organisation, the role and the key of a member', async () => {
    const identity = await recycler.enrol({ id: 'peer0', role: 'peer' });
    const member = registry.identify(serialize(RECYCLER.mspId, identity.certificatePem));
    assert.equal(member.mspId, 'RecyclerMSP');
    assert.equal(member.role, 'peer');
    assert.equal(member.certificatePem, identity.certificatePem);
    assert.equal(registry.endorses('OemMSP'), true);
    assert.equal(registry.endorses('RecyclerMSP'), false);
  });

  it('refuses a certificate under another organisation’s name', async () => {
    const { certificatePem } = await recycler.enrol({ id: 'User1', role: 'client' });
    assert.throws(() => registry.identify(serialize(OEM.mspId, certificatePem)), { code: 'IDENTITY_UNKNOWN' });
    assert.throws(() => registry.identify(serialize('NobodyMSP', certificatePem)), { code: 'IDENTITY_UNKNOWN' });
  });

  it('refuses roots, TLS certificates and certificates of a copied name', async () => {
    assert.throws(() => registry.identify(serialize(OEM.mspId, oem.rootCertificatePem)), {
      code: 'IDENTITY_MALFORMED',
    });
    const tls = await oem.enrolTls({ id: 'x', hosts: [] });
    assert.throws(() => registry.identify(serialize(OEM.mspId, tls.certificatePem)), { code: 'IDENTITY_UNKNOWN' });
    const impostor = await CertificateAuthority.createOrOpen(join(parent, 'impostor'), OEM);
    const { certificatePem } = await impostor.enrol({ id: 'User1', role: 'client' });
    assert.throws(() => registry.identify(serialize(OEM.mspId, certificatePem)), { code: 'IDENTITY_UNKNOWN' });
  });

  it('refuses a certificate outside its validity unless the time is left open', async () => {
    const { certificatePem } = await oem.enrol({ id: 'User1', role: 'client' });
    const bytes = serialize(OEM.mspId, certificatePem);
    assert.throws(() => registry.identify(bytes, new Date('2200-01-01')), { code: 'IDENTITY_EXPIRED' });
    assert.throws(() => registry.identify(bytes, new Date('2000-01-01')), { code: 'IDENTITY_EXPIRED' });
    assert.equal(registry.identify(bytes, null).role, 'client');
  });

  it('refuses bytes that are no identity, text around the certificate, and two certificates', async () => {
    const { certificatePem } = await oem.enrol({ id: 'User1', role: 'client' });
    const cases = [
      Buffer.from([0xff, 0xff, 0xff]),
      serialize(OEM.mspId, ''),
      serialize(OEM.mspId, 'not a certificate'),
      serialize(OEM.mspId, `note\n${certificatePem}`),
      serialize(OEM.mspId, certificatePem + certificatePem),
      serialize(OEM.mspId, certificatePem.replace('MII', 'AAA')),
    ];
    for (const bytes of cases) assert.throws(() => registry.identify(bytes), { code: 'IDENTITY_MALFORMED' });
  });
});

function serialize(mspId: string, certificatePem: string): Uint8Array {
  const identity = new msp.SerializedIdentity();
  identity.setMspid(mspId);
  identity.setIdBytes(Buffer.from(certificatePem));
  return identity.serializeBinary();
}

/** The BIT STRING that ends a certificate: the signature, DER. */
function signatureOf(certificate: X509Certificate): Buffer {
  const { raw } = certificate;
  for (let length = 66; length <= 74; length += 1) {
    const at = raw.length - length;
    if (raw[at] === 0x30 && raw[at + 1] === length - 2 && raw[at - 1] === 0) return raw.subarray(at);
  }
  throw new RangeError('no signature found');
}
