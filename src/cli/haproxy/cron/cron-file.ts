// The cron entry of `sync` (haproxy.md 13): one line for /etc/cron.d, with the flags that were given.
import { EXIT } from '../../exit-codes.ts';
import { Problem } from '../../problem.ts';

/** Where it goes if nothing else is said. */
export const CRON_FILE = '/etc/cron.d/mctl-haproxy';

/** What a run of cron needs to know. */
export interface CronEntry {
  /** `mctl` as a command line; the first is an absolute path, since cron's PATH is poor. */
  readonly program: readonly string[];
  /** Of `mctl haproxy sync`, without those about cron. */
  readonly args: readonly string[];
  /** Directories of tools that runs need. */
  readonly path: string;
  readonly user: string;
}

/** Ends with a line end: cron ignores a last line without one. Throws Problem `usage` for what no line of it can hold. */
export function cronText({ program, args, path, user }: CronEntry): string {
  const words = [...program, 'haproxy', 'sync', ...args, ...(args.includes('--quiet') ? [] : ['--quiet'])];
  return [
    '# Written by: mctl haproxy sync --install-cron. A run is silent unless it changed something or failed.',
    'SHELL=/bin/sh',
    `PATH=${path}`,
    `* * * * * ${user} ${words.map(cronWord).join(' ')}`,
    '',
  ].join('\n');
}

/** For sh, and then for cron, to which % is the end of the line. */
function cronWord(word: string): string {
  if (/[\p{Cc}]/u.test(word)) {
    throw new Problem(EXIT.usage, {
      what: 'What has a line break or another control character cannot be put into cron.',
    });
  }
  const quoted = /^[\w@+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
  return quoted.replaceAll('%', '\\%');
}
