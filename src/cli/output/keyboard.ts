// The person's side of a session: keys as they are pressed, the window's size, and a terminal that is left as it was found,
// however we end. Only SIGKILL leaves no time for that.
import type { ReadStream } from 'node:tty';

/** What a person, or whoever stands in for one, sends. */
export interface Keyboard {
  /** Keys come one by one, and Ctrl-C is one of them. */
  readonly isTerminal: boolean;
  /** Calls `chunk` with what is typed, or comes from the file or pipe that stdin is; `end` when nothing more does. */
  read(chunk: (bytes: Uint8Array) => void, end: () => void): void;
  pause(): void;
  resume(): void;
  /** From now on every key comes as it is. */
  setRaw(): void;
  /** Undefined when there is no window. */
  readonly size: { readonly rows: number; readonly columns: number } | undefined;
  onResize(fn: () => void): void;
  /** Nothing more is read, and the terminal is as it was. */
  close(): void;
}

const ENDING = ['SIGTERM', 'SIGHUP'] as const;
const SIGNAL_BASE = 128;
const NUMBERS = { SIGTERM: 15, SIGHUP: 1 } as const;

/** Of this process. */
export function processKeyboard(): Keyboard {
  const { stdin, stdout } = process;
  const terminal: ReadStream | undefined = stdin.isTTY ? stdin : undefined;
  let isRaw = false;
  const restore = (): void => {
    if (!isRaw) return;
    isRaw = false;
    terminal?.setRawMode(false);
  };
  const endings = ENDING.map((signal) => {
    const end = (): void => {
      restore();
      process.exit(SIGNAL_BASE + NUMBERS[signal]);
    };
    return { signal, end };
  });
  return {
    isTerminal: terminal !== undefined,
    read(chunk, end) {
      stdin.on('data', (data: Buffer | string) => chunk(typeof data === 'string' ? Buffer.from(data) : data));
      stdin.once('end', end);
      // A terminal that was closed: there is nobody any more.
      stdin.once('error', end);
    },
    pause: () => void stdin.pause(),
    resume: () => void stdin.resume(),
    setRaw() {
      if (terminal === undefined || isRaw) return;
      isRaw = true;
      terminal.setRawMode(true);
      // An uncaught error and process.exit come by here too.
      process.once('exit', restore);
      for (const { signal, end } of endings) process.once(signal, end);
    },
    get size() {
      return stdout.isTTY ? { rows: stdout.rows, columns: stdout.columns } : undefined;
    },
    onResize: (fn) => void stdout.on('resize', fn),
    close() {
      restore();
      process.off('exit', restore);
      for (const { signal, end } of endings) process.off(signal, end);
      stdout.removeAllListeners('resize');
      stdin.removeAllListeners('data');
      stdin.pause();
      // A pipe that somebody keeps open must not keep us.
      stdin.unref?.();
    },
  };
}
