// Runs a workload in virtual time: the master's own allocator, agents that are amounts, frameworks that take offers by simple
// rules. No process, no socket, no clock: what happens next is on the agenda, and allocations come by the interval.
import type { HierarchicalAllocator, OfferedResources } from '../../allocator/allocator.ts';
import { SeededRandom } from '../../simulation/core/random.ts';
import type { Amounts, Policy, Workload } from '../workload.ts';
import { Account } from './account.ts';
import { Agenda } from './agenda.ts';
import type { SimulatedAgent } from './agents.ts';
import type { JobStream } from './arrivals.ts';
import type { FrameworkRun } from './framework.ts';
import type { JobRun, Place } from './job.ts';
import { likelyAgents } from './likely-agents.ts';
import { Fairness, type FrameworkRecord, weightOf } from './record.ts';
import { setUp } from './set-up.ts';
import type { TaskKind } from './task-kind.ts';

export interface RunProgress {
  readonly nowMs: number;
  readonly tasksFinished: number;
}

/** `stalled`: for an hour nothing could be started, nothing ran, and nothing was to come. */
export type Ending = 'finished' | 'duration' | 'stalled';

export interface RunResult {
  readonly policy: Policy;
  readonly ending: Ending;
  readonly endMs: number;
  readonly frameworks: readonly FrameworkRecord[];
  readonly roles: ReadonlyMap<string, Account>;
  readonly cluster: Account;
  readonly totals: Amounts;
  readonly agentCount: number;
  readonly fairness: Fairness;
  /** Whose shares `fairness` compares. */
  readonly fairnessAmong: 'roles' | 'frameworks';
}

type Event =
  | { readonly kind: 'arrival'; readonly stream: JobStream }
  | { readonly kind: 'end'; readonly framework: FrameworkRun; readonly place: Place }
  | { readonly kind: 'patience'; readonly framework: FrameworkRun; readonly job: JobRun; readonly attempt: number };

const STALL_MS = 3_600_000;
const TURNS_BETWEEN_PROGRESS = 5000;

/** The same workload and policy answer the same. Throws NoAgentsError; what `onProgress` throws ends it. */
export function runWorkload(workload: Workload, policy: Policy, onProgress: (at: RunProgress) => void): RunResult {
  return new Run(workload, policy, onProgress).whole();
}

class Run {
  readonly #workload: Workload;
  readonly #policy: Policy;
  readonly #onProgress: (at: RunProgress) => void;
  readonly #allocator: HierarchicalAllocator;
  readonly #agents: readonly SimulatedAgent[];
  readonly #agentIndex: ReadonlyMap<string, number>;
  readonly #frameworks: ReadonlyMap<string, FrameworkRun>;
  readonly #totals: Amounts;
  readonly #cluster: Account;
  readonly #roles = new Map<string, Account>();
  readonly #fairness: Fairness;
  readonly #fairnessAmong: 'roles' | 'frameworks';
  readonly #chance: SeededRandom;
  readonly #agenda = new Agenda<Event>();
  /** Jobs that come and tasks that end are on the agenda. */
  #awaited = 0;
  /** Whose jobs may have more tasks again: they ask with the next allocation. */
  readonly #asking = new Set<FrameworkRun>();
  /** Those who want offers. */
  readonly #wanting = new Set<FrameworkRun>();
  /** Streams whose next job comes when this one has finished. */
  readonly #followedBy = new Map<JobRun, JobStream>();
  #nowMs = 0;
  #lastTickMs = -1;
  #lastProgressMs = 0;
  #tasksFinished = 0;

