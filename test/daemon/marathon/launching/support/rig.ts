// A Marathon that has only its instances and its launch queue, on a simulated machine with a store; the master is the
// test, which makes offers and reads the calls.
import { SchedulerCalls } from '../../../../../src/client/scheduler/calls.ts';
import { type CallOutcome, SchedulerError } from '../../../../../src/client/scheduler/errors.ts';
import type { InstanceChange, MesosLink, QueueEntry } from '../../../../../src/daemon/marathon/core.ts';
import { type MarathonOptions, parseMarathonOptions } from '../../../../../src/daemon/marathon/flags.ts';
import { InstanceBook } from '../../../../../src/daemon/marathon/instances/instance-book.ts';
import { withStatus } from '../../../../../src/daemon/marathon/instances/transitions.ts';
import { DelayBook } from '../../../../../src/daemon/marathon/launching/back-offs.ts';
import { OfferQueue } from '../../../../../src/daemon/marathon/launching/launch-queue.ts';
import { Counters } from '../../../../../src/daemon/marathon/metrics/counters.ts';
import type { App } from '../../../../../src/daemon/marathon/model/app.ts';
import type { Instance, InstanceId } from '../../../../../src/daemon/marathon/model/instance.ts';
import type { PathId } from '../../../../../src/daemon/marathon/model/path-id.ts';
import { emptyRoot } from '../../../../../src/daemon/marathon/model/root-group.ts';
import type { Timestamp } from '../../../../../src/daemon/marathon/model/time.ts';
import { Storage } from '../../../../../src/daemon/serving/storage/storage.ts';
import type { Call } from '../../../../../src/mesos/generated/scheduler.ts';
import type { Offer, TaskInfo, TaskState, TaskStatus } from '../../../../../src/mesos/generated/v1.ts';
import { Resources } from '../../../../../src/mesos/resources.ts';
import { Simulation } from '../../../../../src/simulation/index.ts';
import type { World } from '../../../../../src/world/world.ts';

type Sent = Omit<Call, 'framework_id'> & { readonly atMs: number };

