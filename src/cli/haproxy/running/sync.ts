// `mctl haproxy sync`: one turn, told as cron wants it told (haproxy.md 13).
import type { TurnReport } from '../../../haproxy/apply/report.ts';
import type { MarathonPlaces } from '../../../haproxy/watch/stream-keeper.ts';
import { DiskError } from '../../../world/disk.ts';
import type { World } from '../../../world/world.ts';
import { EXIT } from '../../exit-codes.ts';
import type { Terminal } from '../../output/terminal.ts';
import { refuseOldBridge } from '../cron/install.ts';
import { readState } from '../looking/read-state.ts';
import { reportJson } from '../report/report-json.ts';
import { type Told, tell } from '../report/tell.ts';
import type { Given } from '../settings/given.ts';
import { requireGroup } from '../settings/require-group.ts';
import { type BalancerSettings, balancerSettings } from '../settings/settings.ts';
import { tellOfDraining } from './draining-note.ts';
import { makeApplier } from './make-applier.ts';
import { writeMetrics } from './metrics-file.ts';
import { makeSocketDirectory } from './socket-directory.ts';
import { toSyslog } from './syslog.ts';

/** What the command has beside the settings. */
export interface SyncOptions {
  readonly places: () => Promise<MarathonPlaces>;
  readonly env: NodeJS.ProcessEnv;
  readonly force: boolean;
  readonly isQuiet: boolean;
  readonly deadlineMs: number | undefined;
  readonly isJson: boolean;
  readonly print: (data: unknown) => Promise<void>;
  readonly terminal: Terminal;
}

/** Throws Problem when the turn failed and that is news. */
export async function sync(world: World, given: Given, options: SyncOptions): Promise<void> {
  const settings = balancerSettings(given);
  requireGroup(settings);
  const splayMs = given.durationMs('splay') ?? 0;
  refuseOldBridge(settings.options.configPath);
  const places = await options.places();
  const { applier, notes } = await makeApplier(world, given, settings, places, options.env, {
    force: options.force,
    whenTooEarly: 'wait',
    deadlineMs: options.deadlineMs,
  });
  if (splayMs > 0) await world.clock.sleep(splayMs * world.random.float());
  await makeSocketDirectory(world, settings, options.terminal);
  const report = await applier.turn();
  const told = tell(report, options.isQuiet);
  await say(world, given, [...settings.notes, ...notes], report, told, options);
  await metrics(world, given, settings, options.terminal);
  if (told.problem === undefined) {
    if (given.isOn('strict-exit') && report.excluded.length > 0) process.exitCode = EXIT.failed;
    if (!options.isQuiet && options.terminal.stderrIsTty)
      await tellOfDraining(world, settings, places, options.terminal);
    return;
  }
  if (told.isOldNews) process.exitCode = told.problem.exitCode;
  else throw told.problem;
}

async function say(
  world: World,
  given: Given,
  notes: readonly string[],
  report: TurnReport,
  told: Told,
  { isQuiet, isJson, print, terminal }: SyncOptions,
): Promise<void> {
  if (isJson) await print(reportJson(report));
  else for (const line of told.data) terminal.data(line);
  const isNoteworthy = told.data.length > 0 || told.problem !== undefined || terminal.stderrIsTty;
  if (!isQuiet) for (const note of isNoteworthy ? notes : []) terminal.say(note);
  for (const line of told.words) terminal.say(line);
  // To a person who sits there silence says too little.
  if (told.data.length === 0 && told.problem === undefined && terminal.stderrIsTty && !isQuiet && !isJson) {
    terminal.say('HAProxy is as Marathon says.');
  }
  if (given.isOn('syslog', isQuiet)) for (const { level, line } of told.log) await toSyslog(world, level, line);
}

async function metrics(world: World, given: Given, settings: BalancerSettings, terminal: Terminal): Promise<void> {
  const path = given.word('metrics-file');
  if (path === undefined) return;
  try {
    await writeMetrics(world, path, await readState(world, settings));
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    // The balancer is in order; that nobody can see it is worth a word.
    terminal.say(`The metrics cannot be written: ${error.message}`);
  }
}
