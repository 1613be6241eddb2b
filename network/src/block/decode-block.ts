import { common } from '@hyperledger/fabric-protos';

import { NetworkError } from '../network-error.js';
import { BLOCK_METADATA, blockHeaderHash, parseBlock } from './block.js';
import {
  HEADER_TYPE,
  parseChannelHeader,
  parseEnvelope,
  parsePayload,
  parseSerializedIdentity,
  parseSignatureHeader,
  timestampText,
} from './envelope.js';
import { parseInvocation } from './proposal.js';
import { parseReadWriteSet } from './read-write-set.js';
import { parseContractAction, parseProposalResponsePayload, parseTransaction } from './transaction.js';

/** Who signed: the organisation and the X.509 certificate it issued. */
export interface Signatory {
  readonly mspId: string;
  readonly certificatePem: string;
}

/** A version as the block holds it. */
export interface DecodedVersion {
  readonly blockNumber: bigint;
  readonly transactionIndex: number;
}

/** One transaction of a block, valid or not: `validationCode` 0 alone took effect. */
export interface DecodedTransaction {
  readonly index: number;
  /** Hex SHA-256 of nonce and creator. */
  readonly transactionId: string;
  /** Fabric's `TxValidationCode`; 0 is VALID. */
  readonly validationCode: number;
  /** RFC 3339, as the client's clock said. */
  readonly timestamp: string;
  readonly creator: Signatory;
  readonly endorsers: readonly Signatory[];
  /** Full name, `PackContract:registerPack`; empty for a configuration. */
  readonly transaction: string;
  readonly args: readonly Uint8Array[];
  readonly result: Uint8Array;
  readonly reads: readonly { readonly key: string; readonly version: DecodedVersion | null }[];
  /** A null value deletes the key. */
  readonly writes: readonly { readonly key: string; readonly value: Uint8Array | null }[];
  readonly event: { readonly name: string; readonly payload: Uint8Array } | null;
  /** Hex SHA-256 hashes; a null `valueHash` deletes the key. */
  readonly privateWriteHashes: readonly {
    readonly collection: string;
    readonly keyHash: string;
    readonly valueHash: string | null;
  }[];
}

/** A block as a reader wants it. All hashes are hex. */
export interface DecodedBlock {
  readonly number: bigint;
  readonly headerHash: string;
  readonly previousHash: string;
  readonly dataHash: string;
  readonly transactions: readonly DecodedTransaction[];
}

/**
 * Decodes a Fabric block, from any ledger; checks its form only, not its signatures or hashes.
 * @param block - The message, or its serialised bytes.
 * @throws NetworkError `BLOCK_MALFORMED`
 */
export function decodeBlock(block: common.Block | Uint8Array): DecodedBlock {
  const bytes = block instanceof Uint8Array ? block : block.serializeBinary();
  let number: bigint | undefined;
  try {
    const { header, envelopes, metadata } = parseBlock(bytes);
    number = BigInt(header.number);
    const filter = metadata[BLOCK_METADATA.TRANSACTIONS_FILTER];
    return {
      number,
      headerHash: blockHeaderHash(header).toString('hex'),
      previousHash: hex(header.previousHash),
      dataHash: hex(header.dataHash),
      transactions: envelopes.map((envelope, index) => decodeTransaction(envelope, index, filter?.[index] ?? 0)),
    };
  } catch (cause) {
    const which = number === undefined ? 'the block' : `block ${number}`;
    throw new NetworkError('BLOCK_MALFORMED', `${which} does not decode: ${(cause as Error).message}`, {
      cause,
      ...(number === undefined ? {} : { blockNumber: number }),
    });
  }
}

function decodeTransaction(bytes: Uint8Array, index: number, validationCode: number): DecodedTransaction {
  const { header, data } = parsePayload(parseEnvelope(bytes).payload);
  const channelHeader = parseChannelHeader(header.channelHeader);
  const common = {
    index,
    transactionId: channelHeader.transactionId,
    validationCode,
    timestamp: timestampText(channelHeader.timestamp),
    creator: signatory(parseSignatureHeader(header.signatureHeader).creator),
  };
  const action = channelHeader.type === HEADER_TYPE.ENDORSER_TRANSACTION ? parseTransaction(data)[0] : undefined;
  if (action === undefined) {
    return {
      ...common,
      endorsers: [],
      transaction: '',
      args: [],
      result: new Uint8Array(0),
      reads: [],
      writes: [],
      event: null,
      privateWriteHashes: [],
    };
  }
  const { args } = parseInvocation(action.proposalPayload);
  const contractAction = parseContractAction(parseProposalResponsePayload(action.responsePayload).extension);
  const { event, response } = contractAction;
  const namespaces = parseReadWriteSet(contractAction.results).filter(
    ({ namespace }) => namespace === contractAction.chaincode,
  );
  return {
    ...common,
    endorsers: action.endorsements.map(({ endorser }) => signatory(endorser)),
    transaction: Buffer.from(args[0] ?? []).toString('utf8'),
    args: args.slice(1),
    result: response.payload,
    reads: namespaces.flatMap(({ reads }) =>
      reads.map(({ key, version }) => ({
        key,
        version:
          version === null
            ? null
            : { blockNumber: BigInt(version.blockNumber), transactionIndex: version.transactionIndex },
      })),
    ),
    writes: namespaces.flatMap(({ writes }) => writes),
    event: event === null ? null : { name: event.name, payload: event.payload },
    privateWriteHashes: namespaces.flatMap(({ collections }) =>
      collections.flatMap(({ collection, writes }) =>
        writes.map(({ keyHash, valueHash }) => ({
          collection,
          keyHash: hex(keyHash),
          valueHash: valueHash === null ? null : hex(valueHash),
        })),
      ),
    ),
  };
}

function signatory(creator: Uint8Array): Signatory {
  const { mspId, idBytes } = parseSerializedIdentity(creator);
  return { mspId, certificatePem: Buffer.from(idBytes).toString('utf8') };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
