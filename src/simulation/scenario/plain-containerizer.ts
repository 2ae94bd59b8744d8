// A containerizer with nothing but processes: for the simulator, where there is nothing to isolate from.
import {
  type ContainerCheckpoint,
  type ContainerConfig,
  ContainerError,
  type ContainerExit,
  type Containerizer,
  type LaunchedContainer,
} from '../../daemon/agent/containers/containerizer.ts';
import type { ProcessIdentity } from '../../world/processes.ts';
import type { World } from '../../world/world.ts';

const POLL_MS = 500;

export class PlainContainerizer implements Containerizer {
  readonly isolation = 'posix';
  readonly warning = undefined;
  readonly #world: World;
  readonly #root: string;
  readonly #running = new Map<string, { identity: ProcessIdentity; directory: string }>();
  readonly #readers: ((exit: ContainerExit) => void)[] = [];

  constructor(world: World, root: string) {
    this.#world = world;
    this.#root = root;
    world.clock.every(POLL_MS, () => void this.#poll());
  }

  async launch(config: ContainerConfig): Promise<LaunchedContainer> {
    try {
      await this.#world.disk.makeDirectory(config.runtimeDirectory);
      const { value, arguments: args, shell } = config.command;
      const identity = await this.#world.processes.launch({
        argv: shell ? ['/bin/sh', '-c', value] : [value, ...args.slice(1)],
        env: config.environment,
        cwd: config.sandbox,
        stdout: `${config.sandbox}/stdout`,
        stderr: `${config.sandbox}/stderr`,
        exitFile: `${config.runtimeDirectory}/exit`,
      });
      await this.#world.disk.writeAtomic(`${config.runtimeDirectory}/pid`, JSON.stringify(identity));
      this.#running.set(config.containerId, { identity, directory: config.runtimeDirectory });
      return { containerId: config.containerId, process: identity };
    } catch (cause) {
      throw new ContainerError('launch', String(cause), { cause });
    }
  }

  async recover(known: readonly ContainerCheckpoint[]): Promise<void> {
    for (const { containerId, process, runtimeDirectory } of known) {
      this.#running.set(containerId, { identity: process, directory: runtimeDirectory });
    }
    for (const name of await this.#world.disk.list(this.#root)) {
      if (!this.#running.has(name) && (await this.#world.disk.stat(`${this.#root}/${name}/pid`)) !== undefined) {
        const identity = JSON.parse(await this.#world.disk.readText(`${this.#root}/${name}/pid`));
        await this.#world.processes.signalTree(identity, 'SIGKILL');
      }
    }
  }

  onExit(fn: (exit: ContainerExit) => void): void {
    this.#readers.push(fn);
  }

  async signal(containerId: string, signal: 'SIGTERM' | 'SIGINT' | 'SIGHUP' | 'SIGUSR1' | 'SIGUSR2' | 'SIGQUIT') {
    const container = this.#running.get(containerId);
    return container !== undefined && (await this.#world.processes.signalTree(container.identity, signal)) > 0;
  }

  async destroy(containerId: string): Promise<void> {
    const container = this.#running.get(containerId);
    if (container !== undefined) {
      await this.#world.processes.signalTree(container.identity, 'SIGKILL');
    }
  }

  async usage(): Promise<undefined> {
    return undefined;
  }

  async close(): Promise<void> {
    this.#running.clear();
  }

  async #poll(): Promise<void> {
    for (const [containerId, { identity, directory }] of [...this.#running]) {
      if (await this.#world.processes.isAlive(identity)) {
        continue;
      }
      if (!this.#running.delete(containerId)) {
        continue;
      }
      const path = `${directory}/exit`;
      const line = (await this.#world.disk.stat(path)) ? (await this.#world.disk.readText(path)).trim() : '';
      const [kind, number] = line.split(' ');
      const status: ContainerExit['status'] =
        kind === 'exited'
          ? { kind, code: Number(number) }
          : kind === 'signaled'
            ? { kind, signal: Number(number) }
            : { kind: 'unknown' };
      for (const fn of this.#readers) {
        fn({ containerId, status });
      }
    }
  }
}
