// One cluster under attack: what goes on all the time (writers, lookouts, beating tasks), when it is well, and what must hold.
import { join } from 'node:path';
import { until } from '../daemon-processes.ts';
import { BeatingTasks, type Beats } from './beating-tasks.ts';
import { HaCluster, type HaOptions } from './ha-cluster.ts';
import type { LeaderAnswer, Lookout } from './lookout.ts';
import { MarathonLookout } from './marathon-lookout.ts';
import { MasterLookout } from './master-lookout.ts';
import { compareStored } from './stored-state.ts';
import { appWriter, type Writer, weightWriter } from './writers.ts';

/** How long what was measured took; undefined = it is nothing that this fault has. */
export interface Figure {
  readonly fault: string;
  /** Until the election had another leader, or none. */
  readonly detectionMs: number | undefined;
  /** From then on, until a leader answered as one. */
  readonly beyondMs: number | undefined;
  /** Without an answer of any leader. */
  readonly silenceMs: number;
  /** From the end of the fault until everything was as before. */
  readonly convergedMs: number;
}

/** Who leads what. */
export type LeaderKind = 'masters' | 'marathons';

/** Something that goes wrong: is injected into a cluster that is well, ends by itself, and tells what it measured. */
export interface Fault {
  readonly name: string;
  /** Whose leader is concerned. Default `masters`. */
  readonly of?: LeaderKind;
  readonly act: (trial: Trial) => Promise<Partial<Figure>>;
}

export const STEADY = '/steady';
const STEADY_INSTANCES = 4;
/** A beat a second, on a machine that has other things to do. */
const LONGEST_GAP_MS = 5_000;
const CONVERGED_WITHIN_MS = 60_000;

interface App {
  readonly id: string;
  readonly instances: number;
  readonly tasksRunning: number;
}

export class Trial {
  readonly cluster: HaCluster;
  readonly masters: MasterLookout;
  readonly marathons: MarathonLookout;
  readonly #writers: readonly Writer[];
  readonly tasks: BeatingTasks;
  readonly figures: Figure[] = [];

  private constructor(cluster: HaCluster) {
    this.cluster = cluster;
    this.tasks = new BeatingTasks(join(cluster.directory, 'beats'));
    const [weights, apps] = [weightWriter(cluster), appWriter(cluster)];
    this.#writers = [weights, apps];
    this.masters = new MasterLookout(cluster, weights.registers);
    this.marathons = new MarathonLookout(cluster, apps.registers);
  }

