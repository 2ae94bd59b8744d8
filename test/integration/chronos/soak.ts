// A Chronos that is killed at random with everything below it while its jobs run: real processes, each killed by -9 and started again
// as a supervisor does. At the end every run is accounted for (account.ts).
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SeededRandom } from '../../../src/simulation/core/random.ts';
import { getJson, until } from '../daemon-processes.ts';
import { HaCluster } from '../ha/ha-cluster.ts';
import type { Member } from '../ha/member.ts';
import { type Account, account, type SoakedJob } from './account.ts';
import { type SoakJob, soakJobs } from './jobs.ts';
import { Ledger, type LedgerRun } from './ledger.ts';
import { toldOf } from './told.ts';

export interface SoakOptions {
  readonly seed: number;
  readonly jobs: number;
  readonly masters: number;
  readonly agents: number;
  readonly chronoses: number;
  /** Of jobs on a calendar. */
  readonly periodSeconds: { readonly least: number; readonly most: number };
  /** From one kill to the next. */
  readonly pauseSeconds: { readonly least: number; readonly most: number };
}

/** What became of it. */
export interface SoakReport extends Account {
  readonly kills: Readonly<Record<string, number>>;
  /** From due to start of first attempts on a calendar, in ms. */
  readonly lateMs: { readonly median: number; readonly p99: number; readonly most: number };
}

const KINDS = ['chronoses', 'masters', 'agents'] as const;
type Kind = (typeof KINDS)[number];
/** Drawn until it is empty, then again. Chronos is who this is about. */
const BAG: readonly Kind[] = ['chronoses', 'chronoses', 'chronoses', 'masters', 'masters', 'agents', 'agents'];
const SESSION_TIMEOUT_MS = 4_000;
/** Quick, and nothing of the history is forgotten. */
const FLAGS = [
  '--failure_retry=2000',
  '--unreachable_timeout=8secs',
  '--reconciliation_interval=30',
  '--job_history_limit=1000',
];
const POSTED_WITHIN_MS = 8_000;
const PATIENCE_MS = 3_000;
/** A long history is read from the ensemble line by line. */
const READ_PATIENCE_MS = 25_000;
const DRAINED_WITHIN_MS = 90_000;

export class ChronosSoak {
  readonly cluster: HaCluster;
  readonly #options: SoakOptions;
  readonly #random: SeededRandom;
  readonly #ledger: Ledger;
  readonly #kills: Record<Kind, number> = { chronoses: 0, masters: 0, agents: 0 };
  readonly #downs = new Set<Promise<void>>();
  readonly #down = new Set<Member>();
  #jobs: readonly SoakJob[] = [];
  #stoppedMs = Number.POSITIVE_INFINITY;

  private constructor(cluster: HaCluster, options: SoakOptions) {
    this.cluster = cluster;
    this.#options = options;
    this.#random = new SeededRandom(options.seed, 'soak');
    this.#ledger = new Ledger(join(cluster.directory, 'ledger'));
  }

  /** Resolves when the jobs are stored and everything is well. Whoever has it stops it. */
  static async start(options: SoakOptions): Promise<ChronosSoak> {
    const { masters, agents, chronoses } = options;
    const sizes = { masters, agents, chronoses, marathons: 0, sessionTimeoutMs: SESSION_TIMEOUT_MS };
    const soak = new ChronosSoak(await HaCluster.start({ ...sizes, chronosFlags: FLAGS }), options);
    try {
      await soak.#well();
      await soak.#post();
      return soak;
    } catch (error) {
      const logs = soak.cluster.logs();
      await soak.stop();
      throw new Error(`the cluster did not come up\n${logs}`, { cause: error });
    }
  }

