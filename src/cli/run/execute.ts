// `mctl run` as a process: signals in, exit code out.
import { randomUUID } from 'node:crypto';
import { constants, userInfo } from 'node:os';
import { basename } from 'node:path';
import type { MasterPlaces } from '../../client/leader-source.ts';
import type { World } from '../../world/world.ts';
import { EXIT } from '../exit-codes.ts';
import type { Terminal } from '../output/terminal.ts';
import { Problem } from '../problem.ts';
import { type DetachedMessage, isDetachedProcess } from './detach.ts';
import { withInterruption } from './interruption.ts';
import type { RunRequest } from './request.ts';
import { startRun } from './run.ts';

/** A process that nobody watches must not look for a lost master for ever. */
const GIVE_UP_AFTER_MS = 600_000;

/** The flags of `mctl run` after parsing. */
export interface RunFlags {
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
  readonly gpus: number;
  readonly attr: readonly string[];
  readonly env: readonly string[];
  readonly uri: readonly string[];
  readonly name?: string | undefined;
  readonly user?: string | undefined;
  /** Undefined = that of its volumes, or `*`. */
  readonly role?: string | undefined;
}

/** Without its volumes (`withVolumes`). Throws Problem `usage` for what cannot be run. */
export function runRequest(flags: RunFlags, command: readonly string[]): RunRequest {
  const [program, ...rest] = command;
  if (program === undefined || program === '') {
    throw new Problem(EXIT.usage, { what: 'There is no command to run.', next: 'mctl run -- echo hello' });
  }
  for (const [flag, amount] of Object.entries({
    cpus: flags.cpus,
    mem: flags.mem,
    disk: flags.disk,
    gpus: flags.gpus,
  })) {
    if (!Number.isFinite(amount) || amount < 0)
      throw new Problem(EXIT.usage, { what: `--${flag} must be a number from 0 on.` });
  }
  if (flags.cpus === 0 && flags.mem === 0)
    throw new Problem(EXIT.usage, { what: 'A task needs some --cpus or --mem.' });
  if (!Number.isInteger(flags.gpus)) throw new Problem(EXIT.usage, { what: '--gpus must be a whole number.' });
  const name = flags.name ?? (basename(program.split(/\s/, 1)[0] ?? '').replace(/[^\w.-]/g, '') || 'task');
  if (!/^[^/\\\p{Cc}]{1,200}$/u.test(name)) {
    throw new Problem(EXIT.usage, {
      what: `'${name}' cannot name a task.`,
      why: 'At most 200 characters without slashes.',
    });
  }
  return {
    command: [program, ...rest],
    name,
    taskId: `${name}.${randomUUID().slice(0, 8)}`,
    user: flags.user ?? userInfo().username,
    role: flags.role ?? '*',
    cpus: flags.cpus,
    memMb: flags.mem,
    diskMb: flags.disk,
    gpus: flags.gpus,
    attributes: pairs('attr', flags.attr),
    environment: pairs('env', flags.env, process.env),
    uris: flags.uri,
    volumes: [],
  };
}

/** `k=v` pairs; a bare `k` takes its value from `inherited` where there is one. */
function pairs(flag: string, given: readonly string[], inherited?: NodeJS.ProcessEnv): Map<string, string> {
  return new Map(
    given.map((pair): [string, string] => {
      const equals = pair.indexOf('=');
      if (equals > 0) return [pair.slice(0, equals), pair.slice(equals + 1)];
      const value = equals < 0 ? inherited?.[pair] : undefined;
      if (value !== undefined) return [pair, value];
      throw new Problem(EXIT.usage, { what: `--${flag} ${pair} is not name=value.` });
    }),
  );
}

/** What a run needs of the command around it. */
export interface ExecuteOptions {
  readonly world: Pick<World, 'net' | 'clock' | 'random' | 'log' | 'host'>;
  readonly masters: MasterPlaces;
  readonly request: RunRequest;
  readonly timeoutMs: number | undefined;
  readonly terminal: Terminal;
  readonly quiet: boolean;
}

/** Runs it to its end; the exit code for the process. Throws Problem. */
export async function executeRun(options: ExecuteOptions): Promise<number> {
  const { terminal, quiet, request } = options;
  const isDetached = isDetachedProcess();
  const tell = (message: DetachedMessage): void => {
    if (process.connected) process.send?.(message);
  };
  const say = (text: string): void => {
    if (isDetached) tell({ kind: 'words', text });
    else if (!quiet) terminal.say(text);
  };
  const run = startRun({
    ...options,
    stdout: isDetached ? () => undefined : (bytes) => terminal.raw(bytes),
    stderr: isDetached ? () => undefined : (bytes) => terminal.rawError(bytes),
    say,
    giveUpAfterMs: isDetached ? GIVE_UP_AFTER_MS : undefined,
    onRunning: (agent, framework) => {
      if (isDetached) tell({ kind: 'running', task: request.taskId, agent, framework, pid: process.pid });
    },
  });
  terminal.onBrokenPipe(() => run.readerGone(128 + constants.signals.SIGPIPE));
  const ending = await withInterruption((code) => run.interrupt(code), run.ended);
  if (ending.words !== undefined) say(ending.words);
  return ending.exitCode;
}
