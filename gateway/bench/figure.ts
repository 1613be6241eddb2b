import { cpus, totalmem } from 'node:os';

/** One measured figure; `target` is what the figure has to reach, where one is set. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target?: { readonly atLeast?: number; readonly atMost?: number };
}

/** Values below which a share of the measurements lie. */
export function quantiles(values: readonly number[]): { readonly p50: number; readonly p99: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

/**
 * Runs something and says how long it took, ms, by the clock and by the processor: the two part where other programs
 * want the processor too.
 */
export function timed(run: () => unknown): { readonly elapsedMs: number; readonly processorMs: number } {
  const processor = process.cpuUsage();
  const start = process.hrtime.bigint();
  run();
  const elapsedMs = Number(process.hrtime.bigint() - start) / 1e6;
  const { user, system } = process.cpuUsage(processor);
  return { elapsedMs, processorMs: (user + system) / 1000 };
}

/** Prints figures as a table, or as JSON where the command line says `--json`; a missed target makes the exit code 1. */
export function report(title: string, figures: readonly Figure[]): void {
  const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  const date = new Date().toISOString();
  const judged = figures.map((figure) => ({
    ...figure,
    value: Number(figure.value.toPrecision(4)),
    isMet: isMet(figure),
  }));
  if (process.argv.includes('--json')) {
    process.stdout.write(`${JSON.stringify({ title, machine, date, figures: judged }, null, 2)}\n`);
  } else {
    const width = Math.max(...judged.map(({ name }) => name.length));
    const lines = judged.map(({ name, value, unit, target, isMet }) => {
      const wanted =
        target === undefined
          ? ''
          : `  (${target.atLeast === undefined ? `at most ${target.atMost}` : `at least ${target.atLeast}`}: ${isMet ? 'met' : 'MISSED'})`;
      return `${name.padEnd(width)}  ${value.toLocaleString('en').padStart(12)} ${unit}${wanted}`;
    });
    process.stdout.write(`${title}\n${machine}\n${date}\n\n${lines.join('\n')}\n`);
  }
  if (judged.some((figure) => !figure.isMet)) process.exitCode = 1;
}

function isMet({ value, target }: Figure): boolean {
  return value >= (target?.atLeast ?? -Infinity) && value <= (target?.atMost ?? Infinity);
}