/** The line to a master that notes every call and when it came. */
class TestLine extends SchedulerCalls implements MesosLink {
  readonly sent: Sent[] = [];
  readonly roles = new Set(['*']);
  isSubscribed = true;
  readonly frameworkId = 'F';
  masterRegion: string | undefined;
  /** What calls of a type are answered with, instead of ok. */
  readonly answers = new Map<string, CallOutcome | Promise<CallOutcome>>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    super();
    this.#nowMs = nowMs;
  }

  get calls(): SchedulerCalls {
    return this;
  }

  override async call(call: Omit<Call, 'framework_id'>): Promise<CallOutcome> {
    if (!this.isSubscribed) return { ok: false, error: new SchedulerError('not-connected', 'not subscribed') };
    this.sent.push({ ...call, atMs: this.#nowMs() });
    return (await this.answers.get(call.type ?? '')) ?? { ok: true };
  }

  hasRole(role: string): boolean {
    return this.roles.has(role);
  }

  async needRole(role: string): Promise<void> {
    const outcome = await this.call({ type: 'UPDATE_FRAMEWORK' });
    if (outcome.ok) this.roles.add(role);
  }

  suppressOnly(roles: readonly string[]): Promise<CallOutcome> {
    const framework_info = { user: 'u', name: 'n' };
    return this.call({ type: 'UPDATE_FRAMEWORK', update_framework: { framework_info, suppressed_roles: [...roles] } });
  }

  of(type: string): Sent[] {
    return this.sent.filter((call) => call.type === type);
  }
}

interface Parts {
  readonly world: World;
  readonly instances: InstanceBook;
  readonly backOffs: DelayBook;
  readonly queue: OfferQueue;
  readonly counters: Counters;
}

/** Build with `Rig.start`. */
export class Rig {
  readonly simulation = new Simulation({ seed: 1 });
  readonly line = new TestLine(() => this.simulation.nowMs);
  readonly apps = new Map<PathId, App>();
  readonly changes: InstanceChange[] = [];
  #parts: Parts | undefined;
  #process: { crash(): void } | undefined;
  #offers = 0;

  static async start(flags: readonly string[] = []): Promise<Rig> {
    const rig = new Rig();
    await rig.boot(flags);
    rig.queue.connected();
    return rig;
  }

  /** Kills the process, if there is one, and starts the next from what the store has. */
  async boot(flags: readonly string[] = []): Promise<void> {
    this.#process?.crash();
    this.#parts = undefined;
    const handle = this.simulation.host('m').start('marathon', async (world, context) => {
      const storage = new Storage(context.openStore('marathon'), 1, (reason) => {
        throw new Error(reason);
      });
      const groups = {
        root: emptyRoot('' as Timestamp),
        app: (id: PathId) => this.apps.get(id),
        appVersion: () => Promise.resolve(undefined),
      };
      const options: MarathonOptions = parseMarathonOptions({ args: ['--master=m:5050', ...flags] });
      const counters = new Counters();
      // Only what is asked of the root group is there.
      const core = { world, log: world.log, storage, options, counters, mesos: this.line, groups: groups as never };
      const instances = new InstanceBook(core);
      const backOffs = new DelayBook({ world, instances });
      const queue = new OfferQueue({ ...core, instances, backOffs });
      await instances.load();
      backOffs.start();
      queue.start();
      instances.onChange((change) => this.changes.push(change));
      this.#parts = { world, instances, backOffs, queue, counters };
    });
    this.#process = handle;
    await this.simulation.runUntil(() => this.#parts !== undefined, 1000);
  }

  get parts(): Parts {
    if (this.#parts === undefined) throw new Error('the process is not up');
    return this.#parts;
  }

  get queue(): OfferQueue {
    return this.parts.queue;
  }

  run(forMs: number): Promise<void> {
    return this.simulation.run({ forMs });
  }

  count(name: string): number {
    return new Map(this.parts.counters.entries()).get(name) ?? 0;
  }

  /** Adds an app and lets so many of its instances wait. */
  schedule(app: App, count = 1): readonly Instance[] {
    this.apps.set(app.id, app);
    return this.parts.instances.schedule(app, count);
  }

  instance(id: InstanceId): Instance {
    const found = this.parts.instances.get(id);
    if (found === undefined) throw new Error(`no instance ${id}`);
    return found;
  }

  instances(): Instance[] {
    return [...this.parts.instances.all()];
  }

  /** A status update of the instance's task, taken in at once. */
  tell(id: InstanceId, state: TaskState, more: Partial<TaskStatus> = {}): void {
    const instance = this.instance(id);
    const status: TaskStatus = { task_id: { value: instance.task?.id ?? '' }, state, ...more };
    const answer = withStatus(instance, status, this.parts.world.clock.nowMs());
    if (answer.kind === 'update') this.parts.instances.apply(answer.instance, answer.isOver);
  }

  offer(resources = 'cpus:8;mem:4096;ports:[31000-31099]', host = `h${this.#offers + 1}`, role = '*'): Offer {
    this.#offers += 1;
    const messages = Resources.parse(resources).toMessages();
    return {
      id: { value: `o${this.#offers}` },
      framework_id: { value: 'F' },
      agent_id: { value: `agent-${host}` },
      hostname: host,
      allocation_info: { role },
      resources: messages.map((each) => ({ ...each, allocation_info: { role } })),
    };
  }

  /** Makes the offers and lets what follows happen. */
  async offers(...offers: readonly Offer[]): Promise<void> {
    this.queue.offers(offers);
    await this.run(100);
  }

  entry(id: string): QueueEntry {
    const entry = this.queue.entry(id as PathId);
    if (entry === undefined) throw new Error(`nothing of ${id} waits`);
    return entry;
  }

  /** Tasks of all ACCEPTs so far. */
  launched(): TaskInfo[] {
    return this.line.of('ACCEPT').flatMap(tasksOf);
  }

  /** Offer ids of DECLINEs and what they were refused for, in seconds. */
  declined(): Record<string, number | undefined> {
    const found: Record<string, number | undefined> = {};
    for (const { decline } of this.line.of('DECLINE'))
      for (const { value } of decline?.offer_ids ?? []) found[value] = decline?.filters?.refuse_seconds;
    return found;
  }
}

export function tasksOf({ accept }: Omit<Call, 'framework_id'>): TaskInfo[] {
  return (accept?.operations ?? []).flatMap(({ launch }) => launch?.task_infos ?? []);
}