  constructor(workload: Workload, policy: Policy, onProgress: (at: RunProgress) => void) {
    this.#workload = workload;
    this.#policy = policy;
    this.#onProgress = onProgress;
    this.#chance = new SeededRandom(workload.seed, 'allocator');
    const { allocator, agents, agentIndex, frameworks, streams, scale, totals } = setUp(workload, policy, this.#chance);
    this.#allocator = allocator;
    this.#agents = agents;
    this.#agentIndex = agentIndex;
    this.#frameworks = frameworks;
    this.#totals = totals;
    this.#cluster = new Account(scale);
    for (const stream of streams) this.#await(stream.firstMs(), { kind: 'arrival', stream });
    const roles = new Set(workload.frameworks.map(({ role }) => role));
    for (const role of roles) this.#roles.set(role, new Account(scale));
    this.#fairnessAmong = roles.size > 1 ? 'roles' : 'frameworks';
    this.#fairness = new Fairness(this.#competitors());
  }

  #competitors(): ConstructorParameters<typeof Fairness>[0] {
    const all = [...this.#frameworks.values()];
    const { roles } = this.#workload;
    if (this.#fairnessAmong === 'frameworks') {
      return all.map((framework) => ({
        account: framework.record.account,
        weight: 1,
        isWaiting: () => this.#wanting.has(framework),
      }));
    }
    return [...this.#roles].map(([role, account]) => {
      const members = all.filter(({ spec }) => spec.role === role);
      return {
        account,
        weight: weightOf(role, roles),
        isWaiting: () => members.some((framework) => this.#wanting.has(framework)),
      };
    });
  }

  // Time ------------------------------------------------------------------------------------------------------------

  whole(): RunResult {
    const { durationMs } = this.#workload;
    let ending: Ending = 'finished';
    for (let turn = 1; ; turn++) {
      const eventMs = this.#agenda.nextMs;
      const tickMs = this.#wanting.size > 0 ? this.#nextTickMs() : undefined;
      const nextMs = Math.min(eventMs ?? Number.POSITIVE_INFINITY, tickMs ?? Number.POSITIVE_INFINITY);
      if (durationMs !== undefined && nextMs > durationMs) {
        this.#nowMs = durationMs;
        ending = 'duration';
        break;
      }
      if (nextMs === Number.POSITIVE_INFINITY) break;
      if (durationMs === undefined && this.#awaited === 0 && nextMs - this.#lastProgressMs > STALL_MS) {
        ending = 'stalled';
        break;
      }
      this.#nowMs = nextMs;
      if (eventMs === nextMs) this.#happen();
      else this.#tick();
      if (turn % TURNS_BETWEEN_PROGRESS === 0)
        this.#onProgress({ nowMs: this.#nowMs, tasksFinished: this.#tasksFinished });
    }
    return this.#result(ending);
  }

  /** Allocations are on a grid, however long nobody wanted one. */
  #nextTickMs(): number {
    const { intervalMs } = this.#workload;
    const onGrid = Math.ceil(this.#nowMs / intervalMs) * intervalMs;
    return onGrid > this.#lastTickMs ? onGrid : this.#lastTickMs + intervalMs;
  }

  #await(atMs: number, event: Event): void {
    this.#awaited += 1;
    this.#agenda.add(atMs, event);
  }

  /** Everything that is due now; then the allocation that it triggered. */
  #happen(): void {
    while (this.#agenda.nextMs === this.#nowMs) {
      const event = this.#agenda.take();
      if (event === undefined) break;
      if (event.kind !== 'patience') {
        this.#awaited -= 1;
        this.#lastProgressMs = this.#nowMs;
      }
      switch (event.kind) {
        case 'arrival':
          this.#arrive(event.stream);
          break;
        case 'end':
          this.#endTask(event.framework, event.place);
          break;
        case 'patience':
          this.#losePatience(event.framework, event.job, event.attempt);
          break;
      }
    }
    if (!this.#allocator.hasPendingAgents()) return;
    const [only] = this.#wanting.size === 1 ? this.#wanting : [];
    if (only === undefined || !this.#offerSome(only))
      this.#answer(this.#allocator.allocate(this.#nowMs, { batch: false }));
  }

  /** See likely-agents.ts. False: nothing was done. */
  #offerSome(only: FrameworkRun): boolean {
    const likely = likelyAgents(only, this.#agents.length, () => this.#chance.float());
    if (likely === undefined) return false;
    this.#allocator.updateWhitelist(new Set(Array.from(likely, (index) => this.#agents[index]?.id ?? '')));
    this.#answer(this.#allocator.allocate(this.#nowMs, { batch: false }));
    this.#allocator.updateWhitelist(undefined);
    // The trigger is spent; a batch looks at all others as it would have.
    if (only.wantsOffers) this.#answer(this.#allocator.allocate(this.#nowMs, { batch: true }));
    return true;
  }

  #tick(): void {
    this.#lastTickMs = this.#nowMs;
    for (const framework of this.#asking) this.#ask(framework);
    this.#asking.clear();
    this.#answer(this.#allocator.allocate(this.#nowMs, { batch: true }));
    this.#fairness.sample();
  }

  // Jobs and tasks --------------------------------------------------------------------------------------------------

  #arrive(stream: JobStream): void {
    const { framework } = stream;
    const job = stream.next(this.#nowMs);
    const isNew = framework.add(job);
    if (stream.kind.spec.arrivals.kind === 'after') this.#followedBy.set(job, stream);
    else this.#comeNext(stream);
    if (framework.isSuppressed || (isNew && framework.hasRefused)) this.#ask(framework);
    this.#wanting.add(framework);
  }

  #comeNext(stream: JobStream): void {
    const gapMs = stream.gapMs();
    if (gapMs !== undefined) this.#await(this.#nowMs + gapMs, { kind: 'arrival', stream });
  }

