// A Marathon that has only its instances: book, kills, updates and watches on a simulated machine with a store, a link to
// no master that notes what is sent, and a hand-made set of apps.
import { SchedulerCalls } from '../../../../../src/client/scheduler/calls.ts';
import { type CallOutcome, SchedulerError } from '../../../../../src/client/scheduler/errors.ts';
import type { MarathonEvent } from '../../../../../src/daemon/marathon/events/event.ts';
import { parseMarathonOptions } from '../../../../../src/daemon/marathon/flags.ts';
import { InstanceBook } from '../../../../../src/daemon/marathon/instances/instance-book.ts';
import { InstanceEvents } from '../../../../../src/daemon/marathon/instances/instance-events.ts';
import { TaskKills } from '../../../../../src/daemon/marathon/instances/kills.ts';
import { OverdueLaunches } from '../../../../../src/daemon/marathon/instances/overdue.ts';
import { Reconciliation } from '../../../../../src/daemon/marathon/instances/reconciliation.ts';
import { StatusUpdates } from '../../../../../src/daemon/marathon/instances/status-updates.ts';
import { LastTaskFailures } from '../../../../../src/daemon/marathon/instances/task-failures.ts';
import { UnreachableWatch } from '../../../../../src/daemon/marathon/instances/unreachable.ts';
import { Counters } from '../../../../../src/daemon/marathon/metrics/counters.ts';
import type { App } from '../../../../../src/daemon/marathon/model/app.ts';
import { type Instance, type InstanceId, taskIdOf } from '../../../../../src/daemon/marathon/model/instance.ts';
import { type PathId, resolvePath } from '../../../../../src/daemon/marathon/model/path-id.ts';
import type { Timestamp } from '../../../../../src/daemon/marathon/model/time.ts';
import { Storage } from '../../../../../src/daemon/serving/storage/storage.ts';
import type { Call } from '../../../../../src/mesos/generated/scheduler.ts';
import type { TaskState, TaskStatus } from '../../../../../src/mesos/generated/v1.ts';
import { Simulation } from '../../../../../src/simulation/index.ts';
import type { World } from '../../../../../src/world/world.ts';

class NotedCalls extends SchedulerCalls {
  readonly sent: Omit<Call, 'framework_id'>[] = [];
  isSubscribed = true;
  override call(call: Omit<Call, 'framework_id'>): Promise<CallOutcome> {
    if (!this.isSubscribed) {
      return Promise.resolve({ ok: false, error: new SchedulerError('not-connected', 'not subscribed') });
    }
    this.sent.push(call);
    return Promise.resolve({ ok: true });
  }
}

interface Parts {
  readonly instances: InstanceBook;
  readonly kills: TaskKills;
  readonly updates: StatusUpdates;
  readonly failures: LastTaskFailures;
  readonly overdue: OverdueLaunches;
  readonly reconciliation: Reconciliation;
  readonly counters: Counters;
  readonly storage: Storage;
  readonly world: World;
}

/** `start` it; `restart` ends the process and makes the next one from what the store has. */
export class Rig {
  readonly simulation: Simulation;
  readonly apps = new Map<PathId, App>();
  /** Kept versions, by `<id>@<version>`, of apps that are another by now. */
  readonly kept = new Map<string, App>();
  readonly locked = new Set<PathId>();
  events: MarathonEvent[] = [];
  calls = new NotedCalls();
  parts: Parts | undefined;
  #flags: readonly string[] = [];
  #process: { crash(): void } | undefined;

  constructor(seed = 1) {
    this.simulation = new Simulation({ seed });
  }

  static async start(apps: readonly App[] = [], flags: readonly string[] = []): Promise<Rig> {
    const rig = new Rig();
    for (const app of apps) rig.apps.set(app.id, app);
    rig.#flags = flags;
    await rig.restart();
    return rig;
  }

