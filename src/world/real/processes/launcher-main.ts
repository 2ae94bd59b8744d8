// The launcher: a small resident process that starts the daemon's tasks. Forking costs time in proportion to the memory
// of who forks and blocks its event loop meanwhile; this process stays small. It ends with the daemon; its tasks do not.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, constants, fchownSync, fstatSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { LaunchReply, LaunchRequest } from './launcher-protocol.ts';

const RUNNER = fileURLToPath(new URL('./run-task.sh', import.meta.url));
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** Set-ups under way at once; entering cgroups sleeps in the kernel, so that several overlap well. */
const MAX_STARTING = 16;

closeInherited();
const announces = shellAnnouncesSignals() ? '1' : '0';
/** Not bounded here: the daemon bounds what it has under way. */
const queue: LaunchRequest[] = [];
let starting = 0;

process.on('message', (request: LaunchRequest) => {
  queue.push(request);
  startMore();
});
process.on('disconnect', () => process.exit(0));
// Whatever is wrong with us, the daemon notices and starts another launcher; nobody reads our traces.
process.on('uncaughtException', () => process.exit(1));

function startMore(): void {
  while (starting < MAX_STARTING) {
    const request = queue.shift();
    if (request === undefined) return;
    starting++;
    say({ id: request.id, isTaken: true });
    start(request, (reply) => {
      starting--;
      say(reply);
      startMore();
    });
  }
}

function say(reply: LaunchReply): void {
  if (process.connected) process.send?.(reply);
}

function start({ id, pieces, task }: LaunchRequest, done: (reply: LaunchReply) => void): void {
  let replied = false;
  const reply = (answer: LaunchReply): void => {
    if (replied) return;
    replied = true;
    done(answer);
  };
  const fail = (cause: unknown): void => reply({ id, problem: cause instanceof Error ? cause.message : String(cause) });
  const descriptors: number[] = [];
  let child: ChildProcess;
  try {
    rmSync(task.exitFile, { force: true });
    let stdin: number | 'ignore' = 'ignore';
    if (task.pipes === undefined) {
      for (const path of [task.stdout, task.stderr]) descriptors.push(openOutput(path, task.user));
    } else {
      for (const path of [task.pipes.stdout, task.pipes.stderr]) descriptors.push(openPipe(path));
      stdin = openStdin(task.pipes);
      descriptors.push(stdin);
    }
    const user = userArguments(task.dropsUser ? task.user : undefined);
    // A terminal's command is script's child, which tells its status and announces nothing.
    const announced = task.terminal === undefined ? announces : '0';
    child = spawn('/bin/sh', [RUNNER, task.exitFile, announced, ...user, ...(task.cgroups ?? [])], {
      detached: true,
      cwd: task.cwd,
      env: { PATH, ...pieces, ...(task.setsUpItself && { SETS_UP_ITSELF: '1' }) },
      stdio: [stdin, ...descriptors.slice(0, 2), 'pipe'],
    });
  } catch (cause) {
    fail(cause);
    return;
  } finally {
    for (const descriptor of descriptors) closeSync(descriptor);
  }
  child.once('error', fail);
  child.unref();
  const { pid } = child;
  // After a failed spawn there is a socket all the same, and nobody at its other end.
  const socket = child.stdio[3] as Socket;
  socket.on('error', fail);
  if (pid === undefined) return;
  let heard = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    heard += chunk;
    if (!heard.endsWith('\n')) return;
    // The runner tells it, for a short task may be over before we look.
    const startTime = /^up (\d+)\n$/.exec(heard)?.[1];
    if (startTime === undefined) fail(heard.trim());
    else reply({ id, pid, startTime: Number(startTime) });
    socket.destroy();
  });
  socket.once('close', () => fail(heard.trim() || 'the runner ended before it began'));
}

/**
 * Never through a symlink, and nobody's file that is linked there is given away: the directory is the task's, and we may
 * be root.
 */
function openOutput(path: string, user: LaunchRequest['task']['user']): number {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  const descriptor = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o644);
  if (user === undefined) return descriptor;
  const { uid, nlink } = fstatSync(descriptor);
  if (uid !== user.uid && nlink > 1) {
    closeSync(descriptor);
    throw new Error(`${path} is a link to a file of somebody else`);
  }
  fchownSync(descriptor, user.uid, user.gid);
  return descriptor;
}

/** For both ways, so that it waits for nobody and nobody's going away is felt. */
function openPipe(path: string): number {
  const descriptor = openSync(path, constants.O_RDWR | constants.O_NOFOLLOW);
  if (!fstatSync(descriptor).isFIFO()) {
    closeSync(descriptor);
    throw new Error(`${path} is no pipe`);
  }
  return descriptor;
}

function openStdin(pipes: LaunchRequest['task']['pipes'] & {}): number {
  const both = openPipe(pipes.stdin);
  if (pipes.holdsStdin) return both;
  try {
    return openSync(pipes.stdin, constants.O_RDONLY | constants.O_NOFOLLOW);
  } finally {
    closeSync(both);
  }
}

function userArguments(user: LaunchRequest['task']['user']): [uid: string, gid: string, groups: string] {
  if (user === undefined) return ['-', '-', '-'];
  const groups = user.groups.length > 0 ? `--groups=${user.groups.join(',')}` : '--clear-groups';
  return [String(user.uid), String(user.gid), groups];
}

/** Does /bin/sh say that a child died of a signal? See run-task.sh. */
function shellAnnouncesSignals(): boolean {
  const probe = spawnSync('/bin/sh', ['-c', '(exec /bin/sh -c "kill -TERM \\$\\$"); :'], {
    env: { PATH },
    encoding: 'utf8',
  });
  return (probe.stderr ?? '') !== '';
}

/** Descriptors that whoever started the daemon left open would go on to every task; ours are all closed on exec. */
function closeInherited(): void {
  const O_CLOEXEC = 0o2000000;
  for (const name of readdirSync('/proc/self/fd')) {
    const descriptor = Number(name);
    if (descriptor <= 2) continue;
    try {
      const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${name}`, 'latin1'))?.[1] ?? '';
      if ((Number.parseInt(flags, 8) & O_CLOEXEC) === 0) closeSync(descriptor);
    } catch {
      // The descriptor of the listing itself, closed again by now.
    }
  }
}
