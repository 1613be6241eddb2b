#!/usr/bin/env node
// Writes every JSON Schema to schemas/json/, replacing what is there. Run it after `npm run build`.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { publishedSchemas } from '../dist/src/index.js';

const root = new URL('../json/', import.meta.url);
rmSync(root, { recursive: true, force: true });
for (const [path, text] of publishedSchemas()) {
  const file = new URL(path, root);
  mkdirSync(new URL('.', file), { recursive: true });
  writeFileSync(file, text);
}
