// A Chronos where its flags say that it stands, with what its notices are sent by.
import type { ChronosOptions } from '../../daemon/chronos/flags.ts';
import { startChronos } from '../../daemon/chronos/index.ts';
import type { RealWorld } from '../../world/real/index.ts';
import { noticeOptions, originalZk } from './chronos-secrets.ts';
import type { RunningDaemon } from './running-daemon.ts';
import { smtpMailer } from './smtp-mailer.ts';
import { startLocalScheduler } from './start-scheduler.ts';

/** Throws as startLocalScheduler, and Problem `usage` for a secret that cannot be read. */
export async function startLocalChronos(world: RealWorld, options: ChronosOptions): Promise<RunningDaemon> {
  const notices = noticeOptions(options);
  return startLocalScheduler(
    world,
    { service: 'chronos', keeps: 'jobs, runs and their history', isOneOfSeveral: true },
    { ...options, zk: options.zk ?? originalZk(options) },
    (dependencies, electionPlace) =>
      startChronos(world, options, {
        ...dependencies,
        ...(electionPlace !== undefined && { electionPlace }),
        notices,
        ...(notices.mail !== undefined && { mailer: smtpMailer(notices.mail) }),
      }),
  );
}
