import './quiet-shim.js';
import {
  canonicalJson,
  instantSeconds,
  transactionDefinitionOf,
  type CommandOf,
  type Fact,
  type RecordOf,
  type RecordType,
  type ResultOf,
  type Role,
  type TransactionName,
} from '@battery-passport/schemas';
import type { Context, Contract } from 'fabric-contract-api';
import { CONTRACTS } from '../src/contracts.js';
import { MemoryState, MemoryStub } from './memory-stub.js';

/** Who sends a transaction. */
export interface Sender {
  readonly party: string;
  readonly mspId: string;
  readonly roles: readonly Role[];
}

/** A consortium with one party for each role, under the organisations of the default network. */
export const CONSORTIUM = {
  regulator: { party: 'regulator', mspId: 'RegulatorMSP', roles: ['regulator'] },
  laboratory: { party: 'laboratory', mspId: 'RegulatorMSP', roles: ['laboratory'] },
  supplier: { party: 'supplier', mspId: 'OemMSP', roles: ['material-supplier'] },
  maker: { party: 'maker', mspId: 'SynthesisMSP', roles: ['cathode-maker'] },
  oem: { party: 'oem', mspId: 'OemMSP', roles: ['oem'] },
  estimator: { party: 'estimator', mspId: 'OemMSP', roles: ['estimator'] },
  remanufacturer: { party: 'remanufacturer', mspId: 'OemMSP', roles: ['remanufacturer'] },
  collector: { party: 'collector', mspId: 'RecyclerMSP', roles: ['collector'] },
  'second-life': { party: 'second-life', mspId: 'RecyclerMSP', roles: ['second-life-operator'] },
  recycler: { party: 'recycler', mspId: 'RecyclerMSP', roles: ['recycler'] },
} as const satisfies Record<string, Sender>;
export type ConsortiumName = keyof typeof CONSORTIUM;

/** When a world begins. */
export const START = '2031-03-01T00:00:00Z';

/** What else a test may set of a proposal. */
export interface SendOptions {
  /** Time of the transaction; the world's own by default. */
  readonly at?: string;
  /** Confidential detail, as its bytes. */
  readonly private?: Uint8Array;
}

/** Contracts over state in memory, called as fabric-shim calls them: one method, one string. */
export class MemoryWorld {
  readonly state: MemoryState;
  /** Time of the next transactions. */
  now = START;
  /** What the last submitted transaction left in its stub. */
  last: MemoryStub | undefined;
  #count: number;

  constructor(state = new MemoryState(), count = 0) {
    this.state = state;
    this.#count = count;
  }

  /** A world in which the whole {@link CONSORTIUM} is registered. */
  static async founded(): Promise<MemoryWorld> {
    const world = new MemoryWorld();
    for (const { party, mspId, roles } of Object.values(CONSORTIUM)) {
      await world.submit('regulator', 'registerParty', { partyId: party, name: party, mspId, roles: [...roles] });
    }
    return world;
  }

  /** The same world, to go another way from here. */
  fork(): MemoryWorld {
    const world = new MemoryWorld(this.state.copy(), this.#count);
    world.now = this.now;
    return world;
  }

  /** Submits a command and commits it. */
  async submit<N extends TransactionName>(
    as: Sender | ConsortiumName,
    name: N,
    command: CommandOf<N>,
    options: SendOptions = {},
  ): Promise<ResultOf<N>> {
    return JSON.parse(await this.send(as, name, canonicalJson(command), options)) as ResultOf<N>;
  }

  /** Asks a query. */
  async evaluate<N extends TransactionName>(
    as: Sender | ConsortiumName,
    name: N,
    command: CommandOf<N>,
  ): Promise<ResultOf<N>> {
    return JSON.parse(await this.send(as, name, canonicalJson(command))) as ResultOf<N>;
  }

  /** Sends any argument to any transaction; commits when it is a submitted one and not refused. */
  async send(
    as: Sender | ConsortiumName,
    name: TransactionName,
    argument: string,
    options: SendOptions = {},
  ): Promise<string> {
    const sender: Sender = typeof as === 'string' ? CONSORTIUM[as] : as;
    this.#count += 1;
    const stub = new MemoryStub(this.state, {
      txId: this.#count.toString(16).padStart(64, '0'),
      seconds: instantSeconds(options.at ?? this.now),
      transient: new Map(options.private === undefined ? [] : [['private', options.private]]),
    });
    this.last = stub;
    const { contract, kind } = transactionDefinitionOf(name);
    const instance = instances.get(contract);
    if (instance === undefined) throw new TypeError(`there is no contract ${contract}`);
    const result = await instance[name]!({ stub, clientIdentity: identity(sender) } as unknown as Context, argument);
    if (kind === 'submit') stub.commit();
    return result;
  }

  /** Reads a record of committed state. */
  record<T extends RecordType>(recordType: T, id: string): RecordOf<T> | undefined {
    const bytes = this.state.values.get(`\0${recordType}\0${id}\0`);
    return bytes === undefined ? undefined : (JSON.parse(new TextDecoder().decode(bytes)) as RecordOf<T>);
  }

  /** Every record of a type in committed state. */
  records<T extends RecordType>(recordType: T): RecordOf<T>[] {
    return [...this.state.values]
      .filter(([key]) => key.startsWith(`\0${recordType}\0`))
      .map(([, bytes]) => JSON.parse(new TextDecoder().decode(bytes)) as RecordOf<T>);
  }

  /** Facts of the last transaction's event. */
  facts(): Fact[] {
    const event = this.last?.event;
    return event === undefined ? [] : (JSON.parse(new TextDecoder().decode(event.payload)) as Fact[]);
  }
}

type Callable = Record<string, (context: Context, argument: string) => Promise<string>>;

const instances = new Map<string, Callable>(
  CONTRACTS.map((ContractClass): [string, Callable] => {
    const instance: Contract = new ContractClass();
    return [instance.getName(), instance as unknown as Callable];
  }),
);

function identity({ party, mspId, roles }: Sender) {
  const attributes: Record<string, string> = { party, roles: roles.join(',') };
  return { getMSPID: () => mspId, getAttributeValue: (name: string) => attributes[name] ?? null };
}
