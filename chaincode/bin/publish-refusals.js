#!/usr/bin/env node
// Writes the table of refusal codes into README.md, between its two markers. Run it after `npm run build`.
import { readFileSync, writeFileSync } from 'node:fs';
import { REFUSALS } from '../dist/src/index.js';

const readme = new URL('../README.md', import.meta.url);
const rows = Object.entries(REFUSALS).map(([code, advice]) => `| \`${code}\` | ${advice} |`);
const table = ['| code | what to do |', '| --- | --- |', ...rows].join('\n');
const text = readFileSync(readme, 'utf8');
const marked = /(<!-- refusals -->\n)[^]*(\n<!-- end of refusals -->)/;
if (!marked.test(text)) throw new Error('README.md has lost the markers of its table');
writeFileSync(
  readme,
  text.replace(marked, (_, begin, end) => `${begin}\n${table}\n${end}`),
);
