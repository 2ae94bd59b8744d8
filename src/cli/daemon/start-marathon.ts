// A Marathon where its flags say that it stands.
import type { MarathonOptions } from '../../daemon/marathon/flags.ts';
import { startMarathon } from '../../daemon/marathon/index.ts';
import type { RealWorld } from '../../world/real/index.ts';
import type { RunningDaemon } from './running-daemon.ts';
import { startLocalScheduler } from './start-scheduler.ts';

/** Throws as startLocalScheduler. */
export async function startLocalMarathon(world: RealWorld, options: MarathonOptions): Promise<RunningDaemon> {
  return startLocalScheduler(
    world,
    { service: 'marathon', keeps: 'apps, instances and deployments', isOneOfSeveral: options.ha },
    options,
    (dependencies) => startMarathon(world, options, dependencies),
  );
}