  /** Kills the process, if there is one, and starts the next. */
  async restart(): Promise<void> {
    this.#process?.crash();
    this.events = [];
    this.calls = new NotedCalls();
    this.parts = undefined;
    const { calls } = this;
    const handle = this.simulation.host('m').start('marathon', async (world, context) => {
      const storage = new Storage(context.openStore('marathon'), 1, (reason) => {
        throw new Error(reason);
      });
      const events = { publish: (event: MarathonEvent) => void this.events.push(event) };
      const groups = {
        app: (id: PathId) => this.apps.get(id),
        appVersion: (id: PathId, version: Timestamp) => Promise.resolve(this.kept.get(`${id}@${version}`)),
      };
      const deployments = { locking: (id: PathId) => (this.locked.has(id) ? ['d'] : []) };
      const mesos = {
        calls,
        get isSubscribed() {
          return calls.isSubscribed;
        },
      };
      const options = parseMarathonOptions({ args: ['--master=m:5050', ...this.#flags] });
      const core = { world, log: world.log, storage, options, counters: new Counters(), events, mesos };
      const parts = { ...core, groups, deployments };
      const instances = new InstanceBook(parts);
      const kills = new TaskKills({ ...parts, instances });
      const failures = new LastTaskFailures(parts);
      const updates = new StatusUpdates({ ...parts, instances, kills, failures });
      const unreachable = new UnreachableWatch({ ...parts, instances });
      const overdue = new OverdueLaunches({ ...parts, instances, kills });
      const reconciliation = new Reconciliation({ ...parts, instances, kills });
      await instances.load();
      await failures.load();
      new InstanceEvents({ ...parts, instances }).start();
      kills.start();
      unreachable.start();
      overdue.start();
      reconciliation.start();
      this.parts = {
        instances,
        kills,
        updates,
        failures,
        overdue,
        reconciliation,
        counters: core.counters,
        storage,
        world,
      };
    });
    this.#process = handle;
    await this.simulation.runUntil(() => this.parts !== undefined, 10_000);
    await this.pass(20);
  }

  get it(): Parts {
    if (this.parts === undefined) throw new Error('the process has not started');
    return this.parts;
  }

  get nowMs(): number {
    return Math.floor(this.it.world.clock.nowMs());
  }

  /** Lets time pass. */
  pass(ms: number): Promise<void> {
    return this.simulation.run({ forMs: ms });
  }

  /** The app as it is now. */
  app(id: string): App {
    const app = this.apps.get(resolvePath(id));
    if (app === undefined) throw new Error(`no app ${id}`);
    return app;
  }

  /** New instances of the app, as the launch queue would launch them. */
  launch(id: string, count = 1): Instance[] {
    return this.it.instances.schedule(this.app(id), count).map((instance) => this.provision(instance.id));
  }

  provision(id: InstanceId): Instance {
    const instance = this.it.instances.get(id);
    if (instance === undefined) throw new Error(`no instance ${id}`);
    const taskId = taskIdOf(id, (instance.task?.incarnation ?? 0) + 1);
    const agent = { id: 'a1', host: 'agent1', attributes: [] };
    return this.it.instances.provision(id, { agent, taskId, hostPorts: [31000], app: instance.app });
  }

  /** Launched and running. */
  async running(id: string, count = 1): Promise<Instance[]> {
    const launched = this.launch(id, count);
    for (const instance of launched) this.tell(instance, 'TASK_RUNNING');
    await this.pass(10);
    return launched.map(({ id }) => this.instance(id));
  }

  instance(id: InstanceId): Instance {
    const instance = this.it.instances.get(id);
    if (instance === undefined) throw new Error(`no instance ${id}`);
    return instance;
  }

  /** A status update of the instance's task, or of the task of that id, comes in. */
  tell(of: Instance | string, state: TaskState, more: Partial<TaskStatus> = {}): TaskStatus {
    const taskId = typeof of === 'string' ? of : (of.task?.id ?? '');
    const status: TaskStatus = {
      task_id: { value: taskId },
      state,
      agent_id: { value: 'a1' },
      uuid: `uuid-${state}`,
      source: 'SOURCE_EXECUTOR',
      timestamp: this.nowMs / 1000,
      ...more,
    };
    this.it.updates.take(status);
    return status;
  }

  /** Loses the master. */
  disconnect(): void {
    this.calls.isSubscribed = false;
    this.it.kills.disconnected();
  }

  connect(): void {
    this.calls.isSubscribed = true;
    this.it.kills.connected();
    this.it.reconciliation.connected();
  }

  /** Task ids of kills sent so far. */
  get killed(): string[] {
    return this.calls.sent.flatMap(({ kill }) => (kill === undefined ? [] : [kill.task_id.value]));
  }

  get acknowledged(): string[] {
    return this.calls.sent.flatMap(({ acknowledge }) => (acknowledge === undefined ? [] : [acknowledge.task_id.value]));
  }

  /** Types of the events so far, with the instance's condition. */
  get told(): string[] {
    return this.events.map((event) => ('instance' in event ? `${event.type} ${event.instance.condition}` : event.type));
  }
}
