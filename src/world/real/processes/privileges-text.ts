// From root to what a task may: its limits, its user and its capabilities, as the commands in front of what it executes.
import type { Confinement, ProcessLimit } from '../../confinement.ts';
import type { TaskProcess } from '../../processes.ts';

export type Privileges = Pick<TaskProcess, 'user'> & Pick<Confinement, 'limits' | 'capabilities' | 'noNewPrivileges'>;

/** A uid that no process has. */
export const NOBODY_AT_ALL = '65533';
const SETPRIV = '/usr/bin/setpriv';
/** What becoming somebody else takes. */
const FOR_BECOMING = ['setuid', 'setgid', 'setpcap'];

/** Empty = stays what it is. */
export function privileges({ user, limits, capabilities, noNewPrivileges }: Privileges): string[] {
  const { bounding, effective } = capabilities ?? {};
  const options = [
    ...(user === undefined ? [] : [`--reuid=${user.uid}`, ...groupsOf(user)]),
    ...(effective === undefined ? [] : exactly(effective)),
    ...(bounding === undefined ? [] : [`--bounding-set=${only(bounding)}`]),
    ...(noNewPrivileges ? ['--no-new-privs'] : []),
  ];
  return [...limitsText(limits), ...(options.length === 0 ? [] : [SETPRIV, ...options, '--'])];
}

/**
 * The same for a program that its user may execute but not read: on the way, and until that executes another, the kernel
 * lets nobody of the same user near it (PR_SET_DUMPABLE of prctl(2)). Except who has capabilities to read all files.
 */
export function hiddenPrivileges(user: NonNullable<Privileges['user']>, wish: Omit<Privileges, 'user'>): string[] {
  const { effective, bounding } = wish.capabilities ?? {};
  const begin = limitsText(wish.limits);
  if (effective !== undefined) {
    // setpriv has all that root has until it executes something, and could read the program then.
    return [
      ...begin,
      ...[SETPRIV, ...exactly([...effective, ...FOR_BECOMING]), '--'],
      ...privileges({ ...wish, limits: [], user }),
    ];
  }
  // Without capabilities already when it becomes its user wholly; whose real and effective uid differ is hidden anyway.
  return [
    ...begin,
    ...[SETPRIV, `--ruid=${user.uid}`, `--euid=${NOBODY_AT_ALL}`, ...groupsOf(user)],
    ...(bounding === undefined ? [] : [`--bounding-set=${only(bounding)}`]),
    ...['--', SETPRIV, `--reuid=${user.uid}`, ...(wish.noNewPrivileges ? ['--no-new-privs'] : []), '--'],
  ];
}

const only = (names: readonly string[]): string => ['-all', ...new Set(names.map((name) => `+${name}`))].join(',');

/** Without `noroot` root would be given everything again by each program it executes. */
const exactly = (names: readonly string[]): string[] => [
  '--securebits=+noroot',
  `--inh-caps=${only(names)}`,
  `--ambient-caps=${only(names)}`,
];

const groupsOf = ({ gid, groups }: NonNullable<Privileges['user']>): string[] => [
  `--regid=${gid}`,
  groups.length > 0 ? `--groups=${groups.join(',')}` : '--clear-groups',
];

const limitsText = (limits: readonly ProcessLimit[]): string[] =>
  limits.length === 0 ? [] : ['/usr/bin/prlimit', ...limits.map(limitOption)];

function limitOption({ name, soft, hard }: ProcessLimit): string {
  return `--${name}=${soft ?? 'unlimited'}:${hard ?? 'unlimited'}`;
}
