// All parts of a Chronos that leads, put together: made, loaded, started and stopped in the one order that works.
import type { MasterPlaces } from '../../client/leader-source.ts';
import type { Log, World } from '../../world/world.ts';
import { EXIT } from '../serving/leadership/exit-codes.ts';
import type { Duty, DutyGrounds } from '../serving/leadership/office.ts';
import { Storage } from '../serving/storage/storage.ts';
import type { ChronosCore } from './core.ts';
import type { ChronosOptions } from './flags.ts';
import { JobBook } from './jobs/job-book.ts';
import { SchedulerLink } from './launching/mesos-link.ts';
import { OfferDesk } from './launching/offer-desk.ts';
import { Reconciliation } from './launching/reconciliation.ts';
import { StatusUpdates } from './launching/status-updates.ts';
import { Counters } from './metrics/counters.ts';
import { Metrics } from './metrics/metrics.ts';
import type { Mailer } from './notices/mail.ts';
import type { NoticeOptions } from './notices/options.ts';
import { PostOffice } from './notices/post-office.ts';
import { RunQueue } from './queue/run-queue.ts';
import { RunBook } from './runs/run-book.ts';
import { Scheduler } from './scheduling/scheduler.ts';

/** What a Chronos is made of besides its parts. */
export interface ChronosSetting extends DutyGrounds {
  readonly options: ChronosOptions;
  /** Instead of the addresses of `--master`: an election that is followed. */
  readonly masters?: MasterPlaces | undefined;
  readonly notices: NoticeOptions;
  /** Undefined where no mail server is configured. */
  readonly mailer: Mailer | undefined;
  /** Where our API is; shown by the master. */
  readonly webUiUrl: string;
}

/** `load`, then `start`, then `stop`; each once. */
export class Chronos implements ChronosCore, Duty {
  readonly world: World;
  readonly log: Log;
  readonly options: ChronosOptions;
  readonly masters: MasterPlaces;
  readonly webUiUrl: string;
  readonly counters = new Counters();
  readonly storage: Storage;
  readonly notices: PostOffice;
  readonly mesos: SchedulerLink;
  readonly jobs: JobBook;
  readonly runs: RunBook;
  readonly queue: RunQueue;
  readonly metrics: Metrics;
  readonly #scheduler: Scheduler;
  readonly #desk: OfferDesk;
  readonly #reconciliation: Reconciliation;
  readonly #statusUpdates: StatusUpdates;
  readonly #fail: ChronosSetting['fail'];
  #hasFailed = false;
  #endedMs: number | undefined;

  constructor({ world, options, masters, store, epoch, notices, mailer, webUiUrl, fail }: ChronosSetting) {
    this.world = world;
    this.log = world.log;
    this.options = options;
    this.masters = masters ?? options.master.split(',').map((address) => address.trim());
    this.webUiUrl = webUiUrl;
    this.#fail = fail;
    this.storage = new Storage(store, epoch, (reason) => this.fail(reason));
    this.notices = new PostOffice({ world, log: world.log, options: notices, mailer });
    this.jobs = new JobBook(this);
    // The link and the runs refer to each other; neither asks before the start.
    const link: { runs: RunBook | undefined } = { runs: undefined };
    this.mesos = new SchedulerLink({
      world,
      log: this.log,
      storage: this.storage,
      options,
      masters: this.masters,
      webUiUrl,
      runs: { allLost: (why) => link.runs?.allLost(why) },
      fail: (reason, exitCode) => this.fail(reason, exitCode),
    });
    this.runs = new RunBook(this);
    link.runs = this.runs;
    this.queue = new RunQueue(this);
    this.#scheduler = new Scheduler(this);
    this.#desk = new OfferDesk(this);
    this.#reconciliation = new Reconciliation(this);
    this.#statusUpdates = new StatusUpdates(this);
    this.metrics = new Metrics(this);
  }

  async load(): Promise<void> {
    await this.mesos.load();
    await this.jobs.load();
    await this.runs.load();
  }

  start(): void {
    this.metrics.start();
    this.queue.start();
    this.runs.begin();
    this.#desk.start();
    this.#reconciliation.start();
    this.#scheduler.start();
    this.mesos.start({
      connected: () => {
        this.runs.connected();
        this.#desk.connected();
        this.#reconciliation.connected();
      },
      disconnected: () => {
        this.#desk.disconnected();
        this.#reconciliation.disconnected();
      },
      offers: (offers) => this.#desk.offers(offers),
      rescinded: (offerId) => this.#desk.rescinded(offerId),
      status: (update) => this.#statusUpdates.take(update),
    });
  }

  /** When it was stopped, monotonic: what it knows is of that time. */
  get endedMs(): number | undefined {
    return this.#endedMs;
  }

  /** Does nothing more; tasks go on, and so does everything at the next start. */
  stop(): void {
    this.#endedMs ??= this.world.clock.monotonicMs();
    this.mesos.stop();
    this.#scheduler.stop();
    this.#reconciliation.stop();
    this.#desk.stop();
    this.queue.stop();
    this.runs.stop();
    this.metrics.stop();
    this.notices.stop();
  }

  get isSubscribed(): boolean {
    return this.mesos.isSubscribed;
  }

  fail(reason: string, exitCode: number = EXIT.state): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#fail(reason, exitCode);
  }
}
