import { createRequire } from 'node:module';

import { NetworkError } from '../network-error.js';
import type { Simulation } from './simulation.js';

/** Where contract classes are: a class can't be handed to another thread, an address can. */
export interface ContractSource {
  /** Module specifier or file URL, importable from this package. */
  readonly module: string;
  /** Name of the export that holds the array of contract classes. */
  readonly export: string;
}

/** What a contract answered: the shim's `Response`. */
export interface ContractAnswer {
  readonly status: number;
  readonly message: string;
  readonly payload: Uint8Array;
  readonly event: { readonly name: string; readonly payload: Uint8Array } | null;
}

/** One call of a contract, as the stub wants it: messages of fabric-shim's own copy of the protocol. */
export interface ContractCall {
  readonly channel: string;
  readonly transactionId: string;
  /** Serialised `protos.ChaincodeInput`. */
  readonly input: Uint8Array;
  /** Serialised `protos.Proposal`. */
  readonly proposal: Uint8Array;
  readonly signature: Uint8Array;
}

/** fabric-shim's `ChaincodeStub`, as far as a peer is concerned with it. */
interface ChaincodeStub {
  readonly chaincodeEvent?: { getEventName(): string; getPayload_asU8(): Uint8Array };
}

interface ShimResponse {
  readonly status?: number;
  readonly message?: string;
  readonly payload?: Uint8Array;
}

interface ChaincodeFromContract {
  Invoke(stub: ChaincodeStub): Promise<ShimResponse | undefined>;
}

type ContractClass = new () => object;

/** The parts of fabric-shim that its door does not show; they carry Fabric's semantics, so they are used as they are. */
interface ShimInternals {
  readonly ChaincodeFromContract: new (contracts: ContractClass[], serializers: unknown) => ChaincodeFromContract;
  readonly Stub: new (
    handler: Simulation,
    channel: string,
    transactionId: string,
    input: unknown,
    proposal: unknown,
  ) => ChaincodeStub;
  readonly peer: {
    readonly ChaincodeInput: { deserializeBinary(bytes: Uint8Array): unknown };
    readonly SignedProposal: new () => {
      setProposalBytes(bytes: Uint8Array): void;
      setSignature(bytes: Uint8Array): void;
    };
  };
}

/** Runs contracts through fabric-shim's own `ChaincodeFromContract` and `ChaincodeStub`. */
export class ContractRunner {
  readonly #shim: ShimInternals;
  readonly #chaincode: ChaincodeFromContract;

  private constructor(shim: ShimInternals, chaincode: ChaincodeFromContract) {
    this.#shim = shim;
    this.#chaincode = chaincode;
  }

  /** @throws NetworkError `CONTRACTS_UNLOADABLE` */
  static async load(source: ContractSource): Promise<ContractRunner> {
    try {
      const shim = loadShim();
      const loaded = (await import(source.module)) as Record<string, unknown>;
      const contracts = loaded[source.export];
      if (!Array.isArray(contracts) || contracts.length === 0) {
        throw new TypeError(`its export "${source.export}" is not a list of contract classes`);
      }
      const chaincode = new shim.ChaincodeFromContract([...(contracts as ContractClass[])], jsonSerializers());
      return new ContractRunner(shim, chaincode);
    } catch (cause) {
      throw new NetworkError('CONTRACTS_UNLOADABLE', `contracts in ${source.module}: ${(cause as Error).message}`, {
        cause,
      });
    }
  }

  /** Calls a contract; a contract that throws answers with status 500 and its message, as on a Fabric peer. */
  async run(call: ContractCall, simulation: Simulation): Promise<ContractAnswer> {
    const { Stub, peer } = this.#shim;
    const signedProposal = new peer.SignedProposal();
    signedProposal.setProposalBytes(call.proposal);
    signedProposal.setSignature(call.signature);
    const input = peer.ChaincodeInput.deserializeBinary(call.input);
    const stub = new Stub(simulation, call.channel, call.transactionId, input, signedProposal);
    const response = await this.#chaincode.Invoke(stub);
    const event = stub.chaincodeEvent;
    return {
      status: response?.status ?? 500,
      message: response?.message ?? '',
      payload: response?.payload ?? new Uint8Array(0),
      event: event === undefined ? null : { name: event.getEventName(), payload: event.getPayload_asU8() },
    };
  }
}

function loadShim(): ShimInternals {
  const require = createRequire(import.meta.url);
  const requireFromShim = createRequire(require.resolve('fabric-shim'));
  if (process.env.CORE_CHAINCODE_LOGGING_LEVEL === undefined) {
    silence(require('fabric-shim/lib/logger.js') as LoggerModule);
    silence(require('fabric-contract-api/lib/logger.js') as LoggerModule);
  }
  cacheCertificates(requireFromShim('@fidm/x509') as CertificateParser);
  return {
    ChaincodeFromContract:
      require('fabric-shim/lib/contract-spi/chaincodefromcontract.js') as ShimInternals['ChaincodeFromContract'],
    Stub: require('fabric-shim/lib/stub.js') as ShimInternals['Stub'],
    peer: (requireFromShim('@hyperledger/fabric-protos') as { peer: ShimInternals['peer'] }).peer,
  };
}

function jsonSerializers(): unknown {
  const require = createRequire(import.meta.url);
  const { JSONSerializer } = require('fabric-contract-api') as { JSONSerializer: unknown };
  return { transaction: 'jsonSerializer', serializers: { jsonSerializer: JSONSerializer } };
}

interface LoggerModule {
  getLogger: (name?: string) => object;
}

/**
 * The shim formats every debug line of every call before it asks whether anyone listens, a third of a short
 * transaction's time, and prints each refusal of a contract, which is already the caller's answer. Fabric's own variable
 * `CORE_CHAINCODE_LOGGING_LEVEL` brings its log back. To be called before the shim's other modules load.
 */
function silence(module: LoggerModule): void {
  const ignore = (): void => undefined;
  const silent = { debug: ignore, verbose: ignore, info: ignore, warn: ignore, error: ignore, log: ignore };
  module.getLogger = () => silent;
}

interface CertificateParser {
  readonly Certificate: { fromPEM(pem: string): unknown };
}

/** The shim parses the caller's certificate anew in every transaction, which costs as much as the rest of a short one. */
function cacheCertificates({ Certificate }: CertificateParser): void {
  const parse = Certificate.fromPEM.bind(Certificate);
  const parsed = new Map<string, unknown>();
  Certificate.fromPEM = (pem) => {
    let certificate = parsed.get(pem);
    if (certificate === undefined) {
      certificate = parse(pem);
      if (parsed.size >= 1000) parsed.clear();
      parsed.set(pem, certificate);
    }
    return certificate;
  };
}
