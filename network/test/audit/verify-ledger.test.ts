import { strict as assert } from 'node:assert';
import { createPrivateKey } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Level } from 'level';

import type { AuditFindingCode } from '../../src/audit/audit-finding.js';
import { connectionBlockSource } from '../../src/audit/connection-block-source.js';
import { type AuditReport, type BlockSource, verifyLedger } from '../../src/audit/verify-ledger.js';
import {
  type Block,
  BLOCK_METADATA,
  blockDataHash,
  blockHeaderBytes,
  blockHeaderHash,
  encodeBlock,
  parseBlock,
} from '../../src/block/block.js';
import {
  encodeEnvelope,
  encodePayload,
  encodeSerializedIdentity,
  encodeSignatureHeader,
  parseEnvelope,
  parsePayload,
} from '../../src/block/envelope.js';
import { encodeTransaction, parseTransaction, type TransactionAction } from '../../src/block/transaction.js';
import { WireWriter } from '../../src/block/wire.js';
import type { Identity, LedgerConnection } from '../../src/client/ledger-connection.js';
import { KEY_FAMILY } from '../../src/embedded/database-key.js';
import { type EmbeddedNetwork, openEmbeddedNetwork } from '../../src/embedded/embedded-network.js';
import { openLedgerReader } from '../../src/embedded/open-ledger-reader.js';
import { openRecord, sealRecord } from '../../src/embedded/sealed-record.js';
import { VALIDATION_CODE } from '../../src/embedded/validation-code.js';
import { CertificateAuthority } from '../../src/identity/certificate-authority.js';
import { signLowS } from '../../src/identity/low-s.js';
import { DEFAULT_ORGANISATIONS } from '../../src/identity/organisation.js';

const contracts = { module: new URL('../embedded/ledger-contract.js', import.meta.url).href, export: 'contracts' };
const collections = [
  { name: 'details', members: ['OemMSP', 'RecyclerMSP'], memberOnlyRead: true, memberOnlyWrite: true },
];

