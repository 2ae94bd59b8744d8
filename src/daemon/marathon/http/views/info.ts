// /v2/info (marathon.md 8.1): unset values are null there, and nowhere else.
import { withoutCredentials } from '../../../../cluster/zookeeper/address.ts';
import type { MarathonOptions } from '../../flags.ts';
import type { JsonValue } from '../../model/json.ts';

/** Marathon's release whose behaviour and wire formats this has; clients compare it to decide what they may use. */
export const MARATHON_VERSION = '1.11.24';

/** Where we are, and who leads: `host:port`. */
export interface Whereabouts {
  readonly leader: string;
  readonly elected: boolean;
  readonly httpPort: number;
  readonly hostname: string;
}

/** Every flag as it was understood, without what is nobody's business. */
export function shownFlags(options: Pick<MarathonOptions, 'flagTexts'>): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const [name, text] of Object.entries(options.flagTexts))
    if (!SECRET.test(name)) shown[name] = withHiddenCredentials(text);
  return shown;
}

const SECRET = /credentials|password|secret/;

const HIDDEN = 'xxxxxxxx:xxxxxxxx@';

/** `zk://user:password@host/path` → `zk://xxxxxxxx:xxxxxxxx@host/path`. A password may hold nearly anything. */
function withHiddenCredentials(text: string): string {
  if (/^\s*zk:/i.test(text)) {
    const bare = withoutCredentials(text);
    return bare === text ? text : bare.replace('//', `//${HIDDEN}`);
  }
  return text.replaceAll(/\/\/[^/@]*@/g, `//${HIDDEN}`);
}

/** The whole document. Credentials are never in it. */
export function infoJson(options: MarathonOptions, frameworkId: string | undefined, where: Whereabouts): JsonValue {
  return {
    name: 'marathon',
    version: MARATHON_VERSION,
    buildref: 'mctl',
    elected: where.elected,
    leader: where.leader,
    frameworkId: frameworkId ?? null,
    marathon_config: marathonConfig(options, where),
    zookeeper_config: {
      zk: options.zk === undefined ? null : withHiddenCredentials(options.zk),
      zk_compression: options.zkCompression,
      zk_compression_threshold: options.zkCompressionThresholdBytes,
      zk_connection_timeout: options.zkConnectionTimeoutMs,
      zk_max_node_size: options.zkMaxNodeSizeBytes,
      zk_max_versions: options.zkMaxVersions,
      zk_session_timeout: options.zkSessionTimeoutMs,
      zk_timeout: options.zkTimeoutMs,
    },
    http_config: { http_port: where.httpPort, https_port: null },
  };
}

function marathonConfig(options: MarathonOptions, where: Whereabouts): JsonValue {
  return {
    access_control_allow_origin: options.accessControlAllowOrigin?.value ?? null,
    checkpoint: options.checkpoint,
    decline_offer_duration: options.declineOfferDurationMs,
    default_network_name: options.defaultNetworkName ?? null,
    env_vars_prefix: options.envVarsPrefix ?? null,
    executor: options.executor,
    failover_timeout: options.failoverTimeoutSeconds,
    features: options.enableFeatures?.value ?? [],
    framework_name: options.frameworkName,
    ha: options.ha,
    hostname: where.hostname,
    launch_token: options.launchTokens,
    launch_token_refresh_interval: options.launchTokenRefreshIntervalMs,
    leader_proxy_connection_timeout_ms: options.leaderProxyConnectionTimeoutMs,
    leader_proxy_read_timeout_ms: options.leaderProxyReadTimeoutMs,
    local_port_max: options.localPortMax,
    local_port_min: options.localPortMin,
    maintenance_mode: options.maintenanceMode,
    master: withHiddenCredentials(options.master),
    max_instances_per_offer: options.maxInstancesPerOffer,
    mesos_bridge_name: options.mesosBridgeName,
    mesos_heartbeat_failure_threshold: options.mesosHeartbeatFailureThreshold,
    mesos_heartbeat_interval: options.mesosHeartbeatIntervalMs,
    mesos_leader_ui_url: options.mesosLeaderUiUrl ?? null,
    mesos_role: options.mesosRole,
    mesos_user: options.mesosUser ?? null,
    min_revive_offers_interval: options.minReviveOffersIntervalMs,
    new_group_enforce_role: options.newGroupEnforceRole,
    offer_matching_timeout: options.offerMatchingTimeoutMs,
    on_elected_prepare_timeout: options.onElectedPrepareTimeoutMs,
    reconciliation_initial_delay: options.reconciliationInitialDelayMs,
    reconciliation_interval: options.reconciliationIntervalMs,
    scale_apps_initial_delay: options.scaleAppsInitialDelayMs,
    scale_apps_interval: options.scaleAppsIntervalMs,
    store_cache: options.storeCache,
    task_launch_confirm_timeout: options.taskLaunchConfirmTimeoutMs,
    task_launch_timeout: options.taskLaunchTimeoutMs,
    task_lost_expunge_initial_delay: options.taskLostExpungeInitialDelayMs,
    task_lost_expunge_interval: options.taskLostExpungeIntervalMs,
    task_reservation_timeout: options.taskReservationTimeoutMs,
    webui_url: options.webuiUrl ?? null,
  };
}
