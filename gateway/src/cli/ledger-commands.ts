import { PARTY_ATTRIBUTE, ROLES_ATTRIBUTE } from '@battery-passport/chaincode';
import { isRole } from '@battery-passport/schemas';
import type { Command } from 'commander';
import { GatewayError } from '../gateway-error.js';
import { exportFromDirectory, authoritiesOf } from '../node/network-export.js';
import { verifyDataDirectory, type LedgerVerification } from '../node/ledger-verification.js';
import { findRunningNode } from '../node/node-file.js';
import { EXIT, printData, say } from './output.js';
import { openSession, type SessionOptions } from './session.js';

interface EnrolOptions {
  readonly msp: string;
  readonly party: string;
  readonly roles: string;
}

interface LedgerOptions extends SessionOptions {
  readonly json?: boolean;
}

/** Adds the commands about the ledger itself. */
export function addLedgerCommands(program: Command): void {
  program
    .command('ledger')
    .description('work with the ledger itself')
    .command('verify')
    .description('re-derive everything from the first block and name the first that is wrong')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  passport --data-dir ./data ledger verify')
    .action(async (_options, self: Command) => {
      const options = self.optsWithGlobals<LedgerOptions>();
      const report = await verification(options);
      if (options.json === true) printData(report);
      else printReport(report);
      if (!report.ok) process.exitCode = EXIT.refused;
    });

  const network = program.command('network').description('work with the network that keeps the ledger');
  network
    .command('enrol')
    .description(
      'enrol a person: a certificate with party and roles, for tokens of that subject; the node takes it up at its next start',
    )
    .argument('<subject>', "the token's subject")
    .requiredOption('--msp <mspId>', 'organisation, such as OemMSP')
    .requiredOption('--party <partyId>', 'party on the ledger')
    .requiredOption('--roles <roles>', 'roles, separated by commas')
    .addHelpText('after', '\nExample:\n  passport network enrol alice --msp OemMSP --party aoi-motors --roles oem')
    .action(async (subject: string, options: EnrolOptions, self: Command) => {
      const { dataDir } = self.optsWithGlobals<LedgerOptions>();
      const roles = options.roles.split(',');
      const unknown = roles.find((role) => !isRole(role));
      if (unknown !== undefined)
        throw new GatewayError({ code: 'BAD_REQUEST', message: `there is no role ${unknown}` });
      const authority = (await authoritiesOf(dataDir)).find(({ organisation }) => organisation.mspId === options.msp);
      if (authority === undefined) throw new GatewayError({ code: 'NOT_FOUND', message: `there is no ${options.msp}` });
      await authority.enrol({
        id: subject,
        role: 'client',
        attributes: { [PARTY_ATTRIBUTE]: options.party, [ROLES_ATTRIBUTE]: options.roles },
      });
      say(`${subject} is enrolled at ${options.msp} for ${options.party}`);
    });
  network
    .command('export')
    .description(
      "write certificates and keys in cryptogen's layout, with a connection.json, for stock Fabric Gateway clients",
    )
    .argument('<dir>', 'directory to write to; it must be empty or absent')
    .addHelpText('after', '\nExample:\n  passport network export ./crypto')
    .action(async (directory: string, _options, self: Command) => {
      const { dataDir } = self.optsWithGlobals<LedgerOptions>();
      await exportFromDirectory(dataDir, directory);
      say(`written to ${directory}; "passport up --grpc" opens the ports that connection.json names`);
    });
}

async function verification(options: LedgerOptions): Promise<LedgerVerification> {
  if (options.url === undefined && (await findRunningNode(options.dataDir)) === undefined) {
    return verifyDataDirectory(options.dataDir, undefined, ({ blocks, height }) => {
      if (process.stderr.isTTY) process.stderr.write(`\rblock ${blocks} of ${height}`);
    });
  }
  const session = await openSession({ as: 'regulator', ...options });
  try {
    const answer = await session.ask('{ ledgerVerification }');
    const [error] = answer.errors ?? [];
    if (error !== undefined) throw new GatewayError({ code: 'BAD_REQUEST', message: error.message });
    return answer.data?.['ledgerVerification'] as LedgerVerification;
  } finally {
    await session.close();
  }
}

function printReport(report: LedgerVerification): void {
  const { ok, blocks, transactions, headerHash, firstWrongBlock, findings, findingCount, readModelDifferences } =
    report;
  process.stdout.write(
    `${ok ? 'verified' : 'NOT VERIFIED'}: ${blocks} blocks, ${transactions} transactions in ${report.elapsedS.toFixed(2)} s ` +
      `(${Math.round(report.transactionsPerS)}/s), last header ${headerHash}\n`,
  );
  if (firstWrongBlock !== null) process.stdout.write(`first wrong block: ${firstWrongBlock}\n`);
  for (const { code, message } of findings) process.stdout.write(`${code}: ${message}\n`);
  if (findingCount > findings.length) process.stdout.write(`… ${findings.length} of ${findingCount} findings shown\n`);
  for (const difference of readModelDifferences) process.stdout.write(`READ_MODEL_DIFFERS: ${difference}\n`);
}
