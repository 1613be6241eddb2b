import { createHash } from 'node:crypto';

import {
  type Header,
  HEADER_TYPE,
  parseChannelHeader,
  parseEnvelope,
  parsePayload,
  parseSignatureHeader,
} from '../block/envelope.js';
import { parseInvocation } from '../block/proposal.js';
import { type NamespaceReadWriteSet, parseReadWriteSet } from '../block/read-write-set.js';
import {
  type Endorsement,
  parseContractAction,
  parseProposalResponsePayload,
  parseTransaction,
  type TransactionAction,
} from '../block/transaction.js';
import type { ChannelConfig } from '../embedded/channel-config.js';
import { VALIDATION_CODE } from '../embedded/validation-code.js';
import type { Member, MembershipRegistry } from '../identity/membership-registry.js';
import { NetworkError } from '../network-error.js';
import { checkSignature } from './signature-check.js';

/** Codes of Fabric's `TxValidationCode` for what an ordering node refuses, so that no block should hold it. */
export const REFUSED_CODE = {
  BAD_PAYLOAD: 2,
  BAD_CREATOR_SIGNATURE: 4,
  UNKNOWN_TX_TYPE: 13,
  TARGET_CHAIN_NOT_FOUND: 14,
} as const;

/** What one envelope of a block proves of itself, before its place in the chain is looked at. */
export interface ReplayedTransaction {
  /** As the channel header claims it; empty where that does not parse. */
  readonly transactionId: string;
  /** A `TxValidationCode`: VALID as far as form, signatures and policy go. */
  readonly code: number;
  /** Null where `code` is not VALID. */
  readonly readWriteSet: NamespaceReadWriteSet | null;
}

/**
 * Re-derives what can be said of an endorsed transaction by its bytes alone: creator's signature, transaction id,
 * proposal hash, endorsements against the policy. Validity periods are not asked of old certificates.
 */
export async function replayTransaction(
  bytes: Uint8Array,
  config: ChannelConfig,
  registry: MembershipRegistry,
): Promise<ReplayedTransaction> {
  let transactionId = '';
  try {
    const { payload, signature } = parseEnvelope(bytes);
    const { header, data } = parsePayload(payload);
    const channelHeader = parseChannelHeader(header.channelHeader);
    const { creator, nonce } = parseSignatureHeader(header.signatureHeader);
    transactionId = channelHeader.transactionId;
    if (channelHeader.channelId !== config.channel) return invalid(transactionId, REFUSED_CODE.TARGET_CHAIN_NOT_FOUND);
    if (channelHeader.type !== HEADER_TYPE.ENDORSER_TRANSACTION) {
      return invalid(transactionId, REFUSED_CODE.UNKNOWN_TX_TYPE);
    }
    const member = identify(registry, creator);
    if (member === null || !(await checkSignature(member.publicKey, payload, signature))) {
      return invalid(transactionId, REFUSED_CODE.BAD_CREATOR_SIGNATURE);
    }
    if (transactionId !== createHash('sha256').update(nonce).update(creator).digest('hex')) {
      return invalid(transactionId, VALIDATION_CODE.BAD_PROPOSAL_TXID);
    }
    const judged = await replayActions(parseTransaction(data), header, config, registry);
    return typeof judged === 'number'
      ? invalid(transactionId, judged)
      : { transactionId, code: VALIDATION_CODE.VALID, readWriteSet: judged };
  } catch (error) {
    if (error instanceof NetworkError) return invalid(transactionId, REFUSED_CODE.BAD_PAYLOAD);
    throw error;
  }
}

async function replayActions(
  actions: readonly TransactionAction[],
  header: Header,
  config: ChannelConfig,
  registry: MembershipRegistry,
): Promise<NamespaceReadWriteSet | number> {
  const [action] = actions;
  if (action === undefined || actions.length > 1 || !sameBytes(action.header, header.signatureHeader)) {
    return VALIDATION_CODE.INVALID_ENDORSER_TRANSACTION;
  }
  const { proposalHash, extension } = parseProposalResponsePayload(action.responsePayload);
  const derived = createHash('sha256')
    .update(header.channelHeader)
    .update(header.signatureHeader)
    .update(action.proposalPayload)
    .digest();
  if (!sameBytes(proposalHash, derived)) return VALIDATION_CODE.INVALID_ENDORSER_TRANSACTION;
  const { chaincode, response, results } = parseContractAction(extension);
  const asked = parseInvocation(action.proposalPayload).chaincode;
  if (asked !== config.chaincode || chaincode !== asked) return VALIDATION_CODE.INVALID_CHAINCODE;
  if (response.status < 200 || response.status >= 400) return VALIDATION_CODE.BAD_RESPONSE_PAYLOAD;
  if (!(await isEndorsed(action.responsePayload, action.endorsements, config, registry))) {
    return VALIDATION_CODE.ENDORSEMENT_POLICY_FAILURE;
  }
  return replayReadWriteSet(results, chaincode);
}

function replayReadWriteSet(results: Uint8Array, chaincode: string): NamespaceReadWriteSet | number {
  let namespaces: NamespaceReadWriteSet[];
  try {
    namespaces = parseReadWriteSet(results);
  } catch (error) {
    if (error instanceof NetworkError) return VALIDATION_CODE.BAD_RWSET;
    throw error;
  }
  const [own] = namespaces;
  return own === undefined || namespaces.length > 1 || own.namespace !== chaincode
    ? VALIDATION_CODE.ILLEGAL_WRITESET
    : own;
}

/** Each organisation counts once, by a peer's signature that holds; whatever else stands there counts for nothing. */
async function isEndorsed(
  responsePayload: Uint8Array,
  endorsements: readonly Endorsement[],
  config: ChannelConfig,
  registry: MembershipRegistry,
): Promise<boolean> {
  const verdicts = await Promise.all(
    endorsements.map(async ({ endorser, signature }) => {
      const member = identify(registry, endorser);
      if (member?.role !== 'peer' || !registry.endorses(member.mspId)) return null;
      const signed = Buffer.concat([responsePayload, endorser]);
      return (await checkSignature(member.publicKey, signed, signature)) ? member.mspId : null;
    }),
  );
  const organisations = new Set(verdicts.filter((mspId) => mspId !== null));
  return organisations.size >= config.requiredEndorsements;
}

function identify(registry: MembershipRegistry, identity: Uint8Array): Member | null {
  try {
    return registry.identify(identity, null);
  } catch (error) {
    if (error instanceof NetworkError) return null;
    throw error;
  }
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}

function invalid(transactionId: string, code: number): ReplayedTransaction {
  return { transactionId, code, readWriteSet: null };
}
