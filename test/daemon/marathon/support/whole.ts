// A whole Marathon, all parts wired as in the program, on a clock that the test moves, before a master that the test
// scripts. The store may hold commits back; `crash` ends the process between any two of them.
import type { StoreChange } from '../../../../src/cluster/store.ts';
import { StoreError } from '../../../../src/cluster/store.ts';
import type { UpdateOptions } from '../../../../src/daemon/marathon/core.ts';
import type { MarathonEvent } from '../../../../src/daemon/marathon/events/event.ts';
import { parseMarathonOptions } from '../../../../src/daemon/marathon/flags.ts';
import { Marathon } from '../../../../src/daemon/marathon/marathon.ts';
import type { App } from '../../../../src/daemon/marathon/model/app.ts';
import type { DeploymentPlan } from '../../../../src/daemon/marathon/model/deployment.ts';
import type { Instance, InstanceId } from '../../../../src/daemon/marathon/model/instance.ts';
import { type PathId, resolvePath } from '../../../../src/daemon/marathon/model/path-id.ts';
import { putApp, removeApp } from '../../../../src/daemon/marathon/model/root-group.ts';
import { SeededRandom } from '../../../../src/simulation/core/random.ts';
import type { Log, World } from '../../../../src/world/world.ts';
import { makeApp } from '../instances/support/app.ts';
import { MemoryStore } from './memory-store.ts';
import { ScriptedMaster } from './scripted-master.ts';
import { settled, VirtualClock } from './virtual-clock.ts';

/** Commits are counted, may be held back, and are refused to whoever was followed by another process. */
class GuardedStore extends MemoryStore {
  commits = 0;
  epoch = 0;
  /** The process ends when this many commits were done. */
  crashAt = Number.POSITIVE_INFINITY;
  onCrash: (() => void) | undefined;
  #gate: PromiseWithResolvers<void> | undefined;

  /** From here on somebody else is the writer. */
  fenceOff(): void {
    this.epoch += 1;
  }

  hold(): void {
    this.#gate ??= Promise.withResolvers<void>();
  }

  release(): void {
    this.#gate?.resolve();
    this.#gate = undefined;
  }

  override async commit(changes: readonly StoreChange[], { fence = 0 } = {}): Promise<void> {
    await this.#gate?.promise;
    if (fence !== this.epoch) throw new StoreError('fenced', 'somebody else writes by now');
    await super.commit(changes);
    this.commits += 1;
    if (this.commits === this.crashAt) this.onCrash?.();
  }
}

/** A change of an app: undefined removes it. */
export type Changes = Readonly<Record<string, Partial<App> | undefined>>;

/** Build with `Whole.start`. */
export class Whole {
  readonly clock = new VirtualClock();
  readonly store = new GuardedStore();
  readonly master = new ScriptedMaster();
  /** Of the present process. */
  events: MarathonEvent[] = [];
  readonly errors: string[] = [];
  readonly failures: string[] = [];
  /** Failures of processes that are not the writer any more. */
  readonly fenced: string[] = [];
  readonly #flags: readonly string[];
  #marathon: Marathon | undefined;
  readonly #crashed = Promise.withResolvers<void>();

  private constructor(flags: readonly string[]) {
    this.#flags = flags;
    this.store.onCrash = () => this.crash();
  }

  /** Resolves when it is subscribed. Launches need few offers, and no token is ever missing. */
  static async start(flags: readonly string[] = []): Promise<Whole> {
    const whole = new Whole(['--launch_tokens=100000', '--max_instances_per_offer=1000', ...flags]);
    await whole.boot();
    return whole;
  }

