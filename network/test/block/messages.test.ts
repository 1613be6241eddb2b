import assert from 'node:assert/strict';

import { common, gateway, ledger, msp, peer } from '@hyperledger/fabric-protos';
import fc from 'fast-check';
import timestampMessages from 'google-protobuf/google/protobuf/timestamp_pb.js';

import { encodeBlock, parseBlock } from '../../src/block/block.js';
import {
  encodeChannelHeader,
  encodeEnvelope,
  encodePayload,
  encodeSerializedIdentity,
  encodeSignatureHeader,
  parseChannelHeader,
  parseEnvelope,
  parsePayload,
  parseSerializedIdentity,
  parseSignatureHeader,
} from '../../src/block/envelope.js';
import {
  encodeCommitStatusResponse,
  encodeEndorseResponse,
  encodeEvaluateResponse,
} from '../../src/block/gateway-messages.js';
import { encodeReadWriteSet, parseReadWriteSet, type NamespaceReadWriteSet } from '../../src/block/read-write-set.js';
import {
  encodeContractAction,
  encodeProposalResponsePayload,
  encodeTransaction,
  parseContractAction,
  parseProposalResponsePayload,
  parseTransaction,
} from '../../src/block/transaction.js';
import { WireReader } from '../../src/block/wire.js';
import { NetworkError } from '../../src/index.js';

// Every encoder here stands in for a stock class: its bytes are compared with that class's own.

const bytes = fc.uint8Array({ maxLength: 300 });
const filled = fc.uint8Array({ minLength: 1, maxLength: 300 });
const words = fc.string({ unit: 'grapheme', maxLength: 40 });
const number = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const small = fc.nat({ max: 2 ** 31 - 1 });
const version = fc.option(fc.record({ blockNumber: number, transactionIndex: small }));

function same(ours: Uint8Array, stock: { serializeBinary(): Uint8Array }): void {
  assert.equal(Buffer.from(ours).toString('hex'), Buffer.from(stock.serializeBinary()).toString('hex'));
}

