// Lines of a crontab as jobs (crontab(5)). They behave as they did under cron: no retries, a run that is missed is missed, and one does not
// wait for the other. What cron does and Chronos cannot is told with its line.
import { CalendarError } from '../../daemon/chronos/calendar/calendar-error.ts';
import { parseCron } from '../../daemon/chronos/calendar/cron-pattern.ts';
import { zoneOf } from '../../daemon/chronos/calendar/zone.ts';

/** One job to post, JSON-shaped. */
export interface CronJob {
  readonly name: string;
  readonly command: string;
  readonly schedule: string;
  readonly [member: string]: unknown;
}

/** `problems`: `12: what is wrong`. */
export interface ReadCrontab {
  readonly jobs: readonly CronJob[];
  readonly problems: readonly string[];
}

/** How it is read. */
export interface CrontabOptions {
  /** A system's crontab: a sixth field says as whom. */
  readonly hasUsers: boolean;
  /** Before each name. */
  readonly prefix: string;
  /** Where no CRON_TZ says another. */
  readonly zoneId: string;
}

const SETTING = /^([A-Za-z_]\w*)\s*=\s*(?:"([^"]*)"|'([^']*)'|(.*?))\s*$/;

/** Never throws. Settings hold for the lines below them. */
export function readCrontab(text: string, { hasUsers, prefix, zoneId }: CrontabOptions): ReadCrontab {
  const jobs: CronJob[] = [];
  const problems: string[] = [];
  const settings = new Map<string, string>();
  const used = new Set<string>();
  for (const [at, written] of text.split(/\r?\n/).entries()) {
    const line = written.trim();
    if (line === '' || line.startsWith('#')) continue;
    const setting = SETTING.exec(line);
    if (setting !== null) {
      settings.set(setting[1] ?? '', setting[2] ?? setting[3] ?? setting[4] ?? '');
      continue;
    }
    const entry = splitLine(line, hasUsers);
    if (typeof entry === 'string') {
      problems.push(`${at + 1}: ${entry}`);
      continue;
    }
    const problem = problemOf(() => parseCron(entry.schedule)) ?? zoneProblemOf(settings.get('CRON_TZ') ?? '');
    if (problem !== undefined) {
      problems.push(`${at + 1}: ${problem}`);
      continue;
    }
    const name = freeName(`${prefix}${nameFor(entry.command)}`, used);
    used.add(name);
    jobs.push(jobOf(name, entry, settings, zoneId));
  }
  return { jobs, problems };
}

/** Why this is no time zone; "" is none. */
export function zoneProblemOf(zoneId: string): string | undefined {
  return zoneId.trim() === '' ? undefined : problemOf(() => zoneOf(zoneId));
}

function problemOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof CalendarError) return error.message;
    throw error;
  }
}

interface Entry {
  readonly schedule: string;
  readonly user: string;
  readonly command: string;
}

/** What is wrong with it, if anything. */
function splitLine(line: string, hasUsers: boolean): Entry | string {
  const fields = line.startsWith('@') ? 1 : 5;
  const count = fields + (hasUsers ? 1 : 0);
  const match = new RegExp(`^((?:\\S+\\s+){${count}})(.+)$`).exec(line);
  if (match === null) return `Fields are missing: '${line}'`;
  const words = (match[1] ?? '').trim().split(/\s+/);
  const schedule = words.slice(0, fields).join(' ');
  if (/^@reboot$/i.test(schedule)) return '@reboot: there is no boot of a cluster to run at';
  const written = match[2] ?? '';
  if (/(?:^|[^\\])%/.test(written))
    return "An unescaped % gives text to the command's stdin: write it as a here-document of the shell";
  return { schedule, user: hasUsers ? (words[fields] ?? '') : '', command: written.replaceAll('\\%', '%') };
}

/** Told otherwise to the job itself. */
const NOT_ENVIRONMENT = new Set(['CRON_TZ', 'MAILTO', 'MAILFROM', 'SHELL']);

function jobOf(
  name: string,
  { schedule, user, command }: Entry,
  settings: ReadonlyMap<string, string>,
  zoneId: string,
): CronJob {
  const environment = [...settings].filter(([key]) => !NOT_ENVIRONMENT.has(key));
  const shell = settings.get('SHELL') ?? '/bin/sh';
  const zone = settings.get('CRON_TZ') ?? zoneId;
  const owner = settings.get('MAILTO') ?? '';
  return {
    name,
    command: /^(\/usr)?\/bin\/(da)?sh$/.test(shell) ? command : `${shell} -c ${quoted(command)}`,
    schedule: `cron: ${schedule}`,
    ...(zone !== '' && { scheduleTimeZone: zone }),
    retries: 0,
    epsilon: 'PT1M',
    concurrent: true,
    ...(owner !== '' && { owner }),
    ...(user !== '' && { runAsUser: user }),
    ...(environment.length > 0 && { environmentVariables: environment.map(([key, value]) => ({ name: key, value })) }),
  };
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** What only prepares the program that is meant. */
const BEFORE = /^(?:cd\s+\S+\s*(?:&&|;)\s*|\w+=\S*\s+|(?:env|nice|ionice|exec|sudo)\s+)+/;

/** The program: `cd /srv && FORCE=1 /opt/bin/backup.sh --all` → `backup`. */
function nameFor(command: string): string {
  const [program = ''] = command.replace(BEFORE, '').split(/\s+/);
  const base = program.split('/').at(-1) ?? '';
  const name = base
    .replace(/\.(sh|py|pl|rb|js)$/, '')
    .replace(/[^\w.-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return name === '' ? 'job' : name;
}

function freeName(name: string, used: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const tried = number === 1 ? name : `${name}-${number}`;
    if (!used.has(tried)) return tried;
  }
}
