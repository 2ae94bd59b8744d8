// Containers that are only written down: an agent of a benchmark takes tasks without starting processes, so that hundreds
// of agents and thousands of tasks fit into one process and what is measured is the scheduler.
import type {
  ContainerConfig,
  ContainerExit,
  Containerizer,
  ContainerView,
  LaunchedContainer,
  ProbeEnd,
} from '../src/daemon/agent/containers/containerizer.ts';

const TERM = 15;
const KILL = 9;

/** Every task runs until it is killed, and ends at once when it is. */
export class IdleContainers implements Containerizer {
  readonly isolation = 'posix';
  readonly warning = undefined;
  readonly #running = new Set<string>();
  readonly #listeners: ((exit: ContainerExit) => void)[] = [];

  async launch({ containerId }: ContainerConfig): Promise<LaunchedContainer> {
    this.#running.add(containerId);
    return { containerId, process: { pid: process.pid, startTime: 0 } };
  }

  async recover(): Promise<void> {
    this.#running.clear();
  }

  async update(): Promise<undefined> {
    return undefined;
  }

  onExit(fn: (exit: ContainerExit) => void): void {
    this.#listeners.push(fn);
  }

  list(): readonly ContainerView[] {
    return [];
  }

  find(): undefined {
    return undefined;
  }

  async signal(containerId: string): Promise<boolean> {
    return this.#end(containerId, TERM);
  }

  async probe(): Promise<ProbeEnd> {
    return { kind: 'exited', code: 0 };
  }

  async destroy(containerId: string): Promise<void> {
    this.#end(containerId, KILL);
  }

  async usage(): Promise<undefined> {
    return undefined;
  }

  async pruneImages(): Promise<void> {
    // There are none.
  }

  async close(): Promise<void> {
    this.#running.clear();
  }

  #end(containerId: string, signal: number): boolean {
    if (!this.#running.delete(containerId)) return false;
    setImmediate(() => {
      for (const listener of this.#listeners) listener({ containerId, status: { kind: 'signaled', signal } });
    });
    return true;
  }
}
