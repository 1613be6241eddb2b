import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { publishedSchemas } from '../src/index.js';

const root = new URL('../../json/', import.meta.url);

describe('the published schemas', () => {
  it('are the files that the code makes: run schemas/bin/publish-schemas.js after a change', () => {
    const published = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
    const made = publishedSchemas();
    assert.deepEqual(published.map((name) => name.replaceAll('\\', '/')).sort(), [...made.keys()].sort());
    for (const [path, text] of made) {
      const file = new URL(path, root);
      assert.ok(existsSync(file) && readFileSync(file, 'utf8') === text, `${path} is out of date`);
    }
  });

  it('are JSON Schema 2020-12 that a reader can compile by itself, each with its own name', function () {
    this.timeout(20_000);
    const ajv = new Ajv2020({ strict: true, strictTypes: false });
    ajv.addFormat('date-time', true);
    const ids = new Set<string>();
    for (const text of publishedSchemas().values()) {
      const schema = JSON.parse(text) as { $id: string };
      assert.ok(!ids.has(schema.$id));
      ids.add(schema.$id);
      ajv.compile(schema);
    }
  });

  it('let no record or command carry a field that it does not name', () => {
    for (const [path, text] of publishedSchemas()) {
      if (!/^(record|command)\//.test(path)) continue;
      assert.equal((JSON.parse(text) as { additionalProperties?: unknown }).additionalProperties, false, path);
    }
  });
});
