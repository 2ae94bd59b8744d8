// Flags of a Chronos that is one of several: where they meet, and how those that do not lead ask the one that does
// (chronos.md 8.24, 13.1).
import * as kind from '../../serving/flag-kinds.ts';

const ms = (name: string, value: string, help: string) => kind.integer(name, { default: value, min: 1, help });

/** A part of CHRONOS_FLAGS. */
export const CANDIDATE_FLAGS = {
  zk: kind.url('zk', {
    help:
      'ZooKeeper of the election and the durable state: zk://[user:password@]host:port,…/path, or file:///path of a file ' +
      'that holds it. Without it this Chronos is alone, and its state is below --work_dir.',
  }),
  zkHosts: kind.text('zk_hosts', {
    help: "The original's form of --zk: host:port,host:port, together with --zk_path.",
  }),
  zkPath: kind.text('zk_path', { default: '/chronos/state', help: 'Path for --zk_hosts.' }),
  zkAuth: kind.secret('zk_auth', { help: 'user:password for --zk_hosts, in a file (its path) or in CHRONOS_ZK_AUTH.' }),
  zkSessionTimeoutMs: ms(
    'zk_session_timeout',
    '10000',
    'ms without a sign of life after which ZooKeeper lets another lead; the ensemble has bounds of its own.',
  ),
  zkTimeoutMs: ms('zk_timeout', '10000', 'ms until a write to ZooKeeper that is not answered ends the leadership.'),
  leaderProxyConnectionTimeoutMs: ms(
    'leader_proxy_connection_timeout',
    '5000',
    'ms for a standby to connect to the leader.',
  ),
  leaderProxyReadTimeoutMs: ms(
    'leader_proxy_read_timeout',
    '10000',
    'ms in which nothing comes from the leader after which a standby gives up.',
  ),
  leaderProxyMaxOpenConnections: kind.integer('leader_proxy_max_open_connections', {
    default: '64',
    min: 1,
    help: 'Most requests of a standby to the leader at a time; a few more wait, others are refused with 503.',
  }),
  onElectedPrepareTimeoutMs: ms('on_elected_prepare_timeout', '180000', 'ms to load the state when elected.'),
};
