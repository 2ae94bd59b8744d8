// One person talking with one container, whose agent is made up.
import { expect, test, vi } from 'vitest';
import { talk } from '../../../src/cli/tasks/session.ts';
import type { ContainerListener } from '../../../src/client/operator.ts';

const silentInput = () => ({
  write: () => undefined,
  end: () => undefined,
  resize: () => undefined,
  bufferedBytes: 0,
  over: new Promise<undefined>(() => undefined),
  close: () => undefined,
});
const keyboard = {
  isTerminal: false,
  read: () => undefined,
  pause: () => undefined,
  resume: () => undefined,
  setRaw: () => undefined,
  size: undefined,
  onResize: () => undefined,
  close: () => undefined,
};
const terminal = { raw: async () => undefined, rawError: async () => undefined };
const ends = { terminal, keyboard, isInteractive: true, isTerminal: false };

test('an agent that is not heard for five of its heartbeats is gone; one that we do not listen to is not', async () => {
  vi.useFakeTimers();
  try {
    let listener: ContainerListener | undefined;
    const end = talk(
      async (given) => {
        listener = given;
        return { close: () => undefined };
      },
      silentInput,
      ends,
    );
    let ended: unknown;
    void end.then((how) => {
      ended = how;
    });
    await vi.advanceTimersByTimeAsync(290_000);
    expect(ended).toBeUndefined();
    listener?.heartbeat?.(30_000);
    listener?.listening?.(true);
    await vi.advanceTimersByTimeAsync(140_000);
    listener?.listening?.(false);
    await vi.advanceTimersByTimeAsync(1_000_000);
    expect(ended).toBeUndefined();
    listener?.listening?.(true);
    await vi.advanceTimersByTimeAsync(149_000);
    expect(ended).toBeUndefined();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(ended).toEqual({ kind: 'broken', why: 'Nothing was heard of it for 150 seconds.' });
  } finally {
    vi.useRealTimers();
  }
});
