import { createPrivateKey, type KeyObject } from 'node:crypto';

import { encodePayload, encodeSerializedIdentity } from '../block/envelope.js';
import { encodeEndorseResponse, encodeEvaluateResponse, parseProposalRequest } from '../block/gateway-messages.js';
import {
  encodeContractAction,
  encodeProposalResponsePayload,
  encodeTransaction,
  type Endorsement,
} from '../block/transaction.js';
import type { Identity } from '../client/ledger-connection.js';
import { signLowS } from '../identity/low-s.js';
import type { MembershipRegistry } from '../identity/membership-registry.js';
import type { ChannelConfig, PrivateCollection } from './channel-config.js';
import type { ContractAnswer, ContractRunner } from './contract-runner.js';
import { chooseEndorsers, type EndorsementPolicy } from './endorsement-policy.js';
import type { LedgerStore } from './ledger-store.js';
import { GRPC_STATUS, PeerStatusError } from './peer-service.js';
import { proposalHashOf, verifySignedProposal, type VerifiedProposal } from './signed-proposal.js';
import { Simulation, type PrivateWrites, type SimulationResult } from './simulation.js';

/** From this status on a contract's response is a refusal. */
const ERROR_THRESHOLD = 400;

/** The identity that an organisation's peer endorses with. */
export interface PeerIdentity extends Identity {
  /** Host name, for error details. */
  readonly address: string;
}

/** What an endorsement brings: the answer for the client, and what has to stay beside the block. */
export interface EndorsementOutcome {
  /** Serialised `gateway.EndorseResponse`. */
  readonly response: Uint8Array;
  readonly transactionId: string;
  readonly privateWrites: readonly PrivateWrites[];
}

interface PeerSigner {
  readonly mspId: string;
  readonly address: string;
  readonly endorser: Buffer;
  readonly key: KeyObject;
}

interface Simulated {
  readonly answer: ContractAnswer;
  readonly result: SimulationResult;
}

/** Simulates proposals and endorses them with the keys of the organisations' peers. */
export class Endorser {
  readonly #config: ChannelConfig;
  readonly #policy: EndorsementPolicy;
  readonly #collections: ReadonlyMap<string, PrivateCollection>;
  readonly #store: LedgerStore;
  readonly #runner: ContractRunner;
  readonly #registry: MembershipRegistry;
  readonly #signers: ReadonlyMap<string, PeerSigner>;

