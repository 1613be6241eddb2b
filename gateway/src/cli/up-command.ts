import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { Listr } from 'listr2';
import { GatewayError } from '../gateway-error.js';
import { startNode, type PassportNode } from '../node/node.js';
import { DEFAULT_PORT, type NodeOptions } from '../node/options.js';
import { runDemonstrationOn } from '../node/demonstration.js';
import { say } from './output.js';
import { welcome } from './welcome.js';

interface UpOptions {
  readonly dataDir: string;
  readonly port?: number;
  readonly demo: boolean;
  readonly grpc?: boolean;
  readonly rebuild?: boolean;
  readonly production?: boolean;
}

/** Adds the command that starts a node. */
export function addUpCommand(program: Command): void {
  program
    .command('up')
    .description('start the ledger, the estimator service and the gateway; load the demonstration on an empty ledger')
    .option('--port <port>', `port of the gateway (default: PORT, or ${DEFAULT_PORT})`, parsePort)
    .option('--no-demo', 'start empty')
    .option('--grpc', 'open a TLS port for each organisation, the first 7051, for stock Fabric Gateway clients')
    .option('--rebuild', 'delete the read model and make it again from the blocks')
    .option('--production', 'no development tokens, no introspection; needs JWKS_URL, JWT_ISSUER and JWT_AUDIENCE')
    .addHelpText('after', '\nExample:\n  PORT=4001 passport --data-dir ./elsewhere up --no-demo')
    .action(async (_options, self: Command) => {
      const options = self.optsWithGlobals<UpOptions>();
      const started = performance.now();
      const node = await startWithProgress(options);
      const { stopped, isStopping } = stopOnSignal(node);
      try {
        if (options.demo && options.production !== true) await demonstrate(node);
        process.stdout.write(welcome(node, options.production === true));
        say(`ready after ${((performance.now() - started) / 1000).toFixed(1)} s; Ctrl-C stops`);
      } catch (error) {
        if (!isStopping()) {
          await node.close();
          throw error;
        }
      }
      await stopped;
    });
}

async function startWithProgress(options: UpOptions): Promise<PassportNode> {
  let node: PassportNode | undefined;
  await new Listr(
    [
      {
        title: `Open the ledger in ${options.dataDir}, the estimator service and the gateway`,
        task: async (_context, task) => {
          node = await startNode({
            dataDir: options.dataDir,
            port: options.port ?? parsePort(process.env['PORT'] ?? String(DEFAULT_PORT)),
            grpc: options.grpc === true,
            rebuild: options.rebuild === true,
            production: options.production === true,
            ...configuredIssuer(),
          });
          task.title = `Ledger open at block ${node.standing().blockNumber}`;
        },
      },
    ],
    // Stopping is this command's own business: listr2 would end the process at once.
    { renderer: process.stderr.isTTY ? 'default' : 'simple', registerSignalListeners: false },
  ).run();
  if (node === undefined) throw new TypeError('the node did not start');
  return node;
}

/**
 * The organisation's own issuer of tokens, from the environment.
 * @throws GatewayError `BAD_REQUEST` when it is only half configured.
 */
function configuredIssuer(): Pick<NodeOptions, 'tokenIssuer'> {
  const { JWKS_URL: jwks, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = process.env;
  if (jwks === undefined && issuer === undefined && audience === undefined) return {};
  if (jwks === undefined || issuer === undefined || audience === undefined || !URL.canParse(jwks)) {
    throw new GatewayError({
      code: 'BAD_REQUEST',
      message: 'set JWKS_URL (an address), JWT_ISSUER and JWT_AUDIENCE together',
    });
  }
  return { tokenIssuer: { issuer, audience, jwksUrl: new URL(jwks) } };
}

/** Loads the demonstration where the ledger holds nothing but its first block, with a progress display. */
async function demonstrate(node: PassportNode): Promise<void> {
  if (!node.isEmpty()) {
    if (existsSync(unfinishedMark(node))) {
      say('The demonstration was cut short here once and is incomplete: for a whole one, start on an empty DATA_DIR.');
    }
    return;
  }
  await writeFile(unfinishedMark(node), '');
  await new Listr(
    [
      {
        title: 'Load the demonstration consortium',
        task: (_context, task) =>
          runDemonstrationOn(node, (step, done, of) => {
            task.title = `Load the demonstration consortium: ${step} (${done} of ${of})`;
          }),
      },
    ],
    // Stopping is this command's own business: listr2 would end the process at once.
    { renderer: process.stderr.isTTY ? 'default' : 'simple', registerSignalListeners: false },
  ).run();
  await rm(unfinishedMark(node));
}

/** Lies in the data directory while the demonstration is being loaded. */
function unfinishedMark({ dataDir }: PassportNode): string {
  return join(dataDir, 'demonstration.unfinished');
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^[0-9]{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('a port is a number from 0 to 65535');
}

/** Resolves when the node has been stopped by Ctrl-C or a polite kill; a second signal stops at once. */
function stopOnSignal(node: PassportNode): { readonly stopped: Promise<void>; readonly isStopping: () => boolean } {
  let stopping = false;
  const stopped = new Promise<void>((resolve, reject) => {
    const stop = (): void => {
      if (stopping) process.exit(130);
      stopping = true;
      say('stopping …');
      node.close().then(resolve, reject);
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  });
  return { stopped, isStopping: () => stopping };
}