describe('verifyLedger', function () {
  this.timeout(60_000);
  let parent: string;
  let original: string;
  let dataDir: string;
  let blocks: Uint8Array[];
  let orderer: Identity;
  let client: Identity;

  before(async () => {
    parent = await mkdtemp(join(tmpdir(), 'audit-'));
    original = join(parent, 'original');
    const network = await openEmbeddedNetwork({
      dataDir: original,
      contracts,
      collections,
      batch: { maxTransactions: 20, maxWaitMs: 60 },
    });
    orderer = network.authority('OemMSP').identity('orderer.oem.example.com');
    client = await network.enrol('OemMSP', { id: 'User1', role: 'client' });
    await live(network, network.connect(client));
    await network.close();
    const reader = await openLedgerReader(original);
    blocks = [];
    for (let number = 0n; number < reader.height; number += 1n) blocks.push((await reader.block(number))!);
    await reader.close();
  });

  after(() => rm(parent, { recursive: true, force: true }));

  beforeEach(async () => {
    dataDir = join(parent, 'copy');
    await cp(original, dataDir, { recursive: true });
  });

  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  it('finds nothing wrong in a ledger with conflicts, phantoms, deletions and private data', async () => {
    const codes = new Set(
      blocks.flatMap((bytes) => [...parseBlock(bytes).metadata[BLOCK_METADATA.TRANSACTIONS_FILTER]!]),
    );
    assert.ok(codes.has(VALIDATION_CODE.MVCC_READ_CONFLICT) && codes.has(VALIDATION_CODE.PHANTOM_READ_CONFLICT));
    const seen: number[] = [];
    const report = await verifyStore(dataDir, (transactions) => seen.push(transactions));
    assert.deepEqual(report.findings, []);
    assert.equal(report.ok, true);
    assert.equal(report.comparedStore, true);
    assert.equal(report.height, BigInt(blocks.length));
    assert.equal(report.headerHash, blockHeaderHash(parseBlock(blocks.at(-1)!).header).toString('hex'));
    assert.ok(report.transactions > report.validTransactions && report.validTransactions > 20);
    assert.equal(seen.at(-1), report.transactions);
  });

  it('checks blocks without a store', async () => {
    const report = await verifyLedger(source(blocks));
    assert.deepEqual(report.findings, []);
    assert.equal(report.comparedStore, false);
  });

  it('checks the blocks that a peer streams', async () => {
    const network = await openEmbeddedNetwork({ dataDir, contracts, collections });
    const connection = network.connect(client);
    const streamed = connectionBlockSource(connection, network.height());
    try {
      const report = await verifyLedger(streamed);
      assert.deepEqual(report.findings, []);
      assert.equal(report.height, network.height());
    } finally {
      await streamed.close();
      connection.close();
      await network.close();
    }
  });

  it('compares with header hashes noted elsewhere', async () => {
    const number = BigInt(blocks.length - 2);
    const headerHash = blockHeaderHash(parseBlock(blocks.at(-2)!).header).toString('hex');
    const good = await verifyLedger(source(blocks), { anchors: [{ blockNumber: number, headerHash }] });
    assert.equal(good.ok, true);
    const other = await verifyLedger(source(blocks), { anchors: [{ blockNumber: number, headerHash: '00' }] });
    assertFound(other, 'ANCHOR_MISMATCH', number);
    const shorter = await verifyLedger(source(blocks.slice(0, -2)), { anchors: [{ blockNumber: number, headerHash }] });
    assertFound(shorter, 'ANCHOR_MISMATCH', number);
  });

  it('ends when it is told to', async () => {
    const signal = AbortSignal.abort(new RangeError('enough'));
    await assert.rejects(verifyLedger(source(blocks), { signal }), RangeError);
  });

  describe('when a record of the store was rewritten with a checksum that holds', () => {
    const alter = (payload: Buffer): Buffer => Buffer.concat([payload.subarray(0, -1), Buffer.of(payload.at(-1)! ^ 1)]);
    const cases: [string, number, AuditFindingCode, (payload: Buffer) => Buffer | null][] = [
      ['a value of the state', KEY_FAMILY.STATE, 'STATE_WRONG', alter],
      ['a version of the state', KEY_FAMILY.STATE, 'STATE_WRONG', (payload) => (payload.writeUInt32BE(9, 8), payload)],
      ['a key of the state taken out', KEY_FAMILY.STATE, 'STATE_WRONG', () => null],
      ['a private value', KEY_FAMILY.PRIVATE_STATE, 'PRIVATE_STATE_WRONG', alter],
      ['a private value taken out', KEY_FAMILY.PRIVATE_STATE, 'PRIVATE_STATE_WRONG', () => null],
      ['a private hash', KEY_FAMILY.HASHED_STATE, 'HASHED_STATE_WRONG', alter],
      ['a private hash taken out', KEY_FAMILY.HASHED_STATE, 'HASHED_STATE_WRONG', () => null],
      ['a change of the history taken out', KEY_FAMILY.HISTORY, 'HISTORY_WRONG', () => null],
      ['a verdict in the index', KEY_FAMILY.TRANSACTION, 'TRANSACTION_INDEX_WRONG', alter],
      ['a transaction taken out of the index', KEY_FAMILY.TRANSACTION, 'TRANSACTION_INDEX_WRONG', () => null],
      ['an envelope', KEY_FAMILY.ENVELOPE, 'DATA_HASH_WRONG', alter],
      ['an envelope taken out', KEY_FAMILY.ENVELOPE, 'DATA_HASH_WRONG', () => null],
      ['a header', KEY_FAMILY.HEADER, 'DATA_HASH_WRONG', alter],
      ['a header taken out', KEY_FAMILY.HEADER, 'BLOCK_MISSING', () => null],
      ['a block’s metadata', KEY_FAMILY.METADATA, 'COMMIT_HASH_WRONG', alter],
      ['a block’s metadata taken out', KEY_FAMILY.METADATA, 'BLOCK_MISSING', () => null],
    ];
    for (const [what, family, code, change] of cases) {
      it(`finds ${what}, and names the block`, async () => {
        await rewriteRecord(dataDir, family, change);
        const report = await verifyStore(dataDir);
        assert.equal(report.ok, false);
        assert.ok(
          report.findings.some((finding) => finding.code === code && finding.blockNumber !== null),
          JSON.stringify(report.findings.map(({ message }) => message)),
        );
      });
    }

    it('finds a key, a change and an id that no transaction made', async () => {
      const key = Buffer.from([KEY_FAMILY.STATE, ...Buffer.from('intruder')]);
      await putRaw(dataDir, key, sealRecord(key, Buffer.concat([Buffer.alloc(12), Buffer.from('1')])));
      assertFound(await verifyStore(dataDir), 'STATE_WRONG', 0n);
    });

    it('finds records that are no records of a ledger', async () => {
      await putRaw(dataDir, Buffer.from('zzz'), Buffer.from('left behind'));
      const report = await verifyStore(dataDir);
      assert.equal(report.findings[0]?.code, 'STRAY_RECORD');
    });
  });

  describe('when somebody with the orderer’s key rewrote a block and chained and signed all that follows', () => {
    it('finds a transaction whose endorsements no longer satisfy the policy', async () => {
      const { forged, number } = forgeAction((action) => ({
        ...action,
        endorsements: action.endorsements.slice(0, 1),
      }));
      await assertVerdict(forged, number, 'ENDORSEMENT_POLICY_FAILURE');
    });

    it('does not count one organisation’s signature twice', async () => {
      const { forged, number } = forgeAction((action) => ({
        ...action,
        endorsements: [action.endorsements[0]!, action.endorsements[0]!],
      }));
      await assertVerdict(forged, number, 'ENDORSEMENT_POLICY_FAILURE');
    });

    it('does not count a client, an organisation without a vote, or a peer of its own name elsewhere', async () => {
      const regulator = await CertificateAuthority.createOrOpen(
        join(dataDir, 'organisations', 'regulator.example.com'),
        DEFAULT_ORGANISATIONS[3]!,
      );
      const impostors = await CertificateAuthority.createOrOpen(join(dataDir, 'impostor'), DEFAULT_ORGANISATIONS[1]!);
      const strangers = [
        client,
        await regulator.enrol({ id: 'peer0.regulator.example.com', role: 'peer' }),
        await impostors.enrol({ id: 'peer0.recycler.example.com', role: 'peer' }),
      ];
      for (const stranger of strangers) {
        const endorser = encodeSerializedIdentity(stranger.mspId, stranger.certificatePem);
        const { forged, number } = forgeAction((action) => {
          const signed = Buffer.concat([action.responsePayload, endorser]);
          const signature = signLowS(createPrivateKey(stranger.privateKeyPem), signed);
          return { ...action, endorsements: [action.endorsements[0]!, { endorser, signature }] };
        });
        await assertVerdict(forged, number, 'ENDORSEMENT_POLICY_FAILURE');
      }
    });

    it('finds a response that the endorsers did not sign', async () => {
      const { forged, number } = forgeAction((action) => {
        const responsePayload = Buffer.from(action.responsePayload);
        responsePayload[responsePayload.indexOf('first')]! ^= 1;
        return { ...action, responsePayload };
      });
      await assertVerdict(forged, number, 'ENDORSEMENT_POLICY_FAILURE');
    });

    it('finds a proposal that is not the one endorsed', async () => {
      const { forged, number } = forgeAction((action) => {
        const proposalPayload = Buffer.from(action.proposalPayload);
        proposalPayload[proposalPayload.length - 1]! ^= 1;
        return { ...action, proposalPayload };
      });
      await assertVerdict(forged, number, 'INVALID_ENDORSER_TRANSACTION');
    });

    it('finds a transaction that its creator did not sign', async () => {
      const number = firstValid();
      const forged = forge(number, (envelope) => {
        const { payload, signature } = parseEnvelope(envelope);
        const altered = Buffer.from(payload);
        altered[altered.length - 1]! ^= 1;
        return encodeEnvelope({ payload: altered, signature });
      });
      await assertVerdict(forged, number, 'BAD_CREATOR_SIGNATURE');
    });

    it('finds a transaction that was put in twice', async () => {
      const first = parseBlock(blocks[firstValid()]!).envelopes[0]!;
      const number = blocks.length - 1;
      await assertVerdict(
        forge(number, () => first),
        number,
        'DUPLICATE_TXID',
      );
    });

    it('finds a conflict that is called valid', async () => {
      const number = blocks.findIndex((bytes) =>
        parseBlock(bytes).metadata[BLOCK_METADATA.TRANSACTIONS_FILTER]!.includes(VALIDATION_CODE.MVCC_READ_CONFLICT),
      );
      const forged = forge(number, (envelope) => envelope, true);
      await assertVerdict(forged, number, 'MVCC_READ_CONFLICT');
    });

    it('finds a transaction left out by what others read of it', async () => {
      const number = firstValid();
      const forged = forge(number, (envelope, index) => (index === 0 ? null : envelope));
      const report = await verifyLedger(source(forged));
      assert.equal(report.ok, false);
      assert.ok(report.findings.some(({ code }) => code === 'COMMIT_HASH_WRONG'));
    });
  });

  it('finds blocks that the orderer did not sign', async () => {
    const number = blocks.length - 1;
    const block = parseBlock(blocks[number]!);
    const metadata = [...block.metadata];
    metadata[BLOCK_METADATA.SIGNATURES] = signatures(block, client);
    const report = await verifyLedger(source([...blocks.slice(0, -1), encodeBlock({ ...block, metadata })]));
    assertFound(report, 'ORDERER_SIGNATURE_WRONG', BigInt(number));
  });

  it('finds a chain that starts elsewhere, lacks a block, or is no chain', async () => {
    assert.equal((await verifyLedger(source([]))).findings[0]?.code, 'BLOCK_MISSING');
    assertFound(await verifyLedger(source(blocks.slice(1))), 'CHAIN_BROKEN', 0n);
    const without = [...blocks.slice(0, 2), ...blocks.slice(3)];
    assertFound(await verifyLedger(source(without)), 'CHAIN_BROKEN', 2n);
    const spoilt = [...blocks.slice(0, 2), Buffer.from([0xff, 0xff])];
    assertFound(await verifyLedger(source(spoilt)), 'BLOCK_MALFORMED', 2n);
  });

  function firstValid(): number {
    return blocks.findIndex(
      (bytes, number) => number > 0 && parseBlock(bytes).metadata[BLOCK_METADATA.TRANSACTIONS_FILTER]![0] === 0,
    );
  }

  /** Rewrites envelopes of one block (null leaves one out), then chains and signs anew from there. */
  function forge(
    number: number,
    change: (envelope: Uint8Array, index: number) => Uint8Array | null,
    allValid = false,
  ): Uint8Array[] {
    const forged = blocks.slice(0, number);
    let previousHash: Uint8Array = parseBlock(blocks[number]!).header.previousHash;
    for (const [offset, bytes] of blocks.slice(number).entries()) {
      const block = parseBlock(bytes);
      const kept = block.envelopes.map((envelope, index) => (offset === 0 ? change(envelope, index) : envelope));
      const envelopes = kept.filter((envelope) => envelope !== null);
      const header = { number: number + offset, previousHash, dataHash: blockDataHash(envelopes) };
      const metadata = [...block.metadata];
      const filter = metadata[BLOCK_METADATA.TRANSACTIONS_FILTER]!.filter((_code, index) => kept[index] !== null);
      metadata[BLOCK_METADATA.TRANSACTIONS_FILTER] = allValid && offset === 0 ? filter.fill(0) : filter;
      metadata[BLOCK_METADATA.SIGNATURES] = signatures({ header, envelopes, metadata }, orderer);
      forged.push(encodeBlock({ header, envelopes, metadata }));
      previousHash = blockHeaderHash(header);
    }
    return forged;
  }

  /** Rewrites the first valid transaction's action and signs its envelope anew as its creator. */
  function forgeAction(change: (action: TransactionAction) => TransactionAction): {
    forged: Uint8Array[];
    number: number;
  } {
    const number = firstValid();
    const forged = forge(number, (envelope, index) => {
      if (index > 0) return envelope;
      const { header, data } = parsePayload(parseEnvelope(envelope).payload);
      const payload = encodePayload({ header, data: encodeTransaction(change(parseTransaction(data)[0]!)) });
      return encodeEnvelope({ payload, signature: signLowS(createPrivateKey(client.privateKeyPem), payload) });
    });
    return { forged, number };
  }
});

