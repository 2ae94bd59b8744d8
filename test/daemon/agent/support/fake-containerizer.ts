// Containers that are only told to exist: tests decide when and how they end. `FakeMachine` is what survives an agent.
import {
  type ContainerCheckpoint,
  type ContainerConfig,
  ContainerError,
  type ContainerExit,
  type Containerizer,
  type ContainerProbe,
  type ContainerView,
  type LaunchedContainer,
  type ProbeEnd,
} from '../../../../src/daemon/agent/containers/containerizer.ts';
import type { ResourceStatistics } from '../../../../src/mesos/generated/v1.ts';
import type { World } from '../../../../src/world/world.ts';

export interface FakeContainer {
  readonly config: ContainerConfig;
  readonly pid: number;
  readonly signals: string[];
  isDestroyed: boolean;
  /** What it was told to be allowed later. */
  readonly updates: Pick<ContainerConfig, 'resources' | 'limits'>[];
  exit: ContainerExit | undefined;
}

export class FakeMachine {
  readonly containers = new Map<string, FakeContainer>();
  /** Signals end the command, as they do with most. */
  heedsSignals = true;
  launchMs = 5;
  /** What the agent that is running now expected to find. */
  expected: readonly ContainerCheckpoint[] = [];
  /** No container can be given more or less than it has. */
  failsUpdates = false;
  /** Where containers are that are not in the agent's network: all of them. */
  networkInfos: LaunchedContainer['networkInfos'];
  /** Every probe that was asked for, with the time. */
  readonly probes: { readonly atMs: number; readonly containerId: string; readonly probe: ContainerProbe }[] = [];
  probeMs = 10;
  /** How a probe ends. */
  answer: (probe: ContainerProbe) => ProbeEnd = () => ({ kind: 'exited', code: 0 });
  #pid = 1000;
  /** The agent that is running now. */
  containerizer: FakeContainerizer | undefined;

  add(config: ContainerConfig): FakeContainer {
    this.#pid += 1;
    const container = { config, pid: this.#pid, signals: [], updates: [], isDestroyed: false, exit: undefined };
    this.containers.set(config.containerId, container);
    return container;
  }

  /** The container of a task, by what its environment says. */
  of(taskId: string): FakeContainer {
    for (const container of this.containers.values()) {
      if (container.config.environment.MESOS_EXECUTOR_ID === taskId) return container;
    }
    throw new Error(`no container of ${taskId}`);
  }

  /** The container that runs this command. */
  running(command: string): FakeContainer {
    for (const container of this.containers.values()) if (container.config.command?.value === command) return container;
    throw new Error(`nothing runs ${command}`);
  }

  /** The containers without a process. */
  get outer(): FakeContainer[] {
    return [...this.containers.values()].filter(({ config }) => config.command === undefined);
  }

  /** As `end`, by the command. */
  endCommand(command: string, status: ContainerExit['status'], limitation?: ContainerExit['limitation']): void {
    const container = this.running(command);
    container.exit = { containerId: container.config.containerId, status, ...(limitation && { limitation }) };
    this.containerizer?.tell(container.exit);
  }

  end(taskId: string, status: ContainerExit['status'], limitation?: ContainerExit['limitation']): void {
    const container = this.of(taskId);
    container.exit = { containerId: container.config.containerId, status, ...(limitation && { limitation }) };
    this.containerizer?.tell(container.exit);
  }
}

export class FakeContainerizer implements Containerizer {
  /** Names that were to be kept, each time. */
  readonly prunings: (readonly string[])[] = [];
  readonly isolation = 'posix';
  readonly warning = undefined;
  readonly #world: World;
  readonly #machine: FakeMachine;
  #listeners: ((exit: ContainerExit) => void)[] = [];

  constructor(world: World, machine: FakeMachine) {
    this.#world = world;
    this.#machine = machine;
    machine.containerizer = this;
  }

