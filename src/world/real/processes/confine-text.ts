// A confined task as the shell text that run-task.sh evaluates (src/world/confinement.ts): a chain of shells and tools of
// util-linux, each of which sets something up and becomes the next one. Shells can wait in memory, so the task's own
// shell is started before the root is changed and executes the task after it: no tool is needed inside the new root.
//
// What is wrong goes to descriptor 3, as in run-task.sh; the task says "up" there itself, when all is set up.
// Descriptors: 4 the task's own shell, 5 its stdout, 6 its stderr, 7 and 8 for waiting, 9 what the inner shell says of its end.
import type { ConfinedMount, ConfinedRoot, Confinement, SharedNamespaces } from '../../confinement.ts';
import { type JoinedProcess, ProcessError, type TaskProcess } from '../../processes.ts';
import { hiddenPrivileges, NOBODY_AT_ALL, privileges } from './privileges-text.ts';
import { quote, taskText } from './task-text.ts';

/** Where the old root is for a moment. */
const OLD_ROOT = '.mctl-old-root';
const DEVICES = '/dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty';
/** Of ld.so(8) and of glibc: they name files to load. */
const HEEDED_BY_LOADERS = /^(LD_.*|GLIBC_TUNABLES|GCONV_PATH|LOCPATH|NLSPATH|MALLOC_.*|RES_OPTIONS|HOSTALIASES|TZDIR)$/;
/** As in run-task.sh. */
const CAUGHT = '1 2 3 4 5 6 7 8 10 11 12 13 14 15 16 20 21 22 24 25 26 27 29 30 31';
/** For root that changes its root, and who it is. */
const NEEDED_FOR_ROOT = ['sys_chroot', 'setuid', 'setgid'];
const TRAP = `trap : ${CAUGHT}`;

/** The text for a task with a `confinement`; it drops to the task's user itself. */
export function confinedText(task: Pick<TaskProcess, 'argv' | 'env' | 'cwd' | 'user' | 'confinement'>): string {
  const { confinement } = task;
  if (confinement === undefined) return taskText(task);
  const setUp = isApart(confinement)
    ? inOtherPids(confinement, task)
    : [...inPlace(confinement, task), ...become(confinement, task)];
  return [
    'exec 6>&2 2>&3',
    `export started task=${quote(taskText(task))}`,
    `inner=${quote(['unset inner', ...setUp].join('\n'))}`,
    'export inner',
    `exec ${entering(confinement)}/bin/sh -c ${quote('eval "$inner"')}`,
  ].join('\n');
}

/**
 * The text for a task that goes into another's confinement (`joins`), which is then launched as root. Nothing that root
 * runs here on the way may see an environment that the task's owner chose: a dynamic linker would load what it names.
 */
export function joiningText(task: Pick<TaskProcess, 'argv' | 'env' | 'cwd' | 'user' | 'joins'>): string {
  const { joins, user, argv, env } = task;
  if (joins === undefined) return taskText(task);
  const { pid, hasOwnRoot, workingDirectory = task.cwd } = joins;
  const enter = ['/usr/bin/nsenter', `--target=${pid}`, '--mount', '--uts', '--ipc', '--net', '--pid'];
  if (!hasOwnRoot) {
    const inside = ['/bin/sh', '-c', 'text=$task; unset task; eval "$text"'];
    const way = [...enter, `--wdns=${workingDirectory}`, ...privileges({ ...joins, user }), ...inside];
    return taskText({ argv: way, env: { task: taskText(task) } });
  }
  if (joins.capabilities !== undefined && (user === undefined || user.uid === 0)) {
    return asLimitedRoot(joins, enter, workingDirectory, { argv, env });
  }
  // Inside there are none of our tools: what can be set before is, and the user on the way in.
  const before = privileges({
    ...joins,
    noNewPrivileges: joins.noNewPrivileges || joins.capabilities !== undefined,
    capabilities: {},
    user: undefined,
  });
  const as = user === undefined ? [] : [`--setuid=${user.uid}`, `--setgid=${user.gid}`];
  const whole = [...before, ...enter, '--root', `--wdns=${workingDirectory}`, ...as, ...argv];
  return taskText({ argv: whole, env: withoutLoaderVariables(env) });
}