async function live(network: EmbeddedNetwork, oem: LedgerConnection): Promise<void> {
  const run = (name: string, ...args: string[]): Promise<unknown> => oem.submit(`LedgerContract:${name}`, args);
  await run('put', 'first', '1');
  await Promise.all(Array.from({ length: 30 }, (_unused, index) => run('register', `id-${index}`, 'x'.repeat(50))));
  await run('remove', 'first');
  const conflicts = await Promise.allSettled(Array.from({ length: 4 }, () => run('add', 'counter', '1')));
  assert.ok(conflicts.some(({ status }) => status === 'rejected'));
  await run('put', 'b1', 'x');
  // Both simulated before either commits: the count misses the key that the put adds.
  await Promise.allSettled([run('put', 'b2', 'y'), run('count', 'b', 'c', 'total'), run('put', 'b3', 'z')]);
  await run('count', 'a', '\u{10ffff}', 'total');
  const details = { transient: { value: Buffer.from('recipe') } };
  for (const key of ['k1', 'k2', 'k3']) await oem.submit('LedgerContract:putPrivate', ['details', key], details);
  await run('removePrivate', 'details', 'k2');
  await run('purgePrivate', 'details', 'k3');
  const recycler = network.connect(await network.enrol('RecyclerMSP', { id: 'User1', role: 'client' }));
  await recycler.submit('LedgerContract:putPrivate', ['details', 'k4'], details);
  await run('put', 'last', '2');
}

