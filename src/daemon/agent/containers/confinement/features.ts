// What --isolation may name (mesos-semantics.md 10.2), and what each name makes this agent do.

/** What containers get, or may ask for. */
export interface ContainerFeatures {
  /** A pid namespace each, unless they share ours. */
  readonly pids: boolean;
  readonly ipc: boolean;
  /** A mount namespace: volumes at absolute paths, host paths, images. */
  readonly mounts: boolean;
  readonly rlimits: boolean;
  readonly capabilities: boolean;
  /** Nothing they execute gets more privileges than they have. */
  readonly noNewPrivileges: boolean;
  /** The size of sandboxes is measured. */
  readonly disk: boolean;
  /** Ports they listen on are watched. */
  readonly ports: boolean;
  /** Entrypoint, command and environment of images. */
  readonly imageRuntime: boolean;
}

/** Name → what it switches on; undefined = what this agent does anyway, or decides by cgroups (isolation/detect.ts). */
const ISOLATORS: Readonly<Record<string, keyof ContainerFeatures | undefined>> = {
  cgroups: undefined,
  'cgroups/cpu': undefined,
  'cgroups/mem': undefined,
  process: undefined,
  'posix/cpu': undefined,
  'posix/mem': undefined,
  'posix/disk': 'disk',
  'disk/du': 'disk',
  'filesystem/posix': undefined,
  'filesystem/linux': 'mounts',
  'volume/host_path': 'mounts',
  'volume/sandbox_path': undefined,
  'namespaces/pid': 'pids',
  'namespaces/ipc': 'ipc',
  'posix/rlimits': 'rlimits',
  'linux/capabilities': 'capabilities',
  'linux/nnp': 'noNewPrivileges',
  'network/ports': 'ports',
  'docker/runtime': 'imageRuntime',
  // Decided by what each container asks for.
  'network/cni': undefined,
  environment_secret: undefined,
};

/** All that --isolation may name. */
export const ISOLATOR_NAMES: readonly string[] = Object.keys(ISOLATORS);

/** Those that only root can have. */
export const ROOT_ONLY = ['pids', 'ipc', 'mounts', 'capabilities', 'noNewPrivileges'] as const;

/** Names in the text of --isolation. */
export function isolatorNames(isolation: string | undefined): string[] {
  return (isolation ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** The first name that this agent does not know; undefined when it knows all. */
export function unknownIsolator(isolation: string | undefined): string | undefined {
  return isolatorNames(isolation).find((name) => !Object.hasOwn(ISOLATORS, name));
}

/** What the names come to; unknown ones do nothing. */
export function featuresOf(isolation: string | undefined): ContainerFeatures {
  const on = new Set(isolatorNames(isolation).map((name) => ISOLATORS[name]));
  return {
    pids: on.has('pids'),
    ipc: on.has('ipc'),
    mounts: on.has('mounts'),
    rlimits: on.has('rlimits'),
    capabilities: on.has('capabilities'),
    noNewPrivileges: on.has('noNewPrivileges'),
    disk: on.has('disk'),
    ports: on.has('ports'),
    imageRuntime: on.has('imageRuntime'),
  };
}

/** The name that switches a feature on, for refusals. */
export function isolatorFor(feature: keyof ContainerFeatures): string {
  return Object.entries(ISOLATORS).find(([name, on]) => on === feature && name !== 'posix/disk')?.[0] ?? feature;
}
