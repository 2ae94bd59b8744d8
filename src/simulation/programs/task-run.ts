// One launched task on a simulated machine: a runner that leads the session, and the command below it. It belongs to the
// machine, not to the daemon that launched it.

import type { ProcessIdentity, ProcessSignal, TaskProcess } from '../../world/processes.ts';
import type { Engine } from '../core/engine.ts';
import type { ScheduledEvent } from '../core/event-queue.ts';
import { utf8 } from '../core/utf8.ts';
import type { DiskTree } from '../disk/tree.ts';
import { type Program, type ProgramContext, runProgram, runTrap } from './interpreter.ts';

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGUSR2: 12,
  SIGTERM: 15,
};

/** From the end of the command to its exit file, and from a signal to what it does. */
const STEP_MS = 0.5;

export class TaskRun {
  readonly identity: ProcessIdentity;
  readonly task: TaskProcess;
  readonly launchedAtMs: number;
  readonly #engine: Engine;
  readonly #tree: DiskTree;
  readonly #onGone: (run: TaskRun) => void;
  readonly #context: ProgramContext;
  readonly #traps = new Map<string, string>();
  #program: Program;
  #wake: ScheduledEvent | undefined;
  /** Virtual time at which the pause it is in ends. */
  #wakeAtMs = 0;
  #isCommandAlive = true;
  #isRunnerAlive = true;
  #exitLine: string | undefined;

  constructor(
    engine: Engine,
    tree: DiskTree,
    identity: ProcessIdentity,
    task: TaskProcess,
    onGone: (run: TaskRun) => void,
  ) {
    this.#engine = engine;
    this.#tree = tree;
    this.identity = identity;
    this.task = task;
    this.launchedAtMs = engine.nowMs;
    this.#onGone = onGone;
    this.#context = this.#makeContext();
    this.#writeExitFile(`running ${identity.pid} ${identity.startTime}`);
    this.#program = runProgram(task.argv, this.#context);
    // As the real runner does first of all.
    this.#writeExitFile(`running ${identity.pid} ${identity.startTime}`);
    this.#continueAfter(STEP_MS);
  }

  get isRunnerAlive(): boolean {
    return this.#isRunnerAlive;
  }

  /** How the command ended, `vanished` when its machine lost power; undefined while it runs. */
  get exitLine(): string | undefined {
    return this.#exitLine;
  }

  /** Processes left of it. */
  get processCount(): number {
    return Number(this.#isRunnerAlive) + Number(this.#isCommandAlive);
  }

  /** To the runner alone: it minds nothing but SIGKILL. */
  signalRunner(signal: ProcessSignal): void {
    if (signal === 'SIGKILL') {
      this.#isRunnerAlive = false;
      this.#checkGone();
    }
  }

  /** To the runner and the command. How many got it. */
  signalTree(signal: ProcessSignal): number {
    const count = this.processCount;
    if (signal === 'SIGKILL') {
      this.#allGone('signaled 9');
    } else {
      this.#signalCommand(signal);
    }
    return count;
  }

  /** The machine lost power. */
  vanish(): void {
    this.#allGone('vanished');
  }

  /** Everything of it is gone at once, without an exit file. */
  #allGone(exitLine: string): void {
    this.#exitLine ??= exitLine;
    this.#isRunnerAlive = false;
    this.#isCommandAlive = false;
    this.#cancelWake();
    this.#checkGone();
  }

  #signalCommand(signal: string): void {
    const number = SIGNAL_NUMBERS[signal];
    if (!this.#isCommandAlive || number === undefined) {
      return;
    }
    const script = signal === 'SIGKILL' ? undefined : this.#traps.get(signal);
    if (script === '') {
      return;
    }
    if (script === undefined) {
      this.#cancelWake();
      this.#ended(`signaled ${number}`);
      return;
    }
    const interrupted = this.#program;
    const remainingMs = Math.max(0, this.#wakeAtMs - this.#engine.nowMs);
    this.#cancelWake();
    this.#program = afterTrap(script, this.#context, interrupted, remainingMs);
    this.#continueAfter(STEP_MS);
  }

  #continueAfter(delayMs: number): void {
    this.#wakeAtMs = this.#engine.nowMs + delayMs;
    if (Number.isFinite(delayMs)) {
      this.#wake = this.#engine.schedule('task', delayMs, () => this.#continue());
    }
  }

  #continue(): void {
    this.#wake = undefined;
    const program = this.#program;
    const step = program.next();
    if (!this.#isCommandAlive || program !== this.#program) {
      return;
    }
    if (step.done === true) {
      this.#ended(`exited ${step.value}`);
    } else {
      this.#continueAfter(step.value);
    }
  }

  #ended(exitLine: string): void {
    this.#exitLine = exitLine;
    this.#isCommandAlive = false;
    if (!this.#isRunnerAlive) {
      this.#checkGone();
      return;
    }
    this.#engine.schedule('task-exit', STEP_MS, () => {
      if (this.#isRunnerAlive) {
        this.#isRunnerAlive = false;
        this.#writeExitFile(exitLine);
        this.#checkGone();
      }
    });
  }

  #writeExitFile(exitLine: string): void {
    const { exitFile } = this.task;
    const directory = exitFile.slice(0, exitFile.lastIndexOf('/'));
    if (this.#tree.stat(directory === '' ? '/' : directory)?.kind === 'directory') {
      this.#tree.replaceFile(exitFile, utf8(`${exitLine}\n`), { isDurable: true });
    }
  }

  #checkGone(): void {
    if (this.processCount === 0) {
      this.#onGone(this);
    }
  }

  #cancelWake(): void {
    if (this.#wake !== undefined) {
      this.#wake.isCancelled = true;
      this.#wake = undefined;
    }
  }

  #makeContext(): ProgramContext {
    const { task } = this;
    const tree = this.#tree;
    const pathOf = (path: string) => (path.startsWith('/') ? path : `${task.cwd}/${path}`);
    return {
      pid: this.identity.pid,
      env: new Map(Object.entries(task.env)),
      write: (stream, text) => {
        // The sandbox may be gone by now; an open file would still take it.
        if (tree.stat(task[stream]) !== undefined) {
          tree.append(task[stream], utf8(text));
        }
      },
      writeFile: (path, text, append) => {
        const directory = pathOf(path).replace(/\/[^/]*$/, '');
        if (tree.stat(directory === '' ? '/' : directory)?.kind !== 'directory') {
          return;
        }
        if (append) {
          tree.append(pathOf(path), utf8(text));
        } else {
          tree.replaceFile(pathOf(path), utf8(text), { isDurable: false });
        }
      },
      readFile: (path) => {
        if (tree.stat(pathOf(path))?.kind !== 'file') {
          return undefined;
        }
        const file = tree.file(pathOf(path));
        return new TextDecoder().decode(file.read(0, file.size));
      },
      trap: (signal, script) => {
        if (script === undefined) {
          this.#traps.delete(signal);
        } else {
          this.#traps.set(signal, script);
        }
      },
      raise: (signal) => {
        this.#engine.schedule('raise', 0, () => this.#signalCommand(signal));
      },
    };
  }
}

function* afterTrap(script: string, context: ProgramContext, interrupted: Program, remainingMs: number): Program {
  const code = yield* runTrap(script, context);
  if (code !== undefined) {
    return code;
  }
  yield remainingMs;
  return yield* interrupted;
}
