import {
  type Block,
  BLOCK_METADATA,
  blockDataHash,
  blockHeaderBytes,
  blockHeaderHash,
  parseBlock,
  parseMetadataValue,
} from '../block/block.js';
import {
  HEADER_TYPE,
  parseChannelHeader,
  parseEnvelope,
  parsePayload,
  parseSerializedIdentity,
  parseSignatureHeader,
} from '../block/envelope.js';
import { WireReader } from '../block/wire.js';
import { type ChannelConfig, readChannelConfig, type SequencedConfig } from '../embedded/channel-config.js';
import { commitHashOf, NO_COMMIT_HASH } from '../embedded/commit-hash.js';
import { transactionIdOf } from '../embedded/signed-proposal.js';
import { claimTransactionId } from '../embedded/transaction-id-claim.js';
import { VALIDATION_CODE } from '../embedded/validation-code.js';
import { type Member, MembershipRegistry } from '../identity/membership-registry.js';
import { NetworkError } from '../network-error.js';
import type { AuditFindingCode, AuditFindings } from './audit-finding.js';
import { ReplayedState } from './replayed-state.js';
import { checkSignature } from './signature-check.js';
import { type ReplayedTransaction, replayTransaction } from './transaction-replay.js';
import { validationCodeName } from './validation-code-name.js';

/** Where a transaction id was first seen, and what became of it there. */
export interface ReplayedPlace {
  readonly blockNumber: number;
  readonly transactionIndex: number;
  readonly validationCode: number;
}

/** A block with all that could be checked of it without the blocks before it. */
interface PreparedBlock {
  readonly block: Block;
  /** Null for a configuration block. */
  readonly transactions: readonly ReplayedTransaction[] | null;
}

/** Builds the ledger's state anew from its blocks, given in order, and says what of them does not hold. */
export class ChainReplay {
  readonly state = new ReplayedState();
  /** By transaction id. */
  readonly places = new Map<string, ReplayedPlace>();
  transactions = 0;
  validTransactions = 0;
  readonly #findings: AuditFindings;
  #config: SequencedConfig | null = null;
  #registry = new MembershipRegistry([]);
  #lastConfig = 0;
  #next = 0;
  #headerHash: Buffer = Buffer.alloc(0);
  #commitHash: Buffer = NO_COMMIT_HASH;

  constructor(findings: AuditFindings) {
    this.#findings = findings;
  }

  /** Blocks replayed so far. */
  get height(): number {
    return this.#next;
  }

  /** Hex hash of the last block's header; empty before the first. */
  get headerHash(): string {
    return this.#headerHash.toString('hex');
  }

  /**
   * Replays the next blocks. Signatures of all of them are checked side by side, then each block in its turn.
   * @param blocks - Serialised, at most one of them a configuration block and that one first or alone.
   * @returns False where a block does not parse, after which nothing can be said of what follows.
   */
  async replay(blocks: readonly Uint8Array[]): Promise<boolean> {
    const pending: Promise<PreparedBlock | null>[] = [];
    for (const [index, bytes] of blocks.entries()) {
      const block = this.#parse(bytes, this.#next + index);
      if (block !== null && isConfigBlock(block)) {
        if (index > 0) throw new RangeError('a configuration block starts a replay: what follows is judged by it');
        this.#configure(bytes);
      }
      pending.push(block === null ? Promise.resolve(null) : this.#prepare(block));
    }
    for (const prepared of await Promise.all(pending)) {
      if (prepared === null) return false;
      await this.#append(prepared);
    }
    return true;
  }

  async #prepare(block: Block): Promise<PreparedBlock> {
    if (isConfigBlock(block)) return { block, transactions: null };
    const config = this.#config?.config ?? null;
    if (config === null) return { block, transactions: block.envelopes.map(() => UNJUDGEABLE) };
    const transactions = await Promise.all(
      block.envelopes.map((envelope) => replayTransaction(envelope, config, this.#registry)),
    );
    return { block, transactions };
  }

  async #append({ block, transactions }: PreparedBlock): Promise<void> {
    const { header, envelopes, metadata } = block;
    const number = this.#next;
    if (header.number !== number) this.#find('CHAIN_BROKEN', number, `its header says number ${header.number}`);
    if (Buffer.compare(header.previousHash, this.#headerHash) !== 0) {
      this.#find('CHAIN_BROKEN', number, 'its header does not hold the hash of the header before');
    }
    if (Buffer.compare(header.dataHash, blockDataHash(envelopes)) !== 0) {
      this.#find('DATA_HASH_WRONG', number, 'its header does not hold the hash of its transactions');
    }
    this.#headerHash = blockHeaderHash(header);
    this.#next = number + 1;
    this.state.beginBlock();
    const codes =
      transactions === null
        ? await this.#appendConfig(number, envelopes)
        : this.#appendTransactions(number, transactions);
    this.#compareVerdicts(number, codes, metadata[BLOCK_METADATA.TRANSACTIONS_FILTER]);
    this.#commitHash = commitHashOf(this.#commitHash, Uint8Array.from(codes), this.state);
    await this.#checkMetadata(block);
  }

  #appendTransactions(blockNumber: number, transactions: readonly ReplayedTransaction[]): number[] {
    return transactions.map(({ transactionId, code: formCode, readWriteSet }, transactionIndex) => {
      const claim = claimTransactionId(formCode, this.places.get(transactionId)?.validationCode);
      let { code } = claim;
      if (code === VALIDATION_CODE.VALID && readWriteSet !== null) code = this.state.judge(readWriteSet);
      if (code === VALIDATION_CODE.VALID && readWriteSet !== null) {
        this.state.apply(readWriteSet, { blockNumber, transactionIndex });
        this.validTransactions += 1;
      }
      this.transactions += 1;
      if (claim.indexed) this.places.set(transactionId, { blockNumber, transactionIndex, validationCode: code });
      return code;
    });
  }

  /** The genesis block is where trust starts; a later configuration is the orderer's, and keeps who may sign. */
  async #appendConfig(blockNumber: number, envelopes: readonly Uint8Array[]): Promise<number[]> {
    const problem = await this.#configProblem(envelopes);
    if (problem !== null) this.#find('CONFIGURATION_INVALID', blockNumber, problem);
    this.#lastConfig = blockNumber;
    this.transactions += envelopes.length;
    this.validTransactions += envelopes.length;
    const transactionId = envelopes[0] === undefined ? '' : transactionIdIn(envelopes[0]);
    this.places.set(transactionId, { blockNumber, transactionIndex: 0, validationCode: VALIDATION_CODE.VALID });
    return envelopes.map(() => VALIDATION_CODE.VALID);
  }

