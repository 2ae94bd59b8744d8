// Flags of the original that whoever sets them relies on, and that this version cannot honour: refused in so many words rather than
// as a slip of the keyboard, each with what there is instead.
import * as kind from '../../serving/flag-kinds.ts';
import { FlagError } from '../../serving/flags.ts';

const HELP = 'Not supported by this version.';
const text = (name: string) => kind.text(name, { help: HELP });
const secret = (name: string) => kind.secret(name, { help: HELP });

/** A part of CHRONOS_FLAGS. */
export const REFUSED_FLAGS = {
  cassandraContactPoints: text('cassandra_contact_points'),
  cassandraPort: text('cassandra_port'),
  cassandraUser: text('cassandra_user'),
  cassandraPassword: secret('cassandra_password'),
  cassandraKeyspace: text('cassandra_keyspace'),
  cassandraTable: text('cassandra_table'),
  cassandraStatCountTable: text('cassandra_stat_count_table'),
  cassandraConsistency: text('cassandra_consistency'),
  cassandraTtl: text('cassandra_ttl'),
  graphiteHostPort: text('graphite_host_port'),
  ravenDsn: secret('raven_dsn'),
  sslKeystorePath: text('ssl_keystore_path'),
  sslKeystorePassword: secret('ssl_keystore_password'),
  httpCredentials: secret('http_credentials'),
  disableHttp: kind.boolean('disable_http', { default: 'false', help: HELP }),
  mesosAuthenticationPrincipal: text('mesos_authentication_principal'),
  mesosAuthenticationSecretFile: text('mesos_authentication_secret_file'),
};

/** Throws FlagError for the first that is set. */
export function refuseUnsupported(
  options: {
    readonly [option in keyof typeof REFUSED_FLAGS]: string | boolean | undefined;
  },
): void {
  for (const [option, { name }] of Object.entries(REFUSED_FLAGS)) {
    const value = options[option as keyof typeof REFUSED_FLAGS];
    if (value === undefined || value === false) continue;
    const why = `--${name} is not supported by this version: ${whyNot(name)}`;
    throw new FlagError('invalid-value', name, why);
  }
}

function whyNot(name: string): string {
  if (name.startsWith('cassandra')) return "history is in Chronos' own state (--job_history_limit); leave it out";
  if (name.startsWith('graphite')) return 'metrics are at /metrics and /metrics/prometheus; leave it out';
  if (name === 'raven_dsn') return 'failures can be told by mail, Slack, Mattermost or HTTP; leave it out';
  return 'there is no authentication and no TLS yet; leave it out, and keep the network closed';
}
