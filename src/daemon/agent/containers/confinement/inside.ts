// What a later process needs that goes into a container's confinement: kept in the container's runtime directory, for an
// agent that comes after us.
import type { Confinement } from '../../../../world/confinement.ts';
import { type Disk, DiskError } from '../../../../world/disk.ts';
import type { JoinedProcess, TaskProcess } from '../../../../world/processes.ts';
import type { World } from '../../../../world/world.ts';
import type { OuterNamespaces } from './namespaces.ts';
import { insideFileOf } from './plan.ts';

const FORMAT = 1;

type Kept = Omit<JoinedProcess, 'pid'> &
  Pick<InsideUser, 'user'> & {
    /** Whether its namespaces are not the agent's; older ones do not say it. */
    readonly pids?: boolean;
    readonly ipc?: boolean;
  };

/** Who the command is in there, when that is not who the container's files belong to: an image may say so. */
export interface InsideUser {
  readonly user?: TaskProcess['user'];
}

const fileOf = (runtimeDirectory: string): string => `${runtimeDirectory}/confinement.json`;

/** To be called before the container's process is started. */
export async function keepConfinement(disk: Disk, confinement: Confinement, { user }: InsideUser): Promise<void> {
  const { root, workingDirectory, limits, capabilities, noNewPrivileges, directory, shares } = confinement;
  const kept: Kept = {
    hasOwnRoot: root !== undefined,
    workingDirectory,
    limits,
    capabilities: capabilities ?? {},
    noNewPrivileges,
    user,
    pids: confinement.ownPids || shares?.pids === true,
    ipc: confinement.ownIpc || shares?.ipc === true,
  };
  await disk.writeFile(fileOf(directory), JSON.stringify({ format: FORMAT, ...kept }));
}

/** Undefined when the container has no confinement, or its process has gone. */
export async function joinConfinement(
  world: World,
  runtimeDirectory: string,
): Promise<(InsideUser & { readonly joins: JoinedProcess; readonly namespaces: OuterNamespaces }) | undefined> {
  const text = await textOf(world.disk, fileOf(runtimeDirectory));
  if (text === undefined) return undefined;
  const {
    format,
    capabilities,
    user,
    pids = false,
    ipc = false,
    ...kept
  } = JSON.parse(text) as Kept & { format: unknown };
  if (format !== FORMAT) return undefined;
  const [pid = 0, startTime] = ((await textOf(world.disk, insideFileOf(runtimeDirectory))) ?? '')
    .split(' ')
    .map(Number);
  // The pid may be somebody else's by now.
  if ((await world.processes.identify(pid))?.startTime !== startTime) return undefined;
  const isLimited = Object.keys(capabilities ?? {}).length > 0;
  const joins = { ...kept, pid, ...(isLimited && capabilities !== undefined && { capabilities }) };
  return { joins, namespaces: { pid, pids, ipc, hasOwnRoot: kept.hasOwnRoot }, ...(user && { user }) };
}

/** Whether it has a confinement, or had one. */
export async function isConfined(disk: Disk, runtimeDirectory: string): Promise<boolean> {
  return (await disk.stat(fileOf(runtimeDirectory))) !== undefined;
}

async function textOf(disk: Disk, path: string): Promise<string | undefined> {
  try {
    return await disk.readText(path);
  } catch (cause) {
    if (cause instanceof DiskError && cause.code === 'not-found') return undefined;
    throw cause;
  }
}
