/** Data goes to stdout, so that it can be piped; everything said to a person goes to stderr. */
export function printData(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** One JSON value on one line, for long lists. */
export function printLine(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** A sentence for the person at the terminal. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Exit codes of the command: scripts decide on them. */
export const EXIT = {
  /** It was done. */
  ok: 0,
  /** It was refused, not found, or does not verify. */
  refused: 1,
  /** The command line is wrong. */
  usage: 2,
  /** Something else failed. */
  failed: 3,
} as const;