  async launch(config: ContainerConfig): Promise<LaunchedContainer> {
    await this.#world.clock.sleep(this.#machine.launchMs);
    if (config.user === 'nosuchuser') throw new ContainerError('user', "No such user 'nosuchuser'");
    if (config.uris.some(({ value }) => value.startsWith('/no/such'))) {
      throw new ContainerError('fetch', `Failed to fetch all URIs for container '${config.containerId}'`);
    }
    const container = this.#machine.add(config);
    const process = config.command && { pid: container.pid, startTime: 1 };
    const { networkInfos } = this.#machine;
    return { containerId: config.containerId, process, ...(networkInfos && { networkInfos }) };
  }

  async update(containerId: string, wanted: Pick<ContainerConfig, 'resources' | 'limits'>): Promise<void> {
    if (this.#machine.failsUpdates)
      throw new ContainerError('launch', 'Failed to launch container: device or resource busy');
    this.#machine.containers.get(containerId)?.updates.push(wanted);
  }

  async recover(known: readonly ContainerCheckpoint[]): Promise<void> {
    await this.#world.clock.sleep(1);
    this.#machine.expected = known;
    const expected = new Set(known.map(({ containerId }) => containerId));
    for (const [containerId, container] of this.#machine.containers) {
      if (!expected.has(containerId) && container.exit === undefined) container.isDestroyed = true;
    }
    for (const { containerId } of known) {
      const container = this.#machine.containers.get(containerId);
      if (container === undefined) this.tell({ containerId, status: { kind: 'unknown' } });
      else if (container.exit !== undefined) this.tell(container.exit);
    }
  }

  onExit(fn: (exit: ContainerExit) => void): void {
    this.#listeners.push(fn);
  }

  tell(exit: ContainerExit): void {
    this.#world.clock.setTimer(0, () => {
      for (const listener of this.#listeners) listener(exit);
    });
  }

  async signal(containerId: string, signal: string): Promise<boolean> {
    const container = this.#machine.containers.get(containerId);
    if (container === undefined || container.exit !== undefined) return false;
    container.signals.push(signal);
    if (this.#machine.heedsSignals) this.#end(container, 15);
    return true;
  }

  async probe(containerId: string, probe: ContainerProbe): Promise<ProbeEnd> {
    this.#machine.probes.push({ atMs: this.#world.clock.nowMs(), containerId, probe });
    await this.#world.clock.sleep(this.#machine.probeMs);
    return this.#machine.answer(probe);
  }

  async destroy(containerId: string): Promise<void> {
    const container = this.#machine.containers.get(containerId);
    if (container === undefined || container.exit !== undefined) return;
    for (const [id, nested] of this.#machine.containers) {
      if (!id.startsWith(`${containerId}.`) || nested.exit !== undefined) continue;
      nested.isDestroyed = true;
      this.#end(nested, 9);
    }
    container.isDestroyed = true;
    this.#end(container, 9);
  }

  async usage(containerId: string): Promise<ResourceStatistics | undefined> {
    const container = this.#machine.containers.get(containerId);
    return container && { timestamp: this.#world.clock.nowMs() / 1000, cpus_soft_limit: 0.2 };
  }

  list(): readonly ContainerView[] {
    const there = [...this.#machine.containers.values()].filter(({ exit, isDestroyed }) => !exit && !isDestroyed);
    return there.map((container) => viewOf(container));
  }

  find(containerId: string): ContainerView | undefined {
    return this.list().find((view) => view.containerId === containerId);
  }

  async pruneImages(excluded: readonly string[]): Promise<void> {
    this.prunings.push(excluded);
  }

  async close(): Promise<void> {
    this.#listeners = [];
  }

  #end(container: FakeContainer, signal: number): void {
    container.exit = { containerId: container.config.containerId, status: { kind: 'signaled', signal } };
    this.tell(container.exit);
  }
}

function viewOf({ config, pid }: FakeContainer): ContainerView {
  const { containerId, sandbox, command, user } = config;
  return {
    containerId,
    phase: 'running',
    user,
    sandbox,
    process: command && { pid, startTime: 1 },
    streams: undefined,
  };
}
