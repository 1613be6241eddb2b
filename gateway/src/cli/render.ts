/** Entries of a list that are printed before it is only counted. */
const MAX_SHOWN = 20;

/** A JSON value as indented lines for a person; long lists are cut and counted. */
export function render(value: unknown, indent = ''): string {
  if (Array.isArray(value)) return renderList(value, indent);
  if (value === null || value === undefined) return '-';
  if (typeof value === 'string') return value;
  if (typeof value !== 'object') return JSON.stringify(value);
  return Object.entries(value)
    .filter(([, inner]) => inner !== null && inner !== undefined)
    .map(([name, inner]) => `${indent}${name}:${beside(inner, indent)}`)
    .join('\n');
}

function renderList(list: readonly unknown[], indent: string): string {
  const lines = list.slice(0, MAX_SHOWN).map((item) => {
    const text = render(item, `${indent}  `);
    return `${indent}- ${text.trimStart()}`;
  });
  if (list.length > MAX_SHOWN) lines.push(`${indent}… ${MAX_SHOWN} of ${list.length} shown`);
  return lines.join('\n');
}

/** A value beside its name: a scalar on the same line, anything else below. */
function beside(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return ` ${render(value)}`;
  if (Array.isArray(value) && value.length === 0) return ' (none)';
  return `\n${render(value, `${indent}  `)}`;
}
