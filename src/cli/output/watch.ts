// `--watch`: the same view again and again. On a terminal it is redrawn in place; elsewhere each change is printed once, as
// one JSON line or as another table.

import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT } from '../exit-codes.ts';
import { printableJson } from './printable.ts';
import { renderView } from './render.ts';
import type { Terminal } from './terminal.ts';
import type { OutputFormat, View } from './view.ts';

const INTERVAL_MS = 1000;
/** For how long nobody may answer once somebody has: an election takes some seconds, with the original's time-outs half a minute. */
const SILENCE_MS = 60_000;

/**
 * For `durationMs`, or until interrupted (exit code 130 is the process' own). Errors of `load` end it, but for those that nobody
 * answers any more: that is said, and another leader waited for. `pause` ends after that time, or as soon as there may be
 * something new.
 */
export async function watchView(
  load: () => Promise<View>,
  format: OutputFormat,
  terminal: Terminal,
  durationMs = Number.POSITIVE_INFINITY,
  pause: (ms: number) => Promise<unknown> = sleep,
): Promise<void> {
  const endsAtMs = performance.now() + durationMs;
  let last: string | undefined;
  let drawnRows = 0;
  let drawnColumns = terminal.columns;
  let answeredMs: number | undefined;
  /** Why nobody answers now. */
  let silence: unknown;
  /** Throws what no patience helps against. */
  const bear = async (error: unknown): Promise<undefined> => {
    const { problemFrom } = await import('../failures.ts');
    const { exitCode, message } = problemFrom(error);
    const isOver = answeredMs === undefined || performance.now() - answeredMs >= SILENCE_MS;
    if (isOver || exitCode !== EXIT.unreachable) throw error;
    if (silence === undefined) terminal.say(`${message} Trying again.`);
    silence = error;
    drawnRows = 0;
    return undefined;
  };
  for (;;) {
    const view = await load().catch(bear);
    if (view !== undefined) {
      answeredMs = performance.now();
      silence = undefined;
      await show(view);
    }
    const leftMs = endsAtMs - performance.now();
    if (leftMs <= INTERVAL_MS) {
      await sleep(Math.max(0, leftMs));
      if (silence !== undefined) throw silence;
      return;
    }
    await pause(INTERVAL_MS);
  }

  async function show(view: View): Promise<void> {
    const isLive = terminal.stdoutIsTty && (format === 'table' || format === 'wide');
    const text =
      format === 'json'
        ? printableJson(JSON.stringify(view.data))
        : (await renderView(view, format, terminal.style, isLive ? terminal.columns : 0)) || (view.empty ?? '');
    if (isLive) {
      // Never taller than the screen, or the cursor cannot go back to the top.
      const lines = text.split('\n').slice(0, terminal.rows - 1);
      const up = drawnRows > 0 ? `\u001b[${drawnRows}A` : '';
      // In a window of another width the old lines are broken anew, and nobody knows how many they are now.
      const start = terminal.columns === drawnColumns ? `${up}\r\u001b[J` : '\u001b[2J\u001b[H';
      await terminal.raw(`${start}${lines.join('\n')}\n`);
      drawnColumns = terminal.columns;
      drawnRows = lines.length;
    } else if (text !== last) {
      if (text !== '') terminal.data(last === undefined || format === 'json' ? text : `\n${text}`);
    }
    last = text;
  }
}
