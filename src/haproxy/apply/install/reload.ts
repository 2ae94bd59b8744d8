// Telling HAProxy to load its files, in one of five ways (haproxy.md 10.8, 12). What became of it is verify.ts' business.
import { ProcessError, type ToolResult } from '../../../world/processes.ts';
import type { World } from '../../../world/world.ts';
import { MasterSocket } from '../../runtime/master-socket.ts';
import { RuntimeError } from '../../runtime/runtime-error.ts';
import { ApplyError } from '../apply-error.ts';
import type { ApplySettings } from '../settings.ts';
import type { Running } from './running.ts';

const TIMEOUT_MS = 30_000;
/** Under cron there is less (haproxy.md 13.3). */
const ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

/** A master that executes itself again, for a reload of before, does not listen for a moment. */
const [MASTER_BACK_WITHIN_MS, POLL_MS] = [3_000, 50];

type ReloadWorld = Pick<World, 'clock' | 'net' | 'disk' | 'processes'>;

/** `running`: as it was a moment ago. Throws ApplyError `not-running` or `reload-failed`. */
export async function tellToReload(
  world: ReloadWorld,
  settings: ApplySettings,
  running: Pick<Running, 'kind'>,
): Promise<void> {
  const { reload } = settings;
  switch (reload.kind) {
    case 'command':
      return runTool(world, ['/bin/sh', '-c', reload.command], 'the reload command');
    case 'systemd':
      return runTool(world, ['systemctl', 'reload-or-restart', reload.unit], `systemctl for ${reload.unit}`);
    case 'master':
      return throughMaster(world, reload.socket, running.kind === 'up' ? MASTER_BACK_WITHIN_MS : 0);
    case 'pidfile':
      return bySignal(world, reload.path);
    case 'start':
      return startAnew(world, settings, reload.pidfile);
  }
}

async function runTool(world: ReloadWorld, argv: readonly [string, ...string[]], what: string): Promise<void> {
  let result: ToolResult;
  try {
    result = await world.processes.run({ argv, cwd: '/', env: ENVIRONMENT, timeoutMs: TIMEOUT_MS });
  } catch (cause) {
    if (!(cause instanceof ProcessError)) throw cause;
    throw new ApplyError('reload-failed', `${what} cannot be run: ${cause.message}`, { cause });
  }
  if (result.exitCode === 0) return;
  const how = result.timedOut
    ? `took longer than ${TIMEOUT_MS / 1000} s`
    : `ended with ${result.exitCode === undefined ? result.signal : `exit code ${result.exitCode}`}`;
  const words = `${result.stderr}\n${result.stdout}`.trim().replace(/\s+/g, ' ').slice(0, 1000);
  throw new ApplyError('reload-failed', `${what} ${how}${words === '' ? '' : `: ${words}`}`);
}

async function throughMaster(world: ReloadWorld, socket: string, patienceMs: number): Promise<void> {
  try {
    await new MasterSocket(world.net, socket).reload();
  } catch (cause) {
    if (!(cause instanceof RuntimeError)) throw cause;
    if (cause.code === 'not-running') {
      if (patienceMs > 0) {
        await world.clock.sleep(POLL_MS);
        return throughMaster(world, socket, patienceMs - POLL_MS);
      }
      throw new ApplyError('not-running', `no HAProxy listens on its master socket ${socket}: start it`, { cause });
    }
    // The master takes the connection down with itself when it executes itself again.
    if (cause.code !== 'no-answer') throw new ApplyError('reload-failed', cause.message, { cause });
  }
}

async function bySignal(world: ReloadWorld, path: string): Promise<void> {
  const [pid] = await pidsIn(world, path);
  const master = pid === undefined ? undefined : await world.processes.identify(pid);
  const isSent = master !== undefined && (await world.processes.signal(master, 'SIGUSR2'));
  if (!isSent) throw new ApplyError('not-running', `there is no HAProxy of pid file ${path}: start it`);
}

/** The new process takes the listeners from the old ones' socket and tells them to finish; or it is the first one. */
async function startAnew(
  world: ReloadWorld,
  { haproxy, configPath, runtimeSocket }: ApplySettings,
  pidfile: string,
): Promise<void> {
  const old: number[] = [];
  for (const pid of await pidsIn(world, pidfile)) {
    if ((await world.processes.identify(pid)) !== undefined) old.push(pid);
  }
  const takesOver =
    old.length === 0 ? [] : [...(runtimeSocket ? ['-x', runtimeSocket] : []), '-sf', ...old.map(String)];
  await runTool(world, [haproxy, '-D', '-f', configPath, '-p', pidfile, ...takesOver], haproxy);
}

async function pidsIn(world: ReloadWorld, path: string): Promise<number[]> {
  if ((await world.disk.stat(path)) === undefined) return [];
  return [...(await world.disk.readText(path)).matchAll(/^\d+$/gm)].map(([pid]) => Number(pid));
}
