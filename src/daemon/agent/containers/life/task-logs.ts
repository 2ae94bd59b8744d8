// Keeps stdout and stderr of tasks within limits. The task holds the file open, so it is copied and then emptied in
// place (tasks append, so that they go on at the start); what is written between the two is lost, which is the price of
// not standing between the task and its file. The copy is made as the task's user: the directory is his, and whatever he
// puts there in place of the file, he could read and write anyway.
import type { World } from '../../../../world/world.ts';
import type { Container } from './container.ts';

const DEFAULT_KEEP = 2;
const ROTATE_TIMEOUT_MS = 60_000;

/** $1 the file, $2 how many old ones stay. */
const ROTATE = `
age=$2
while [ "$age" -gt 1 ]; do
  if [ -f "$1.$((age - 1))" ]; then mv -f -- "$1.$((age - 1))" "$1.$age"; fi
  age=$((age - 1))
done
if [ "$2" -gt 0 ]; then cp -- "$1" "$1.1"; fi
: >"$1"
`;

/** Looks at stdout and stderr once. A rotation that fails is logged, and the file goes on growing. */
export async function rotateTaskLogs(
  world: World,
  container: Container,
  options: { readonly maxTaskLogBytes: number; readonly keepTaskLogs?: number },
): Promise<void> {
  for (const name of ['stdout', 'stderr']) {
    const path = `${container.sandbox}/${name}`;
    const stat = await world.disk.statLink(path);
    if (stat?.kind !== 'file' || stat.size <= options.maxTaskLogBytes) continue;
    const { user } = container;
    const { exitCode, stderr } = await world.processes.run({
      argv: ['/bin/sh', '-c', ROTATE, 'sh', name, String(options.keepTaskLogs ?? DEFAULT_KEEP)],
      // He may have no access to the directories above it.
      cwd: container.sandbox,
      // Nothing of our own environment is his to read.
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' },
      timeoutMs: ROTATE_TIMEOUT_MS,
      ...(user !== undefined && { uid: user.uid, gid: user.gid }),
    });
    if (exitCode !== 0) {
      world.log.warn('the output of a task could not be rotated', {
        path,
        size: stat.size,
        stderr: stderr.slice(0, 500),
      });
    }
  }
}
