// Flags of the original that change nothing here, because what they tune does not exist or needs no tuning: known, so that
// start scripts keep working, and shown by /v2/info, where tools look for them.
import * as kind from '../../serving/flag-kinds.ts';

const number = (name: string, value: string, help: string) => kind.integer(name, { default: value, min: 0, help });
const on = <const V extends 'true' | 'false'>(name: string, value: V, help: string) =>
  kind.boolean(name, { default: value, help });

/** A part of MARATHON_FLAGS. Values are parsed, so that a mistake is told, and not used. */
export const INERT_FLAGS = {
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
  zkConnectionTimeoutMs: number(
    'zk_connection_timeout',
    '10000',
    'Has no effect: connecting to ZooKeeper is tried until it works.',
  ),
  zkMaxNodeSizeBytes: number(
    'zk_max_node_size',
    '1024000',
    'Has no effect: what is too large for a node is refused, or kept in several.',
  ),
  zkCompression: on('zk_compression', 'true', 'Has no effect: what is kept in ZooKeeper can be read there.'),
  zkCompressionThresholdBytes: number('zk_compression_threshold', '65536', 'Has no effect, as --zk_compression.'),
  leaderProxySslIgnoreHostname: on('leader_proxy_ssl_ignore_hostname', 'false', 'Has no effect: there is no TLS yet.'),
  httpsPort: kind.integer('https_port', {
    default: '8443',
    min: 0,
    max: 65535,
    help: 'Has no effect: there is no TLS yet.',
  }),
  httpRealm: kind.text('http_realm', { default: 'Mesosphere', help: 'Has no effect: there is no authentication yet.' }),
};
