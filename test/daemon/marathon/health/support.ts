// Apps, instances and a book of them as the tests of health want them, and a health to look at in virtual time.
import type {
  EventBus,
  InstanceChange,
  Instances,
  KillReason,
  TaskFailure,
} from '../../../../src/daemon/marathon/core.ts';
import type { MarathonEvent } from '../../../../src/daemon/marathon/events/event.ts';
import { HealthChecks } from '../../../../src/daemon/marathon/health/health-checks.ts';
import type { App, HealthCheck, ReadinessCheck } from '../../../../src/daemon/marathon/model/app.ts';
import {
  type Condition,
  type Instance,
  type InstanceId,
  taskIdOf,
} from '../../../../src/daemon/marathon/model/instance.ts';
import type { PathId } from '../../../../src/daemon/marathon/model/path-id.ts';
import type { Timestamp } from '../../../../src/daemon/marathon/model/time.ts';
import type { TaskStatus } from '../../../../src/mesos/generated/v1.ts';
import { type ProcessHandle, Simulation } from '../../../../src/simulation/index.ts';
import type { World } from '../../../../src/world/world.ts';

export const V1 = '2021-01-01T00:00:00.000Z' as Timestamp;
export const V2 = '2021-01-02T00:00:00.000Z' as Timestamp;
export const AGENT_ADDRESS = '10.0.0.9';
export const TASK_PORT = 8000;

const TIMES = {
  gracePeriodSeconds: 0,
  intervalSeconds: 1,
  timeoutSeconds: 1,
  maxConsecutiveFailures: 3,
  delaySeconds: 15,
};

export const httpCheck = (more: object = {}): HealthCheck =>
  ({ ...TIMES, protocol: 'HTTP', path: '/health', portIndex: 0, ...more }) as HealthCheck;

export const commandCheck = (more: object = {}): HealthCheck =>
  ({ ...TIMES, protocol: 'COMMAND', command: { value: 'true' }, ...more }) as HealthCheck;

export const readinessCheck = (more: Partial<ReadinessCheck> = {}): ReadinessCheck => ({
  name: 'ready',
  protocol: 'HTTP',
  path: '/ready',
  portName: 'web',
  intervalSeconds: 30,
  timeoutSeconds: 10,
  httpStatusCodesForReady: [200],
  preserveLastResponse: false,
  ...more,
});

export const appOf = (more: Partial<App> = {}): App => ({
  id: '/web' as PathId,
  cmd: 'serve',
  args: [],
  env: {},
  instances: 1,
  cpus: 1,
  mem: 128,
  disk: 0,
  gpus: 0,
  executor: '',
  constraints: [],
  fetch: [],
  networks: [{ mode: 'host', labels: {} }],
  portDefinitions: [{ port: 10_000, protocol: 'tcp', name: 'web', labels: {} }],
  requirePorts: false,
  healthChecks: [],
  readinessChecks: [],
  backoffSeconds: 1,
  backoffFactor: 1.15,
  maxLaunchDelaySeconds: 300,
  dependencies: [],
  upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 1 },
  labels: {},
  role: '*',
  killSelection: 'YOUNGEST_FIRST',
  unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
  secrets: {},
  version: V1,
  ...more,
});

export const idOf = (app: App, n = 1): InstanceId =>
  `${app.id.slice(1).replaceAll('/', '_')}.instance-00000000-0000-1000-8000-${String(n).padStart(12, '0')}` as InstanceId;

export const statusOf = (taskId: string, more: Partial<TaskStatus> = {}): TaskStatus => ({
  task_id: { value: taskId },
  state: 'TASK_RUNNING',
  ...more,
});

/** An instance that was launched and says it runs, on the agent of the tests. */
export function instanceOf(app: App, more: Partial<Instance> & { n?: number; incarnation?: number } = {}): Instance {
  const { n = 1, incarnation = 1, ...rest } = more;
  const id = idOf(app, n);
  const taskId = taskIdOf(id, incarnation);
  return {
    id,
    app,
    goal: 'Running',
    condition: 'Running',
    sinceMs: 0,
    agent: { id: 'agent-1', host: AGENT_ADDRESS, attributes: [] },
    task: { id: taskId, incarnation, stagedAtMs: 0, hostPorts: [TASK_PORT], status: statusOf(taskId) },
    ...rest,
  };
}

/** The book, without rules of its own. */
export class FakeInstances implements Pick<Instances, 'all' | 'get' | 'onChange'> {
  readonly #instances = new Map<InstanceId, Instance>();
  readonly #readers = new Set<(change: InstanceChange) => void>();

