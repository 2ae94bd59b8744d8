// Signals of `watch` (haproxy.md 14.10).
import type { Terminal } from '../../output/terminal.ts';
import type { RunningWatch } from './watch.ts';

/** Resolves when TERM or INT has ended it, after the turn that ran. */
export async function untilSignal(watch: RunningWatch, terminal: Pick<Terminal, 'onBrokenPipe'>): Promise<void> {
  // Whoever read our output may be gone; the balancer is not.
  terminal.onBrokenPipe(() => undefined);
  process.on('SIGHUP', () => watch.turnNow());
  process.on('SIGUSR1', () => watch.reloadNow());
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve());
  });
  await watch.stop();
}