async function verifyStore(
  dataDir: string,
  onTransactions: (count: number) => void = () => undefined,
): Promise<AuditReport> {
  const reader = await openLedgerReader(dataDir);
  try {
    return await verifyLedger(reader, { onProgress: ({ transactions }) => onTransactions(transactions) });
  } finally {
    await reader.close();
  }
}

function source(blocks: readonly Uint8Array[]): BlockSource {
  return { height: BigInt(blocks.length), block: (number) => Promise.resolve(blocks[Number(number)] ?? null) };
}

function assertFound(report: AuditReport, code: AuditFindingCode, blockNumber: bigint): void {
  assert.equal(report.ok, false);
  const words = JSON.stringify(report.findings.map(({ message }) => message));
  assert.ok(
    report.findings.some((finding) => finding.code === code && finding.blockNumber === blockNumber),
    words,
  );
  assert.equal(report.firstWrongBlock, blockNumber, words);
}

async function assertVerdict(blocks: readonly Uint8Array[], number: number, derived: string): Promise<void> {
  const report = await verifyLedger(source(blocks));
  assertFound(report, 'VERDICT_WRONG', BigInt(number));
  const finding = report.findings.find(({ code }) => code === 'VERDICT_WRONG');
  assert.match(finding!.message, new RegExp(`says VALID .* ${derived} `));
}