  get(id: InstanceId): Instance | undefined {
    return this.#instances.get(id);
  }

  all(): Iterable<Instance> {
    return this.#instances.values();
  }

  onChange(fn: (change: InstanceChange) => void): () => void {
    this.#readers.add(fn);
    return () => this.#readers.delete(fn);
  }

  put(after: Instance): void {
    const before = this.#instances.get(after.id);
    this.#instances.set(after.id, after);
    for (const fn of this.#readers) fn({ before, after });
  }

  expunge(id: InstanceId): void {
    const before = this.#instances.get(id);
    this.#instances.delete(id);
    for (const fn of this.#readers) fn({ before, after: undefined });
  }
}

/** A web server whose answer the test decides; each request is noted with its time. */
export class FakeService {
  answer: { status: number; headers?: Record<string, string>; body?: string } | 'nothing' = { status: 200 };
  readonly requests: { readonly atMs: number; readonly target: string }[] = [];
  inFlight = 0;
  mostInFlight = 0;

  constructor(simulation: Simulation, port = TASK_PORT, host = AGENT_ADDRESS) {
    const machine = simulation.host(`agent-${host}`, { address: host });
    machine.start(`service-${port}`, async (world) => {
      await world.net.listen({
        host: '0.0.0.0',
        port,
        handler: async ({ target }) => {
          this.requests.push({ atMs: simulation.nowMs, target });
          this.inFlight += 1;
          this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
          await world.clock.sleep(this.answer === 'nothing' ? 3_600_000 : this.takesMs);
          this.inFlight -= 1;
          return this.answer === 'nothing' ? { status: 200 } : this.answer;
        },
      });
    });
  }

  takesMs = 0;
}

export class HealthRig {
  readonly simulation = new Simulation({ seed: 1 });
  readonly instances = new FakeInstances();
  readonly events: MarathonEvent[] = [];
  readonly kills: { readonly ids: readonly InstanceId[]; readonly reason: KillReason }[] = [];
  readonly failures: TaskFailure[] = [];
  readonly told: InstanceId[] = [];
  readonly process: ProcessHandle<World>;
  readonly health: HealthChecks;
  readonly bus: EventBus = { publish: (event) => this.events.push(event) };

  private constructor(maxInFlight: number) {
    this.process = this.simulation.host('marathon').start('marathon', async (world) => world);
    this.health = new HealthChecks({
      world: this.process.world,
      options: { maxConcurrentMarathonHealthChecks: maxInFlight },
      instances: this.instances,
      events: this.bus,
      kills: {
        kill: async (ids, reason) => {
          this.kills.push({ ids, reason });
        },
      },
      failures: { record: (failure) => this.failures.push(failure) },
    });
    this.health.onChange((id) => this.told.push(id));
  }

  /** `before`: what to do before health starts. */
  static async start(maxInFlight = 256, before?: (rig: HealthRig) => void): Promise<HealthRig> {
    const rig = new HealthRig(maxInFlight);
    before?.(rig);
    await rig.pass(1);
    rig.health.start();
    return rig;
  }

  get nowMs(): number {
    return this.process.world.clock.nowMs();
  }

  async pass(ms: number): Promise<void> {
    await this.simulation.run({ forMs: ms });
  }

  /** The instance changes its condition now. */
  turn(instance: Instance, condition: Condition, more: Partial<Instance> = {}): Instance {
    const after: Instance = {
      ...instance,
      condition,
      sinceMs: this.nowMs,
      ...(condition === 'Running' && { activeSinceMs: this.nowMs }),
      ...more,
    };
    this.instances.put(after);
    return after;
  }

  /** An instance begins to run now. */
  run(app: App, more: Parameters<typeof instanceOf>[1] = {}): Instance {
    return this.turn(instanceOf(app, more), 'Running');
  }

  /** The agent reports about the task. */
  report(instance: Instance, healthy: boolean, more: Partial<TaskStatus> = {}): Instance {
    const { task } = this.instances.get(instance.id) ?? instance;
    if (task === undefined) throw new Error('no task');
    const reason = 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED' as const;
    const after: Instance = {
      ...(this.instances.get(instance.id) ?? instance),
      healthy,
      task: { ...task, status: statusOf(task.id, { healthy, reason, ...more }) },
    };
    this.instances.put(after);
    return after;
  }

  eventsOf(...types: MarathonEvent['type'][]): MarathonEvent['type'][] {
    return this.events.map(({ type }) => type).filter((type) => types.length === 0 || types.includes(type));
  }
}