  get it(): Marathon {
    if (this.#marathon === undefined) throw new Error('nothing runs');
    return this.#marathon;
  }

  get isUp(): boolean {
    return this.#marathon !== undefined;
  }

  /** `holds`: nothing of what it writes from its start on gets to the disk. */
  async boot({ holds = false } = {}): Promise<void> {
    this.crash();
    this.store.epoch += 1;
    this.store.crashAt = Number.POSITIVE_INFINITY;
    const log: Log = {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: (message, fields) => void this.errors.push(`${message} ${JSON.stringify(fields)} ${fields?.error}`),
      child: () => log,
    };
    const host = { hostname: 'box', currentUser: 'me', lookup: async (name: string) => name };
    const { epoch } = this.store;
    const random = new SeededRandom(epoch, 'marathon');
    const world = { clock: this.clock, net: this.master, random, host, log } as unknown as World;
    const marathon = new Marathon({
      world,
      options: parseMarathonOptions({ args: ['--master=m:5050', ...this.#flags] }),
      store: this.store,
      epoch,
      webUiUrl: 'http://box:8080',
      fail: (reason, code) => {
        const failures = epoch === this.store.epoch ? this.failures : this.fenced;
        failures.push(`${code}: ${reason}`);
      },
    });
    this.events = [];
    const { events } = this;
    marathon.events.publish = (event: MarathonEvent) => void events.push(event);
    await marathon.load();
    if (holds) this.store.hold();
    marathon.start();
    this.#marathon = marathon;
    await settled();
  }

  /** The process ends as it is: what was not committed is lost. */
  crash(): void {
    if (this.#marathon !== undefined) this.#crashed.resolve();
    this.#marathon?.stop();
    this.#marathon = undefined;
    this.master.forget();
    this.store.epoch += 1;
    this.store.release();
  }

  /** Resolves at the first end of a process. */
  get crashed(): Promise<void> {
    return this.#crashed.promise;
  }

  /** Changes apps as a request would; resolves when accepted. */
  deploy(changes: Changes, options: Partial<UpdateOptions> = {}): Promise<DeploymentPlan> {
    return this.it.groups.update(
      (before) => {
        let root = before;
        for (const [name, change] of Object.entries(changes)) {
          const id = resolvePath(name);
          if (change === undefined) root = removeApp(root, id);
          else root = putApp(root, { ...(root.apps.get(id) ?? makeApp(name)), ...change });
        }
        return root;
      },
      { force: false, ...options },
    );
  }

  /** Offers come, and time with them, until no instance waits for one; back-offs pass. */
  async serve(rounds = 20): Promise<void> {
    for (let round = 0; round < rounds; round += 1) {
      await settled();
      if (this.it.instances.totals.scheduled > 0) this.master.offer();
      await this.clock.advance(1_000);
    }
  }

  /** As `serve`, until no deployment is under way. */
  async deployed(rounds = 100): Promise<void> {
    for (let round = 0; round < rounds && this.it.deployments.running.length > 0; round += 1) await this.serve(1);
    await settled();
    if (this.it.deployments.running.length > 0) throw new Error(`still under way: ${this.picture()}`);
  }

  /** An app with so many running instances. */
  async running(id: string, app: Partial<App>): Promise<readonly Instance[]> {
    await this.deploy({ [id]: app });
    await this.deployed();
    return this.ofApp(id);
  }

  ofApp(id: string): readonly Instance[] {
    return this.it.instances.ofApp(path(id));
  }

  /** Definitions by task: `cmd` of each task that may run, sorted. */
  commands(id: string): string[] {
    const prefix = `${id.slice(1).replaceAll('/', '_')}.`;
    return [...this.master.tasks]
      .filter(([taskId]) => taskId.startsWith(prefix))
      .map(([, { info }]) => info.command?.value ?? '')
      .sort();
  }

  /** Goals and conditions of an app's instances. */
  states(id: string): string[] {
    return this.ofApp(id).map(({ goal, condition }) => `${goal} ${condition}`);
  }

  storedInstances(): InstanceId[] {
    return this.store.keys('instances/').map((key) => key.slice('instances/'.length) as InstanceId);
  }

  told(type: MarathonEvent['type']): MarathonEvent[] {
    return this.events.filter((event) => event.type === type);
  }

  picture(): string {
    const book = [...this.it.instances.all()].map(({ id, goal, condition }) => `${id} ${goal} ${condition}`);
    const running = this.it.deployments.running.map(({ plan }) => this.it.deployments.progress(plan.id));
    return JSON.stringify({ book, running, tasks: [...this.master.tasks.keys()] }, null, 1);
  }
}

export function path(id: string): PathId {
  return resolvePath(id);
}
