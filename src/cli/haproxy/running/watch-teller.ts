// What `watch` says of its turns, once each, and when the next one is wanted after them.
import { ApplyError } from '../../../haproxy/apply/apply-error.ts';
import { keptOf, NOTHING_WRONG, type Wrong } from '../../../haproxy/apply/news.ts';
import type { TurnReport } from '../../../haproxy/apply/report.ts';
import type { TurnOutcome } from '../../../haproxy/watch/pace.ts';
import { DiskError } from '../../../world/disk.ts';
import type { World } from '../../../world/world.ts';
import { problemFrom } from '../../failures.ts';
import { problemLines } from '../../problem.ts';
import { readState } from '../looking/read-state.ts';
import { haproxyProblem } from '../problems.ts';
import { reportJson } from '../report/report-json.ts';
import { tell } from '../report/tell.ts';
import type { Given } from '../settings/given.ts';
import type { BalancerSettings } from '../settings/settings.ts';
import { writeMetrics } from './metrics-file.ts';
import { toSyslog } from './syslog.ts';
import type { WatchOptions } from './watch.ts';

/** When another run has the lock, it will be done soon. */
const LOCKED_AGAIN_MS = 3_000;
/** When Marathon did not answer though its stream may be attached, or something else failed. */
const FAILED_AGAIN_MS = 15_000;

/** When it is wanted again, by what came of it; `afterFault`: by nothing that was expected. */
interface Deed {
  readonly after: (report: TurnReport) => TurnOutcome;
  readonly afterFault: TurnOutcome;
}

const TURN: Deed = { after: againAfter, afterFault: { againMs: FAILED_AGAIN_MS } };
/** Of what is on disk, asked for by a signal. */
export const RELOAD: Deed = { after: reloadAgainAfter, afterFault: {} };

/** Says what turns come to. */
export class Teller {
  readonly #world: World;
  readonly #given: Given;
  readonly #settings: BalancerSettings;
  readonly #options: WatchOptions;
  /** The same failure of streams or turns again and again is said once. */
  #lastFailure = '';
  /** Of services, as it was told last: who reads the log from the start has everything. */
  #wrong: Wrong = NOTHING_WRONG;
  /** About the balancer itself. */
  #warnings: readonly string[] = [];

  constructor(world: World, given: Given, settings: BalancerSettings, options: WatchOptions) {
    this.#world = world;
    this.#given = given;
    this.#settings = settings;
    this.#options = options;
  }

  say(text: string): void {
    if (!this.#options.isQuiet) this.#options.terminal.say(text);
  }

  /** Never throws: whatever happened, the next turn may be better. */
  async during(work: () => Promise<TurnReport>, { after, afterFault }: Deed = TURN): Promise<TurnOutcome> {
    try {
      const report = await work();
      await this.#tell(report);
      await this.#metrics();
      return after(report);
    } catch (error) {
      this.#fail(haproxyProblem(error) ?? problemFrom(error));
      return afterFault;
    }
  }

  async #tell(report: TurnReport): Promise<void> {
    const { isJson, terminal } = this.#options;
    const warnings = report.warnings.filter((warning) => !this.#warnings.includes(warning));
    const told = tell({ ...report, warnings }, this.#options.isQuiet, this.#wrong);
    if (isJson) terminal.data(JSON.stringify(reportJson(report, this.#wrong)));
    else for (const line of told.data) terminal.data(line);
    for (const line of told.words) terminal.say(line);
    if (report.wrongBefore !== undefined) this.#wrong = keptOf(report);
    if (report.failure?.code !== 'locked') this.#warnings = report.warnings;
    if (told.problem === undefined) this.#lastFailure = '';
    else if (report.failure?.code !== 'locked') this.#fail(told.problem);
    if (!this.#given.isOn('syslog')) return;
    for (const { level, line } of told.log) await toSyslog(this.#world, level, line);
  }

  #fail(problem: Parameters<typeof problemLines>[0]): void {
    const lines = problemLines(problem, this.#options.terminal.errorStyle);
    if (lines !== this.#lastFailure) this.#options.terminal.say(lines);
    this.#lastFailure = lines;
  }

  async #metrics(): Promise<void> {
    const path = this.#given.word('metrics-file');
    if (path === undefined) return;
    try {
      await writeMetrics(this.#world, path, await readState(this.#world, this.#settings));
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      this.say(`The metrics cannot be written: ${error.message}`);
    }
  }
}

function againAfter({ againMs, failure }: Pick<TurnReport, 'againMs' | 'failure'>): TurnOutcome {
  if (againMs !== undefined) return { againMs };
  if (!(failure instanceof ApplyError)) return {};
  return { againMs: failure.code === 'locked' ? LOCKED_AGAIN_MS : FAILED_AGAIN_MS };
}

/** What is on disk and refused is not loaded by trying again; what only had to wait is. */
function reloadAgainAfter({
  outcome,
  againMs,
  failure,
}: Pick<TurnReport, 'outcome' | 'againMs' | 'failure'>): TurnOutcome {
  if (outcome === 'deferred' && againMs !== undefined) return { againMs };
  return failure?.code === 'locked' ? { againMs: LOCKED_AGAIN_MS } : {};
}