  async #configProblem(envelopes: readonly Uint8Array[]): Promise<string | null> {
    const config = this.#config?.config;
    if (config === undefined) return 'its configuration does not parse';
    if (envelopes.length !== 1 || envelopes[0] === undefined) return `it holds ${envelopes.length} envelopes, not one`;
    const { payload, signature } = parseEnvelope(envelopes[0]);
    const { header } = parsePayload(payload);
    const { creator, nonce } = parseSignatureHeader(header.signatureHeader);
    const { transactionId } = parseChannelHeader(header.channelHeader);
    if (!isOrderer(creator, config)) return 'its configuration is not by the orderer that it names';
    const member = this.#orderer(creator);
    if (member === null) return 'its orderer is not of a member organisation';
    if (!(await checkSignature(member.publicKey, payload, signature)))
      return 'its configuration’s signature does not hold';
    return transactionId === transactionIdOf(nonce, creator) ? null : 'its transaction id is not its creator’s';
  }

  #configure(bytes: Uint8Array): void {
    const before = this.#config;
    try {
      const read = readChannelConfig(bytes);
      if (before !== null && !isSuccessor(before, read)) {
        this.#find('CONFIGURATION_INVALID', this.#next, 'it changes the organisations, the policy or the sequence');
        return;
      }
      this.#registry = new MembershipRegistry(read.config.organisations);
      this.#config = read;
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      this.#find('CONFIGURATION_INVALID', this.#next, error.message);
    }
  }

  #compareVerdicts(blockNumber: number, derived: readonly number[], stated: Uint8Array | undefined): void {
    if (stated?.length !== derived.length) {
      const count = stated?.length ?? 0;
      this.#find('VERDICT_WRONG', blockNumber, `it judges ${count} transactions and holds ${derived.length}`);
      return;
    }
    for (const [transactionIndex, code] of derived.entries()) {
      const said = stated[transactionIndex] ?? -1;
      if (said === code) continue;
      this.#findings.add(
        'VERDICT_WRONG',
        { blockNumber, transactionIndex },
        `block ${blockNumber}, transaction ${transactionIndex}: it says ${validationCodeName(said)}, the chain makes it ${validationCodeName(code)}`,
      );
    }
  }

  async #checkMetadata({ header, metadata }: Block): Promise<void> {
    const number = header.number;
    try {
      const commitHash = parseMetadataValue(metadata[BLOCK_METADATA.COMMIT_HASH] ?? NOTHING);
      if (!this.#commitHash.equals(commitHash)) {
        this.#find('COMMIT_HASH_WRONG', number, 'its commit hash is not that of the verdicts and writes so far');
      }
      const lastConfig = parseMetadataValue(metadata[BLOCK_METADATA.LAST_CONFIG] ?? NOTHING);
      if (readNumber(lastConfig) !== this.#lastConfig) {
        this.#find('METADATA_WRONG', number, `it does not name block ${this.#lastConfig} as its last configuration`);
      }
      if (metadata.length !== Object.keys(BLOCK_METADATA).length) {
        this.#find('METADATA_WRONG', number, `it has ${metadata.length} parts of metadata`);
      }
      await this.#checkOrdererSignature(header.number, blockHeaderBytes(header), metadata);
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      this.#find('METADATA_WRONG', number, `its metadata does not parse: ${error.message}`);
    }
  }

  async #checkOrdererSignature(
    number: number,
    headerBytes: Uint8Array,
    metadata: readonly Uint8Array[],
  ): Promise<void> {
    const { value, signatures } = parseSignatures(metadata[BLOCK_METADATA.SIGNATURES] ?? NOTHING);
    const config = this.#config?.config;
    const [signed] = signatures;
    if (config === undefined || signed === undefined) {
      this.#find('ORDERER_SIGNATURE_WRONG', number, 'it is signed by no orderer');
      return;
    }
    const { creator } = parseSignatureHeader(signed.signatureHeader);
    const member = isOrderer(creator, config) ? this.#orderer(creator) : null;
    const message = Buffer.concat([value, signed.signatureHeader, headerBytes]);
    if (member === null || !(await checkSignature(member.publicKey, message, signed.signature))) {
      this.#find('ORDERER_SIGNATURE_WRONG', number, 'its signature is not its orderer’s');
    }
  }

  #orderer(creator: Uint8Array): Member | null {
    try {
      const member = this.#registry.identify(creator, null);
      return member.role === 'orderer' ? member : null;
    } catch (error) {
      if (error instanceof NetworkError) return null;
      throw error;
    }
  }

  #parse(bytes: Uint8Array, number: number): Block | null {
    try {
      return parseBlock(bytes);
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      this.#find('BLOCK_MALFORMED', number, error.message);
      return null;
    }
  }

  #find(code: AuditFindingCode, blockNumber: number, message: string): void {
    this.#findings.add(code, { blockNumber }, `block ${blockNumber}: ${message}`);
  }
}

