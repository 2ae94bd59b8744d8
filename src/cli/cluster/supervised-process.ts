// One daemon under supervision: started again when it ends, sooner or later depending on how well it goes.
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectoriesSync } from '../../world/real/disk/make-directories.ts';
import { identify, isAlive, type ProcessId, sendSignal } from './process-identity.ts';
import { askToStop } from './stop-processes.ts';

const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 30_000;
/** A process that lived this long has recovered: the next end is a first one again. */
const HEALTHY_AFTER_MS = 30_000;
const STOP_GRACE_MS = 8_000;

/** Which process, and where its output goes. */
export interface SupervisedOptions {
  readonly argv: readonly [string, ...string[]];
  readonly env: NodeJS.ProcessEnv;
  /** Takes stdout and stderr: what a daemon says before and beside its log. */
  readonly outputFile: string;
  /** Something changed: started, ended, will start again. */
  readonly onChange: () => void;
  readonly log: (message: string) => void;
}

/** Restarts for ever, until stopped. */
export class SupervisedProcess {
  readonly #options: SupervisedOptions;
  #process: ProcessId | undefined;
  #stopping = false;
  #failures = 0;
  #retry: NodeJS.Timeout | undefined;
  #onEnd: (() => void) | undefined;
  restarts = 0;
  lastEnd: string | undefined;

  constructor(options: SupervisedOptions) {
    this.#options = options;
  }

  get process(): ProcessId | undefined {
    return this.#process;
  }

  start(): void {
    const { argv, env, outputFile, onChange, log } = this.#options;
    const [program, ...args] = argv;
    makeDirectoriesSync(dirname(outputFile));
    const output = openSync(outputFile, 'w');
    const startedAt = performance.now();
    // A process group of its own: Ctrl-C in the terminal is for the supervisor, which stops the daemons in order.
    const child = spawn(program, args, { detached: true, stdio: ['ignore', output, output], env });
    closeSync(output);
    child.once('error', (error) => ended(`cannot be started: ${error.message}`));
    child.once('exit', (code, signal) => ended(signal === null ? `exited with ${code}` : `was ended by ${signal}`));
    this.#process = child.pid === undefined ? undefined : identify(child.pid);
    if (child.pid !== undefined) log(`started, pid ${child.pid}`);
    let over = false;
    const ended = (how: string): void => {
      if (over) return;
      over = true;
      this.#process = undefined;
      this.lastEnd = how;
      this.#onEnd?.();
      if (this.#stopping) {
        log(how);
      } else {
        this.#failures = performance.now() - startedAt >= HEALTHY_AFTER_MS ? 0 : this.#failures + 1;
        const delayMs = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.max(0, this.#failures - 1));
        log(`${how}; starts again in ${delayMs} ms`);
        this.#retry = setTimeout(() => {
          this.restarts += 1;
          this.start();
          onChange();
        }, delayMs);
      }
      onChange();
    };
    onChange();
  }

  /** SIGTERM, paused or not, then SIGKILL when it takes too long. Resolves when the process is gone; never starts again. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#retry);
    const running = this.#process;
    if (running === undefined || !isAlive(running)) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.#options.log(`did not stop within ${STOP_GRACE_MS / 1000} s, is killed`);
        sendSignal(running, 'SIGKILL');
      }, STOP_GRACE_MS);
      this.#onEnd = () => {
        clearTimeout(timer);
        resolve();
      };
      if (askToStop(running)) return;
      // Gone before it could be asked; we hear of that in a later turn only.
      this.#process = undefined;
      this.#onEnd();
    });
  }
}
