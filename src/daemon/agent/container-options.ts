// What the flags say of containers, as the containerizer takes it (mesos-semantics.md 10).
import type { World } from '../../world/world.ts';
import type { WorkLayout } from './checkpoint/layout.ts';
import type { ContainerizerOptions } from './containers/options.ts';
import { parseCapabilities } from './flags/confinement.ts';
import { contentOf } from './flags/inline-or-file.ts';
import type { AgentOptions } from './flags.ts';
import { isEverywhere } from './identity.ts';
import { imageOptions } from './image-options.ts';
import type { AgentCounters } from './metrics/counters.ts';

/** `ip`: where the agent listens. Throws FlagError, DiskError for files that flags name. */
export async function containerizerOptions(
  world: World,
  options: AgentOptions,
  layout: WorkLayout,
  counters: AgentCounters,
  ip: string,
): Promise<ContainerizerOptions> {
  const { effectiveCapabilities: effective, boundingCapabilities: bounding } = options;
  return {
    ...options,
    owner: layout.workDirectory,
    runtimeContainers: layout.runtimeContainers,
    takesDocker: options.containerizers.value.includes('docker'),
    images: await imageOptions(world, options, layout),
    provisionerDirectory: `${layout.workDirectory}/provisioner/containers`,
    allowedHostPaths: options.allowedHostPaths?.value,
    hostPathVolumeForceCreation: options.hostPathVolumeForceCreation?.value,
    effectiveCapabilities: await contentOf(world, 'effective_capabilities', effective, parseCapabilities),
    boundingCapabilities: await contentOf(world, 'bounding_capabilities', bounding, parseCapabilities),
    fetcherForbiddenNetworks: options.fetcherForbiddenNetworks?.value,
    networks: {
      configDirectory: options.networkCniConfigDir,
      pluginDirectories: options.networkCniPluginsDir.split(':').filter((directory) => directory !== ''),
      bridgeName: options.bridgeNetwork.value,
      subnet: options.bridgeNetworkSubnet.value,
      hostIp: isEverywhere(ip) ? undefined : ip,
      defaultDns: options.defaultContainerDns?.value,
      directory: options.networkCniRootDirPersist ? `${layout.workDirectory}/networks` : layout.runtimeNetworks,
    },
    fetcherCacheDir: options.fetcherCacheDir ?? `${layout.workDirectory}/fetch`,
    onFetch: (isSuccess) =>
      counters.increment(`containerizer/fetcher/task_fetches_${isSuccess ? 'succeeded' : 'failed'}`),
  };
}
