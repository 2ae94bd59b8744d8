// Flags of the original that change nothing here, because what they tune does not exist or needs no tuning: known, so that
// start scripts keep working, and shown by /v2/info, where tools look for them.
import * as kind from '../../serving/flag-kinds.ts';

const ZOOKEEPER = 'Has no effect: the state is not in ZooKeeper.';
const PROXY = 'Has no effect: there are no standbys that proxy.';
const number = (name: string, value: string, help: string) => kind.integer(name, { default: value, min: 0, help });
const on = <const V extends 'true' | 'false'>(name: string, value: V, help: string) =>
  kind.boolean(name, { default: value, help });

/** A part of MARATHON_FLAGS. Values are parsed, so that a mistake is told, and not used. */
export const INERT_FLAGS = {
  ha: on('ha', 'true', 'Has no effect: an election is held always.'),
  taskReservationTimeoutMs: number(
    'task_reservation_timeout',
    '20000',
    'Has no effect: there are no reservations yet.',
  ),
  taskLostExpungeInitialDelayMs: number(
    'task_lost_expunge_initial_delay',
    '300000',
    'Has no effect: unreachable instances are expunged exactly when they are due.',
  ),
  taskLostExpungeIntervalMs: number(
    'task_lost_expunge_interval',
    '30000',
    'Has no effect, as --task_lost_expunge_initial_delay.',
  ),
  offerMatchingTimeoutMs: number('offer_matching_timeout', '3000', 'Has no effect: offers are matched at once.'),
  mesosHeartbeatIntervalMs: number(
    'mesos_heartbeat_interval',
    '15000',
    'Has no effect: the master tells its interval.',
  ),
  mesosOfferConstraints: on('mesos_offer_constraints', 'false', 'Has no effect: constraints are looked at here.'),
  storeCache: on('store_cache', 'true', 'Has no effect: all that is present is in memory.'),
  groupVersionsCacheSize: number('group_versions_cache_size', '1000', 'Has no effect: former roots are differences.'),
  gracefulShutdownTimeoutMs: number(
    'graceful_shutdown_timeout',
    '45000',
    'Has no effect: there is nothing to wait for.',
  ),
  zkTimeoutMs: number('zk_timeout', '10000', ZOOKEEPER),
  zkSessionTimeoutMs: number('zk_session_timeout', '10000', ZOOKEEPER),
  zkConnectionTimeoutMs: number('zk_connection_timeout', '10000', ZOOKEEPER),
  zkMaxNodeSizeBytes: number('zk_max_node_size', '1024000', ZOOKEEPER),
  zkCompression: on('zk_compression', 'true', ZOOKEEPER),
  zkCompressionThresholdBytes: number('zk_compression_threshold', '65536', ZOOKEEPER),
  leaderProxyConnectionTimeoutMs: number('leader_proxy_connection_timeout', '5000', PROXY),
  leaderProxyReadTimeoutMs: number('leader_proxy_read_timeout', '10000', PROXY),
  leaderProxyMaxOpenConnections: number('leader_proxy_max_open_connections', '64', PROXY),
  leaderProxySslIgnoreHostname: on('leader_proxy_ssl_ignore_hostname', 'false', PROXY),
  httpsPort: kind.integer('https_port', {
    default: '8443',
    min: 0,
    max: 65535,
    help: 'Has no effect: there is no TLS yet.',
  }),
  httpRealm: kind.text('http_realm', { default: 'Mesosphere', help: 'Has no effect: there is no authentication yet.' }),
};
