// The built `mctl top` in a terminal of its own, which script(1) provides: keys go in, and every byte it writes is put on a screen
// that can be asked what it shows.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Screen } from './screen.ts';

const MCTL = fileURLToPath(new URL('../../bin/mctl.js', import.meta.url));
const DIST = fileURLToPath(new URL('../../dist/commands', import.meta.url));

/** Why this cannot be measured here; undefined when it can. */
export const MISSING: string | undefined = !existsSync('/proc/self/stat')
  ? 'needs Linux'
  : !existsSync(DIST)
    ? 'needs `npm run build`'
    : spawnSync('script', ['--version']).status === 0
      ? undefined
      : 'needs script(1) of util-linux';

export interface TopWindowOptions {
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly columns: number;
  readonly rows: number;
}

export class TopWindow {
  readonly screen: Screen;
  readonly startedMs: number;
  readonly #script: ChildProcess;
  readonly #waiting = new Set<() => void>();

  constructor({ args, env, columns, rows }: TopWindowOptions) {
    this.screen = new Screen(columns, rows);
    this.startedMs = performance.now();
    const command = [process.execPath, MCTL, 'top', ...args].map((word) => `'${word}'`).join(' ');
    const inside = `stty rows ${rows} cols ${columns}; exec ${command}`;
    this.#script = spawn('script', ['-qec', inside, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'], env });
    this.#script.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.screen.write(text);
      for (const look of this.#waiting) look();
    });
  }

  /** Milliseconds from now, or from the key that is written now, until the screen is as wanted. */
  async until(what: string, isSo: (screen: Screen) => boolean, key?: string): Promise<number> {
    const startedMs = performance.now();
    if (key !== undefined) this.#script.stdin?.write(key);
    else if (isSo(this.screen)) return 0;
    return await new Promise<number>((resolve, reject) => {
      const over = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
      };
      const look = (): void => {
        if (!isSo(this.screen)) return;
        over();
        resolve(performance.now() - startedMs);
      };
      const timer = setTimeout(() => {
        over();
        reject(new Error(`never seen: ${what}\n${this.screen.text}`));
      }, PATIENCE_MS);
      this.#waiting.add(look);
    });
  }

  /** Milliseconds that the program, its terminal and we have waited for a core so far: what a busy machine adds. */
  waitedMs(): number {
    return [this.#pid, this.#script.pid, process.pid]
      .map((pid) => Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6)
      .reduce((sum, ms) => sum + ms, 0);
  }

  /** Milliseconds that the program's main thread has run so far. */
  ranMs(): number {
    return Number(readFileSync(`/proc/${this.#pid}/task/${this.#pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  }

  /** User and system time used so far, in seconds. */
  cpuSeconds(): number {
    const fields = readFileSync(`/proc/${this.#pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }

  /** Resident now, and at most so far. */
  memoryMb(): { readonly now: number; readonly peak: number } {
    const status = readFileSync(`/proc/${this.#pid}/status`, 'utf8');
    const of = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024;
    return { now: of('VmRSS'), peak: of('VmHWM') };
  }

  /** Quits, and resolves when it is gone. */
  async close(): Promise<void> {
    if (this.#script.exitCode !== null) return;
    const gone = new Promise((resolve) => this.#script.once('exit', resolve));
    this.#script.stdin?.write('\u0003');
    const timer = setTimeout(() => this.#script.kill('SIGHUP'), 5_000);
    await gone;
    clearTimeout(timer);
  }

  /** Whoever script(1) runs: the shell becomes it. */
  get #pid(): number {
    const { pid } = this.#script;
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
  }
}

const PATIENCE_MS = 60_000;
