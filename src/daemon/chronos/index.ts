// Starts a Chronos: what it is beside a scheduler like others. Wiring only.

import type { World } from '../../world/world.ts';
import {
  type RunningScheduler,
  type SchedulerDependencies,
  startScheduler,
} from '../serving/leadership/start-scheduler.ts';
import type { Chronos } from './chronos.ts';
import { refuseUnsupported } from './flags/refused.ts';
import type { ChronosOptions } from './flags.ts';
import { problem } from './http/answers.ts';
import type { Mailer } from './notices/mail.ts';
import type { NoticeOptions } from './notices/options.ts';
import { chronosOffice } from './office.ts';

export { type ChronosOptions, parseChronosOptions } from './flags.ts';

/** What a Chronos needs beside its World. */
export type ChronosDependencies = SchedulerDependencies & {
  /** Where people are told of their jobs; nowhere without. */
  readonly notices?: NoticeOptions;
  readonly mailer?: Mailer;
  /** `zk://…`, without credentials, where several stand for election: told to those who ask. */
  readonly electionPlace?: string;
  /** Told the parts of each leadership once they act, and undefined at its end: for simulations that look into them. */
  readonly onChronos?: (chronos: Chronos | undefined) => void;
};

/** A Chronos that listens. */
export type RunningChronos = RunningScheduler;

/** As `startScheduler`. */
export async function startChronos(
  world: World,
  options: ChronosOptions,
  dependencies: ChronosDependencies,
): Promise<RunningChronos> {
  refuseUnsupported(options);
  const { electionPlace, mailer, masters, onChronos } = dependencies;
  const user = options.user ?? world.host.currentUser;
  return startScheduler<Chronos>(
    world,
    {
      options,
      starting: () => problem(503, 'Chronos is starting'),
      office: ({ address: own }, logLevels) => {
        const webUiUrl = options.webuiUrl ?? `http://${own}`;
        const notices = { ...(dependencies.notices ?? NO_NOTICES), webUrl: dependencies.notices?.webUrl ?? webUiUrl };
        return chronosOffice({ options, masters, notices, mailer, own, electionPlace, webUiUrl, user, logLevels });
      },
      onDuty: onChronos,
    },
    dependencies,
  );
}

const NO_NOTICES: NoticeOptions = {
  clusterName: undefined,
  mail: undefined,
  slackUrl: undefined,
  mattermostUrl: undefined,
  httpUrl: undefined,
  httpCredentials: undefined,
  webUrl: undefined,
};
