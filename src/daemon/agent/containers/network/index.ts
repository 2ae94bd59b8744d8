// The networks of containers, put together from what the agent was told.
import { createHash } from 'node:crypto';
import type { World } from '../../../../world/world.ts';
import type { ContainerizerOptions } from '../options.ts';
import { BridgeNetwork } from './bridge-network.ts';
import { NetworkCatalog } from './catalog.ts';
import { CniPlugins } from './cni/plugins.ts';
import { Networks } from './networks.ts';
import { parseSubnet } from './subnet.ts';

const MACHINE_DIRECTORY = '/run/mctl/networks';
const UNTOLD = {
  pluginDirectories: ['/usr/lib/cni'],
  bridgeName: 'mesos-bridge',
  subnet: parseSubnet('10.201.0.0/20'),
};

/** Throws NetworkError `config` when the operator's config files cannot be used. */
export async function createNetworks(world: World, options: ContainerizerOptions): Promise<Networks> {
  const told = options.networks ?? { ...UNTOLD, directory: `${options.runtimeContainers}.networks` };
  const { bridgeName, subnet, configDirectory, hostIp, defaultDns = [] } = told;
  const directory = told.machineDirectory ?? MACHINE_DIRECTORY;
  const bridge = new BridgeNetwork(world, { name: bridgeName, subnet, directory });
  const catalog = new NetworkCatalog(world.disk, configDirectory, bridge);
  await catalog.start();
  return new Networks(world, {
    // Agents of one machine may share the directory above.
    directory: `${told.directory}/${createHash('sha256').update(options.owner).digest('hex').slice(0, 16)}`,
    catalog,
    plugins: new CniPlugins(world, told.pluginDirectories),
    bridgeName,
    hostIp,
    defaultDns,
  });
}
