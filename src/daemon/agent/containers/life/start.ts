// Makes the wish for a container a running process: user, sandbox, fetching, cgroups, launch, in this order. After every
// wait it looks whether the container is still wanted.
import { DiskError } from '../../../../world/disk.ts';
import { ProcessError, type TaskProcess } from '../../../../world/processes.ts';
import type { HostUser, World } from '../../../../world/world.ts';
import type { ContainerFeatures } from '../confinement/features.ts';
import { keepConfinement } from '../confinement/inside.ts';
import { asksToShare } from '../confinement/namespaces.ts';
import { placeVolumes } from '../confinement/persistent-volumes.ts';
import { planConfinement, sandboxDirectoryOf } from '../confinement/plan.ts';
import { linkSandboxVolumes } from '../confinement/sandbox-links.ts';
import {
  type ContainerCommand,
  type ContainerConfig,
  ContainerError,
  type LaunchedContainer,
} from '../containerizer.ts';
import type { Fetcher } from '../fetch/fetcher.ts';
import type { Provisioner } from '../images/provision.ts';
import { IsolationError, type Isolator } from '../isolation/isolator.ts';
import type { Networks } from '../network/networks.ts';
import type { ContainerizerOptions } from '../options.ts';
import type { Container } from './container.ts';
import { keepGroupNamespaces, outerNamespaces } from './group-namespaces.ts';
import { withStreams } from './streams.ts';

const SANDBOX_MODE = 0o750;

/** What starting a container takes. */
export interface ContainerParts {
  readonly world: World;
  readonly isolator: Isolator;
  readonly fetcher: Fetcher;
  readonly options: ContainerizerOptions;
  readonly bootId: string;
  readonly features: ContainerFeatures;
  readonly provisioner: Provisioner;
  readonly networks: Networks;
}

/** Throws ContainerError, and whatever `launchError` makes one of. What was made until then is the caller's to undo. */
export async function startContainer(
  parts: ContainerParts,
  container: Container,
  config: ContainerConfig,
  parent: Container | undefined,
): Promise<LaunchedContainer> {
  const { world, isolator, options, bootId } = parts;
  const { containerId, sandbox, runtime } = container;
  // Before anything is fetched for what cannot be.
  if (!config.isDebug) parts.networks.check(config);
  const user = config.isDebug && config.user === undefined ? parent?.user : await resolveUser(world, config.user);
  container.user = user;
  await runtime.create({ containerId, owner: options.owner, bootId });
  if (!config.isDebug) {
    await world.disk.changeMode(sandbox, SANDBOX_MODE);
    if (user !== undefined) await world.disk.changeOwner(sandbox, user.uid, user.gid);
  }
  const image = config.isDebug ? undefined : await parts.provisioner.provision(config, () => container.isUnwanted);
  refuseUnwanted(container);
  if (!config.isDebug && config.command !== undefined && image === undefined && !parts.features.mounts) {
    await linkSandboxVolumes(world, { sandbox, parentSandbox: parent?.sandbox }, config.info?.volumes ?? []);
  }
  const volumeMounts = await placeVolumes(world, config.persistentVolumes ?? [], {
    sandbox,
    user,
    image: image && { root: image.confinement.root.image, sandboxDirectory: sandboxDirectoryOf(options) },
    canMount: parts.features.mounts,
    hasProcess: config.command !== undefined && !config.isDebug,
  });
  if (config.uris.length > 0) await fetch(parts, container, config);
  refuseUnwanted(container);
  const cgroups = await isolator.create(containerId, container.sharesLimits ? undefined : container.limits);
  refuseUnwanted(container);
  const network = config.isDebug ? undefined : await parts.networks.join(config);
  refuseUnwanted(container);
  const networkInfos = network && { networkInfos: network.infos };
  if (config.command === undefined) {
    await keepGroupNamespaces(parts, container, config.info);
    return { containerId, process: undefined, ...networkInfos };
  }
  const confinement = config.isDebug
    ? undefined
    : await planConfinement(world.disk, parts.features, options, {
        sandbox,
        parentSandbox: parent?.sandbox,
        outer: parent && asksToShare(config.info) ? await outerNamespaces(parts, parent) : undefined,
        runtimeDirectory: runtime.path,
        info: config.info,
        volumeMounts,
        image: image?.confinement,
        network: network && {
          ...network,
          mounts: await parts.networks.mounts(network, image !== undefined),
        },
      });
  if (confinement !== undefined) await keepConfinement(world.disk, confinement, { user: image?.user });
  refuseUnwanted(container);
  const inside = image?.user ?? user;
  const task: TaskProcess = {
    argv: commandLine(image?.command ?? config.command),
    env: image?.environment ?? config.environment,
    cwd: sandbox,
    stdout: `${sandbox}/stdout`,
    stderr: `${sandbox}/stderr`,
    exitFile: runtime.exitFile,
    cgroups,
    ...(confinement && { confinement }),
    ...(inside !== undefined && { user: { uid: inside.uid, gid: inside.gid, groups: inside.groups } }),
  };
  container.process = await world.processes.launch(await withStreams(world, container, config, task, parent));
  refuseUnwanted(container);
  return { containerId, process: container.process, ...networkInfos };
}

/** Expected failures of a launch as what the contract promises; anything else stays what it is. */
export function launchError(cause: unknown): unknown {
  if (cause instanceof ProcessError || cause instanceof DiskError || cause instanceof IsolationError) {
    return new ContainerError('launch', `Failed to launch container: ${cause.message}`, { cause });
  }
  return cause;
}

async function resolveUser({ host }: World, name: string | undefined): Promise<HostUser | undefined> {
  if (name === undefined || name === host.currentUser) return undefined;
  const user = await host.user(name);
  if (user === undefined)
    throw new ContainerError('user', `Failed to get user information for '${name}': no such user`);
  if (!host.isRoot) {
    throw new ContainerError(
      'user',
      `Cannot run as user '${name}': this agent runs as '${host.currentUser}', not as root`,
    );
  }
  return user;
}

async function fetch(
  { fetcher, options }: ContainerParts,
  container: Container,
  config: ContainerConfig,
): Promise<void> {
  try {
    await fetcher.fetch({
      sandbox: config.sandbox,
      uris: config.uris,
      user: container.user,
      isCancelled: () => container.isUnwanted,
    });
  } catch (cause) {
    options.onFetch?.(false);
    const what = `Failed to fetch all URIs for container '${container.containerId}'`;
    throw new ContainerError('fetch', `Failed to launch container: ${what}: ${(cause as Error).message}`, { cause });
  }
  options.onFetch?.(true);
}

function refuseUnwanted(container: Container): void {
  if (container.isUnwanted) {
    throw new ContainerError('launch', 'Failed to launch container: Container is being destroyed during launching');
  }
}

/**
 * `sh -c value`, or the program `value` with its arguments (mesos-api.md 12.6). The caller's argv[0] is left out: what
 * executes the program is a shell, which has no way to name it otherwise.
 */
export function commandLine(command: ContainerCommand): readonly [string, ...string[]] {
  if (command.shell) return ['/bin/sh', '-c', command.value];
  return [command.value, ...command.arguments.slice(1)];
}
