// Takes a container out of its networks by nothing but what was kept of it: whoever does it, this agent, the next one with
// other flags, or somebody who cleans up after agents that are gone.
import { DiskError } from '../../../../world/disk.ts';
import { ProcessError } from '../../../../world/processes.ts';
import type { World } from '../../../../world/world.ts';
import { BridgeNetwork } from './bridge-network.ts';
import { CniPlugins } from './cni/plugins.ts';
import { isNamespace, removeNamespace } from './namespace.ts';
import { NetworkError } from './network-error.ts';
import { NetworkDirectory } from './record.ts';

/** Fine when there is nothing. Throws NetworkError, DiskError, ProcessError; then it is to be tried again. */
export async function leaveNetworks(world: World, place: NetworkDirectory, containerId: string): Promise<void> {
  if ((await world.disk.stat(place.path)) === undefined) return;
  // Without a record nothing had been begun.
  const { attachments } = (await place.read()) ?? { attachments: [] };
  const { namespace, lockFile } = place;
  // Plugins take a namespace that is not there for one that is gone, and a file that is none for a mistake.
  if (!(await isNamespace(world, namespace))) await world.disk.remove(namespace);
  for (const attachment of attachments.toReversed()) {
    const plugins = new CniPlugins(world, attachment.pluginDirectories);
    await plugins.remove({ containerId, namespace, lockFile }, attachment);
  }
  await removeNamespace(world, namespace);
  await place.remove();
  for (const { bridge } of attachments) if (bridge !== undefined) await new BridgeNetwork(world, bridge).sweep();
}

/** Of all agents whose directories are in this one; none of their containers runs any more. What could not be left. */
export async function leaveAllNetworks(world: World, directory: string): Promise<string[]> {
  const left: string[] = [];
  for (const agent of await namesIn(world, directory)) {
    for (const containerId of await namesIn(world, `${directory}/${agent}`)) {
      const place = new NetworkDirectory(world.disk, `${directory}/${agent}/${containerId}`);
      try {
        await leaveNetworks(world, place, containerId);
      } catch (cause) {
        if (!isExpected(cause)) throw cause;
        left.push(`${place.path}: ${cause.message}`);
      }
    }
  }
  return left;
}

/** Something of the machine that may be better later. */
export function isExpected(cause: unknown): cause is Error {
  return cause instanceof NetworkError || cause instanceof DiskError || cause instanceof ProcessError;
}

async function namesIn({ disk }: World, directory: string): Promise<readonly string[]> {
  return (await disk.stat(directory))?.kind === 'directory' ? disk.list(directory) : [];
}