/** The value with every byte string in hex, so that buffers and plain arrays compare. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]));
}

function stockEnvelope({ payload, signature }: { payload: Uint8Array; signature: Uint8Array }): common.Envelope {
  const envelope = new common.Envelope();
  envelope.setPayload(payload);
  envelope.setSignature(signature);
  return envelope;
}

function stockResponse(response: { status: number; message: string; payload: Uint8Array }): peer.Response {
  const stock = new peer.Response();
  stock.setStatus(response.status);
  stock.setMessage(response.message);
  stock.setPayload(response.payload);
  return stock;
}

type VersionLike = { blockNumber: number; transactionIndex: number } | null;

function stockVersion(given: VersionLike): ledger.rwset.kvrwset.Version | undefined {
  if (given === null) return undefined;
  const stock = new ledger.rwset.kvrwset.Version();
  stock.setBlockNum(given.blockNumber);
  stock.setTxNum(given.transactionIndex);
  return stock;
}

function stockRead({ key, version: read }: { key: string; version: VersionLike }): ledger.rwset.kvrwset.KVRead {
  const stock = new ledger.rwset.kvrwset.KVRead();
  stock.setKey(key);
  stock.setVersion(stockVersion(read));
  return stock;
}

function stockReadWriteSet(sets: readonly NamespaceReadWriteSet[]): ledger.rwset.TxReadWriteSet {
  const whole = new ledger.rwset.TxReadWriteSet();
  for (const set of sets) {
    const keys = new ledger.rwset.kvrwset.KVRWSet();
    for (const read of set.reads) keys.addReads(stockRead(read));
    for (const range of set.ranges) {
      const reads = new ledger.rwset.kvrwset.QueryReads();
      for (const read of range.reads) reads.addKvReads(stockRead(read));
      const info = new ledger.rwset.kvrwset.RangeQueryInfo();
      info.setStartKey(range.startKey);
      info.setEndKey(range.endKey);
      info.setItrExhausted(range.exhausted);
      info.setRawReads(reads);
      keys.addRangeQueriesInfo(info);
    }
    for (const { key, value } of set.writes) {
      const write = new ledger.rwset.kvrwset.KVWrite();
      write.setKey(key);
      write.setIsDelete(value === null);
      write.setValue(value ?? '');
      keys.addWrites(write);
    }
    const namespace = new ledger.rwset.NsReadWriteSet();
    namespace.setNamespace(set.namespace);
    namespace.setRwset(keys.serializeBinary());
    for (const collection of set.collections) {
      const hashed = new ledger.rwset.kvrwset.HashedRWSet();
      for (const { keyHash, version: read } of collection.reads) {
        const stock = new ledger.rwset.kvrwset.KVReadHash();
        stock.setKeyHash(keyHash);
        stock.setVersion(stockVersion(read));
        hashed.addHashedReads(stock);
      }
      for (const { keyHash, valueHash, purge } of collection.writes) {
        const stock = new ledger.rwset.kvrwset.KVWriteHash();
        stock.setKeyHash(keyHash);
        stock.setIsDelete(valueHash === null);
        stock.setValueHash(valueHash ?? '');
        stock.setIsPurge(purge);
        hashed.addHashedWrites(stock);
      }
      const stock = new ledger.rwset.CollectionHashedReadWriteSet();
      stock.setCollectionName(collection.collection);
      stock.setHashedRwset(hashed.serializeBinary());
      stock.setPvtRwsetHash(collection.privateHash);
      namespace.addCollectionHashedRwset(stock);
    }
    whole.addNsRwset(namespace);
  }
  return whole;
}

const keyRead = fc.record({ key: words, version });
const readWriteSet: fc.Arbitrary<NamespaceReadWriteSet> = fc.record({
  namespace: words,
  reads: fc.array(keyRead, { maxLength: 5 }),
  ranges: fc.array(
    fc.record({ startKey: words, endKey: words, exhausted: fc.boolean(), reads: fc.array(keyRead, { maxLength: 4 }) }),
    { maxLength: 3 },
  ),
  writes: fc.array(fc.record({ key: words, value: fc.option(filled) }), { maxLength: 5 }),
  collections: fc.array(
    fc.record({
      collection: words,
      reads: fc.array(fc.record({ keyHash: bytes, version }), { maxLength: 3 }),
      writes: fc.array(fc.record({ keyHash: bytes, valueHash: fc.option(filled), purge: fc.boolean() }), {
        maxLength: 3,
      }),
      privateHash: bytes,
    }),
    { maxLength: 3 },
  ),
});

describe('the messages of blocks and transactions', () => {
  it('encodes an envelope, a payload and their headers as fabric-protos does, and parses them back', () => {
    const header = fc.record({
      type: fc.constantFrom(1, 3, 5),
      timestamp: fc.option(fc.record({ seconds: fc.nat({ max: 253402300799 }), nanos: fc.nat({ max: 999_999_999 }) })),
      channelId: words,
      transactionId: words,
      epoch: number,
      extension: bytes,
    });
    fc.assert(
      fc.property(header, bytes, bytes, bytes, (channel, creator, nonce, data) => {
        const stockChannel = new common.ChannelHeader();
        stockChannel.setType(channel.type);
        if (channel.timestamp !== null) {
          const timestamp = new timestampMessages.Timestamp();
          timestamp.setSeconds(channel.timestamp.seconds);
          timestamp.setNanos(channel.timestamp.nanos);
          stockChannel.setTimestamp(timestamp);
        }
        stockChannel.setChannelId(channel.channelId);
        stockChannel.setTxId(channel.transactionId);
        stockChannel.setEpoch(channel.epoch);
        stockChannel.setExtension$(channel.extension);
        const channelHeader = encodeChannelHeader(channel);
        same(channelHeader, stockChannel);
        assert.deepEqual(plain(parseChannelHeader(channelHeader)), plain(channel));

        const stockSignature = new common.SignatureHeader();
        stockSignature.setCreator(creator);
        stockSignature.setNonce(nonce);
        const signatureHeader = encodeSignatureHeader({ creator, nonce });
        same(signatureHeader, stockSignature);
        assert.deepEqual(plain(parseSignatureHeader(signatureHeader)), plain({ creator, nonce }));

        const stockHeader = new common.Header();
        stockHeader.setChannelHeader(channelHeader);
        stockHeader.setSignatureHeader(signatureHeader);
        const stockPayload = new common.Payload();
        stockPayload.setHeader(stockHeader);
        stockPayload.setData(data);
        const payload = encodePayload({ header: { channelHeader, signatureHeader }, data });
        same(payload, stockPayload);
        assert.deepEqual(plain(parsePayload(payload)), plain({ header: { channelHeader, signatureHeader }, data }));

        same(encodeEnvelope({ payload, signature: nonce }), stockEnvelope({ payload, signature: nonce }));
        assert.deepEqual(
          plain(parseEnvelope(encodeEnvelope({ payload, signature: nonce }))),
          plain({ payload, signature: nonce }),
        );
      }),
    );
  });

  it('encodes an identity as fabric-protos does', () => {
    fc.assert(
      fc.property(words, words, (mspId, pem) => {
        const stock = new msp.SerializedIdentity();
        stock.setMspid(mspId);
        stock.setIdBytes(Buffer.from(pem));
        const encoded = encodeSerializedIdentity(mspId, pem);
        same(encoded, stock);
        assert.equal(Buffer.from(parseSerializedIdentity(encoded).idBytes).toString(), Buffer.from(pem).toString());
      }),
    );
  });

  it('encodes a read/write set as fabric-protos does, and parses it back', () => {
    fc.assert(
      fc.property(fc.array(readWriteSet, { maxLength: 2 }), (sets) => {
        const encoded = encodeReadWriteSet(sets);
        same(encoded, stockReadWriteSet(sets));
        assert.deepEqual(plain(parseReadWriteSet(encoded)), plain(sets));
      }),
    );
  });

  it('encodes what endorsers sign and the transaction around it as fabric-protos does', () => {
    const event = fc.record({ chaincode: words, transactionId: words, name: words, payload: bytes });
    const response = fc.record({ status: small, message: words, payload: bytes });
    const endorsements = fc.array(fc.record({ endorser: bytes, signature: bytes }), { maxLength: 3 });
    fc.assert(
      fc.property(
        bytes,
        event,
        response,
        endorsements,
        bytes,
        filled,
        (results, given, answer, endorsed, hash, header) => {
          const action = { results, event: given, response: answer, chaincode: given.chaincode, chaincodeVersion: '1' };
          const stockEvent = new peer.ChaincodeEvent();
          stockEvent.setChaincodeId(given.chaincode);
          stockEvent.setTxId(given.transactionId);
          stockEvent.setEventName(given.name);
          stockEvent.setPayload(given.payload);
          const id = new peer.ChaincodeID();
          id.setName(given.chaincode);
          id.setVersion('1');
          const stockAction = new peer.ChaincodeAction();
          stockAction.setResults(results);
          stockAction.setEvents(stockEvent.serializeBinary());
          stockAction.setResponse(stockResponse(answer));
          stockAction.setChaincodeId(id);
          const extension = encodeContractAction(action);
          same(extension, stockAction);
          if (stockEvent.serializeBinary().length > 0)
            assert.deepEqual(plain(parseContractAction(extension)), plain(action));

          const stockResponsePayload = new peer.ProposalResponsePayload();
          stockResponsePayload.setProposalHash(hash);
          stockResponsePayload.setExtension$(extension);
          const responsePayload = encodeProposalResponsePayload({ proposalHash: hash, extension });
          same(responsePayload, stockResponsePayload);
          assert.deepEqual(
            plain(parseProposalResponsePayload(responsePayload)),
            plain({ proposalHash: hash, extension }),
          );

          const stockEndorsed = new peer.ChaincodeEndorsedAction();
          stockEndorsed.setProposalResponsePayload(responsePayload);
          for (const { endorser, signature } of endorsed) {
            const stock = new peer.Endorsement();
            stock.setEndorser(endorser);
            stock.setSignature(signature);
            stockEndorsed.addEndorsements(stock);
          }
          const stockPayload = new peer.ChaincodeActionPayload();
          stockPayload.setChaincodeProposalPayload(results);
          stockPayload.setAction(stockEndorsed);
          const stockTransactionAction = new peer.TransactionAction();
          stockTransactionAction.setHeader(header);
          stockTransactionAction.setPayload(stockPayload.serializeBinary());
          const stockTransaction = new peer.Transaction();
          stockTransaction.addActions(stockTransactionAction);
          const transaction = { header, proposalPayload: results, responsePayload, endorsements: endorsed };
          same(encodeTransaction(transaction), stockTransaction);
          assert.deepEqual(plain(parseTransaction(encodeTransaction(transaction))), plain([transaction]));
        },
      ),
    );
  });

  it('encodes the gateway’s responses as fabric-protos does', () => {
    const response = fc.record({ status: small, message: words, payload: bytes });
    fc.assert(
      fc.property(response, bytes, bytes, small, number, (answer, payload, signature, code, block) => {
        const evaluated = new gateway.EvaluateResponse();
        evaluated.setResult(stockResponse(answer));
        same(encodeEvaluateResponse(answer), evaluated);
        const endorsed = new gateway.EndorseResponse();
        endorsed.setPreparedTransaction(stockEnvelope({ payload, signature }));
        same(encodeEndorseResponse({ payload, signature }), endorsed);
        const status = new gateway.CommitStatusResponse();
        status.setResult(code as 0);
        status.setBlockNumber(block);
        same(encodeCommitStatusResponse(code, block), status);
      }),
    );
  });

  it('encodes a block as fabric-protos does, and parses it back', () => {
    const header = fc.record({ number, previousHash: bytes, dataHash: bytes });
    const lists = fc.array(bytes, { maxLength: 4 });
    fc.assert(
      fc.property(header, lists, lists, (given, envelopes, metadata) => {
        const stockHeader = new common.BlockHeader();
        stockHeader.setNumber(given.number);
        stockHeader.setPreviousHash(given.previousHash);
        stockHeader.setDataHash(given.dataHash);
        const data = new common.BlockData();
        data.setDataList(envelopes);
        const stockMetadata = new common.BlockMetadata();
        stockMetadata.setMetadataList(metadata);
        const stock = new common.Block();
        stock.setHeader(stockHeader);
        stock.setData(data);
        stock.setMetadata(stockMetadata);
        const block = { header: given, envelopes, metadata };
        same(encodeBlock(block), stock);
        assert.deepEqual(plain(parseBlock(encodeBlock(block))), plain(block));
      }),
    );
  });

  it('parses any bytes or throws MESSAGE_MALFORMED, never anything else', () => {
    fc.assert(
      fc.property(bytes, (given) => {
        for (const parse of [parseBlock, parseTransaction, parseReadWriteSet, parsePayload, parseContractAction]) {
          try {
            parse(given);
          } catch (error) {
            assert.ok(error instanceof NetworkError, String(error));
            assert.equal(error.code, 'MESSAGE_MALFORMED');
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('refuses a field that ends after the message, a number that does not end, and a field numbered 0', () => {
    for (const malformed of ['0a05ff', '08ffffffffffffffffffff01', '0001', '0f', '08']) {
      const reader = new WireReader(Buffer.from(malformed, 'hex'), 'Test');
      assert.throws(() => reader.next(), { code: 'MESSAGE_MALFORMED' });
    }
  });
});