  constructor(options: {
    readonly config: ChannelConfig;
    readonly store: LedgerStore;
    readonly runner: ContractRunner;
    readonly registry: MembershipRegistry;
    readonly peers: readonly PeerIdentity[];
  }) {
    const { config, peers } = options;
    this.#config = config;
    this.#policy = {
      organisations: config.organisations.filter(({ endorses }) => endorses).map(({ mspId }) => mspId),
      required: config.requiredEndorsements,
    };
    this.#collections = new Map(config.collections.map((collection) => [collection.name, collection]));
    this.#store = options.store;
    this.#runner = options.runner;
    this.#registry = options.registry;
    this.#signers = new Map(peers.map((peer) => [peer.mspId, peerSigner(peer)]));
  }

  /** @throws PeerStatusError */
  async evaluate(gatewayMspId: string, request: Uint8Array): Promise<Uint8Array> {
    const { signedProposal, organisations } = parseProposalRequest(request);
    const proposal = verifySignedProposal(signedProposal, this.#config, this.#registry);
    const evaluator =
      organisations.length === 0 ? gatewayMspId : organisations.find((mspId) => this.#signers.has(mspId));
    if (evaluator === undefined) {
      throw new PeerStatusError(GRPC_STATUS.UNAVAILABLE, `no peer of ${organisations.join(', ')} is in this channel`);
    }
    const { answer } = await this.#simulate(proposal, ({ members }) => members.includes(evaluator));
    if (answer.status >= ERROR_THRESHOLD) {
      const message = `chaincode response ${answer.status}, ${answer.message}`;
      throw new PeerStatusError(GRPC_STATUS.UNKNOWN, `evaluate call to endorser returned error: ${message}`, [
        this.#detail(evaluator, message),
      ]);
    }
    return encodeEvaluateResponse(answer);
  }

  /** @throws PeerStatusError `ABORTED` where the contract refused or the policy can't be satisfied. */
  async endorse(gatewayMspId: string, request: Uint8Array): Promise<EndorsementOutcome> {
    const { signedProposal, organisations } = parseProposalRequest(request);
    const proposal = verifySignedProposal(signedProposal, this.#config, this.#registry);
    const { transactionId, invocation } = proposal;
    if (this.#store.transaction(transactionId) !== null) {
      throw endorsementFailure([this.#detail(gatewayMspId, `duplicate transaction found [${transactionId}]`)]);
    }
    for (const mspId of organisations) {
      if (!this.#policy.organisations.includes(mspId)) {
        throw new PeerStatusError(GRPC_STATUS.FAILED_PRECONDITION, `${mspId} does not endorse on this channel`);
      }
    }
    const candidates = organisations.length === 0 ? this.#policy.organisations : organisations;
    const needed = organisations.length === 0 ? this.#policy.required : organisations.length;
    const { answer, result } = await this.#simulate(
      proposal,
      ({ members }) => candidates.filter((mspId) => members.includes(mspId)).length >= needed,
    );
    if (answer.status >= ERROR_THRESHOLD) {
      throw endorsementFailure([this.#detail(gatewayMspId, `chaincode response ${answer.status}, ${answer.message}`)]);
    }
    const endorsers =
      organisations.length > 0
        ? [...new Set(organisations)]
        : chooseEndorsers(this.#policy, gatewayMspId, (mspId) =>
            this.#mayEndorse(mspId, result, invocation.transient.size > 0),
          );
    if (endorsers === null) {
      throw new PeerStatusError(
        GRPC_STATUS.FAILED_PRECONDITION,
        'no combination of peers can be derived which satisfy the endorsement policy: too few organisations are members of the collections',
      );
    }
    return {
      transactionId,
      response: this.#prepare(proposal, answer, result, endorsers),
      privateWrites: result.privateWrites,
    };
  }

  async #simulate(
    proposal: VerifiedProposal,
    holdsCollection: (collection: PrivateCollection) => boolean,
  ): Promise<Simulated> {
    const snapshot = this.#store.snapshot();
    try {
      const simulation = new Simulation({
        store: this.#store,
        snapshot,
        chaincode: this.#config.chaincode,
        collections: this.#collections,
        creatorMspId: proposal.creatorMspId,
        holdsCollection,
      });
      const answer = await this.#runner.run(
        {
          channel: this.#config.channel,
          transactionId: proposal.transactionId,
          input: proposal.invocation.input,
          proposal: proposal.proposal,
          signature: proposal.signature,
        },
        simulation,
      );
      const result = await simulation.finish();
      if (this.#store.damage !== undefined) throw this.#store.damage;
      return { answer, result };
    } finally {
      await snapshot.close();
    }
  }

  /** Only members can have read a collection's values, and transient data goes to members of what it is written to. */
  #mayEndorse(mspId: string, result: SimulationResult, hasTransient: boolean): boolean {
    const touched = hasTransient
      ? [...result.readCollections, ...result.writtenCollections]
      : [...result.readCollections];
    return touched.every((name) => this.#collections.get(name)?.members.includes(mspId) === true);
  }

  #prepare(
    proposal: VerifiedProposal,
    answer: ContractAnswer,
    result: SimulationResult,
    endorsers: readonly string[],
  ): Uint8Array {
    const { chaincode, chaincodeVersion } = this.#config;
    const { transactionId, header, invocation } = proposal;
    const responsePayload = encodeProposalResponsePayload({
      proposalHash: proposalHashOf(header, invocation.publicPayload),
      extension: encodeContractAction({
        results: result.readWriteSet,
        event: answer.event === null ? null : { chaincode, transactionId, ...answer.event },
        response: answer,
        chaincode,
        chaincodeVersion,
      }),
    });
    const endorsements = endorsers.map((mspId): Endorsement => {
      const signer = this.#signers.get(mspId);
      if (signer === undefined) throw new PeerStatusError(GRPC_STATUS.UNAVAILABLE, `${mspId} has no peer`);
      const { endorser, key } = signer;
      return { endorser, signature: signLowS(key, Buffer.concat([responsePayload, endorser])) };
    });
    const transaction = encodeTransaction({
      header: header.signatureHeader,
      proposalPayload: invocation.publicPayload,
      responsePayload,
      endorsements,
    });
    return encodeEndorseResponse({
      payload: encodePayload({ header, data: transaction }),
      signature: new Uint8Array(0),
    });
  }

  #detail(mspId: string, message: string): { address: string; mspId: string; message: string } {
    return { address: this.#signers.get(mspId)?.address ?? '', mspId, message };
  }
}

function peerSigner({ mspId, address, certificatePem, privateKeyPem }: PeerIdentity): PeerSigner {
  return {
    mspId,
    address,
    endorser: encodeSerializedIdentity(mspId, certificatePem),
    key: createPrivateKey(privateKeyPem),
  };
}

function endorsementFailure(details: PeerStatusError['details']): PeerStatusError {
  return new PeerStatusError(
    GRPC_STATUS.ABORTED,
    'failed to endorse transaction, see attached details for more info',
    details,
  );
}