  /** Kills one after the other for a while; who was killed is back some seconds later. */
  async suffer(forMs: number, tell: (text: string) => void = () => undefined): Promise<void> {
    const untilMs = performance.now() + forMs;
    const { least, most } = this.#options.pauseSeconds;
    const bag: Kind[] = [];
    for (;;) {
      await sleep(this.#random.between(least, most) * 1000);
      if (performance.now() > untilMs) break;
      if (bag.length === 0) bag.push(...this.#random.shuffle([...BAG]));
      const kind = bag.pop() ?? 'chronoses';
      const [prefersLeader, draw, length] = [this.#random.chance(0.6), this.#random.float(), this.#random.float()];
      const up = this.cluster[kind].filter((member) => !this.#down.has(member));
      const victim = ((prefersLeader && (await leaderOf(kind, up))) || undefined) ?? up[Math.floor(draw * up.length)];
      if (victim === undefined) continue;
      const downMs = downTimeMs(kind, length);
      tell(`kill -9 ${victim.name} for ${(downMs / 1000).toFixed(1)} s`);
      this.#kills[kind] += 1;
      const down = this.#kill(victim, downMs).finally(() => this.#downs.delete(down));
      this.#downs.add(down);
    }
    await Promise.all(this.#downs);
  }

  /** Some time in which nothing fails; then the calendar is stopped, and what was begun comes to its end. */
  async settle(calmMs: number): Promise<void> {
    await this.#well();
    await sleep(calmMs);
    this.#stoppedMs = Date.now();
    const scheduled = this.#jobs.filter(({ when }) => when.kind === 'scheduled');
    await Promise.all(scheduled.map(({ name }) => this.#ask('PUT', `/mctl/v1/jobs/${name}`, { disabled: true })));
    let idleSinceMs = performance.now();
    await until('no run is under way', DRAINED_WITHIN_MS, async () => {
      const { jobs } = await this.#ask<{ jobs: { alive: unknown[] }[] }>('GET', '/mctl/v1/jobs');
      if (jobs.some(({ alive }) => alive.length > 0)) idleSinceMs = performance.now();
      await sleep(200);
      return performance.now() - idleSinceMs > 1_500;
    });
  }

  /** Once it is settled. */
  async account(): Promise<SoakReport> {
    const ledger = this.#ledger.read();
    const jobs: SoakedJob[] = [];
    for (const job of this.#jobs) jobs.push(await toldOf(job, (path) => this.#ask('GET', path)));
    const kept = account(jobs, ledger, this.#stoppedMs);
    const crashes = this.cluster.members.flatMap(({ name, crashes }) => crashes.map((line) => `${name} says: ${line}`));
    const wrong = [...kept.wrong, ...crashes];
    return { ...kept, wrong, kills: this.#kills, lateMs: lateness(this.#jobs, ledger) };
  }

  async stop(): Promise<void> {
    await Promise.all(this.#downs);
    await this.cluster.stop();
  }

  async #kill(victim: Member, downMs: number): Promise<void> {
    this.#down.add(victim);
    await victim.kill('SIGKILL');
    await sleep(downMs);
    victim.restart();
    this.#down.delete(victim);
  }

  async #post(): Promise<void> {
    const { seed, jobs: count, periodSeconds } = this.#options;
    const fromMs = Date.now() + POSTED_WITHIN_MS;
    this.#jobs = soakJobs(new SeededRandom(seed, 'jobs'), this.#ledger, { count, fromMs, periodSeconds });
    // Parents before children; those without any at once.
    const scheduled = this.#jobs.filter(({ when }) => when.kind === 'scheduled');
    await Promise.all(scheduled.map(({ body }) => this.#ask('POST', '/v1/scheduler/iso8601', body)));
    for (const { when, body } of this.#jobs)
      if (when.kind === 'dependent') await this.#ask('POST', '/v1/scheduler/dependency', body);
    if (Date.now() > fromMs) throw new Error('The jobs could not be stored before the first of them was due');
  }

  /** A Chronos leads and is subscribed, and all agents are there. */
  async #well(): Promise<void> {
    const { cluster } = this;
    await until('everything is well', 60_000, async () => {
      const master = await leaderOf('masters', cluster.masters);
      const { healthy } = await this.#askOnce<{ healthy: boolean }>('GET', '/v1/scheduler/health');
      if (master === undefined || !healthy) return false;
      return (await cluster.masterState(master)).activated_slaves === cluster.agents.length;
    });
  }

  /** Whoever leads, as soon as somebody does. */
  async #ask<T>(method: string, path: string, body?: object): Promise<T> {
    let answer: { readonly value: T } | undefined;
    await until(`${method} ${path} is answered`, 30_000, async () => {
      answer = { value: await this.#askOnce<T>(method, path, body) };
      return true;
    });
    if (answer === undefined) throw new Error('No answer');
    return answer.value;
  }

  async #askOnce<T>(method: string, path: string, body?: object): Promise<T> {
    const [member] = this.cluster.chronoses.filter((one) => !this.#down.has(one));
    const response = await fetch(`${member?.url}${path}`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
      signal: AbortSignal.timeout(method === 'GET' ? READ_PATIENCE_MS : PATIENCE_MS),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
}

/** Undefined: nobody, or agents, which have none. */
async function leaderOf(kind: Kind, members: readonly Member[]): Promise<Member | undefined> {
  if (kind === 'agents') return undefined;
  for (const member of members) {
    const leads = await (kind === 'masters' ? isLeadingMaster(member) : isLeadingChronos(member)).catch(() => false);
    if (leads) return member;
  }
  return undefined;
}

async function isLeadingMaster({ url }: Member): Promise<boolean> {
  const signal = AbortSignal.timeout(1_000);
  const response = await fetch(`${url}/weights`, { redirect: 'manual', signal });
  await response.text();
  return response.ok;
}

async function isLeadingChronos({ url }: Member): Promise<boolean> {
  return (await getJson<{ leading: boolean }>(`${url}/mctl/v1/ready`)).leading;
}

/** Mostly shortly; sometimes long enough that others notice, an agent so long that its tasks are given up. */
function downTimeMs(kind: Kind, draw: number): number {
  if (draw < 0.6) return 200 + draw * 2_000;
  if (draw < 0.85 || kind !== 'agents') return 3_000 + draw * 4_000;
  return 14_000 + draw * 4_000;
}

function lateness(jobs: readonly SoakJob[], ledger: readonly LedgerRun[]): SoakReport['lateMs'] {
  const onTime = new Set(jobs.filter(({ when }) => when.kind === 'scheduled').map(({ name }) => name));
  const late = ledger
    .filter(({ job, attempt }) => attempt === 0 && onTime.has(job))
    .map(({ startMs, dueMs }) => startMs - dueMs)
    .sort((a, b) => a - b);
  const at = (share: number): number => late[Math.min(late.length - 1, Math.floor(late.length * share))] ?? 0;
  return { median: at(0.5), p99: at(0.99), most: late.at(-1) ?? 0 };
}

/** Lines for people. */
export function tellReport(report: SoakReport): string {
  const { occurrences, sets, results, losses, starts, startedAgain, incomplete, kills, lateMs, wrong } = report;
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([what, count]) => `${count} ${what}`)
      .join(', ');
  return [
    `kills: ${list(kills)}`,
    `due: ${occurrences} occurrences, ${sets} sets of parents; history: ${list(results)}`,
    ...Object.entries(losses).map(([reason, count]) => `  lost ${count}: ${reason}`),
    `ledger: ${starts} starts, ${incomplete} without an end; ${startedAgain} attempts started again, each after a loss on record`,
    `from due to start: median ${lateMs.median} ms, p99 ${lateMs.p99} ms, most ${lateMs.most} ms`,
    `wrong: ${wrong.length}`,
    ...wrong.slice(0, 50).map((text) => `  ${text}`),
  ].join('\n');
}
