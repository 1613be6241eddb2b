import assert from 'node:assert/strict';
import { Refusal, type RefusalCode } from '../src/kernel/refusal.js';
import type { MemoryWorld } from './memory-world.js';

/** Asserts that a call on a world is refused with a code, leaves no write or event behind, and says its code first. */
export async function assertRefused(
  world: MemoryWorld,
  code: RefusalCode,
  call: () => Promise<unknown>,
): Promise<void> {
  const before = world.state.copy();
  let refusal: unknown;
  try {
    await call();
  } catch (error) {
    refusal = error;
  }
  assert.ok(
    refusal instanceof Refusal,
    `expected ${code}, got ${refusal instanceof Error ? (refusal.stack ?? '') : 'no refusal'}`,
  );
  assert.equal(refusal.code, code, refusal.message);
  assert.ok(refusal.message.startsWith(`${code}: `));
  assert.equal(world.last?.writes.size, 0, 'a refusal writes nothing');
  assert.equal(world.last.privateWrites.size, 0, 'a refusal keeps no confidential detail');
  assert.equal(world.last.event, undefined, 'a refusal tells nothing');
  assert.deepEqual(world.state, before);
}
