// The HAProxy that runs now, as its sockets tell it; whatever they do not tell is left open.
import type { World } from '../../../world/world.ts';
import { AdminSocket } from '../../runtime/admin-socket.ts';
import { MasterSocket, type Processes } from '../../runtime/master-socket.ts';
import { RuntimeError } from '../../runtime/runtime-error.ts';
import { parseServersState, type RunningServer } from '../../runtime/servers-state.ts';
import type { ApplySettings } from '../settings.ts';

/** A look at it. */
export interface Running {
  /**
   * `up`: it answered. `down`: nobody listens on its socket. `unknown`: it could not be asked, or the config that it has has
   * no such socket.
   */
  readonly kind: 'up' | 'down' | 'unknown';
  /** The worker, by the admin socket. */
  readonly pid?: number;
  readonly servers?: readonly RunningServer[];
  /** The dump they were read from, for a state file. */
  readonly dump?: string;
  readonly processes?: Processes;
  /** Why it could not be asked. */
  readonly warning?: string;
}

/** The two sockets, as far as they are known. */
export interface Sockets {
  readonly admin: AdminSocket | undefined;
  readonly master: MasterSocket | undefined;
}

/** Those that the settings name. */
export function socketsOf(world: Pick<World, 'net'>, settings: ApplySettings): Sockets {
  const { runtimeSocket, reload } = settings;
  const masterSocket = reload.kind === 'master' ? reload.socket : settings.masterSocket;
  return {
    admin: runtimeSocket === undefined ? undefined : new AdminSocket(world.net, runtimeSocket),
    master: masterSocket === undefined ? undefined : new MasterSocket(world.net, masterSocket),
  };
}

/** Never throws for what HAProxy does or does not say. */
export async function lookAtRunning({ admin, master }: Sockets): Promise<Running> {
  // All at once: for a large state HAProxy needs some time.
  const [processes, info, dump] = await Promise.all([
    answerOf(() => master?.processes()),
    answerOf(() => admin?.info()),
    answerOf(() => admin?.serversStateText()),
  ]);
  const common = processes.value === undefined ? {} : { processes: processes.value };
  if (admin === undefined) {
    const isDown = processes.error?.code === 'not-running';
    return { kind: processes.value !== undefined ? 'up' : isDown ? 'down' : 'unknown', ...common };
  }
  if (info.value === undefined || dump.value === undefined) {
    const error = info.error ?? dump.error;
    if (error?.code === 'not-running') return { kind: 'down', ...common };
    return { kind: 'unknown', ...common, ...(error && { warning: error.message }) };
  }
  const servers = await answerOf(async () => parseServersState(dump.value ?? ''));
  return {
    kind: 'up',
    pid: info.value.pid,
    dump: dump.value,
    ...(servers.value && { servers: servers.value }),
    ...(servers.error && { warning: servers.error.message }),
    ...common,
  };
}

/** Whether it is not the worker of before that answers now; false when that cannot be told. */
export function isAnotherWorker(before: Running, now: Running): boolean {
  if (before.pid !== undefined && now.pid !== undefined) return before.pid !== now.pid;
  const known = before.processes?.workers;
  return known !== undefined && now.processes?.workers.some((pid) => !known.includes(pid)) === true;
}

async function answerOf<T>(
  ask: () => Promise<T> | undefined,
): Promise<{ readonly value?: T | undefined; readonly error?: RuntimeError }> {
  try {
    return { value: await ask() };
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    return { error };
  }
}

/** Its processes, master first, for questions about sockets and limits. */
export async function pidsOf(world: Pick<World, 'disk'>, { pid, processes }: Running): Promise<number[]> {
  if (processes !== undefined) return [processes.master, ...processes.workers, ...processes.oldWorkers];
  if (pid === undefined) return [];
  const status = await world.disk.readText(`/proc/${pid}/status`).catch(() => '');
  const parent = Number(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? 0);
  const name = await world.disk.readText(`/proc/${parent}/comm`).catch(() => '');
  return name.trim() === 'haproxy' ? [parent, pid] : [pid];
}
