// Flags of the original that change nothing here, because what they tune does not exist or needs no tuning: known, so that start
// scripts keep working. Values are parsed, so that a mistake is told, and not used.
import * as kind from '../../serving/flag-kinds.ts';

const number = (name: string, help: string) => kind.integer(name, { min: 0, help });

/** A part of CHRONOS_FLAGS. */
export const INERT_FLAGS = {
  taskEpsilonSeconds: number(
    'task_epsilon',
    'Has no effect: the latest missed occurrence of a job without epsilon runs, as in Chronos 3.',
  ),
  scheduleHorizonSeconds: number('schedule_horizon', 'Has no effect: nothing is planned ahead.'),
  leaderMaxIdleTimeMs: number('leader_max_idle_time', 'Has no effect, as in Chronos 3.'),
  reviveOffersForNewJobs: kind.boolean('revive_offers_for_new_jobs', {
    default: 'false',
    help: 'Has no effect: offers are asked for whenever something waits.',
  }),
  httpsPort: kind.integer('https_port', { min: 0, max: 65535, help: 'Has no effect: there is no TLS yet.' }),
  httpsAddress: kind.text('https_address', { help: 'Has no effect: there is no TLS yet.' }),
  httpRealm: kind.text('http_realm', { help: 'Has no effect: there is no authentication yet.' }),
  graphiteReportingIntervalSeconds: number(
    'graphite_reporting_interval',
    'Has no effect without --graphite_host_port.',
  ),
  graphiteGroupPrefix: kind.text('graphite_group_prefix', { help: 'Has no effect without --graphite_host_port.' }),
};
