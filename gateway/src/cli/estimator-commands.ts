import { appendFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  estimateDirectories,
  estimateOrRefuse,
  EstimatorError,
  parseDesign,
  parseMeasurement,
  readJsonFile,
  verifyAttestation,
} from '@battery-passport/estimator';
import { PACKAGED_DESIGNS, readDesignFiles } from '../node/design-files.js';
import type { Command } from 'commander';
import { GatewayError } from '../gateway-error.js';
import { EXIT, printData, printLine, say } from './output.js';
import { render } from './render.js';

interface EstimateOptions {
  readonly design?: string;
  readonly measurement?: string;
  readonly designs?: string;
  readonly measurements?: string;
  readonly json?: boolean;
  readonly output?: string;
}

interface VerifyOptions {
  readonly measurement: string;
  readonly design?: string;
  readonly key?: string;
  readonly json?: boolean;
}

/** Adds the commands that need no ledger: estimating and checking an estimate. */
export function addEstimatorCommands(program: Command): void {
  program
    .command('estimate')
    .description("estimate a cathode's state from a measurement and its design")
    .option('--design <file>', 'design of the cell')
    .option('--measurement <file>', 'measurement of one cell')
    .option('--designs <dir>', 'directory of designs')
    .option('--measurements <dir>', 'directory of measurements: one JSON line a cell')
    .option('--output <file>', 'write there instead of to standard output')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  passport estimate --design D.json --measurement M.json --json\n  passport estimate --designs designs --measurements cells > estimates.ndjson',
    )
    .action(async (options: EstimateOptions) => {
      if (options.design !== undefined && options.measurement !== undefined) {
        const design = await readJsonFile(options.design, 'DESIGN_INVALID');
        const measurement = await readJsonFile(options.measurement, 'MEASUREMENT_INVALID');
        const result = estimateOrRefuse(design, measurement, basename(options.measurement, '.json'));
        if (options.output !== undefined) await writeFile(options.output, `${JSON.stringify(result)}\n`);
        else if (options.json === true) printData(result);
        else process.stdout.write(`${render(result)}\n`);
        if ('error' in result) process.exitCode = EXIT.refused;
        return;
      }
      if (options.designs === undefined || options.measurements === undefined) {
        throw new GatewayError({
          code: 'BAD_REQUEST',
          message: 'give --design and --measurement, or --designs and --measurements',
        });
      }
      if (options.output !== undefined) await writeFile(options.output, '');
      let cells = 0;
      let refused = 0;
      for await (const result of estimateDirectories(options.designs, options.measurements)) {
        if (options.output === undefined) printLine(result);
        else await appendFile(options.output, `${JSON.stringify(result)}\n`);
        cells += 1;
        if ('error' in result) refused += 1;
      }
      say(`${cells} cells, ${refused} refused`);
      if (refused > 0) process.exitCode = EXIT.refused;
    });

  program
    .command('attestation')
    .description('work with signed state attestations')
    .command('verify')
    .description('run the estimate behind an attestation again and compare every number')
    .argument('<file>', 'attestation: the credential itself, or a ledger record that holds it')
    .requiredOption('--measurement <file>', 'the measurement that it names')
    .option('--design <file>', 'design of the cell; without it the known designs are searched')
    .option('--key <multibase>', "the estimator's public key, z6Mk…; without it the proof is not checked")
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  passport attestation verify A.json --measurement M.json --key z6Mk…')
    .action(async (file: string, options: VerifyOptions, self: Command) => {
      const measurement = parseMeasurement(await readJsonFile(options.measurement, 'MEASUREMENT_INVALID'));
      const { dataDir } = self.optsWithGlobals<{ dataDir: string }>();
      const design =
        options.design === undefined
          ? (await readDesignFiles([PACKAGED_DESIGNS, join(dataDir, 'designs')])).get(measurement.designId)
          : parseDesign(await readJsonFile(options.design, 'DESIGN_INVALID'));
      if (design === undefined) {
        throw new GatewayError({
          code: 'NOT_FOUND',
          message: `no design ${measurement.designId} is known; give --design`,
        });
      }
      const given = await readJsonFile(file, 'MEASUREMENT_INVALID');
      const credential = (given as { credential?: unknown } | null)?.credential ?? given;
      try {
        const { subject, proof } = verifyAttestation(credential, design, measurement, options.key);
        say(`proof ${proof}; every number follows from the measurement`);
        if (options.json === true) printData({ verified: true, proof, subject });
      } catch (error) {
        if (options.json === true && error instanceof EstimatorError) {
          printData({ verified: false, error: { code: error.code, message: error.message } });
        }
        throw error;
      }
    });
}