/**
 * As root that may not do everything: gives up the rest with our tools, which are not in there, and changes the root after
 * that. Not wholly root until then, since whoever is root in there could otherwise reach our root by it (/proc/PID/root).
 */
function asLimitedRoot(
  { pid, capabilities = {}, limits, noNewPrivileges }: JoinedProcess,
  enter: readonly string[],
  workingDirectory: string,
  { argv, env }: Pick<TaskProcess, 'argv' | 'env'>,
): string {
  const { bounding, effective } = capabilities;
  if (effective !== undefined || !NEEDED_FOR_ROOT.every((name) => bounding?.includes(name) ?? true)) {
    const what = `a command of root cannot go into a container with an image without ${NEEDED_FOR_ROOT.join(', ')}`;
    throw new ProcessError('cannot-start', what);
  }
  const [setpriv, ...options] = privileges({ limits: [], capabilities, noNewPrivileges, user: undefined });
  const changeRoot = ['/usr/sbin/chroot', '--userspec=0:0', '--groups=', '.'];
  const goThere = ['/bin/sh', '-c', 'cd -- "$0" && exec "$@"', workingDirectory];
  const before = privileges({ limits, noNewPrivileges: false, user: undefined });
  const way = [
    ...before,
    ...enter,
    '--root=/',
    `--wd=/proc/${pid}/root`,
    setpriv ?? '/usr/bin/setpriv',
    '--ruid',
    NOBODY_AT_ALL,
  ];
  const inside = [...(options.length === 0 ? ['--'] : options), ...changeRoot, ...goThere, ...argv];
  return taskText({ argv: [...way, ...inside], env: withoutLoaderVariables(env) });
}

/** No shell inside could set the environment there, so what a dynamic linker or the C library heeds is left out. */
function withoutLoaderVariables(env: TaskProcess['env']): TaskProcess['env'] {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !HEEDED_BY_LOADERS.test(name)));
}

/** Its process tree is not ours. */
const isApart = ({ ownPids, shares }: Confinement): boolean => ownPids || shares?.pids === true;

function entering({ networkNamespace, ownPids, ownIpc, hostname, shares }: Confinement): string {
  const network = networkNamespace === undefined ? '' : `nsenter --net=${quote(networkNamespace)} `;
  const own = [
    '--mount --propagation slave',
    ...(ownIpc ? ['--ipc'] : []),
    ...(hostname === undefined ? [] : ['--uts']),
    // The first child of the shell is the first process in there.
    ...(ownPids ? ['--pid'] : []),
  ];
  return `${network}${shares === undefined ? '' : sharing(shares)}unshare ${own.join(' ')} `;
}

/** Who goes into another process tree is not in there himself; his children are. */
function sharing({ pid, pids, ipc }: SharedNamespaces): string {
  const flags = [
    ...(pids ? ['--pid --no-fork'] : []),
    // /dev/shm can only be had with all that is mounted there; only our own /proc tells who we are.
    ...(ipc ? ['--ipc --mount --wd=/proc'] : []),
  ];
  return flags.length === 0 ? '' : `nsenter --target=${pid} ${flags.join(' ')} `;
}

/**
 * The outer shell stays outside, the inner one is in there, and where the process tree is its own the first one, who cannot
 * be killed by what the task's own users send; it tells a task's death by a signal by what its own shell says of it, as in
 * run-task.sh.
 */
function inOtherPids(confinement: Confinement, task: Pick<TaskProcess, 'cwd' | 'user'>): string[] {
  return [
    TRAP,
    'exec 5>&1',
    'announced=$(exec 9>&1 1>&5',
    TRAP,
    ...inPlace(confinement, task),
    'exec 2>&9 9>&-',
    '(exec 2>&3 5>&-',
    ...become(confinement, task),
    ')',
    'exit $?)',
    'code=$?',
    `if [ $code -gt 128 ] && [ -n "$announced" ]; then ulimit -c 0; trap - ${CAUGHT}; kill -$((code - 128)) $$; fi`,
    'exit $code',
  ];
}

