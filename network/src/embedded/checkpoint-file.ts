import { createHash } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

import { syncDirectory } from '../identity/durable-file.js';
import type { Checkpoint } from './ledger-reader.js';

const FILE_NAME = 'checkpoint.json';

interface CheckpointDocument {
  readonly height: string;
  readonly headerHash: string;
  readonly digest: string;
}

/** What the checkpoint file says: `missing` and `damaged` are answers, for the caller to judge. */
export type CheckpointReading =
  { readonly state: 'present'; readonly checkpoint: Checkpoint } | { readonly state: 'missing' | 'damaged' };

/** Where the checkpoint of a data directory is: beside the database, never inside it. */
export function checkpointPath(dataDir: string): string {
  return join(dataDir, FILE_NAME);
}

export async function readCheckpoint(dataDir: string): Promise<CheckpointReading> {
  let text: string;
  try {
    text = await readFile(checkpointPath(dataDir), 'utf8');
  } catch (error) {
    return { state: (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : 'damaged' };
  }
  const checkpoint = parseCheckpoint(text);
  return checkpoint === null ? { state: 'damaged' } : { state: 'present', checkpoint };
}

/** Replaces the checkpoint whole: written aside, synced, renamed over, and the directory synced. */
export async function writeCheckpoint(dataDir: string, checkpoint: Checkpoint): Promise<void> {
  const path = checkpointPath(dataDir);
  const aside = `${path}.new`;
  const file = await open(aside, 'w', 0o600);
  try {
    await file.writeFile(formatCheckpoint(checkpoint));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(aside, path);
  await syncDirectory(dataDir);
}

function formatCheckpoint({ height, headerHash }: Checkpoint): string {
  const document: CheckpointDocument = { height: String(height), headerHash, digest: digest(height, headerHash) };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function parseCheckpoint(text: string): Checkpoint | null {
  let document: Partial<CheckpointDocument>;
  try {
    document = JSON.parse(text) as Partial<CheckpointDocument>;
  } catch {
    return null;
  }
  // The whole text is compared, so that no byte of the file can change unnoticed.
  if (typeof document !== 'object' || typeof document.headerHash !== 'string') return null;
  if (!/^(0|[1-9]\d{0,15})$/.test(document.height ?? '')) return null;
  const checkpoint = { height: BigInt(document.height ?? ''), headerHash: document.headerHash };
  return formatCheckpoint(checkpoint) === text ? checkpoint : null;
}

function digest(height: bigint, headerHash: string): string {
  return createHash('sha256').update(`checkpoint/1 ${height} ${headerHash}`).digest('hex');
}
