// Flags of the original that whoever sets them relies on, and that this version cannot honour: known, so that they are
// refused in so many words (unsupported.ts) rather than as a slip of the keyboard.
import * as kind from '../../serving/flag-kinds.ts';

const HELP = 'Not supported by this version.';
const text = (name: string) => kind.text(name, { help: HELP });
const off = (name: string) => kind.boolean(name, { default: 'false', help: HELP });

/** A part of MARATHON_FLAGS. */
export const REFUSED_FLAGS = {
  httpCredentials: text('http_credentials'),
  disableHttp: off('disable_http'),
  sslKeystorePath: text('ssl_keystore_path'),
  sslKeystorePassword: text('ssl_keystore_password'),
  mesosAuthentication: off('mesos_authentication'),
  mesosAuthenticationPrincipal: text('mesos_authentication_principal'),
  mesosAuthenticationSecret: text('mesos_authentication_secret'),
  mesosAuthenticationSecretFile: text('mesos_authentication_secret_file'),
  backupLocation: text('backup_location'),
  pluginDir: text('plugin_dir'),
  pluginConf: text('plugin_conf'),
  metricsStatsd: off('metrics_statsd'),
  metricsDatadog: off('metrics_datadog'),
};