/** Everything that takes root: says where we are, and mounts. */
function inPlace(confinement: Confinement, { cwd }: Pick<TaskProcess, 'cwd'>): string[] {
  const { insideFile, root, hostname, ownIpc, mounts, shares } = confinement;
  const lines = [
    `read -r stat <${shares?.ipc ? '' : '/proc/'}self/stat && set -- \${stat##*) }`,
    `echo "\${stat%% *} \${20}" >${quote(insideFile)} || exit 125`,
    ...(shares?.ipc ? [`cd -- ${quote(cwd)} || exit 125`] : []),
    ...(hostname === undefined ? [] : [`hostname ${quote(hostname)} || exit 125`]),
    ...(root === undefined ? [] : mountRoot(confinement, root)),
  ];
  if (root === undefined && isApart(confinement))
    lines.push('mount -t proc -o nosuid,nodev,noexec proc /proc || exit 125');
  if (root === undefined && ownIpc) lines.push(`${sharedMemory(confinement, '/dev/shm')} || exit 125`);
  for (const mount of mounts) lines.push(...bind(mount, root !== undefined));
  if (root?.isReadOnly) lines.push('mount -o remount,bind,ro "$new" || exit 125');
  return lines;
}

function mountRoot(confinement: Confinement, { image, upper, work }: ConfinedRoot): string[] {
  const { directory } = confinement;
  const options = `nodev,lowerdir=${image},upperdir=${upper},workdir=${work}`;
  if (/[,:\\]/.test(`${image}${upper}${work}`)) {
    throw new ProcessError('cannot-start', 'directories of images must have neither comma nor colon in their paths');
  }
  return [
    // No tool follows a symlink that an image has put in the way.
    'at() {',
    '  at=$new; rest=$1/',
    '  while [ -n "$rest" ]; do',
    `    part=\${rest%%/*} rest=\${rest#*/}`,
    '    [ -n "$part" ] || continue',
    '    at=$at/$part',
    `    if [ -L "$at" ]; then echo "a symlink of the image is in the way of \${at#"$new"}" >&3; exit 125; fi`,
    '    if [ -n "$rest" ] || [ "$2" = directory ]; then [ -d "$at" ] || mkdir -- "$at" || exit 125',
    '    else [ -e "$at" ] || : >"$at" || exit 125; fi',
    '  done',
    '}',
    `new=${quote(`${directory}/root`)} host=${quote(`${directory}/host`)}`,
    'mkdir -p "$new" "$host" || exit 125',
    // Whoever still is in a directory of the old root when that goes would be a way out to it (/proc/1/cwd).
    'cd /',
    `mount -t overlay -o ${quote(options)} overlay "$new" || exit 125`,
    'at /proc directory; mount -t proc -o nosuid,nodev,noexec proc "$at" || exit 125',
    'at /sys directory; mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$at" || exit 125',
    'at /dev directory; mount -t tmpfs -o nosuid,noexec,mode=755,size=1m tmpfs "$at" || exit 125',
    `cp -a ${DEVICES} "$at" && mkdir "$at/pts" "$at/shm" || exit 125`,
    'mount -t devpts -o newinstance,nosuid,noexec,ptmxmode=0666,mode=620,gid=5 devpts "$at/pts" || exit 125',
    `${confinement.keepsSharedMemory ? 'mount --bind /dev/shm "$at/shm"' : sharedMemory(confinement, '"$at/shm"')} || exit 125`,
    'ln -s pts/ptmx "$at/ptmx" && ln -s /proc/self/fd "$at/fd" || exit 125',
    `for n in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/\${n%:*}" "$at/\${n#*:}" || exit 125; done`,
    `at /${OLD_ROOT} directory`,
  ];
}

function sharedMemory({ sharedMemoryBytes }: Confinement, quoted: string): string {
  const size = sharedMemoryBytes === undefined ? '' : `,size=${sharedMemoryBytes}`;
  return `mount -t tmpfs -o nosuid,nodev,mode=1777${size} shm ${quoted}`;
}

function bind(mount: ConfinedMount, isInRoot: boolean): string[] {
  const { target, isReadOnly, isFile } = mount;
  const at = isInRoot ? '"$at"' : quote(target);
  return [
    ...(isInRoot ? [`at ${quote(target)} ${isFile ? 'file' : 'directory'}`] : []),
    `${bindText(mount, at)} || exit 125`,
    ...(isReadOnly ? [`mount -o remount,bind,ro ${at} || exit 125`] : []),
  ];
}

