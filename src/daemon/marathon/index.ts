// Starts a Marathon: what it is beside a scheduler like others. Wiring only.

import type { World } from '../../world/world.ts';
import {
  type RunningScheduler,
  type SchedulerDependencies,
  startScheduler,
} from '../serving/leadership/start-scheduler.ts';
import { refuseUnsupported } from './flags/unsupported.ts';
import type { MarathonOptions } from './flags.ts';
import { refused } from './http/answers.ts';
import type { Marathon } from './marathon.ts';
import { marathonOffice } from './office.ts';
import { Refusal } from './refusals.ts';

export { type MarathonOptions, parseMarathonOptions } from './flags.ts';

/** What a Marathon needs beside its World. */
export type MarathonDependencies = SchedulerDependencies & {
  /** Told the parts of each leadership once they act, and undefined at its end: for simulations that look into them. */
  readonly onMarathon?: (marathon: Marathon | undefined) => void;
};

/** A Marathon that listens. */
export type RunningMarathon = RunningScheduler;

/** As `startScheduler`; ends with the codes of marathon.md 20.2. */
export async function startMarathon(
  world: World,
  options: MarathonOptions,
  dependencies: MarathonDependencies,
): Promise<RunningMarathon> {
  refuseUnsupported(options);
  const { masters, onMarathon } = dependencies;
  return startScheduler<Marathon>(
    world,
    {
      options,
      starting: () => refused(new Refusal(503, 'Marathon is starting')),
      office: (own, logLevels) =>
        marathonOffice({ options, masters, own, webUiUrl: options.webuiUrl ?? own.url, logLevels }),
      onDuty: onMarathon,
    },
    dependencies,
  );
}
