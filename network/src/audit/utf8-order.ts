/**
 * Compares texts by the order of their UTF-8 bytes, which is the order of a ledger's keys. JavaScript's own order is that
 * of UTF-16 units and differs where surrogates meet U+E000 to U+FFFF: Fabric ends its composite ranges with U+10FFFF.
 */
export function compareUtf8(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a !== b) return rank(a) - rank(b);
  }
  return left.length - right.length;
}

/** Moves surrogates behind every other unit, as the code points they stand for are. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