/**
 * What was looked at and what is mounted must be the same, though whoever owns a directory above may exchange it at any
 * time: who is in a directory stays there, and the kernel says where that is. Of a file that is true of its directory.
 */
function bindText({ source, isReadOnly, isFile, isReal }: ConfinedMount, at: string): string {
  // What else is mounted below it could not be made read-only with it.
  const how = isReadOnly ? '--bind' : '--rbind';
  if (!isReal) return `mount ${how} -- ${quote(source)} ${at}`;
  const end = isFile ? source.lastIndexOf('/') : source.length;
  const [directory, held] = [source.slice(0, end) || '/', `.${source.slice(end)}`];
  const isSame = `[ "$PWD" = ${quote(directory)} ] && [ ! -L ${quote(held)} ]`;
  const complaint = `{ echo ${quote(`a link is in the way of '${source}'`)} >&3; exit 125; }`;
  const moving = `cd -P -- ${quote(directory)} && { ${isSame} || ${complaint}; }`;
  return `(${moving} && exec mount -c ${how} -- ${quote(held)} ${at})`;
}

/** Becomes the task: its limits and privileges, and where it has one its own root. */
function become(
  { root, directory, workingDirectory, ...confinement }: Confinement,
  { user }: Pick<TaskProcess, 'user'>,
): string[] {
  const goThere = workingDirectory === undefined ? [] : [`cd -- ${quote(workingDirectory)} 2>&3 || exit 125`];
  // Nobody else of that user is there yet otherwise.
  const isHidden = root !== undefined && user !== undefined && user.uid !== 0 && confinement.shares?.pids === true;
  const last = [
    ...(isHidden ? ['exec 4<&-'] : []),
    'unset inner',
    ...(root === undefined ? [] : ['echo ready >&7; read -r go <&8; exec 7>&- 8>&-; [ "$go" = go ] || exit 125']),
    ...goThere,
    'echo "up $started" >&3',
    'text=$task; unset task started go',
    'exec 2>&6 6>&- 3>&-',
    'eval "$text"',
  ];
  const way = isHidden ? hiddenPrivileges(user, confinement) : privileges({ ...confinement, user });
  const prefix = way.map(quote).join(' ');
  return [
    ...(isHidden ? unreadableShell() : []),
    ...(root === undefined ? [] : changeRoot(directory)),
    `exec ${prefix} ${isHidden ? '/proc/self/fd/4' : '/bin/sh'} -c ${quote(last.join('\n'))}`,
  ];
}

/**
 * The waiting shell has the task's user and for a moment our root, so others of that user in the same process tree could
 * come out by it (/proc/PID/root). The kernel lets nobody near a process that executes what it may not read, until it
 * executes something else. By a descriptor, since nobody has a way to that file.
 */
function unreadableShell(): string[] {
  return [
    'mount -t tmpfs -o nosuid,nodev,mode=700,size=16m shell "$host" || exit 125',
    'cp -- /bin/sh "$host/sh" && chmod 111 "$host/sh" && exec 4<"$host/sh" || exit 125',
  ];
}

/**
 * The task's shell is started and waits; then one process changes the root for all of us, and another, whose root is
 * elsewhere and which therefore still has its tools, lets go of the old one.
 */
function changeRoot(directory: string): string[] {
  const [ready, go] = [quote(`${directory}/ready`), quote(`${directory}/go`)];
  const letGo = [
    'echo ready >&7',
    'read -r said',
    `[ "$said" = changed ] && umount -c -n -i -l ./${OLD_ROOT} && rmdir ./${OLD_ROOT} && echo go >&8 || echo no >&8`,
  ].join('\n');
  return [
    `rm -f ${ready} ${go}; mkfifo -m 600 ${ready} ${go} && exec 7<>${ready} 8<>${go} || exit 125`,
    'mount --bind / "$host" && mount --bind /proc "$host/proc" || exit 125',
    '(',
    `({ read -r one <&7; read -r two <&7; cd "$new" && pivot_root . ${OLD_ROOT} && echo changed; } |`,
    `  nsenter --root="$host" --wd="$new" /bin/sh -c ${quote(letGo)}) &`,
    ') 5>&- 6>&- </dev/null',
  ];
}
