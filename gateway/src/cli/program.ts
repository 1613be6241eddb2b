import { NetworkError } from '@battery-passport/network';
import { EstimatorError } from '@battery-passport/estimator';
import { SchemaError } from '@battery-passport/schemas';
import { Command, CommanderError } from 'commander';
import { GatewayError } from '../gateway-error.js';
import { addEstimatorCommands } from './estimator-commands.js';
import { addLedgerCommands } from './ledger-commands.js';
import { addRecordCommands } from './record-commands.js';
import { addUpCommand } from './up-command.js';
import { EXIT, say } from './output.js';

/** The `passport` command. */
export function createProgram(): Command {
  const program = new Command('passport')
    .description('Battery passports and cathode state on a permissioned ledger.')
    .option('--data-dir <dir>', 'directory of the ledger', process.env['DATA_DIR'] ?? './data')
    .option('--url <url>', 'a running node elsewhere, such as http://127.0.0.1:4000')
    .option('--as <subject>', 'act as a development enrolment of the data directory: oem, recycler, regulator, …')
    .option('--token <token>', 'act with a bearer token', process.env['PASSPORT_TOKEN'])
    .showHelpAfterError('(passport --help shows what there is)')
    .exitOverride()
    .addHelpText(
      'after',
      `
Examples:
  passport up                                   start the node, with the demonstration on an empty ledger
  passport --as oem pack PK-0001                show a pack
  passport lineage certificate CERT-0001        what a certificate rests on, back to the mines
  passport --as regulator submit suspendParty '{"partyId":"aoi-motors","reason":"audit"}'
  passport estimate --design D.json --measurement M.json --json
  passport ledger verify                        re-derive everything from the first block

Exit codes: 0 done; 1 refused, not found or not verified; 2 wrong command line; 3 failed.`,
    );
  addUpCommand(program);
  addRecordCommands(program);
  addEstimatorCommands(program);
  addLedgerCommands(program);
  return program;
}

/** Runs a command line and sets the exit code; never throws. */
export async function run(argv: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync([...argv]);
  } catch (error) {
    process.exitCode = explain(error);
  }
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof NetworkError) {
    const code = error.contractCode ?? error.code;
    say(error.message.startsWith(code) ? error.message : `${code}: ${error.message}`);
    return error.contractCode === undefined ? EXIT.failed : EXIT.refused;
  }
  if (error instanceof GatewayError || error instanceof EstimatorError || error instanceof SchemaError) {
    // A server's answer brings its own code in front of its message.
    say(/^[A-Z_]{3,}: /.test(error.message) ? error.message : `${error.code}: ${error.message}`);
    return EXIT.refused;
  }
  say(error instanceof Error ? `failed: ${error.message}` : 'failed');
  return EXIT.failed;
}
