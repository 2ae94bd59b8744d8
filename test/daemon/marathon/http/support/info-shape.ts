// Every member of /v2/info (marathon.md 8.1): all of them are there, null when unset.
import { z } from 'zod';

const MARATHON_CONFIG =
  'access_control_allow_origin, checkpoint, decline_offer_duration, default_network_name, env_vars_prefix, executor, ' +
  'failover_timeout, features, framework_name, ha, hostname, launch_token, launch_token_refresh_interval, ' +
  'leader_proxy_connection_timeout_ms, leader_proxy_read_timeout_ms, local_port_max, local_port_min, maintenance_mode, ' +
  'master, max_instances_per_offer, mesos_bridge_name, mesos_heartbeat_failure_threshold, mesos_heartbeat_interval, ' +
  'mesos_leader_ui_url, mesos_role, mesos_user, min_revive_offers_interval, new_group_enforce_role, ' +
  'offer_matching_timeout, on_elected_prepare_timeout, reconciliation_initial_delay, reconciliation_interval, ' +
  'scale_apps_initial_delay, scale_apps_interval, store_cache, task_launch_confirm_timeout, task_launch_timeout, ' +
  'task_lost_expunge_initial_delay, task_lost_expunge_interval, task_reservation_timeout, webui_url';
const ZOOKEEPER_CONFIG =
  'zk, zk_compression, zk_compression_threshold, zk_connection_timeout, zk_max_node_size, zk_max_versions, ' +
  'zk_session_timeout, zk_timeout';

const value = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]);
const membersOf = (names: string) => z.strictObject(Object.fromEntries(names.split(', ').map((name) => [name, value])));

export const info = z.strictObject({
  name: z.literal('marathon'),
  version: z.string(),
  buildref: z.string(),
  elected: z.boolean(),
  leader: z.string().nullable(),
  frameworkId: z.string().nullable(),
  marathon_config: membersOf(MARATHON_CONFIG),
  zookeeper_config: membersOf(ZOOKEEPER_CONFIG),
  http_config: z.strictObject({ http_port: z.int(), https_port: z.int().nullable() }),
});
