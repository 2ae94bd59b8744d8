// Flags of Chronos (chronos.md 16): names and defaults of the original, but for the port and where the state is. Each does what it says, or
// says that it has no effect (flags/inert.ts), or is refused when it would have to act (flags/refused.ts).
import * as kind from '../serving/flag-kinds.ts';
import { type FlagSources, type FlagValues, parseFlags } from '../serving/flags.ts';
import { CANDIDATE_FLAGS } from './flags/candidates.ts';
import { INERT_FLAGS } from './flags/inert.ts';
import { NOTICE_FLAGS } from './flags/notices.ts';
import { REFUSED_FLAGS } from './flags/refused.ts';
import { refuseOpenSecrets } from './flags/secrets.ts';
import { TASK_FLAGS } from './flags/tasks.ts';

/** Names ending in `Ms` are milliseconds. */
export const CHRONOS_FLAGS = {
  master: kind.url('master', {
    required: true,
    help: 'Mesos masters: host:port,host:port, zk://[user:password@]host:port,…/path, or file:///path of a file with one.',
  }),
  workDir: kind.text('work_dir', { help: 'Directory of the durable state. Required without --zk.' }),
  confDir: kind.text('conf_dir', {
    help: 'Directory of one file per flag, as the original has in /etc/chronos/conf: master, zk_hosts, ?finite_catchup, …',
  }),
  hostname: kind.text('hostname', { help: 'Name told to others; default: the address listened on.' }),
  httpAddress: kind.text('http_address', { default: '127.0.0.1', help: 'Address to listen on.' }),
  httpPort: kind.integer('http_port', {
    default: '4400',
    min: 0,
    max: 65535,
    help: 'Port to listen on; 0 takes a free one.',
  }),
  insecureNoAuth: kind.boolean('insecure_no_auth', {
    default: 'false',
    help: 'Allow listening beyond loopback; there is no authentication yet.',
  }),
  httpCompression: kind.boolean('http_compression', { default: 'true', help: 'Compress answers for those who ask.' }),
  accessControlAllowOrigin: kind.text('access_control_allow_origin', {
    default: '*',
    help: 'Origin that browsers may call from; empty: none but our own.',
  }),
  webuiUrl: kind.text('webui_url', { help: 'Where people reach this API; told to the master and put into notices.' }),
  clusterName: kind.text('cluster_name', { help: 'Put before the subject of notices.' }),
  mesosFrameworkName: kind.text('mesos_framework_name', {
    default: 'chronos',
    help: 'Name the master knows us by.',
  }),
  mesosRole: kind.text('mesos_role', { default: '*', help: 'Role whose resources tasks take, before those of all.' }),
  mesosCheckpoint: kind.boolean('mesos_checkpoint', {
    default: 'true',
    help: 'Tasks survive a restart of their agent.',
  }),
  failoverTimeoutSeconds: kind.number('failover_timeout', {
    default: '604800',
    min: 0,
    help: 'Seconds the master keeps our tasks while we are away.',
  }),
  declineOfferDurationMs: kind.integer('decline_offer_duration', {
    min: 0,
    help: "ms for which a declined offer is not made again; default: the master's own.",
  }),
  minReviveOffersIntervalMs: kind.integer('min_revive_offers_interval', {
    default: '5000',
    min: 0,
    help: 'ms between two revives.',
  }),
  reconciliationIntervalSeconds: kind.integer('reconciliation_interval', {
    default: '600',
    min: 1,
    help: 'Seconds between task reconciliations.',
  }),
  logDir: kind.text('log_dir', { help: 'Directory of log files.' }),
  loggingLevel: kind.choice('logging_level', ['debug', 'info', 'warn', 'error'], {
    default: 'info',
    help: 'Log messages at or above this level.',
  }),
  quiet: kind.boolean('quiet', { default: 'false', help: 'No log on stderr.' }),
  ...TASK_FLAGS,
  ...NOTICE_FLAGS,
  ...CANDIDATE_FLAGS,
  ...INERT_FLAGS,
  ...REFUSED_FLAGS,
};

/** What a Chronos is started with. */
export type ChronosOptions = FlagValues<typeof CHRONOS_FLAGS>;

/** From `--name=value` arguments and CHRONOS_* variables, and a few that the original had under another name. Throws FlagError. */
export function parseChronosOptions(sources: FlagSources): ChronosOptions {
  refuseOpenSecrets(sources.args ?? []);
  return parseFlags(CHRONOS_FLAGS, { ...sources, env: withFormerNames(sources.env ?? {}), envPrefix: 'CHRONOS_' })
    .options;
}

/** Whoever sets one of them relies on it (flags/refused.ts). */
const FORMER_NAMES: Readonly<Record<string, string>> = {
  CHRONOS_SSL_KEYSTORE_PATH: 'MESOSPHERE_KEYSTORE_PATH',
  CHRONOS_SSL_KEYSTORE_PASSWORD: 'MESOSPHERE_KEYSTORE_PASS',
  CHRONOS_HTTP_CREDENTIALS: 'MESOSPHERE_HTTP_CREDENTIALS',
};

function withFormerNames(env: NonNullable<FlagSources['env']>): NonNullable<FlagSources['env']> {
  const former = Object.entries(FORMER_NAMES).map(([name, formerly]) => [name, env[formerly]]);
  return { ...Object.fromEntries(former), ...env };
}
