// All parts of a Marathon that leads, put together: made, loaded, started and stopped in the one order that works. The
// order in which parts hear of an instance's change is that of marathon.md 16.5.
import type { MasterPlaces } from '../../client/leader-source.ts';
import type { Store } from '../../cluster/store.ts';
import type { Log, World } from '../../world/world.ts';
import { EXIT } from '../serving/leadership/exit-codes.ts';
import type { Duty } from '../serving/leadership/office.ts';
import { Storage } from '../serving/storage/storage.ts';
import { renderApp } from './apps/index.ts';
import type { MarathonCore } from './core.ts';
import { DeploymentEngine } from './deployments/engine.ts';
import { ScaleChecker } from './deployments/scale-checks.ts';
import { EventStreams } from './events/event-streams.ts';
import { Events } from './events/events.ts';
import type { MarathonOptions } from './flags.ts';
import { GroupTree } from './groups/index.ts';
import { HealthChecks } from './health/health-checks.ts';
import { ReadinessChecks } from './health/readiness-checks.ts';
import { InstanceBook } from './instances/instance-book.ts';
import { InstanceEvents } from './instances/instance-events.ts';
import { TaskKills } from './instances/kills.ts';
import { OverdueLaunches } from './instances/overdue.ts';
import { Reconciliation } from './instances/reconciliation.ts';
import { StatusUpdates } from './instances/status-updates.ts';
import { LastTaskFailures } from './instances/task-failures.ts';
import { UnreachableWatch } from './instances/unreachable.ts';
import { DelayBook } from './launching/back-offs.ts';
import { OfferQueue } from './launching/launch-queue.ts';
import { SchedulerLink } from './launching/mesos-link.ts';
import { Counters } from './metrics/counters.ts';

/** What a Marathon is made of besides its parts. */
export interface MarathonSetting {
  readonly world: World;
  readonly options: MarathonOptions;
  /** Instead of the addresses of `--master`: an election that is followed. */
  readonly masters?: MasterPlaces | undefined;
  readonly store: Store;
  /** Of the leadership under which it writes. */
  readonly epoch: number;
  /** Where our API is; shown by the master. */
  readonly webUiUrl: string;
  /** Called at most once; nothing is written any more by then, and this Marathon is over. The code is of serving/leadership/exit-codes.ts. */
  readonly fail: (reason: string, exitCode: number) => void;
}

/** `load`, then `start`, then `stop`; each once. */
export class Marathon implements MarathonCore, Duty {
  readonly world: World;
  readonly log: Log;
  readonly options: MarathonOptions;
  readonly masters: MasterPlaces;
  readonly webUiUrl: string;
  readonly counters = new Counters();
  readonly storage: Storage;
  readonly events: Events;
  readonly streams: EventStreams;
  readonly groups: GroupTree;
  readonly instances: InstanceBook;
  readonly failures: LastTaskFailures;
  readonly mesos: SchedulerLink;
  readonly kills: TaskKills;
  readonly backOffs: DelayBook;
  readonly health: HealthChecks;
  readonly readiness: ReadinessChecks;
  readonly launchQueue: OfferQueue;
  readonly deployments: DeploymentEngine;
  readonly scaleChecks: ScaleChecker;
  readonly overdue: OverdueLaunches;
  readonly #reconciliation: Reconciliation;
  readonly #statusUpdates: StatusUpdates;
  readonly #unreachable: UnreachableWatch;
  readonly #instanceEvents: InstanceEvents;
  readonly #fail: MarathonSetting['fail'];
  #hasFailed = false;

  constructor({ world, options, masters, store, epoch, webUiUrl, fail }: MarathonSetting) {
    this.world = world;
    this.log = world.log;
    this.options = options;
    this.masters = masters ?? options.master.split(',').map((address) => address.trim());
    this.webUiUrl = webUiUrl;
    this.#fail = fail;
    this.storage = new Storage(store, epoch, (reason) => this.fail(reason));
    this.events = new Events({ world, renderApp });
    this.streams = new EventStreams({ world, options, events: this.events, counters: this.counters });
    this.mesos = new SchedulerLink(this);
    this.groups = new GroupTree(this, (appId, version) => this.#isInUse(appId, version));
    this.instances = new InstanceBook(this);
    this.failures = new LastTaskFailures(this);
    this.kills = new TaskKills(this);
    this.backOffs = new DelayBook(this);
    this.health = new HealthChecks(this);
    this.readiness = new ReadinessChecks(this);
    this.launchQueue = new OfferQueue(this);
    this.deployments = new DeploymentEngine(this);
    this.scaleChecks = new ScaleChecker(this);
    this.overdue = new OverdueLaunches(this);
    this.#reconciliation = new Reconciliation(this);
    this.#statusUpdates = new StatusUpdates(this);
    this.#unreachable = new UnreachableWatch(this);
    this.#instanceEvents = new InstanceEvents(this);
  }

  /** Everything as it was left. Throws StoreError and the errors of records that cannot be read. */
  async load(): Promise<void> {
    await this.mesos.load();
    await this.groups.load();
    await this.instances.load();
    await this.failures.load();
    await this.deployments.load();
  }

  /** Acts from here on: deployments go on, the master is subscribed to. */
  start(): void {
    this.health.start();
    this.readiness.start();
    this.backOffs.start();
    this.launchQueue.start();
    this.#instanceEvents.start();
    this.kills.start();
    this.#unreachable.start();
    this.overdue.start();
    this.deployments.resume();
    this.scaleChecks.start();
    // What a deployment was the last to refer to is dropped with it.
    this.deployments.onEnd(() => this.groups.collectGarbage());
    this.#reconciliation.start();
    this.mesos.start({
      connected: () => {
        this.kills.connected();
        this.launchQueue.connected();
        this.#reconciliation.connected();
      },
      disconnected: () => {
        this.kills.disconnected();
        this.launchQueue.disconnected();
      },
      offers: (offers) => this.launchQueue.offers(offers),
      rescinded: (offerId) => this.launchQueue.rescinded(offerId),
      status: (update) => this.#statusUpdates.take(update),
    });
  }

  /** Does nothing more; tasks go on, and so does everything at the next start. */
  stop(): void {
    this.mesos.stop();
    this.streams.close();
    this.#reconciliation.stop();
    this.scaleChecks.stop();
    this.deployments.close();
    this.overdue.stop();
    this.#unreachable.stop();
    this.kills.stop();
    this.#instanceEvents.stop();
    this.launchQueue.stop();
    this.backOffs.stop();
    this.readiness.stop();
    this.health.stop();
  }

  get isSubscribed(): boolean {
    return this.mesos.isSubscribed;
  }

  fail(reason: string, exitCode: number = EXIT.state): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#fail(reason, exitCode);
  }

  /** Definitions that instances and running deployments refer to are kept. */
  #isInUse(...[appId, version]: Parameters<ConstructorParameters<typeof GroupTree>[1]>): boolean {
    return (
      this.instances.ofApp(appId).some(({ app }) => app.version === version) ||
      this.deployments.refersTo(appId, version)
    );
  }
}