  /** Resolves when all is well and the steady app runs. */
  static async start(options: HaOptions): Promise<Trial> {
    const trial = new Trial(await HaCluster.start(options));
    try {
      for (const lookout of trial.#lookouts) lookout.start();
      for (const writer of trial.#writers) writer.start();
      await until('a Marathon takes apps', 60_000, async () => {
        const { status } = await trial.marathon('PUT', `/v2/apps${STEADY}`, trial.#steadyApp());
        return status < 300;
      });
      await trial.converged();
      return trial;
    } catch (error) {
      const logs = trial.cluster.logs();
      await trial.stop();
      throw new Error(`the cluster did not come up\n${logs}`, { cause: error });
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#writers, ...this.#lookouts].map((one) => one.stop()));
    await this.cluster.stop();
  }

  /** Injects a fault into a cluster that is well, and checks everything when it is well again. */
  async suffer({ name: fault, of = 'masters', act }: Fault): Promise<void> {
    const startMs = performance.now();
    try {
      const measured = await act(this);
      const healedMs = performance.now();
      await this.converged();
      const endMs = performance.now();
      this.figures.push({
        fault,
        detectionMs: undefined,
        beyondMs: undefined,
        silenceMs: this[of].longestSilence(startMs, endMs),
        ...measured,
        convergedMs: endMs - healedMs,
      });
      await this.compareStored();
      this.assertPromises();
    } catch (error) {
      throw new Error(`${fault}: ${withCause(error)}\n${this.cluster.logs()}`, { cause: error });
    }
  }

  /** Who answers as the leader, waited for. */
  async leader(of: LeaderKind = 'masters'): Promise<LeaderAnswer> {
    let answer: LeaderAnswer | undefined;
    await until(`one of the ${of} leads`, 60_000, () => {
      answer = this[of].latest;
      return answer !== undefined;
    });
    if (answer === undefined) throw new Error('nobody leads');
    return answer;
  }

  /** Until another term than the one before acts; what it took since `faultMs`. */
  async succession(of: LeaderKind, faultMs: number, before: LeaderAnswer): Promise<Partial<Figure>> {
    const lookout = this[of];
    let first: LeaderAnswer | undefined;
    await until(`another leader than ${before.term}`, 60_000, () => {
      first = lookout.firstAfter(faultMs, before.term);
      return first !== undefined;
    });
    const change = lookout.changes.find(({ atMs, leader }) => atMs >= faultMs && leader !== before.member);
    if (first === undefined || change === undefined) throw new Error('a leader that the election does not know');
    return {
      detectionMs: change.atMs - faultMs,
      beyondMs: Math.max(0, first.answeredMs - change.atMs),
      silenceMs: first.answeredMs - (lookout.lastBefore(faultMs)?.answeredMs ?? faultMs),
    };
  }

  /** One leader, all agents, every app at its count, and everybody says the same of what runs. */
  async converged(): Promise<void> {
    await until('everything is as it should be', CONVERGED_WITHIN_MS, async () => {
      const { cluster } = this;
      const leader = this.masters.latest?.member;
      if (leader === undefined) throw new Error('no master leads');
      const { activated_slaves: agents } = await cluster.masterState(leader);
      if (agents !== cluster.agents.length) throw new Error(`${agents} agents of ${cluster.agents.length}`);
      if (this.marathons.latest === undefined) throw new Error('no Marathon leads');
      const down = cluster.members.filter((member) => !member.isRunning);
      if (down.length > 0) throw new Error(`${down.map(({ name }) => name).join()} do not run`);
      const { apps } = (await this.#ask('/v2/apps')) as { apps: App[] };
      const wrong = apps.filter(({ instances, tasksRunning }) => instances !== tasksRunning);
      if (wrong.length > 0) throw new Error(wrong.map((app) => `${app.id}: ${app.tasksRunning} run`).join());
      const deployments = (await this.#ask('/v2/deployments')) as unknown[];
      if (deployments.length > 0) throw new Error(`deployments: ${JSON.stringify(deployments)}`);
      const { tasks } = (await this.#ask('/v2/tasks')) as { tasks: { id: string; state: string }[] };
      const listed = tasks.flatMap(({ id, state }) => (state === 'TASK_RUNNING' ? [id] : [])).sort();
      const onMaster = await cluster.runningOn(leader);
      const onMachine = [...cluster.processes().keys()].sort();
      if (listed.join() !== onMaster.join() || listed.join() !== onMachine.join()) {
        throw new Error(`Marathon: ${listed.join()}; master: ${onMaster.join()}; machine: ${onMachine.join()}`);
      }
      return true;
    });
  }

  /** Nobody has written what the leaders do not know of. */
  async compareStored(): Promise<void> {
    const [writer, other] = this.#writers;
    if (writer === undefined || other === undefined) throw new Error('nobody writes');
    const [master, marathon] = [await this.leader('masters'), await this.leader('marathons')];
    const [masterUrl, marathonUrl] = [master.member.url, marathon.member.url];
    await writer.without(() => other.without(() => compareStored(this.cluster, masterUrl, marathonUrl)));
  }

  /** What must hold at any time. Throws with everything that does not. */
  assertPromises(): void {
    const { cluster } = this;
    const wrongs = this.#lookouts.flatMap(({ terms, wrongs: told }) => [
      ...terms.overlaps().map((pair) => `two leaders: ${pair}`),
      ...told,
    ]);
    const all = this.tasks.read('');
    for (const { taskId, starts } of all) if (starts !== 1) wrongs.push(`${taskId} was started ${starts} times`);
    // When we did not get to look, tasks may not have got to beat.
    const pausedMs = Math.max(...this.#lookouts.map(({ longestPauseMs }) => longestPauseMs));
    const steady = this.steady();
    if (steady.length !== STEADY_INSTANCES) {
      wrongs.push(`${steady.length} tasks of ${STEADY} were started, not ${STEADY_INSTANCES}`);
    }
    for (const { taskId, longestGapMs, lastMs } of steady) {
      const gapMs = Math.max(longestGapMs, Date.now() - lastMs);
      if (gapMs > LONGEST_GAP_MS + pausedMs) wrongs.push(`${taskId} did not beat for ${gapMs} ms`);
    }
    for (const { name, crashes, ends } of cluster.members) {
      if (crashes.length > 0) wrongs.push(`${name} crashed: ${crashes.slice(0, 3).join(' | ')}`);
      for (const { code, said } of ends) if (code !== 1) wrongs.push(`${name} ended with ${code}: ${said}`);
    }
    if (wrongs.length > 0) throw new Error(`broken promises:\n${wrongs.slice(0, 20).join('\n')}`);
  }

  /** Tasks of the app that nothing may touch. */
  steady(): Beats[] {
    return this.tasks.read('steady.');
  }

  /** Asks any Marathon that answers. */
  async marathon(method: string, path: string, content?: unknown): Promise<{ status: number; body: unknown }> {
    let last: unknown = new Error('there is no Marathon');
    const latest = this.marathons.latest?.member;
    const { marathons } = this.cluster;
    for (const { url } of latest === undefined ? marathons : [latest, ...marathons]) {
      try {
        const response = await fetch(`${url}${path}`, {
          method,
          ...(content !== undefined && { body: JSON.stringify(content) }),
          headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
          signal: AbortSignal.timeout(5_000),
        });
        const text = await response.text();
        const isJson = response.headers.get('Content-Type')?.includes('json') === true && text !== '';
        return { status: response.status, body: isJson ? JSON.parse(text) : text };
      } catch (error) {
        last = error;
      }
    }
    throw last;
  }

  /** One line a kind of fault, means and in brackets the longest; then what the issue asks for. */
  table(): string {
    const kinds = Map.groupBy(this.figures, ({ fault }) => fault);
    const cell = (values: readonly (number | undefined)[]): string => {
      const known = values.filter((value) => value !== undefined);
      const text = known.length === 0 ? '–' : `${mean(known).toFixed(0)} (${Math.max(...known).toFixed(0)})`;
      return text.padStart(15);
    };
    const lines = [...kinds].map(([fault, figures]) =>
      [
        `${fault.padEnd(62)}${String(figures.length).padStart(4)}`,
        ...(['detectionMs', 'beyondMs', 'silenceMs', 'convergedMs'] as const).map((what) =>
          cell(figures.map((figure) => figure[what])),
        ),
      ].join(''),
    );
    const beyond = this.figures.flatMap(({ beyondMs }) => (beyondMs === undefined ? [] : [beyondMs]));
    const registers = this.#writers.flatMap((writer) => writer.registers);
    const writes = registers.reduce((sum, { acknowledgements }) => sum + acknowledgements, 0);
    const attempts = registers.reduce((sum, register) => sum + register.attempts, 0);
    const sum = (of: (lookout: Lookout) => number): number => this.#lookouts.reduce((all, one) => all + of(one), 0);
    const pauseMs = Math.max(...this.#lookouts.map(({ longestPauseMs }) => longestPauseMs));
    return [
      `${`${this.figures.length} faults; times in ms: mean (longest)`.padEnd(66)}${['detection', 'beyond', 'silence', 'healed'].map((word) => word.padStart(15)).join('')}`,
      ...lines,
      `mean time to a new acting leader beyond detection: ${mean(beyond).toFixed(0)} ms (aim: 3000 ms; Apache Mesos' paper: 4–8 s)`,
      `${sum(({ terms }) => terms.count)} terms and ${sum(({ terms }) => terms.acts)} acts of leaders seen, ${writes} of ${attempts} writes acknowledged, ` +
        `${this.steady().length} tasks undisturbed; who looked on paused for ${pauseMs.toFixed(0)} ms at most`,
    ].join('\n');
  }

  get #lookouts(): readonly Lookout[] {
    return [this.masters, this.marathons];
  }

  async #ask(path: string): Promise<unknown> {
    const { status, body } = await this.marathon('GET', path);
    if (status !== 200) throw new Error(`${path} was answered ${status}: ${JSON.stringify(body)}`);
    return body;
  }

  #steadyApp(): object {
    return {
      cmd: this.tasks.command,
      cpus: 0.1,
      mem: 16,
      instances: STEADY_INSTANCES,
      constraints: [['hostname', 'MAX_PER', '2']],
      // An agent that is cut off for long keeps its tasks: they are waited for.
      unreachableStrategy: { inactiveAfterSeconds: 600, expungeAfterSeconds: 1_200 },
    };
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

/** What was waited for, and what stood against it last. */
function withCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} (${withCause(error.cause)})`;
}