  /** It wants everything again, whatever it has refused. */
  #ask(framework: FrameworkRun): void {
    framework.isSuppressed = false;
    framework.hasRefused = false;
    this.#allocator.revive(framework.id);
  }

  #answer(offers: readonly OfferedResources[]): void {
    for (const offer of offers) {
      const framework = this.#frameworks.get(offer.frameworkId);
      if (framework !== undefined) this.#takeOffer(framework, offer);
    }
  }

  #takeOffer(framework: FrameworkRun, { agentId, role, frameworkId, resources }: OfferedResources): void {
    const agent = this.#agentIndex.get(agentId) ?? 0;
    const { record } = framework;
    const { places, rest, refuseSeconds } = framework.use(agent, resources.unallocated(), this.#nowMs);
    record.offers += 1;
    if (places.length === 0) record.offersRefused += 1;
    for (const place of places) {
      const { kind } = place.job;
      this.#allocator.transitionOfferedToAllocated(agentId, role, frameworkId, kind.resources);
      this.#account(framework, kind, 1);
      this.#settle(framework, place);
    }
    const isContent = !framework.wantsOffers;
    if (!rest.isEmpty) {
      if (!isContent) framework.hasRefused = true;
      // Who wants no offers any more needs no filter: asking again would lift it anyhow.
      const refusal = isContent ? {} : { refuseSeconds };
      this.#allocator.recoverResources(
        { frameworkId, agentId, role, resources: rest, wasAllocated: false, ...refusal },
        this.#nowMs,
      );
    }
    if (isContent) this.#beContent(framework);
  }

  #beContent(framework: FrameworkRun): void {
    this.#wanting.delete(framework);
    if (framework.isSuppressed) return;
    framework.isSuppressed = true;
    this.#allocator.suppress(framework.id);
  }

  /** Starts it, or keeps its place until enough others have one. */
  #settle(framework: FrameworkRun, place: Place): void {
    const { job } = place;
    if (job.isStarted) {
      this.#start(framework, place);
      return;
    }
    job.held.push(place);
    if (job.hasEnough) {
      const { held } = job;
      job.held = [];
      job.isStarted = true;
      for (const waiting of held) this.#start(framework, waiting);
    } else if (job.held.length === 1) {
      const atMs = this.#nowMs + job.kind.spec.patienceMs;
      this.#agenda.add(atMs, { kind: 'patience', framework, job, attempt: job.attempt });
    }
  }

  #start(framework: FrameworkRun, place: Place): void {
    const { record } = framework;
    const { job } = place;
    record.waitsMs.push(this.#nowMs - job.begin());
    if (job.kind.spec.prefers !== undefined) {
      record.tasksWithPreference += 1;
      if (place.isLocal) record.tasksLocal += 1;
    }
    this.#await(this.#nowMs + job.durationMs(place), { kind: 'end', framework, place });
  }

  #endTask(framework: FrameworkRun, place: Place): void {
    const { job } = place;
    job.finish(this.#nowMs);
    framework.record.tasksFinished += 1;
    this.#tasksFinished += 1;
    this.#giveBack(framework, place, undefined);
    if (job.isOpen) this.#wantAgain(framework);
    if (!job.isFinished) return;
    framework.record.completionsMs.push(this.#nowMs - job.arrivedMs);
    const next = this.#followedBy.get(job);
    this.#followedBy.delete(job);
    if (next !== undefined) this.#comeNext(next);
  }

  #losePatience(framework: FrameworkRun, job: JobRun, attempt: number): void {
    if (job.isStarted || job.attempt !== attempt) return;
    const { refuseSeconds } = framework.spec;
    for (const place of job.giveUp(this.#nowMs + refuseSeconds * 1000)) this.#giveBack(framework, place, refuseSeconds);
    framework.hasRefused = true;
    framework.takeBack(job);
    this.#wantAgain(framework);
  }

  #wantAgain(framework: FrameworkRun): void {
    this.#wanting.add(framework);
    if (framework.isSuppressed) this.#asking.add(framework);
  }

  #giveBack(framework: FrameworkRun, { job, agent }: Place, refuseSeconds: number | undefined): void {
    this.#account(framework, job.kind, -1);
    this.#allocator.recoverResources(
      {
        frameworkId: framework.id,
        agentId: this.#agents[agent]?.id ?? '',
        role: framework.spec.role,
        resources: job.kind.resources,
        wasAllocated: true,
        ...(refuseSeconds !== undefined && { refuseSeconds }),
      },
      this.#nowMs,
    );
  }

  #account(framework: FrameworkRun, { vector }: TaskKind, sign: 1 | -1): void {
    framework.record.account.change(vector, sign, this.#nowMs);
    this.#roles.get(framework.spec.role)?.change(vector, sign, this.#nowMs);
    this.#cluster.change(vector, sign, this.#nowMs);
  }

  #result(ending: Ending): RunResult {
    for (const framework of this.#frameworks.values()) framework.record.tasksWaiting = framework.waitingTasks;
    return {
      policy: this.#policy,
      ending,
      endMs: ending === 'finished' ? this.#lastProgressMs : this.#nowMs,
      frameworks: [...this.#frameworks.values()].map(({ record }) => record),
      roles: this.#roles,
      cluster: this.#cluster,
      totals: this.#totals,
      agentCount: this.#agents.length,
      fairness: this.#fairness,
      fairnessAmong: this.#fairnessAmong,
    };
  }
}
