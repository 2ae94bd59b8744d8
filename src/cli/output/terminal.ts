// Where a command writes to, and what it may do there. Data goes to stdout, words to stderr; colour and cursor movement
// only where a person sees them.
import { COLOURED, PLAIN, type Style } from './style.ts';

export interface Terminal {
  /** Data: exactly what the reader of a pipe wants. A line end is added. */
  data(text: string): void;
  /** Data as it is. Resolves when there is room for more; also when the reader is gone (see `onBrokenPipe`). */
  raw(chunk: Uint8Array | string): Promise<void>;
  /** Words for people, on stderr. A line end is added. */
  say(text: string): void;
  /** What is waited for now, on stderr: in place on a terminal, a line elsewhere. The next word replaces it. */
  progress(text: string): void;
  /** As `raw`, on stderr. */
  rawError(chunk: Uint8Array | string): Promise<void>;
  /** Calls `fn`, and no longer one given before, when whoever read our output has gone (`mctl … | head`, a closed terminal). */
  onBrokenPipe(fn: () => void): void;
  /** May stdout be redrawn? */
  readonly stdoutIsTty: boolean;
  readonly stderrIsTty: boolean;
  readonly style: Style;
  readonly errorStyle: Style;
  /** As it is now: windows change their size. */
  readonly columns: number;
  readonly rows: number;
  /** Of stderr: the two need not be the same window. */
  readonly errorColumns: number;
  readonly errorRows: number;
  /** May marks beyond ASCII be written? Not without UTF-8, and not where plain text is asked for. */
  readonly hasMarks: boolean;
}

export function processTerminal(env: NodeJS.ProcessEnv = process.env): Terminal {
  const { stdout, stderr } = process;
  const stderrIsTty = stderr.isTTY === true && env.TERM !== 'dumb';
  let inPlace = false;
  const clear = (): void => {
    if (inPlace) stderr.write('\r\u001b[2K');
    inPlace = false;
  };
  const mayColour = (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
  return {
    data: (text) => {
      clear();
      stdout.write(`${text}\n`);
    },
    raw: (chunk) => written(stdout, chunk),
    say: (text) => {
      clear();
      stderr.write(`${text}\n`);
    },
    progress: (text) => {
      clear();
      stderr.write(stderrIsTty ? `${text} …` : `${text}\n`);
      inPlace = stderrIsTty;
    },
    rawError: (chunk) => written(stderr, chunk),
    onBrokenPipe: (fn) => {
      // A terminal that was closed answers EIO, for which oclif's own listener throws: that would end us before `fn` could act.
      let told = false;
      const tell = (): void => {
        if (!told) fn();
        told = true;
      };
      stdout.removeAllListeners('error');
      stdout.on('error', tell);
      stderr.removeAllListeners('error');
      stderr.on('error', tell);
    },
    stdoutIsTty: stdout.isTTY === true && env.TERM !== 'dumb',
    stderrIsTty,
    style: mayColour && stdout.isTTY === true ? COLOURED : PLAIN,
    errorStyle: mayColour && stderr.isTTY === true ? COLOURED : PLAIN,
    get columns() {
      return stdout.columns || 120;
    },
    get rows() {
      return stdout.rows || 40;
    },
    get errorColumns() {
      return stderr.columns || 120;
    },
    get errorRows() {
      return stderr.rows || 40;
    },
    hasMarks: mayColour && /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || ''),
  };
}

/** A callback rather than `drain`: it is called after an error too. */
function written(stream: NodeJS.WriteStream, chunk: Uint8Array | string): Promise<void> {
  return new Promise((resolve) => void stream.write(chunk, () => resolve()));
}
