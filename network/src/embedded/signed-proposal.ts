import { createHash } from 'node:crypto';

import { HEADER_TYPE, parseChannelHeader, parseHeader, parseSignatureHeader, type Header } from '../block/envelope.js';
import {
  parseChaincodeName,
  parseInvocation,
  parseProposal,
  parseSignedProposal,
  type Invocation,
} from '../block/proposal.js';
import type { MembershipRegistry } from '../identity/membership-registry.js';
import { verifyLowS } from '../identity/low-s.js';
import { NetworkError } from '../network-error.js';
import type { ChannelConfig } from './channel-config.js';
import { GRPC_STATUS, PeerStatusError } from './peer-service.js';

/** A proposal whose form, channel, creator, signature and transaction id have been checked. */
export interface VerifiedProposal {
  readonly transactionId: string;
  readonly creatorMspId: string;
  readonly header: Header;
  readonly invocation: Invocation;
  /** Serialised `protos.Proposal`. */
  readonly proposal: Uint8Array;
  readonly signature: Uint8Array;
}

/** Hex SHA-256 over nonce and creator: nobody chooses a transaction's id. */
export function transactionIdOf(nonce: Uint8Array, creator: Uint8Array): string {
  return createHash('sha256').update(nonce).update(creator).digest('hex');
}

/** SHA-256 over the headers and the public payload, which every endorser signs and the block lets anyone check. */
export function proposalHashOf(header: Header, publicPayload: Uint8Array): Buffer {
  return createHash('sha256')
    .update(header.channelHeader)
    .update(header.signatureHeader)
    .update(publicPayload)
    .digest();
}

/**
 * Checks a `protos.SignedProposal` as an endorsing peer does.
 * @throws PeerStatusError `INVALID_ARGUMENT` for its form, `NOT_FOUND` for an unknown channel or chaincode,
 * `PERMISSION_DENIED` for its creator or signature.
 */
export function verifySignedProposal(
  bytes: Uint8Array,
  config: ChannelConfig,
  registry: MembershipRegistry,
): VerifiedProposal {
  try {
    const { proposal, signature } = parseSignedProposal(bytes);
    const { header: headerBytes, payload } = parseProposal(proposal);
    const header = parseHeader(headerBytes);
    const channelHeader = parseChannelHeader(header.channelHeader);
    const { creator, nonce } = parseSignatureHeader(header.signatureHeader);
    if (channelHeader.channelId !== config.channel) {
      throw new PeerStatusError(GRPC_STATUS.NOT_FOUND, `channel '${channelHeader.channelId}' not found`);
    }
    if (channelHeader.type !== HEADER_TYPE.ENDORSER_TRANSACTION) {
      throw invalid(`the header type is ${channelHeader.type}, not ENDORSER_TRANSACTION`);
    }
    if (channelHeader.epoch !== 0) throw invalid(`the epoch is ${channelHeader.epoch}, not 0`);
    if (channelHeader.timestamp === null) throw invalid('the channel header has no timestamp');
    if (nonce.length === 0) throw invalid('the signature header has no nonce');
    const { mspId, publicKey } = registry.identify(creator);
    if (!verifyLowS(publicKey, proposal, signature)) {
      throw new PeerStatusError(
        GRPC_STATUS.PERMISSION_DENIED,
        `access denied: channel [${config.channel}] creator org [${mspId}]: the proposal's signature is invalid`,
      );
    }
    const transactionId = transactionIdOf(nonce, creator);
    if (channelHeader.transactionId !== transactionId) {
      throw invalid(`the transaction id is ${channelHeader.transactionId}, computed ${transactionId}`);
    }
    const invocation = parseInvocation(payload);
    const named = parseChaincodeName(channelHeader.extension);
    if (named !== invocation.chaincode) throw invalid(`header and payload name different chaincodes`);
    if (named !== config.chaincode) {
      throw new PeerStatusError(GRPC_STATUS.NOT_FOUND, `chaincode '${named}' not found on channel '${config.channel}'`);
    }
    if (invocation.args.length === 0) throw invalid('the invocation names no function');
    return { transactionId, creatorMspId: mspId, header, invocation, proposal, signature };
  } catch (error) {
    throw toPeerStatus(error);
  }
}

/** What a transport answers for an error of this layer; anything unforeseen is an internal error. */
export function toPeerStatus(error: unknown): PeerStatusError {
  if (error instanceof PeerStatusError) return error;
  if (error instanceof NetworkError) {
    if (error.code === 'MESSAGE_MALFORMED') return invalid(error.message);
    const status = error.code.startsWith('IDENTITY_')
      ? GRPC_STATUS.PERMISSION_DENIED
      : error.code === 'LEDGER_CLOSED' || error.code === 'LEDGER_FAILED'
        ? GRPC_STATUS.UNAVAILABLE
        : GRPC_STATUS.INTERNAL;
    return new PeerStatusError(status, `${error.code}: ${error.message}`);
  }
  return new PeerStatusError(GRPC_STATUS.INTERNAL, error instanceof Error ? error.message : String(error));
}

function invalid(message: string): PeerStatusError {
  return new PeerStatusError(GRPC_STATUS.INVALID_ARGUMENT, message);
}
