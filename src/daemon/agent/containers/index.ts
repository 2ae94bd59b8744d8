// The agent's hands, put together: what isolates containers on this machine, the fetcher, and the containerizer on them.
import type { World } from '../../../world/world.ts';
import { type ContainerFeatures, featuresOf, isolatorFor, ROOT_ONLY } from './confinement/features.ts';
import type { Containerizer } from './containerizer.ts';
import { Fetcher } from './fetch/fetcher.ts';
import { architectureOf } from './images/image-config.ts';
import { Provisioner } from './images/provision.ts';
import { AgentLogins } from './images/pull/logins.ts';
import { ImageStore } from './images/store.ts';
import { detectIsolation } from './isolation/detect.ts';
import { IsolationError } from './isolation/isolator.ts';
import { LocalContainerizer } from './local-containerizer.ts';
import { createNetworks } from './network/index.ts';
import type { ContainerizerOptions, ImagesOptions } from './options.ts';

export type { ContainerizerOptions } from './options.ts';

/**
 * Throws IsolationError `unavailable` when the isolation that was asked for by name cannot be had, RangeError for a
 * forbidden network that is none.
 */
export async function createContainerizer(world: World, options: ContainerizerOptions): Promise<Containerizer> {
  const fetcher = new Fetcher(world, options);
  await fetcher.start();
  const isolator = await detectIsolation(world, options);
  if (isolator.warning !== undefined) world.log.warn(isolator.warning);
  const features = featuresOf(options.isolation);
  for (const feature of ROOT_ONLY) {
    if (features[feature] && !world.host.isRoot) {
      throw new IsolationError('unavailable', `--isolation=${isolatorFor(feature)} needs an agent that runs as root`);
    }
  }
  if (features.ports && isolator.kind === 'posix') {
    throw new IsolationError('unavailable', '--isolation=network/ports needs cgroups, which this agent does not use');
  }
  const provisioner = await createProvisioner(world, options, features);
  const networks = await createNetworks(world, options);
  const bootId = await world.host.bootId();
  return new LocalContainerizer({ world, isolator, fetcher, options, features, provisioner, networks, bootId });
}

async function createProvisioner(
  world: World,
  options: ContainerizerOptions,
  features: ContainerFeatures,
): Promise<Provisioner> {
  const { images, takesDocker = false, sandboxDirectory = '/mnt/mesos/sandbox' } = options;
  const hasImages =
    images !== undefined && world.host.isRoot && (takesDocker || (features.mounts && features.imageRuntime));
  const provisionerDirectory = options.provisionerDirectory ?? `${options.runtimeContainers}.provisioner`;
  const store = hasImages ? await openStore(world, options, images) : undefined;
  const logins = images?.dockerConfig === undefined ? undefined : new AgentLogins(world, images.dockerConfig);
  return new Provisioner(world, store, { provisionerDirectory, sandboxDirectory, takesDocker, logins, gc: images?.gc });
}

async function openStore(world: World, options: ContainerizerOptions, images: ImagesOptions): Promise<ImageStore> {
  const { stdout: machine } = await world.processes.run({ argv: ['uname', '-m'] });
  const store = new ImageStore(world, {
    directory: images.storeDirectory,
    registry: images.registry,
    stallMs: options.fetcherStallTimeoutMs,
    architecture: architectureOf(machine.trim()),
  });
  await store.start();
  return store;
}
