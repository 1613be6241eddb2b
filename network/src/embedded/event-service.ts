import { common, gateway, orderer, peer } from '@hyperledger/fabric-protos';

import { BLOCK_METADATA, parseBlock, type Block } from '../block/block.js';
import {
  HEADER_TYPE,
  parseChannelHeader,
  parseEnvelope,
  parsePayload,
  parseSignatureHeader,
} from '../block/envelope.js';
import { parseSignedRequest } from '../block/gateway-messages.js';
import {
  encodeContractEvent,
  parseContractAction,
  parseProposalResponsePayload,
  parseTransaction,
  type ContractEvent,
} from '../block/transaction.js';
import { WireWriter } from '../block/wire.js';
import type { MembershipRegistry } from '../identity/membership-registry.js';
import { verifyLowS } from '../identity/low-s.js';
import { blockStream, type ChainHeight } from './block-stream.js';
import type { ChannelConfig } from './channel-config.js';
import type { LedgerStore } from './ledger-store.js';
import { GRPC_STATUS, PeerStatusError } from './peer-service.js';
import { toPeerStatus } from './signed-proposal.js';
import { VALIDATION_CODE } from './validation-code.js';

/** Which form of block a `protos.Deliver` method answers with. */
export type DeliverForm = 'block' | 'filtered';

/** A range of blocks that a `orderer.SeekInfo` asks for. */
interface Seek {
  readonly first: number;
  readonly last: number;
}

/** Streams blocks and contract events to whoever is a member of the channel. */
export class EventService {
  readonly #store: LedgerStore;
  readonly #height: ChainHeight;
  readonly #config: ChannelConfig;
  readonly #registry: MembershipRegistry;

  constructor(options: {
    readonly store: LedgerStore;
    readonly height: ChainHeight;
    readonly config: ChannelConfig;
    readonly registry: MembershipRegistry;
  }) {
    this.#store = options.store;
    this.#height = options.height;
    this.#config = options.config;
    this.#registry = options.registry;
  }

