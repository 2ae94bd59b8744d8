// From what a container asks for and what this agent does to what its process is shut in with. What cannot be had is
// refused by name: nothing that a container relies on is silently left out.
import type { ContainerInfo, LinuxInfo } from '../../../../mesos/generated/v1.ts';
import type { ConfinedMount, ConfinedRoot, Confinement } from '../../../../world/confinement.ts';
import type { Disk } from '../../../../world/disk.ts';
import { ContainerError } from '../containerizer.ts';
import type { DockerWish } from '../images/docker.ts';
import type { ContainerizerOptions } from '../options.ts';
import { type ContainerFeatures, isolatorFor } from './features.ts';
import { type OuterNamespaces, planNamespaces } from './namespaces.ts';
import { capabilitiesOf, limitsOfInfo } from './privileges.ts';
import { volumeMounts } from './volumes.ts';

/** The container that is to be confined. */
export interface ConfinementWish {
  readonly sandbox: string;
  readonly parentSandbox: string | undefined;
  /** Of what it is nested in, as far as it asks for them. */
  readonly outer: OuterNamespaces | undefined;
  /** Its runtime directory. */
  readonly runtimeDirectory: string;
  readonly info: ContainerInfo | undefined;
  /** Of persistent volumes. */
  readonly volumeMounts: readonly ConfinedMount[];
  /** Of its own, or of what it is nested in; undefined = the agent's. */
  readonly network:
    | { readonly namespace: string; readonly hostname: string; readonly mounts: readonly ConfinedMount[] }
    | undefined;
  /** With an image: what its root is made of, and what the image says. */
  readonly image:
    | { readonly root: ConfinedRoot; readonly workingDirectory: string; readonly docker?: DockerWish }
    | undefined;
}

/** The namespaces of a container that runs. */
export const insideFileOf = (runtimeDirectory: string): string => `${runtimeDirectory}/inside`;

/** Where a container with an image sees its sandbox. */
export const sandboxDirectoryOf = ({ sandboxDirectory }: ContainerizerOptions): string =>
  sandboxDirectory ?? '/mnt/mesos/sandbox';

/** Undefined when nothing is to be set up: a plain process. Throws ContainerError, DiskError. */
export async function planConfinement(
  disk: Disk,
  features: ContainerFeatures,
  options: ContainerizerOptions,
  wish: ConfinementWish,
): Promise<Confinement | undefined> {
  const { info, image, network, sandbox, runtimeDirectory } = wish;
  const linux = info?.linux_info;
  const { docker } = image ?? {};
  const isDocker = docker !== undefined;
  refuseUnsupported(info, features);
  const sandboxDirectory = sandboxDirectoryOf(options);
  const ofInfo = await volumeMounts(disk, info?.volumes ?? [], {
    sandbox,
    parentSandbox: wish.parentSandbox,
    allowedHostPaths: options.allowedHostPaths ?? [],
    creatableHostPaths: options.hostPathVolumeForceCreation ?? [],
    image: image && { root: image.root.image, sandboxDirectory },
    canMount: features.mounts || docker !== undefined,
  });
  const mounts = [...ofInfo, ...wish.volumeMounts];
  const namespaces = planNamespaces(features, options, {
    linux,
    isDocker,
    isNested: wish.parentSandbox !== undefined,
    outer: wish.outer,
  });
  const capabilities = capabilitiesFor(linux, features, options, docker);
  const limits = [...limitsOfInfo(info?.rlimit_info), ...(docker?.limits ?? [])];
  const hostname = network?.hostname ?? docker?.hostname;
  const isPlain =
    (image ?? network) === undefined &&
    mounts.length + limits.length === 0 &&
    !(namespaces.ownPids || namespaces.ownIpc || namespaces.shares) &&
    capabilities === undefined;
  if (isPlain && !features.noNewPrivileges) return undefined;
  const names = network?.mounts ?? (image === undefined ? [] : await namesOfHost(disk));
  const sandboxMount = { source: sandbox, target: sandboxDirectory, isReadOnly: false };
  return {
    directory: runtimeDirectory,
    insideFile: insideFileOf(runtimeDirectory),
    ...namespaces,
    ...(image && { root: image.root, workingDirectory: image.workingDirectory }),
    mounts: [...(image === undefined ? [] : [sandboxMount]), ...names, ...mounts],
    limits,
    ...(network && { networkNamespace: network.namespace }),
    ...(hostname !== undefined && { hostname }),
    ...(capabilities && { capabilities }),
    noNewPrivileges: features.noNewPrivileges,
  };
}

function refuseUnsupported(info: ContainerInfo | undefined, features: ContainerFeatures): void {
  const { bounding_capabilities, effective_capabilities, capability_info, seccomp, ipc_mode, shm_size } =
    info?.linux_info ?? {};
  const wishes: [what: string, isAsked: boolean, feature: keyof ContainerFeatures][] = [
    ['resource limits (rlimit_info)', (info?.rlimit_info?.rlimits ?? []).length > 0, 'rlimits'],
    [
      'capabilities',
      (bounding_capabilities ?? effective_capabilities ?? capability_info) !== undefined,
      'capabilities',
    ],
    ['ipc_mode', ipc_mode === 'PRIVATE', 'ipc'],
    ['shm_size', shm_size !== undefined, 'ipc'],
  ];
  for (const [what, isAsked, feature] of wishes) {
    if (isAsked && !features[feature]) {
      throw refused(`the container asks for ${what}, which needs --isolation=${isolatorFor(feature)} on this agent`);
    }
  }
  if (seccomp !== undefined && seccomp.unconfined !== true) {
    throw refused('the container asks for a seccomp profile, which this agent does not support');
  }
}

/** Docker's own where it is asked for, and never more than what the agent allows. */
function capabilitiesFor(
  linux: LinuxInfo | undefined,
  features: ContainerFeatures,
  { effectiveCapabilities: effective, boundingCapabilities: bounding }: ContainerizerOptions,
  docker: DockerWish | undefined,
): Confinement['capabilities'] {
  const allowed = features.capabilities ? capabilitiesOf(linux, { effective, bounding }) : undefined;
  if (docker?.capabilities === undefined) return allowed;
  const limit = allowed?.bounding;
  return { bounding: docker.capabilities.filter((name) => limit === undefined || limit.includes(name)) };
}

/** An image on the agent's network sees hosts and names as the agent does. */
async function namesOfHost(disk: Disk) {
  const mounts = [];
  for (const source of ['/etc/hosts', '/etc/hostname', '/etc/resolv.conf']) {
    if ((await disk.stat(source))?.kind === 'file') {
      mounts.push({ source, target: source, isReadOnly: true, isFile: true });
    }
  }
  return mounts;
}

function refused(why: string): ContainerError {
  return new ContainerError('launch', `Failed to launch container: ${why}`);
}