function signatures(block: Block, signer: Identity): Uint8Array {
  const lastConfig = new WireWriter().message(1, new WireWriter().uint(1, 0).finish()).finish();
  const creator = encodeSerializedIdentity(signer.mspId, signer.certificatePem);
  const signatureHeader = encodeSignatureHeader({ creator, nonce: Buffer.alloc(24, 1) });
  const signed = Buffer.concat([lastConfig, signatureHeader, blockHeaderBytes(block.header)]);
  const signature = signLowS(createPrivateKey(signer.privateKeyPem), signed);
  const entry = new WireWriter().bytes(1, signatureHeader).bytes(2, signature).finish();
  return new WireWriter().bytes(1, lastConfig).message(2, entry).finish();
}

/** Changes the last record of a family that is not of the last block, as somebody with the files and this code could. */
async function rewriteRecord(
  dataDir: string,
  family: number,
  change: (payload: Buffer) => Buffer | null,
): Promise<void> {
  await withDatabase(dataDir, async (database) => {
    const records = await database.iterator({ gte: Buffer.of(family), lt: Buffer.of(family + 1) }).all();
    const [key, record] = records.at(-2) ?? records.at(-1)!;
    const payload = change(Buffer.from(openRecord(key, record)));
    if (payload === null) await database.del(key);
    else await database.put(key, sealRecord(key, payload));
  });
}

async function putRaw(dataDir: string, key: Buffer, value: Buffer): Promise<void> {
  await withDatabase(dataDir, (database) => database.put(key, value));
}

async function withDatabase(dataDir: string, work: (database: Level<Buffer, Buffer>) => Promise<void>): Promise<void> {
  const database = new Level<Buffer, Buffer>(join(dataDir, 'ledger'), {
    keyEncoding: 'buffer',
    valueEncoding: 'buffer',
  });
  await database.open();
  try {
    await work(database);
  } finally {
    await database.close();
  }
}