  /** Answers a seek; what is wrong with the request itself is answered by a status message, as Fabric does. */
  async *deliver(request: Uint8Array, form: DeliverForm, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    const seek = this.#readSeek(request);
    if (typeof seek === 'number') {
      yield statusResponse(seek);
      return;
    }
    try {
      for await (const { block } of blockStream(this.#store, this.#height, seek.first, seek.last, signal)) {
        yield form === 'block' ? new WireWriter().message(2, block).finish() : this.#filtered(parseBlock(block));
      }
    } catch (error) {
      throw toPeerStatus(error);
    }
    if (signal?.aborted !== true && !this.#height.closed) yield statusResponse(common.Status.SUCCESS);
    else if (this.#height.closed) throw new PeerStatusError(GRPC_STATUS.UNAVAILABLE, 'the ledger is closed');
  }

  /** Events of valid transactions, one message for each block that has any. */
  async *chaincodeEvents(request: Uint8Array, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    try {
      const { first, chaincode, afterTransactionId } = this.#readEventsRequest(request);
      for await (const { number, block } of blockStream(
        this.#store,
        this.#height,
        first,
        Number.MAX_SAFE_INTEGER,
        signal,
      )) {
        const events = validEvents(parseBlock(block), chaincode, number === first ? afterTransactionId : '');
        if (events.length > 0) {
          yield new WireWriter().repeated(1, events.map(encodeContractEvent)).uint(2, number).finish();
        }
      }
      if (this.#height.closed) throw new PeerStatusError(GRPC_STATUS.UNAVAILABLE, 'the ledger is closed');
    } catch (error) {
      throw toPeerStatus(error);
    }
  }

  #readSeek(request: Uint8Array): Seek | common.StatusMap[keyof common.StatusMap] {
    try {
      const { payload, signature } = parseEnvelope(request);
      const { header, data } = parsePayload(payload);
      const { channelId, type } = parseChannelHeader(header.channelHeader);
      if (channelId !== this.#config.channel) return common.Status.NOT_FOUND;
      if (type !== HEADER_TYPE.DELIVER_SEEK_INFO) return common.Status.BAD_REQUEST;
      const { creator } = parseSignatureHeader(header.signatureHeader);
      if (!this.#isMember(creator, payload, signature)) return common.Status.FORBIDDEN;
      const info = orderer.SeekInfo.deserializeBinary(data);
      const first = this.#position(info.getStart());
      const last = this.#position(info.getStop());
      if (first === null || last === null || last < first) return common.Status.BAD_REQUEST;
      const ready = info.getBehavior() !== orderer.SeekInfo.SeekBehavior.FAIL_IF_NOT_READY;
      return ready || first < this.#height.value ? { first, last } : common.Status.NOT_FOUND;
    } catch {
      return common.Status.BAD_REQUEST;
    }
  }

  #readEventsRequest(bytes: Uint8Array): { first: number; chaincode: string; afterTransactionId: string } {
    const { request, signature } = parseSignedRequest(bytes);
    const events = gateway.ChaincodeEventsRequest.deserializeBinary(request);
    if (events.getChannelId() !== this.#config.channel) {
      throw new PeerStatusError(GRPC_STATUS.NOT_FOUND, `channel '${events.getChannelId()}' not found`);
    }
    if (!this.#isMember(events.getIdentity_asU8(), request, signature)) {
      throw new PeerStatusError(GRPC_STATUS.PERMISSION_DENIED, 'the request for events has a wrong signature');
    }
    const first = events.hasStartPosition() ? this.#position(events.getStartPosition()) : this.#height.value;
    if (first === null) throw new PeerStatusError(GRPC_STATUS.INVALID_ARGUMENT, 'the start position is not understood');
    return { first, chaincode: events.getChaincodeId(), afterTransactionId: events.getAfterTransactionId() };
  }

  #isMember(creator: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
    return verifyLowS(this.#registry.identify(creator).publicKey, message, signature);
  }

  #position(position: orderer.SeekPosition | undefined): number | null {
    switch (position?.getTypeCase()) {
      case orderer.SeekPosition.TypeCase.NEWEST:
        return this.#height.value - 1;
      case orderer.SeekPosition.TypeCase.OLDEST:
        return 0;
      case orderer.SeekPosition.TypeCase.NEXT_COMMIT:
        return this.#height.value;
      case orderer.SeekPosition.TypeCase.SPECIFIED:
        return position.getSpecified()?.getNumber() ?? 0;
      default:
        return null;
    }
  }

  #filtered({ header, envelopes, metadata }: Block): Uint8Array {
    const filtered = new peer.FilteredBlock();
    filtered.setChannelId(this.#config.channel);
    filtered.setNumber(header.number);
    const codes = metadata[BLOCK_METADATA.TRANSACTIONS_FILTER];
    envelopes.forEach((envelope, index) => {
      const { header: headers, data } = parsePayload(parseEnvelope(envelope).payload);
      const { transactionId, type } = parseChannelHeader(headers.channelHeader);
      const transaction = new peer.FilteredTransaction();
      transaction.setTxid(transactionId);
      transaction.setType(type as common.HeaderTypeMap[keyof common.HeaderTypeMap]);
      transaction.setTxValidationCode(
        (codes?.[index] ?? 0) as peer.TxValidationCodeMap[keyof peer.TxValidationCodeMap],
      );
      if (type === HEADER_TYPE.ENDORSER_TRANSACTION) transaction.setTransactionActions(filteredActions(data));
      filtered.addFilteredTransactions(transaction);
    });
    return new WireWriter().message(3, filtered.serializeBinary()).finish();
  }
}

function statusResponse(status: number): Uint8Array {
  return new WireWriter().uint(1, status).finish();
}

function validEvents(block: Block, chaincode: string, afterTransactionId: string): ContractEvent[] {
  const codes = block.metadata[BLOCK_METADATA.TRANSACTIONS_FILTER];
  const events: ContractEvent[] = [];
  let skipping = afterTransactionId !== '';
  block.envelopes.forEach((envelope, index) => {
    const { header, data } = parsePayload(parseEnvelope(envelope).payload);
    const { transactionId, type } = parseChannelHeader(header.channelHeader);
    if (skipping) {
      skipping = transactionId !== afterTransactionId;
      return;
    }
    if (type !== HEADER_TYPE.ENDORSER_TRANSACTION || codes?.[index] !== VALIDATION_CODE.VALID) return;
    const event = eventOf(data);
    if (event?.chaincode === chaincode) events.push(event);
  });
  return events;
}

function eventOf(transaction: Uint8Array): ContractEvent | null {
  const action = parseTransaction(transaction)[0];
  if (action === undefined) return null;
  return parseContractAction(parseProposalResponsePayload(action.responsePayload).extension).event;
}

function filteredActions(transaction: Uint8Array): peer.FilteredTransactionActions {
  const actions = new peer.FilteredTransactionActions();
  const event = eventOf(transaction);
  if (event !== null) {
    // A filtered block names the event and leaves its payload out.
    const named = new peer.ChaincodeEvent();
    named.setChaincodeId(event.chaincode);
    named.setTxId(event.transactionId);
    named.setEventName(event.name);
    const action = new peer.FilteredChaincodeAction();
    action.setChaincodeEvent(named);
    actions.addChaincodeActions(action);
  }
  return actions;
}
