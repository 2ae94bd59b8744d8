// `mctl haproxy watch`: turns on events, until a signal ends it (haproxy.md 14). Here are its wires; when turns come is
// haproxy/watch.
import { ApplyError } from '../../../haproxy/apply/apply-error.ts';
import { keptOf, NOTHING_WRONG, type Wrong } from '../../../haproxy/apply/news.ts';
import type { TurnReport } from '../../../haproxy/apply/report.ts';
import type { TurnOutcome } from '../../../haproxy/watch/pace.ts';
import type { MarathonPlaces } from '../../../haproxy/watch/stream-keeper.ts';
import { Watch } from '../../../haproxy/watch/watch.ts';
import { DiskError } from '../../../world/disk.ts';
import type { World } from '../../../world/world.ts';
import { problemFrom } from '../../failures.ts';
import type { Terminal } from '../../output/terminal.ts';
import { problemLines } from '../../problem.ts';
import { refuseOldBridge } from '../cron/install.ts';
import { readState } from '../looking/read-state.ts';
import { haproxyProblem } from '../problems.ts';
import { reportJson } from '../report/report-json.ts';
import { tell } from '../report/tell.ts';
import type { Given } from '../settings/given.ts';
import { requireGroup } from '../settings/require-group.ts';
import { type BalancerSettings, balancerSettings } from '../settings/settings.ts';
import { tellOfDraining } from './draining-note.ts';
import { makeApplier } from './make-applier.ts';
import { writeMetrics } from './metrics-file.ts';
import { makeSocketDirectory } from './socket-directory.ts';
import { toSyslog } from './syslog.ts';
import { servePages } from './watch-pages.ts';

/** What the command has beside the settings. */
export interface WatchOptions {
  readonly places: () => Promise<MarathonPlaces>;
  readonly env: NodeJS.ProcessEnv;
  readonly isQuiet: boolean;
  readonly isJson: boolean;
  readonly deadlineMs: number | undefined;
  readonly terminal: Terminal;
}

/** A watch that runs. */
export interface RunningWatch {
  turnNow(): void;
  reloadNow(): void;
  /** Resolves when the turn that runs has ended. */
  stop(): Promise<void>;
}

/** When another run has the lock, it will be done soon. */
const LOCKED_AGAIN_MS = 3_000;
/** When Marathon did not answer though its stream may be attached, or something else failed. */
const FAILED_AGAIN_MS = 15_000;

/** Throws Problem for what cannot begin; what goes wrong later is told. */
export async function startWatch(world: World, given: Given, options: WatchOptions): Promise<RunningWatch> {
  const settings = balancerSettings(given);
  requireGroup(settings);
  refuseOldBridge(settings.options.configPath);
  const places = await options.places();
  const { applier, notes } = await makeApplier(world, given, settings, places, options.env, {
    force: false,
    whenTooEarly: 'defer',
    deadlineMs: options.deadlineMs,
  });
  const teller = new Teller(world, given, settings, options);
  const watch = new Watch(
    world,
    places,
    {
      turn: () => teller.during(() => applier.turn()),
      reload: () => teller.during(() => applier.reloadDisk(), RELOAD),
    },
    {
      connected: (marathon) => teller.say(`Events come from ${marathon}.`),
      disconnected: (marathon, why, waitMs) =>
        teller.say(`No events from ${marathon}: ${why}. Tried again in ${(waitMs / 1000).toFixed(1)} s.`),
    },
  );
  await makeSocketDirectory(world, settings, options.terminal);
  const pages = await servePages(world, given, settings, watch);
  for (const note of [...settings.notes, ...notes]) teller.say(note);
  if (pages !== undefined) teller.say(`Config and metrics are shown at ${pages.url}.`);
  watch.start();
  // Nothing waits for it, and it never fails.
  if (!options.isQuiet) void tellOfDraining(world, settings, places, options.terminal);
  return {
    turnNow: () => watch.turnNow(),
    reloadNow: () => watch.reloadNow(),
    stop: async () => {
      await watch.stop();
      await pages?.close();
    },
  };
}

/** When it is wanted again, by what came of it; `afterFault`: by nothing that was expected. */
interface Deed {
  readonly after: (report: TurnReport) => TurnOutcome;
  readonly afterFault: TurnOutcome;
}

const TURN: Deed = { after: againAfter, afterFault: { againMs: FAILED_AGAIN_MS } };
const RELOAD: Deed = { after: reloadAgainAfter, afterFault: {} };

/** Says what turns come to. */
class Teller {
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
