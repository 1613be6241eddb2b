import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SCOPE = '@battery-passport/';

/** The arrows: what each room may import. Written once more here, so that changing them is a decision. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  schemas: [],
  chaincode: ['schemas'],
  network: [],
  estimator: ['schemas'],
  gateway: ['schemas', 'chaincode', 'network', 'estimator'],
};

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

function importsOf(file: string): string[] {
  return ts
    .preProcessFile(readFileSync(join(ROOT, file), 'utf8'), true, false)
    .importedFiles.map(({ fileName }) => fileName);
}

function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

describe('the arrows between the rooms', () => {
  for (const [room, allowed] of Object.entries(ARROWS)) {
    const manifest = readJson(`${room}/package.json`) as Manifest;
    const declared = Object.keys(manifest.dependencies ?? {});

    it(`${room} declares exactly the rooms that it may import, in package.json and in tsconfig.json`, () => {
      const rooms = declared.filter((name) => name.startsWith(SCOPE)).map((name) => name.slice(SCOPE.length));
      const references = (readJson(`${room}/tsconfig.json`) as { references: { path: string }[] }).references;
      assert.deepEqual(rooms.sort(), [...allowed].sort());
      assert.deepEqual(references.map(({ path }) => path.replace('../', '')).sort(), [...allowed].sort());
    });

    it(`every import in ${room}/src is its own, declared, or a built-in of Node`, () => {
      const files = sourceFiles(`${room}/src`);
      assert.ok(files.length > 0);
      const strangers = files.flatMap((file) =>
        importsOf(file)
          .filter((specifier) => {
            if (specifier.startsWith('.')) return !join(file, '..', specifier).startsWith(`${room}${sep}src`);
            return !isBuiltin(specifier) && !declared.includes(packageOf(specifier));
          })
          .map((specifier) => `${file} imports ${specifier}`),
      );
      assert.deepEqual(strangers, []);
    });

    it(`every dependency that ${room} declares is imported by it`, () => {
      // By its text: fabric-shim's inner modules are CommonJS and reached by `require`.
      const text = ['src', 'bin'].map((part) => textUnder(`${room}/${part}`)).join('\n');
      const isUsed = (name: string): boolean => text.includes(`'${name}'`) || text.includes(`'${name}/`);
      assert.deepEqual(
        declared.filter((name) => !isUsed(name)),
        [],
      );
    });

    it(`${room} does not mention a room above it`, () => {
      const above = Object.keys(ARROWS).filter((other) => other !== room && !allowed.includes(other));
      const mentions = sourceFiles(`${room}/src`).filter((file) => {
        const text = readFileSync(join(ROOT, file), 'utf8');
        return above.some((other) => text.includes(`${SCOPE}${other}`));
      });
      assert.deepEqual(mentions, []);
    });
  }

  it('no file is a drawer', () => {
    const drawers = Object.keys(ARROWS)
      .flatMap((room) => sourceFiles(`${room}/src`))
      .filter((file) => /(^|\/)(utils?|helpers?|common|misc)\.ts$/.test(file));
    assert.deepEqual(drawers, []);
  });
});

function textUnder(folder: string): string {
  if (!existsSync(join(ROOT, folder))) return '';
  return sourceFiles(folder)
    .map((file) => readFileSync(join(ROOT, file), 'utf8'))
    .join('\n');
}
