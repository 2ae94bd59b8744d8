// Namespaces that containers share with the one they are nested in (mesos-semantics.md 10.2). That of a task group has no
// process whose namespaces they could be, so it gets one that only waits, once somebody wants to share.
import type { ContainerInfo } from '../../../../mesos/generated/v1.ts';
import { DiskError } from '../../../../world/disk.ts';
import type { ProcessIdentity } from '../../../../world/processes.ts';
import { isConfined, joinConfinement, keepConfinement } from '../confinement/inside.ts';
import { type NamespacePlan, type OuterNamespaces, planNamespaces } from '../confinement/namespaces.ts';
import { insideFileOf } from '../confinement/plan.ts';
import { ContainerError } from '../containerizer.ts';
import { killSession } from '../isolation/session.ts';
import type { Container } from './container.ts';
import type { ContainerParts } from './start.ts';

/** Exit file of the process that waits, in the container's runtime directory. */
const HOLDER = 'holder';
const FORMAT = 1;
const fileOf = (runtimeDirectory: string): string => `${runtimeDirectory}/namespaces.json`;
/** Ignores what may be sent to all of a group; its end is the end of whoever shares its process tree. */
const WAIT = 'trap "" 1 2 3 10 12 13 14 15; exec sleep infinity';

/** To be called for each container without a process; what it asks for is checked here. Throws ContainerError. */
export async function keepGroupNamespaces(
  { world, features, options }: ContainerParts,
  { runtime }: Container,
  info: ContainerInfo | undefined,
): Promise<void> {
  const plan = planNamespaces(features, options, {
    linux: info?.linux_info,
    isDocker: false,
    isNested: false,
    outer: undefined,
  });
  if (!(plan.ownPids || plan.ownIpc)) return;
  await world.disk.writeFile(fileOf(runtime.path), JSON.stringify({ format: FORMAT, plan }));
}

/** Those of a container that others are nested in; undefined = it has the agent's. Throws ContainerError, ProcessError. */
export async function outerNamespaces(parts: ContainerParts, outer: Container): Promise<OuterNamespaces | undefined> {
  const { world } = parts;
  const { runtime } = outer;
  if (!outer.hasProcess) {
    const plan = await planOf(parts, runtime.path);
    if (plan === undefined) return undefined;
    await holderOf(parts, outer, plan);
  }
  const inside = await joinConfinement(world, runtime.path);
  if (inside === undefined && (await isConfined(world.disk, runtime.path))) {
    throw new ContainerError('launch', 'Failed to launch container: the container it is nested in has ended');
  }
  return inside?.namespaces;
}

/** The one there is, or a new one. */
async function holderOf(parts: ContainerParts, group: Container, plan: NamespacePlan): Promise<void> {
  const known = group.namespaceHolder;
  const isThere = await known?.then(
    (holder) => parts.world.processes.isAlive(holder),
    () => false,
  );
  if (isThere) return;
  if (group.namespaceHolder === known) group.namespaceHolder = newHolder(parts, group, plan);
  await group.namespaceHolder;
}

/** After everything nested in the container has ended. Throws IsolationError `unkillable`. */
export async function endNamespaceHolder(
  { world, options }: ContainerParts,
  { containerId, runtime }: Pick<Container, 'containerId' | 'runtime'>,
): Promise<void> {
  const holder = await runtime.running(HOLDER);
  if (holder === undefined) return;
  await killSession(world, holder, { containerId, timeoutMs: options.cgroupsDestroyTimeoutMs });
}

/** Or that of an earlier agent, if it is there still. */
async function newHolder(parts: ContainerParts, group: Container, plan: NamespacePlan): Promise<ProcessIdentity> {
  const { world, isolator } = parts;
  const { containerId, runtime } = group;
  const earlier = await runtime.running(HOLDER);
  if (earlier !== undefined && (await world.processes.isAlive(earlier))) return earlier;
  const confinement = {
    ...plan,
    directory: runtime.path,
    insideFile: insideFileOf(runtime.path),
    mounts: [],
    limits: [],
    noNewPrivileges: true,
  };
  await keepConfinement(world.disk, confinement, {});
  return world.processes.launch({
    argv: ['/bin/sh', '-c', WAIT],
    env: {},
    cwd: runtime.path,
    stdout: '/dev/null',
    stderr: '/dev/null',
    exitFile: `${runtime.path}/${HOLDER}`,
    cgroups: isolator.cgroupsOf(containerId),
    confinement,
  });
}

async function planOf({ world }: ContainerParts, runtimeDirectory: string): Promise<NamespacePlan | undefined> {
  try {
    const text = await world.disk.readText(fileOf(runtimeDirectory));
    const { format, plan } = JSON.parse(text) as { readonly format: unknown; readonly plan: NamespacePlan };
    return format === FORMAT ? plan : undefined;
  } catch (cause) {
    if (cause instanceof DiskError && cause.code === 'not-found') return undefined;
    throw cause;
  }
}
