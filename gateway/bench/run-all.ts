import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Runs every benchmark, one after another so that none disturbs the next.
 *
 *     npm run bench [-- --json]
 */
const BENCHES = [
  'gateway/dist/bench/register-pack.js',
  'network/dist/bench/open.js',
  'network/dist/bench/crash.js',
  'network/dist/bench/damage.js',
  'gateway/dist/bench/lineage.js',
  'gateway/dist/bench/rebuild.js',
  'estimator/dist/bench/accuracy.js',
];

const root = fileURLToPath(new URL('../../../', import.meta.url));
for (const bench of BENCHES) {
  process.stderr.write(`\n== ${bench}\n`);
  const { status } = spawnSync(process.execPath, ['--expose-gc', bench, ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
