// `mctl haproxy watch`: turns on events, until a signal ends it (haproxy.md 14). Here are its wires; when turns come is
// haproxy/watch.
import type { MarathonPlaces } from '../../../haproxy/watch/stream-keeper.ts';
import { Watch } from '../../../haproxy/watch/watch.ts';
import type { World } from '../../../world/world.ts';
import type { Terminal } from '../../output/terminal.ts';
import { refuseOldBridge } from '../cron/install.ts';
import type { Given } from '../settings/given.ts';
import { requireGroup } from '../settings/require-group.ts';
import { balancerSettings } from '../settings/settings.ts';
import { tellOfDraining } from './draining-note.ts';
import { makeApplier } from './make-applier.ts';
import { makeSocketDirectory } from './socket-directory.ts';
import { servePages } from './watch-pages.ts';
import { RELOAD, Teller } from './watch-teller.ts';

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
