// Signals that end a command by being handed to what it runs.
import { EXIT } from '../exit-codes.ts';

const EXIT_CODES: readonly [NodeJS.Signals, number][] = [
  ['SIGINT', EXIT.interrupted],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
];

/** What `work` comes to; until then `interrupt` is told the exit code that a signal asks for. */
export async function withInterruption<T>(interrupt: (exitCode: number) => void, work: Promise<T>): Promise<T> {
  const handlers = EXIT_CODES.map(([signal, code]) => ({ signal, handler: () => interrupt(code) }));
  for (const { signal, handler } of handlers) process.on(signal, handler);
  try {
    return await work;
  } finally {
    for (const { signal, handler } of handlers) process.off(signal, handler);
  }
}
