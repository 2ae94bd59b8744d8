// Gives each promise of the World contract a fresh harness and drives its body.
import { test } from 'vitest';
import type { WorldHarness } from '../world-contract.ts';

export type MakeHarness = () => Promise<WorldHarness>;

export function promises(makeHarness: MakeHarness) {
  return (title: string, body: (harness: WorldHarness) => Promise<void>): void => {
    test(title, async () => {
      const harness = await makeHarness();
      try {
        await harness.drive(() => body(harness));
      } finally {
        await harness.dispose();
      }
    });
  };
}

/** Asks until the answer is yes; for what the World promises to happen soon, not at once. */
export async function until(
  harness: WorldHarness,
  what: string,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadlineMs = harness.world.clock.monotonicMs() + 30_000;
  while (!(await holds())) {
    if (harness.world.clock.monotonicMs() > deadlineMs) throw new Error(`waited 30 s in vain: ${what}`);
    await harness.world.clock.sleep(5);
  }
}

export const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
