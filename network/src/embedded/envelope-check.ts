import {
  HEADER_TYPE,
  parseChannelHeader,
  parseEnvelope,
  parsePayload,
  parseSignatureHeader,
  type Header,
} from '../block/envelope.js';
import { parseInvocation } from '../block/proposal.js';
import { parseReadWriteSet, type NamespaceReadWriteSet } from '../block/read-write-set.js';
import {
  parseContractAction,
  parseProposalResponsePayload,
  parseTransaction,
  type Endorsement,
} from '../block/transaction.js';
import type { MembershipRegistry } from '../identity/membership-registry.js';
import { verifyLowS } from '../identity/low-s.js';
import type { ChannelConfig } from './channel-config.js';
import { isSatisfied } from './endorsement-policy.js';
import { GRPC_STATUS, PeerStatusError } from './peer-service.js';
import { proposalHashOf, transactionIdOf } from './signed-proposal.js';
import { VALIDATION_CODE, type ValidationCode } from './validation-code.js';

/** A transaction that may be ordered, with all that can be said of it before its place in the chain is known. */
export interface CheckedTransaction {
  readonly transactionId: string;
  /** Serialised `common.Envelope`. */
  readonly envelope: Uint8Array;
  /** VALID as far as signatures, policy and form go; versions are judged when the block is made. */
  readonly code: ValidationCode;
  /** What it read and writes; null where `code` is not VALID. */
  readonly readWriteSet: NamespaceReadWriteSet | null;
}

interface Judged {
  readonly code: ValidationCode;
  readonly readWriteSet: NamespaceReadWriteSet | null;
}

/**
 * What an ordering node checks, then what a validating peer checks without looking at state. As in Fabric the first
 * kind of failure is refused, the second is ordered and flagged in its block.
 * @throws NetworkError `MESSAGE_MALFORMED`, `IDENTITY_*`; PeerStatusError for channel, type or creator's signature.
 */
export function checkEnvelope(
  bytes: Uint8Array,
  config: ChannelConfig,
  registry: MembershipRegistry,
): CheckedTransaction {
  const { payload, signature } = parseEnvelope(bytes);
  const { header, data } = parsePayload(payload);
  const { channelId, transactionId, type } = parseChannelHeader(header.channelHeader);
  const { creator, nonce } = parseSignatureHeader(header.signatureHeader);
  if (channelId !== config.channel) {
    throw new PeerStatusError(GRPC_STATUS.NOT_FOUND, `channel '${channelId}' not found`);
  }
  if (type !== HEADER_TYPE.ENDORSER_TRANSACTION) {
    throw new PeerStatusError(GRPC_STATUS.INVALID_ARGUMENT, `the header type is ${type}, not ENDORSER_TRANSACTION`);
  }
  const { mspId, publicKey } = registry.identify(creator);
  if (!verifyLowS(publicKey, payload, signature)) {
    throw new PeerStatusError(
      GRPC_STATUS.PERMISSION_DENIED,
      `the envelope of ${transactionId} is not signed by its creator of ${mspId}`,
    );
  }
  const judged =
    transactionId === transactionIdOf(nonce, creator)
      ? judgeTransaction(data, header, config, registry)
      : rejected(VALIDATION_CODE.BAD_PROPOSAL_TXID);
  return { transactionId, envelope: bytes, ...judged };
}

function judgeTransaction(
  data: Uint8Array,
  header: Header,
  config: ChannelConfig,
  registry: MembershipRegistry,
): Judged {
  const actions = parseTransaction(data);
  const [action] = actions;
  if (action === undefined || actions.length > 1 || Buffer.compare(action.header, header.signatureHeader) !== 0) {
    return rejected(VALIDATION_CODE.INVALID_ENDORSER_TRANSACTION);
  }
  const { proposalHash, extension } = parseProposalResponsePayload(action.responsePayload);
  if (Buffer.compare(proposalHash, proposalHashOf(header, action.proposalPayload)) !== 0) {
    return rejected(VALIDATION_CODE.INVALID_ENDORSER_TRANSACTION);
  }
  const contractAction = parseContractAction(extension);
  const { chaincode } = parseInvocation(action.proposalPayload);
  if (chaincode !== config.chaincode || contractAction.chaincode !== chaincode) {
    return rejected(VALIDATION_CODE.INVALID_CHAINCODE);
  }
  if (contractAction.response.status < 200 || contractAction.response.status >= 400) {
    return rejected(VALIDATION_CODE.BAD_RESPONSE_PAYLOAD);
  }
  if (!isEndorsed(action.responsePayload, action.endorsements, config, registry)) {
    return rejected(VALIDATION_CODE.ENDORSEMENT_POLICY_FAILURE);
  }
  let namespaces: NamespaceReadWriteSet[];
  try {
    namespaces = parseReadWriteSet(contractAction.results);
  } catch {
    return rejected(VALIDATION_CODE.BAD_RWSET);
  }
  const [readWriteSet] = namespaces;
  if (readWriteSet === undefined || namespaces.length > 1 || readWriteSet.namespace !== chaincode) {
    return rejected(VALIDATION_CODE.ILLEGAL_WRITESET);
  }
  return { code: VALIDATION_CODE.VALID, readWriteSet };
}

/** Counts the organisations whose peers' signatures hold; what is not a member's valid signature counts for nothing. */
function isEndorsed(
  responsePayload: Uint8Array,
  endorsements: readonly Endorsement[],
  config: ChannelConfig,
  registry: MembershipRegistry,
): boolean {
  const endorsers = new Set<string>();
  for (const { endorser, signature } of endorsements) {
    let member;
    try {
      member = registry.identify(endorser);
    } catch {
      continue;
    }
    if (member.role !== 'peer' || endorsers.has(member.mspId)) continue;
    if (verifyLowS(member.publicKey, Buffer.concat([responsePayload, endorser]), signature))
      endorsers.add(member.mspId);
  }
  const organisations = config.organisations.filter(({ endorses }) => endorses).map(({ mspId }) => mspId);
  return isSatisfied({ organisations, required: config.requiredEndorsements }, endorsers);
}

function rejected(code: ValidationCode): Judged {
  return { code, readWriteSet: null };
}
