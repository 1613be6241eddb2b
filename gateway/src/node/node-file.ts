import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** How a running node tells other commands where it is. */
export interface NodeFile {
  readonly pid: number;
  readonly url: string;
  /** One token for each development enrolment, by subject. */
  readonly tokens: Readonly<Record<string, string>>;
}

const FILE_NAME = 'node.json';

/** Leaves word of a running node in its data directory, for the owner of the directory only. */
export async function writeNodeFile(dataDir: string, file: NodeFile): Promise<void> {
  await writeFile(join(dataDir, FILE_NAME), `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
}

/** Takes the word back when the node stops. */
export async function removeNodeFile(dataDir: string): Promise<void> {
  await rm(join(dataDir, FILE_NAME), { force: true });
}

/** The node that runs on a data directory, if one left word and answers. */
export async function findRunningNode(dataDir: string): Promise<NodeFile | undefined> {
  let file: NodeFile;
  try {
    file = JSON.parse(await readFile(join(dataDir, FILE_NAME), 'utf8')) as NodeFile;
  } catch {
    return undefined;
  }
  try {
    await fetch(new URL('/healthz', file.url), { signal: AbortSignal.timeout(2_000) });
    return file;
  } catch {
    return undefined;
  }
}
