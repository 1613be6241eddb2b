import { createHash } from 'node:crypto';

import type { KeyVersion } from '../block/read-write-set.js';
import type { LedgerReader, Version } from '../embedded/ledger-reader.js';
import { NetworkError } from '../network-error.js';
import type { AuditFindingCode, AuditFindings, FindingPlace } from './audit-finding.js';
import type { ChainReplay } from './chain-replay.js';
import { hashedStateId, type ReplayedValue } from './replayed-state.js';

/**
 * Compares everything that a store keeps beside its blocks with what the chain makes of them. What agrees is taken out
 * of the replay, so that what is left is what the store lacks: the replay is used up afterwards.
 */
export async function compareStore(store: LedgerReader, replay: ChainReplay, findings: AuditFindings): Promise<void> {
  const { publicState, hashedState, history } = replay.state;
  const parts = [
    // Private values are looked up in the hashes, which the hashes' own comparison then uses up.
    () => comparePrivateState(store, hashedState, findings),
    () => compareHashedState(store, hashedState, findings),
    () => compareState(store, publicState, findings),
    () => compareHistory(store, history, findings),
    () => compareTransactionIndex(store, replay, findings),
    () => findStrayRecords(store, findings),
  ];
  for (const compare of parts) {
    try {
      await compare();
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      findings.add('STORE_UNREADABLE', { blockNumber: error.blockNumber ?? null }, error.message);
    }
  }
}

async function compareState(
  store: LedgerReader,
  expected: Map<string, ReplayedValue>,
  findings: AuditFindings,
): Promise<void> {
  for await (const { key, value, version } of store.state()) {
    const derived = expected.get(key);
    expected.delete(key);
    const name = `key ${JSON.stringify(key)}`;
    const valueHash = createHash('sha256').update(value).digest();
    compareValue('STATE_WRONG', name, derived, { valueHash, version }, findings);
  }
  for (const [key, { version }] of expected) {
    findings.add('STATE_WRONG', version, `key ${JSON.stringify(key)} is missing from the state`);
  }
}

async function compareHashedState(
  store: LedgerReader,
  expected: Map<string, ReplayedValue>,
  findings: AuditFindings,
): Promise<void> {
  for await (const { collection, keyHash, valueHash, version } of store.hashedState()) {
    const id = hashedStateId(collection, keyHash);
    const derived = expected.get(id);
    expected.delete(id);
    compareValue('HASHED_STATE_WRONG', privateName(id), derived, { valueHash, version }, findings);
  }
  for (const [id, { version }] of expected) {
    findings.add('HASHED_STATE_WRONG', version, `${privateName(id)} is missing from the hashed state`);
  }
}

async function comparePrivateState(
  store: LedgerReader,
  hashes: ReadonlyMap<string, ReplayedValue>,
  findings: AuditFindings,
): Promise<void> {
  const missing = new Set(hashes.keys());
  for await (const { collection, key, value, version } of store.privateState()) {
    const id = hashedStateId(collection, createHash('sha256').update(key).digest());
    const valueHash = createHash('sha256').update(value).digest();
    missing.delete(id);
    compareValue('PRIVATE_STATE_WRONG', privateName(id), hashes.get(id), { valueHash, version }, findings);
  }
  for (const id of missing) {
    const version = hashes.get(id)?.version;
    findings.add('PRIVATE_STATE_WRONG', version ?? NOWHERE, `the private value of ${privateName(id)} is missing`);
  }
}

function compareValue(
  code: AuditFindingCode,
  name: string,
  derived: ReplayedValue | undefined,
  stored: { readonly valueHash: Uint8Array; readonly version: Version },
  findings: AuditFindings,
): void {
  if (derived === undefined) {
    findings.add(code, stored.version, `${name} is stored and no valid transaction left it there`);
  } else if (!sameVersion(derived.version, stored.version)) {
    const { blockNumber, transactionIndex } = derived.version;
    findings.add(
      code,
      derived.version,
      `${name} is of version ${stored.version.blockNumber}.${stored.version.transactionIndex}, the chain makes it ${blockNumber}.${transactionIndex}`,
    );
  } else if (Buffer.compare(derived.valueHash, stored.valueHash) !== 0) {
    findings.add(code, derived.version, `${name} has another value than the one written`);
  }
}

async function compareHistory(
  store: LedgerReader,
  expected: Map<string, number[]>,
  findings: AuditFindings,
): Promise<void> {
  let current: string | null = null;
  let stored: Version[] = [];
  for await (const { key, blockNumber, transactionIndex } of store.history()) {
    if (current !== key) {
      if (current !== null) compareChanges(current, stored, expected, findings);
      current = key;
      stored = [];
    }
    stored.push({ blockNumber, transactionIndex });
  }
  if (current !== null) compareChanges(current, stored, expected, findings);
  for (const [key, changes] of expected) {
    findings.add('HISTORY_WRONG', { blockNumber: changes[0] ?? null }, `key ${JSON.stringify(key)} has no history`);
  }
}

function compareChanges(
  key: string,
  stored: readonly Version[],
  expected: Map<string, number[]>,
  findings: AuditFindings,
): void {
  const changes = expected.get(key) ?? [];
  expected.delete(key);
  const text = (version: Version | KeyVersion): string => `${version.blockNumber}.${version.transactionIndex}`;
  const written = new Set<string>();
  for (let index = 0; index < changes.length; index += 2)
    written.add(`${changes[index] ?? 0}.${changes[index + 1] ?? 0}`);
  for (const version of stored) {
    if (!written.delete(text(version))) {
      findings.add('HISTORY_WRONG', version, `the history of ${JSON.stringify(key)} has a change that never was`);
    }
  }
  for (const version of written) {
    const blockNumber = BigInt(version.slice(0, version.indexOf('.')));
    findings.add('HISTORY_WRONG', { blockNumber }, `the history of ${JSON.stringify(key)} lacks the change ${version}`);
  }
}

async function compareTransactionIndex(
  store: LedgerReader,
  replay: ChainReplay,
  findings: AuditFindings,
): Promise<void> {
  const { places } = replay;
  for await (const entry of store.transactionIndex()) {
    const derived = places.get(entry.transactionId);
    places.delete(entry.transactionId);
    if (derived === undefined || !sameVersion(derived, entry) || derived.validationCode !== entry.validationCode) {
      const message = `the index of transaction ${entry.transactionId} is not what the chain says of it`;
      findings.add('TRANSACTION_INDEX_WRONG', derived ?? entry, message);
    }
  }
  for (const [transactionId, place] of places) {
    findings.add('TRANSACTION_INDEX_WRONG', place, `transaction ${transactionId} is missing from the index`);
  }
}

async function findStrayRecords(store: LedgerReader, findings: AuditFindings): Promise<void> {
  for await (const { databaseKey, reason } of store.strayRecords()) {
    findings.add('STRAY_RECORD', NOWHERE, `record ${databaseKey}: ${reason}`);
  }
}

const NOWHERE: FindingPlace = { blockNumber: null };

/** A collection and a key's hash in words: the key itself may be confidential. */
function privateName(id: string): string {
  const [collection = '', keyHash = ''] = id.split('\0');
  return `the key with hash ${keyHash} of collection ${collection}`;
}

function sameVersion(derived: KeyVersion, stored: Version): boolean {
  return BigInt(derived.blockNumber) === stored.blockNumber && derived.transactionIndex === stored.transactionIndex;
}
