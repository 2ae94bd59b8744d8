// Flags of a scheduler that is one of several: where they meet, and how those that do not lead ask the one that does
// (marathon.md 1.3, 20.1, chronos.md 8.24, 13.1).
import * as kind from '../flag-kinds.ts';

/** At least 1. */
export const milliseconds = (name: string, value: string, help: string) =>
  kind.integer(name, { default: value, min: 1, help });

/** Those that all schedulers have; `daemon`: in a sentence. */
export const candidateFlags = (daemon: string) => ({
  zk: kind.url('zk', {
    help:
      'ZooKeeper of the election and the durable state: zk://[user:password@]host:port,…/path, or file:///path of a file ' +
      `that holds it. Without it this ${daemon} is alone, and its state is below --work_dir.`,
  }),
  zkSessionTimeoutMs: milliseconds(
    'zk_session_timeout',
    '10000',
    'ms without a sign of life after which ZooKeeper lets another lead; the ensemble has bounds of its own.',
  ),
  zkTimeoutMs: milliseconds(
    'zk_timeout',
    '10000',
    'ms until a write to ZooKeeper that is not answered ends the leadership.',
  ),
  leaderProxyConnectionTimeoutMs: milliseconds(
    'leader_proxy_connection_timeout',
    '5000',
    'ms for a standby to connect to the leader.',
  ),
  leaderProxyReadTimeoutMs: milliseconds(
    'leader_proxy_read_timeout',
    '10000',
    'ms in which nothing comes from the leader after which a standby gives up.',
  ),
  leaderProxyMaxOpenConnections: kind.integer('leader_proxy_max_open_connections', {
    default: '64',
    min: 1,
    help: 'Most requests of a standby to the leader at a time; a few more wait, others are refused with 503.',
  }),
});
