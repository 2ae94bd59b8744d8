// A container that somebody talks with, or that looks into another: what changes about the process that is launched.
import { DiskError } from '../../../../world/disk.ts';
import type { JoinedProcess, TaskProcess } from '../../../../world/processes.ts';
import type { World } from '../../../../world/world.ts';
import { joinConfinement } from '../confinement/inside.ts';
import { type ContainerConfig, ContainerError } from '../containerizer.ts';
import { type Place, placeOf } from '../io/joining.ts';
import type { StreamsWish } from '../io/streams.ts';
import { Switchboard } from '../io/switchboard.ts';
import type { Container } from './container.ts';

const ADMIN_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Changing the root, and who one is: setgid, setuid and sys_chroot. */
const NEEDED_FOR_ROOT = ['+cap_6', '+cap_7', '+cap_18'];
/** A uid that no process has. */
const NOBODY_AT_ALL = '65533';
/** What the kernel takes in one variable. */
const MAX_TEXT_BYTES = 120_000;

/** The process as it is to be launched; makes the streams of the container. Throws ContainerError, DiskError. */
export async function withStreams(
  world: World,
  container: Container,
  config: ContainerConfig,
  task: TaskProcess,
  parent: Container | undefined,
): Promise<TaskProcess> {
  const joined = config.isDebug && parent ? await joinConfinement(world, parent.runtime.path) : undefined;
  // Whoever does not say who he is is whom the container's own command is.
  const user = (config.user === undefined ? joined?.user : undefined) ?? container.user;
  const inside = config.isDebug ? await inPlace(world, user, task, parent, joined?.joins) : task;
  const wish = config.streams ?? terminalWish(config);
  if (wish === undefined) return inside;
  const directory = streamsDirectory(container);
  const place = { directory, sandbox: container.sandbox, owner: container.user };
  container.streams = await Switchboard.create(world, place, wish, () => container.process?.pid);
  const pipes = Switchboard.pipesOf(directory, wish);
  if (wish.terminal === undefined) return { ...inside, pipes };
  const { size } = wish.terminal;
  // A command that is started as root gives the terminal away itself.
  const owner = inside.user === undefined ? user?.uid : undefined;
  return { ...inside, pipes, terminal: { ...(size && { size }), ...(owner !== undefined && { owner }) } };
}

/** The streams of a container that an earlier agent launched. Without them it runs on, and nobody can talk with it. */
export async function reopenStreams(world: World, container: Container): Promise<Switchboard | undefined> {
  const place = { directory: streamsDirectory(container), sandbox: container.sandbox };
  try {
    return await Switchboard.reopen(world, place, () => container.process?.pid);
  } catch (cause) {
    if (!(cause instanceof DiskError)) throw cause;
    const { containerId } = container;
    world.log.warn('the streams of a container could not be opened again', { containerId, error: cause.message });
    return undefined;
  }
}

const streamsDirectory = ({ runtime }: Container): string => `${runtime.path}/io`;

function terminalWish({ info }: ContainerConfig): StreamsWish | undefined {
  return info?.tty_info && { terminal: { size: info.tty_info.window_size }, isLogged: true };
}

/** In namespaces of their own it is launched as root, and becomes the user by itself. */
async function inPlace(
  world: World,
  user: TaskProcess['user'],
  task: TaskProcess,
  parent: Container | undefined,
  joined: JoinedProcess | undefined,
): Promise<TaskProcess> {
  const runner = parent?.process;
  const nowhere: Place = { enter: [], confine: [], environment: { PATH: ADMIN_PATH }, command: undefined };
  const place = runner === undefined ? nowhere : await placeOf(world, runner);
  if (place === undefined) {
    throw new ContainerError('launch', 'Failed to launch container: the container it is nested in has ended');
  }
  const environment = { ...place.environment, ...task.env };
  const { user: _, ...asRoot } = task;
  if (place.enter.length === 0) {
    const [first, ...rest] = [...place.confine, ...task.argv];
    return { ...task, argv: [first ?? '', ...rest], env: environment };
  }
  // Inside is another root: what is there is found by the container's own shell. The environment is the task's to choose,
  // so nothing gets it that is still root.
  const text = shellText(environment, task.argv);
  const become = user === undefined ? [] : ['--setuid', String(user.uid), '--setgid', String(user.gid)];
  const shell = ['/bin/sh', '-c', 'text=$MCTL_TASK; unset MCTL_TASK; eval "$text"'];
  if (joined?.hasOwnRoot) {
    const there = `cd -- ${quote(joined.workingDirectory ?? '/')}\n`;
    const [outer = '', ...inner] = intoOwnRoot(place, user);
    return { ...asRoot, argv: [outer, ...inner, ...shell], env: { PATH: ADMIN_PATH, MCTL_TASK: there + text } };
  }
  const [first = '', ...rest] = place.enter;
  return {
    ...asRoot,
    argv: [first, ...rest, ...become, '--', ...place.confine, ...shell],
    env: { PATH: ADMIN_PATH, MCTL_TASK: text },
  };
}

/**
 * Into a root of an image's, where nothing can be trusted and our tools are not. What is nobody's but root's to have is
 * given up on the way; root itself gives up what it must not have with our tools, and goes into the root after that.
 */
function intoOwnRoot({ enter, confine, command }: Place, user: TaskProcess['user']): readonly string[] {
  if (user !== undefined && user.uid !== 0) {
    const become = ['--setuid', String(user.uid), '--setgid', String(user.gid), '--'];
    return [...(confine.length > 0 ? ['/usr/bin/setpriv', '--no-new-privs', '--'] : []), ...enter, ...become];
  }
  if (confine.length === 0) return [...enter, '--'];
  const bounding = confine[confine.indexOf('--bounding-set') + 1] ?? '';
  const isMissing = !NEEDED_FOR_ROOT.every((capability) => bounding.split(',').includes(capability));
  if (isMissing && confine.includes('--bounding-set')) {
    throw new ContainerError(
      'launch',
      'Failed to launch container: root without CAP_SYS_CHROOT, CAP_SETUID and CAP_SETGID cannot go into its root',
    );
  }
  const elsewhere = enter.filter((option) => option !== '--root' && option !== '--wd');
  const [setpriv = '', ...options] = confine;
  // Not wholly root until it is in there: until then it has a way to our root (/proc/PID/root), which must be nobody's.
  const changeRoot = ['/usr/sbin/chroot', '--userspec=0:0', '--groups=', '.'];
  const there = ['--root=/', `--wd=/proc/${command}/root`, '--'];
  return [...elsewhere, ...there, setpriv, '--ruid', NOBODY_AT_ALL, ...options, ...changeRoot];
}

/** What sh evaluates to execute the command with exactly this environment; names that no shell can have are left out. */
function shellText(environment: Readonly<Record<string, string>>, argv: readonly string[]): string {
  const exports = Object.entries(environment)
    .filter(([name]) => IDENTIFIER.test(name))
    .map(([name, value]) => `export ${name}=${quote(value)}`);
  const text = ['unset PATH PWD OLDPWD', ...exports, `exec ${argv.map(quote).join(' ')}`].join('\n');
  if (Buffer.byteLength(text) > MAX_TEXT_BYTES) {
    throw new ContainerError('launch', 'Failed to launch container: the command and its environment are too long');
  }
  return text;
}

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
