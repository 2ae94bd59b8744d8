// Network namespaces that are kept by a mount: they need no process in them, and are there for whoever comes later.
import { ProcessError, type ToolCommand } from '../../../../world/processes.ts';
import type { World } from '../../../../world/world.ts';
import { NetworkError } from './network-error.ts';

const TOOL_TIMEOUT_MS = 30_000;

/** Makes one at `path`, with its loopback device up. Throws NetworkError `machine`, DiskError. */
export async function makeNamespace(world: World, path: string): Promise<void> {
  await world.disk.writeFile(path, '', { mode: 0o600 });
  await run(world, ['unshare', `--net=${path}`, 'ip', 'link', 'set', 'dev', 'lo', 'up']);
}

/** Whether there is one; what the machine's restart leaves of it is a plain file. */
export async function isNamespace({ disk }: World, path: string): Promise<boolean> {
  const mounts = await disk.readText('/proc/self/mounts');
  // The kernel writes what would separate fields as an octal number.
  const escaped = path.replaceAll('\\', '\\134').replaceAll(' ', '\\040').replaceAll('\t', '\\011');
  return mounts.split('\n').some((line) => line.split(' ')[1] === escaped);
}

/** Whoever still is in it keeps it; nobody finds it any more. Fine when there is none. Throws NetworkError, DiskError. */
export async function removeNamespace(world: World, path: string): Promise<void> {
  if (await isNamespace(world, path)) await run(world, ['umount', '--lazy', '--no-mtab', '--internal-only', path]);
  await world.disk.remove(path);
}

async function run(world: World, argv: ToolCommand['argv']): Promise<void> {
  let why: string;
  try {
    const result = await world.processes.run({ argv, timeoutMs: TOOL_TIMEOUT_MS });
    if (result.exitCode === 0) return;
    why = result.stderr.trim() || `it ended with ${result.exitCode ?? result.signal}`;
  } catch (cause) {
    if (!(cause instanceof ProcessError)) throw cause;
    why = cause.message;
  }
  throw new NetworkError('machine', `a network namespace could not be made or removed: ${argv[0]}: ${why}`);
}
