// Flags of marathon-lb, of its deploy tool and of other commands that people will try, and why they are not here
// (haproxy.md 16.9, 18).
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';
import { SETTINGS } from './settings/table.ts';

interface Reason {
  readonly why: string;
  readonly next?: string;
}

const SEEN = 'What stands on a command line is seen by everyone on the machine.';
const SSE: Reason = { why: 'sync makes one turn; watch follows events.', next: 'mctl haproxy watch …' };

const OF_THE_BALANCER: Readonly<Record<string, Reason>> = {
  '--sse': SSE,
  '-s': SSE,
  '--max-reload-retries': {
    why: 'A config that HAProxy refuses is taken back, and tried again when it differs, or 10 minutes later.',
    next: '--force tries it again at once (sync)',
  },
  '--reload-interval': {
    why: 'There it is the time between retries of a reload, which are not made here.',
    next: '--min-reload-interval <time>      (between two reloads)',
  },
  '--lru-cache-capacity': { why: 'What did not change is not computed again, without a limit to set.' },
  '--skip-config-cleanup': { why: 'A service that HAProxy refuses is always left out, and it alone.' },
  '--max-backoff': { why: 'An event stream that ended is tried again after 30 s at most.' },
  '--syslog-socket': { why: 'The system log is reached by logger.', next: '--syslog' },
  '--log-format': { why: 'There is a line for people, and JSON for programs.', next: '--json, or --syslog' },
  '--log-level': { why: 'What was done and what failed is told, and nothing else.', next: '--quiet, or --json' },
  '--auth-credentials': { why: SEEN, next: '--marathon-auth-credential-file <file with user:password>' },
  '--dcos-auth-credentials': {
    why: 'No login is made at DC/OS: the token that it gives is what Marathon wants.',
    next: '--token-file <file with the token>',
  },
  '--stats-auth': { why: SEEN, next: '--stats-auth-file <file with user:password>' },
  '--print': { why: 'The config is printed by a command of its own.', next: 'mctl haproxy render …' },
  '--splay': { why: 'Only runs of cron begin at the same second everywhere, and need to be spread.' },
  '--dry-run': { why: 'What would change is shown by a command of its own.', next: 'mctl haproxy diff …' },
  '-d': { why: 'What would change is shown by a command of its own.', next: 'mctl haproxy diff …' },
  '--dry': { why: 'What would change is shown by a command of its own.', next: 'mctl haproxy diff …' },
  '--force': {
    why: 'It is for one run, by somebody who looked at what would go.',
    next: 'mctl haproxy sync --force …',
  },
};

const KEPT: Reason = {
  why: 'A version was written before, so that it can be looked at.',
  next: 'mctl haproxy history <version>      (against what is on disk)',
};

/** By id of the command. */
const OF_ONE_COMMAND: Readonly<Record<string, Readonly<Record<string, Reason>>>> = {
  'haproxy:bluegreen': {
    '-j': { why: 'In zdd it is the file of the app.', next: '-f <file>' },
    '--force': { why: 'In zdd it means that nothing is asked.', next: '--yes' },
  },
  'haproxy:rollback': { '--dry-run': KEPT, '--dry': KEPT, '-d': KEPT },
};

/** For the parser's errors, by id of the command (`haproxy:sync`); undefined where there is nothing better to say than that the flag is unknown. */
export function refusedFlag(error: unknown, command = ''): Problem | undefined {
  const flag = unknownFlag(error);
  if (flag === undefined) return undefined;
  const reason = OF_ONE_COMMAND[command]?.[flag] ?? OF_THE_BALANCER[flag] ?? elsewhere(flag);
  if (reason === undefined) return undefined;
  const { why, next = 'Add --help to see what there is.' } = reason;
  return new Problem(EXIT.usage, { what: `There is no flag ${flag} here.`, why, next }, { cause: error });
}

/** The same for members of a config file. */
export function refusedSetting(name: string): string | undefined {
  const reason = OF_THE_BALANCER[`--${name}`];
  return reason && [reason.why, reason.next].filter((text) => text !== undefined).join(' Try: ');
}

function elsewhere(flag: string): Reason | undefined {
  const name = flag.replace(/^--(?:no-)?/, '');
  if (!Object.hasOwn(SETTINGS, name)) return undefined;
  return { why: 'It is for sync and watch; here it would do nothing.', next: 'Leave it out.' };
}

function unknownFlag(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('flags' in error) || !Array.isArray(error.flags)) return undefined;
  const [flag] = error.flags;
  return typeof flag === 'string' ? flag.replace(/=.*$/s, '') : undefined;
}