/** A transaction before any readable configuration: nobody knows who might have signed it. */
const UNJUDGEABLE: ReplayedTransaction = {
  transactionId: '',
  code: VALIDATION_CODE.INVALID_ENDORSER_TRANSACTION,
  readWriteSet: null,
};

const NOTHING = new Uint8Array(0);

/** Whether a serialised block carries a configuration; false where it does not parse. */
export function isConfigBlockBytes(bytes: Uint8Array): boolean {
  try {
    return isConfigBlock(parseBlock(bytes));
  } catch (error) {
    if (error instanceof NetworkError) return false;
    throw error;
  }
}

function isConfigBlock({ envelopes }: Block): boolean {
  const [envelope] = envelopes;
  if (envelope === undefined || envelopes.length !== 1) return false;
  try {
    const { header } = parsePayload(parseEnvelope(envelope).payload);
    return parseChannelHeader(header.channelHeader).type === HEADER_TYPE.CONFIG;
  } catch (error) {
    if (error instanceof NetworkError) return false;
    throw error;
  }
}

function transactionIdIn(envelope: Uint8Array): string {
  const { header } = parsePayload(parseEnvelope(envelope).payload);
  return parseChannelHeader(header.channelHeader).transactionId;
}

function isOrderer(creator: Uint8Array, { orderer }: ChannelConfig): boolean {
  const { mspId, idBytes } = parseSerializedIdentity(creator);
  return mspId === orderer.mspId && Buffer.from(idBytes).toString() === orderer.certificatePem;
}

function isSuccessor(before: SequencedConfig, after: SequencedConfig): boolean {
  const fixed = ({ channel, chaincode, requiredEndorsements, organisations }: ChannelConfig): string =>
    JSON.stringify([
      channel,
      chaincode,
      requiredEndorsements,
      organisations.map(({ mspId, rootCertificatePem, tlsRootCertificatePem, endorses }) =>
        [mspId, rootCertificatePem, tlsRootCertificatePem, String(endorses)].join('\0'),
      ),
    ]);
  return after.sequence === before.sequence + 1 && fixed(before.config) === fixed(after.config);
}

/** The index of a serialised `common.LastConfig`. */
function readNumber(bytes: Uint8Array): number {
  const reader = new WireReader(bytes, 'LastConfig');
  while (reader.next()) if (reader.field === 1) return reader.uint();
  return 0;
}

interface MetadataSignature {
  readonly signatureHeader: Uint8Array;
  readonly signature: Uint8Array;
}

/** A serialised `common.Metadata` with its signatures. */
function parseSignatures(bytes: Uint8Array): { value: Uint8Array; signatures: MetadataSignature[] } {
  let value: Uint8Array = NOTHING;
  const signatures: MetadataSignature[] = [];
  const reader = new WireReader(bytes, 'Metadata');
  while (reader.next()) {
    if (reader.field === 1) value = reader.bytes();
    else if (reader.field === 2) {
      let signatureHeader: Uint8Array = NOTHING;
      let signature: Uint8Array = NOTHING;
      const inner = new WireReader(reader.bytes(), 'MetadataSignature');
      while (inner.next()) {
        if (inner.field === 1) signatureHeader = inner.bytes();
        else if (inner.field === 2) signature = inner.bytes();
      }
      signatures.push({ signatureHeader, signature });
    }
  }
  return { value, signatures };
}
