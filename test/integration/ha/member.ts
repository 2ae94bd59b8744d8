// A daemon of a cluster under test with what a supervisor does for it: started again when it ends, unless the test ended it.
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MCTL = fileURLToPath(new URL('../../../bin/mctl.js', import.meta.url));
/** As a supervisor waits before it starts again what has ended. */
const PAUSE_MS = 200;
const KEPT_OUTPUT = 256 * 1024;
/** A line of a stack trace, or of what Node says before it. */
const CRASH = /^\s+at .*[(/:]|nobody handled|UnhandledPromise|Uncaught/m;

/** One daemon, over any number of processes. */
export class Member {
  readonly name: string;
  readonly url: string;
  readonly #args: readonly string[];
  readonly #env: Readonly<Record<string, string>>;
  #child: ChildProcess;
  #output = '';
  #isWanted = true;
  #again: NodeJS.Timeout | undefined;
  /** Ends that the test did not cause, with what was said last. */
  readonly ends: { readonly code: number | null; readonly said: string }[] = [];

  constructor(name: string, url: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.name = name;
    this.url = url;
    this.#args = args;
    this.#env = env;
    this.#child = this.#spawn();
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error(`${this.name} could not be started`);
    return pid;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** What all of its processes wrote, the newest. */
  get output(): string {
    return this.#output;
  }

  /** Lines of it that no daemon should write: a stack trace, an error that nobody expected. */
  get crashes(): string[] {
    return this.#output.split('\n').filter((line) => CRASH.test(line));
  }

  /** SIGKILL by default; resolves when it is gone, and it stays so until `restart`. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#isWanted = false;
    clearTimeout(this.#again);
    const child = this.#child;
    if (!this.isRunning) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    // Who is paused does not hear a polite signal.
    if (signal !== 'SIGKILL') child.kill('SIGCONT');
    const force = setTimeout(() => child.kill('SIGKILL'), 5_000);
    await gone;
    clearTimeout(force);
  }

  restart(): void {
    if (this.isRunning) return;
    this.#isWanted = true;
    this.#child = this.#spawn();
  }

  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }

  #spawn(): ChildProcess {
    const env = { ...process.env, ...this.#env };
    const child = spawn(process.execPath, [MCTL, ...this.#args], { stdio: ['ignore', 'pipe', 'pipe'], env });
    const keep = (chunk: Buffer): void => {
      this.#output = (this.#output + chunk.toString()).slice(-KEPT_OUTPUT);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.once('exit', (code) => {
      if (!this.#isWanted || this.#child !== child) return;
      this.ends.push({ code, said: this.#output.trimEnd().split('\n').slice(-3).join('\n') });
      this.#again = setTimeout(() => {
        if (this.#isWanted) this.#child = this.#spawn();
      }, PAUSE_MS);
    });
    return child;
  }
}
