import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { REFUSALS } from '../src/kernel/refusal.js';
import { describeRefusals, refusedCodes } from './vector-runner.js';

const directory = new URL('../../vectors/', import.meta.url);
const files = readdirSync(directory)
  .filter((name) => name.endsWith('.json'))
  .sort()
  .map((name) => new URL(name, directory));

describe('refusal vectors', () => {
  for (const file of files) describeRefusals(file);

  it('show every code that a contract refuses with', () => {
    const shown = new Set(files.flatMap(refusedCodes));
    assert.deepEqual(
      Object.keys(REFUSALS).filter((code) => !shown.has(code)),
      [],
    );
  });
});
