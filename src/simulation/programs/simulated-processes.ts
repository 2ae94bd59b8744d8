// Operating-system processes as one daemon sees them: itself, its fellows, and the tasks of its machine.

import { DiskError } from '../../world/disk.ts';
import type { Pipes } from '../../world/pipes.ts';
import {
  ProcessError,
  type Processes,
  type ProcessIdentity,
  type ProcessSignal,
  type ProcessUsage,
  type TaskProcess,
  type ToolCommand,
  type ToolResult,
} from '../../world/processes.ts';
import type { ProcessLife } from '../core/process.ts';
import { utf8 } from '../core/utf8.ts';
import type { DiskTree } from '../disk/tree.ts';
import { isKnownProgram, type ProgramContext, runProgram } from './interpreter.ts';
import { TaskRun } from './task-run.ts';

/** A tool of a simulated machine, in place of a real one. */
export type SimulatedTool = (command: ToolCommand) => Partial<ToolResult>;

/** What the processes of one machine share. */
export interface MachineProcesses {
  readonly tree: DiskTree;
  /** By pid, until the last process of the session is gone. */
  readonly tasks: Map<number, TaskRun>;
  readonly daemons: Map<number, ProcessLife>;
  /** By name, for `run`; beside what the interpreter knows. */
  readonly tools: Map<string, SimulatedTool>;
  nextIdentity(): ProcessIdentity;
  /** Told of each launch, for tests that look for tasks running twice. */
  onLaunch(run: TaskRun): void;
}

const LAUNCH_MS = 3;
const LOOK_MS = 0.1;
const TOOL_MS = 5;

export class SimulatedProcesses implements Processes {
  readonly self: ProcessIdentity;
  /** Simulated tasks talk with nobody. */
  readonly pipes: Pipes = {
    make: (path) => this.#noPipes(path),
    openReader: (path) => this.#noPipes(path),
    openWriter: (path) => this.#noPipes(path),
  };
  readonly #life: ProcessLife;
  readonly #machine: MachineProcesses;

  constructor(life: ProcessLife, machine: MachineProcesses) {
    this.#life = life;
    this.#machine = machine;
    this.self = life.identity;
  }

  #noPipes(path: string): Promise<never> {
    return this.#look(() => {
      throw new DiskError('io', path, 'there are no named pipes here');
    });
  }

  run(command: ToolCommand): Promise<ToolResult> {
    return this.#life.performLasting('run-tool', this.#delay(TOOL_MS), () => {
      const [name] = command.argv;
      const tool = this.#machine.tools.get(name.slice(name.lastIndexOf('/') + 1));
      if (tool === undefined && !isKnownProgram(name)) {
        throw new ProcessError('cannot-start', `${name}: command not found`);
      }
      const result = tool === undefined ? this.#interpret(command) : tool(command);
      return { exitCode: 0, signal: undefined, timedOut: false, stdout: '', stderr: '', ...result };
    });
  }

  launch(task: TaskProcess): Promise<ProcessIdentity> {
    return this.#life.performLasting('launch', this.#delay(LAUNCH_MS), () => {
      const { tree, tasks } = this.#machine;
      if (tree.stat(task.cwd)?.kind !== 'directory') {
        throw new ProcessError('cannot-start', `${task.cwd}: no such directory`);
      }
      tree.openFile(task.stdout);
      tree.openFile(task.stderr);
      const identity = this.#machine.nextIdentity();
      const run = new TaskRun(this.#life.engine, tree, identity, task, () => tasks.delete(identity.pid));
      tasks.set(identity.pid, run);
      this.#machine.onLaunch(run);
      return identity;
    });
  }

  identify(pid: number): Promise<ProcessIdentity | undefined> {
    return this.#look(() => this.#identityOf(pid));
  }

  isAlive(identity: ProcessIdentity): Promise<boolean> {
    return this.#look(() => this.#identityOf(identity.pid)?.startTime === identity.startTime);
  }

  signal(identity: ProcessIdentity, signal: ProcessSignal): Promise<boolean> {
    return this.#life.performLasting('signal', this.#delay(LOOK_MS), () => {
      const run = this.#taskOf(identity);
      if (run?.isRunnerAlive !== true) {
        return false;
      }
      run.signalRunner(signal);
      return true;
    });
  }

  signalTree(leader: ProcessIdentity, signal: ProcessSignal): Promise<number> {
    return this.#life.performLasting(
      'signal-tree',
      this.#delay(LOOK_MS),
      () => this.#taskOf(leader)?.signalTree(signal) ?? 0,
    );
  }

  usage(leader: ProcessIdentity): Promise<ProcessUsage | undefined> {
    return this.#look(() => {
      const run = this.#taskOf(leader);
      if (run === undefined) {
        return undefined;
      }
      const seconds = (this.#life.engine.nowMs - run.launchedAtMs) / 1000;
      return {
        processes: run.processCount,
        threads: run.processCount,
        userSeconds: seconds / 100,
        systemSeconds: seconds / 200,
        residentBytes: 1024 * 1024,
      };
    });
  }

  #taskOf(identity: ProcessIdentity): TaskRun | undefined {
    const run = this.#machine.tasks.get(identity.pid);
    return run?.identity.startTime === identity.startTime ? run : undefined;
  }

  #identityOf(pid: number): ProcessIdentity | undefined {
    const run = this.#machine.tasks.get(pid);
    if (run !== undefined) {
      return run.isRunnerAlive ? run.identity : undefined;
    }
    return this.#machine.daemons.get(pid)?.identity;
  }

  #look<T>(act: () => T): Promise<T> {
    return this.#life.perform('look', this.#delay(LOOK_MS), act);
  }

  #delay(baseMs: number): number {
    return baseMs * this.#life.random.between(0.5, 2);
  }

  /** Tools end at once: their pauses are skipped. */
  #interpret(command: ToolCommand): Partial<ToolResult> {
    const written = { stdout: '', stderr: '' };
    const context: ProgramContext = {
      pid: 0,
      env: new Map(Object.entries(command.env ?? {})),
      write: (stream, text) => {
        written[stream] += text;
      },
      writeFile: (path, text, append) => {
        const { tree } = this.#machine;
        const bytes = utf8(text);
        const target = path.startsWith('/') ? path : `${command.cwd ?? ''}/${path}`;
        if (append) {
          tree.append(target, bytes);
        } else {
          tree.replaceFile(target, bytes, { isDurable: false });
        }
      },
      readFile: () => undefined,
      trap: () => undefined,
      raise: () => undefined,
    };
    const program = runProgram(command.argv, context);
    for (;;) {
      const step = program.next();
      if (step.done === true) {
        return { exitCode: step.value, ...written };
      }
      if (!Number.isFinite(step.value)) {
        return { exitCode: undefined, timedOut: true, ...written };
      }
    }
  }
}
