// The real terminal of `mctl top`: the other screen, keys as they are pressed, and everything as it was afterwards, however we end.
// Only SIGKILL leaves no time for that.
import { constants } from 'node:os';
import type { TopTerminal } from '../../tui/app/terminal.ts';
import { harmless } from '../../tui/frame/harmless.ts';

const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?2004h\u001b[2J\u001b[H';
const LEAVE = '\u001b[?2004l\u001b[0m\u001b[?25h\u001b[?1049l';
const MOUSE_ON = '\u001b[?1000h\u001b[?1006h';
const MOUSE_OFF = '\u001b[?1006l\u001b[?1000l';
const WIPE = '\u001b[0m\u001b[2J\u001b[H';

const ENDING = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const;
/** Where a size is not told. */
const DEFAULT_SIZE = { columns: 80, rows: 24 };

export interface ProcessTerminal extends TopTerminal {
  /** Nobody reads what we write any more: ends the process as a signal would. */
  readerGone(): void;
}

/** Of this process. Ends it by itself on signals, uncaught errors and a closed terminal. */
export function processTopTerminal(options: {
  readonly hasMouse: boolean;
  readonly isDebug: boolean;
}): ProcessTerminal {
  const { stdin, stdout, stderr } = process;
  let isInside = false;
  let ended: ((exitCode: number, why: string | undefined) => void) | undefined;

  const leave = (): void => {
    if (!isInside) return;
    isInside = false;
    process.off('exit', leave);
    if (stdin.isTTY) stdin.setRawMode(false);
    stdin.pause();
    // Writes to a terminal are done when this returns, also on the way out of the process.
    if (!stdout.destroyed) stdout.write(`${options.hasMouse ? MOUSE_OFF : ''}${LEAVE}`);
  };
  /** Never returns. */
  const finish = (exitCode: number, why: string | undefined): void => {
    const tell = ended;
    ended = undefined;
    try {
      tell?.(exitCode, why);
    } finally {
      leave();
      if (why !== undefined) stderr.write(`${why}\n`);
      process.exit(exitCode);
    }
  };
  const crashed = (error: unknown): void => {
    const said = error instanceof Error ? error.message : String(error);
    const [first = ''] = said.split('\n');
    const more = options.isDebug && error instanceof Error ? `\n${error.stack ?? ''}` : '';
    const next = more === '' ? '\n  Try: MCTL_DEBUG=1 shows where this comes from.' : more;
    finish(1, `Error: mctl top has ended because of a mistake of its own: ${harmless(first)}${next}`);
  };
  const signalled = ENDING.map((signal) => ({
    signal,
    end: (): void => finish(128 + constants.signals[signal], undefined),
  }));
  const enterNow = (): void => {
    if (stdin.isTTY) stdin.setRawMode(true);
    stdout.write(`${ENTER}${options.hasMouse ? MOUSE_ON : ''}`);
  };
  return {
    stdin,
    stdout,
    get size() {
      return { columns: stdout.columns || DEFAULT_SIZE.columns, rows: stdout.rows || DEFAULT_SIZE.rows };
    },
    enter() {
      isInside = true;
      process.once('exit', leave);
      for (const { signal, end } of signalled) process.once(signal, end);
      process.on('uncaughtException', crashed);
      process.on('unhandledRejection', crashed);
      enterNow();
    },
    leave() {
      leave();
      for (const { signal, end } of signalled) process.off(signal, end);
      process.off('uncaughtException', crashed);
      process.off('unhandledRejection', crashed);
    },
    wipe: () => void stdout.write(WIPE),
    onInput(fn) {
      stdin.on('data', (data: Buffer | string) => fn(typeof data === 'string' ? Buffer.from(data) : data));
      // A terminal that was closed: there is nobody any more.
      const gone = (): void => finish(128 + constants.signals.SIGHUP, undefined);
      stdin.once('end', gone);
      stdin.once('error', gone);
      stdin.resume();
    },
    onResize(fn) {
      stdout.on('resize', fn);
      // Stopped from outside and woken again: somebody else has had the terminal.
      process.on('SIGCONT', () => {
        if (!isInside) return;
        enterNow();
        fn();
      });
    },
    onEnd(fn) {
      ended = fn;
    },
    readerGone: () => finish(128 + constants.signals.SIGPIPE, undefined),
  };
}
