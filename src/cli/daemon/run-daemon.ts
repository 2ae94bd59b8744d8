// A daemon as a process: `mctl master`, `mctl agent`, `mctl marathon`, `mctl chronos`. Flags and World in, signals and the end of the daemon out.
import { join } from 'node:path';
import type { AgentOptions } from '../../daemon/agent/flags.ts';
import type { ChronosOptions } from '../../daemon/chronos/flags.ts';
import type { MarathonOptions } from '../../daemon/marathon/flags.ts';
import type { MasterOptions } from '../../daemon/master/flags.ts';
import { FlagError } from '../../daemon/serving/flags.ts';
import { makeDirectoriesSync } from '../../world/real/disk/make-directories.ts';
import {
  createRealWorld,
  type EgressProxy,
  type LogLevel,
  type LogOptions,
  parseEgressProxy,
  type RealWorld,
} from '../../world/real/index.ts';
import { EXIT } from '../exit-codes.ts';
import { problemFrom } from '../failures.ts';
import { nearest } from '../ids.ts';
import { PLAIN } from '../output/style.ts';
import { Problem, problemLines } from '../problem.ts';
import { withConfDir } from './conf-dir.ts';
import { guardListening } from './listen-guard.ts';
import type { RunningDaemon } from './running-daemon.ts';

export type DaemonKind = 'master' | 'agent' | 'marathon' | 'chronos';

/** Runs until a signal or its own end; the exit code. Problems are said on stderr, one line where one will do. */
export async function runDaemon(kind: DaemonKind, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  process.title = `mctl-${kind}`;
  // Whoever read our output may be gone; that ends no daemon.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  try {
    return await RUN[kind](args, env);
  } catch (error) {
    const problem = problemFrom(error);
    process.stderr.write(`${problemLines(problem, PLAIN)}\n`);
    if (env.MCTL_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return problem.exitCode;
  }
}

const RUN: Readonly<Record<DaemonKind, (args: readonly string[], env: NodeJS.ProcessEnv) => Promise<number>>> = {
  master: runMaster,
  agent: runAgent,
  marathon: runMarathon,
  chronos: runChronos,
};

async function runMaster(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { MASTER_FLAGS, parseMasterOptions } = await import('../../daemon/master/flags.ts');
  const guarded = guardListening(args, env, 'insecureNoAuth' in MASTER_FLAGS);
  const options = withAdvice(MASTER_FLAGS, () => parseMasterOptions({ args: guarded, env }));
  const world = daemonWorld('master', options, env);
  const { startLocalMaster } = await import('./start-master.ts');
  return await untilEnd('master', world, options.logDir !== undefined, () => startLocalMaster(world, options));
}

async function runAgent(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { AGENT_FLAGS, parseAgentOptions } = await import('../../daemon/agent/flags.ts');
  const guarded = guardListening(args, env, 'insecureNoAuth' in AGENT_FLAGS);
  const options = withAdvice(AGENT_FLAGS, () => parseAgentOptions({ args: guarded, env }));
  const world = daemonWorld('agent', options, env);
  const { startLocalAgent } = await import('./start-agent.ts');
  return await untilEnd('agent', world, options.logDir !== undefined, () => startLocalAgent(world, options));
}

async function runMarathon(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { MARATHON_FLAGS, parseMarathonOptions } = await import('../../daemon/marathon/flags.ts');
  const options = withAdvice(MARATHON_FLAGS, () => parseMarathonOptions({ args, env }));
  const world = daemonWorld('marathon', options, env);
  const { startLocalMarathon } = await import('./start-marathon.ts');
  return await untilEnd('marathon', world, options.logDir !== undefined, () => startLocalMarathon(world, options));
}

async function runChronos(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { CHRONOS_FLAGS, parseChronosOptions } = await import('../../daemon/chronos/flags.ts');
  const said = withConfDir(CHRONOS_FLAGS, 'CHRONOS_', args, env);
  const options = withAdvice(CHRONOS_FLAGS, () => parseChronosOptions({ args, env: said }));
  const world = daemonWorld('chronos', options, env);
  const { startLocalChronos } = await import('./start-chronos.ts');
  return await untilEnd('chronos', world, options.logDir !== undefined, () => startLocalChronos(world, options));
}

/** A flag that does not exist is often nearly one that does. */
function withAdvice<T>(table: Readonly<Record<string, { readonly name: string }>>, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof FlagError) || error.code !== 'unknown-flag') throw error;
    const near = nearest(
      error.flag,
      Object.values(table).map(({ name }) => name),
    );
    throw new Problem(
      EXIT.usage,
      {
        what: `There is no flag --${error.flag.replaceAll('_', '-')}.`,
        ...(near !== undefined && { why: `Did you mean --${near.replaceAll('_', '-')}?` }),
        next: 'Add --help to see what there is.',
      },
      { cause: error },
    );
  }
}

/** The names of two originals. */
const LOG_LEVELS = {
  INFO: 'info',
  WARNING: 'warn',
  ERROR: 'error',
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  error: 'error',
} as const satisfies Readonly<Record<string, LogLevel>>;

function daemonWorld(
  kind: DaemonKind,
  options: Pick<MasterOptions | AgentOptions | MarathonOptions | ChronosOptions, 'logDir' | 'loggingLevel' | 'quiet'>,
  env: NodeJS.ProcessEnv,
): RealWorld {
  const egress = egressOf(env);
  const level = LOG_LEVELS[options.loggingLevel];
  let log: LogOptions = { level: options.quiet ? 'silent' : level };
  if (options.logDir !== undefined) {
    makeDirectoriesSync(options.logDir);
    log = { level, to: { path: join(options.logDir, `mctl-${kind}.log`) } };
  }
  return createRealWorld({ log, ...(egress !== undefined && { egress }) });
}

/** Set for daemons of a local cluster whose connections can be cut (`mctl cluster chaos`). */
function egressOf({ MCTL_EGRESS: text }: NodeJS.ProcessEnv): EgressProxy | undefined {
  if (text === undefined || text === '') return undefined;
  try {
    return parseEgressProxy(text);
  } catch (cause) {
    throw new Problem(EXIT.usage, { what: `MCTL_EGRESS: ${(cause as Error).message}` }, { cause });
  }
}

async function untilEnd(
  kind: DaemonKind,
  world: RealWorld,
  hasLogFile: boolean,
  start: () => Promise<RunningDaemon>,
): Promise<number> {
  const crash = (what: string) => (error: unknown) => {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    world.log.error(what, { error: why });
    process.stderr.write(`mctl ${kind}: ${what}: ${why}\n`);
    process.exit(EXIT.failed);
  };
  process.on('uncaughtException', crash('ended by an error nobody handled'));
  process.on('unhandledRejection', crash('ended by an error nobody handled'));
  try {
    const daemon = await start();
    world.log.info(`${kind} serves`, { url: daemon.url, pid: process.pid });
    const end = await Promise.race([daemon.ended, signalled(daemon, world)]);
    if (end.code !== 0) {
      if (hasLogFile) world.log.error(`${kind} ended`, { reason: end.reason });
      process.stderr.write(`mctl ${kind}: ${end.reason}\n`);
    } else world.log.info(`${kind} ended`, { reason: end.reason });
    return end.code;
  } catch (error) {
    // Without a log file the log is stderr, where the problem is going to be said anyway.
    if (hasLogFile)
      world.log.error(`${kind} could not start`, { error: error instanceof Error ? error.message : String(error) });
    throw startProblem(kind, error);
  } finally {
    await world.close();
  }
}

function signalled(daemon: RunningDaemon, world: RealWorld): Promise<{ code: number; reason: string }> {
  return new Promise((resolve, reject) => {
    const on = (signal: NodeJS.Signals, act: () => Promise<void>): void => {
      process.on(signal, () => {
        world.log.info(`${signal}: stopping`);
        act().then(() => resolve({ code: EXIT.ok, reason: signal }), reject);
      });
    };
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) on(signal, () => daemon.stop());
    const { unregister } = daemon;
    if (unregister !== undefined) on('SIGUSR1', () => unregister.call(daemon));
  });
}

/** Errors of a start that people can do something about. */
function startProblem(kind: DaemonKind, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const options = { cause: error };
  const why = error instanceof Error ? error.message : String(error);
  if (error instanceof Error && error.name === 'MasterAddressError') {
    return new Problem(EXIT.usage, { what: `${why}.`, next: `mctl ${kind} --help` }, options);
  }
  if (isOfMakingDirectory(error)) {
    const next = `Choose another --work-dir${kind === 'agent' ? ' or --runtime-dir' : ''}.`;
    return new Problem(EXIT.failed, { what: `A directory of the ${kind} cannot be made.`, why, next }, options);
  }
  switch (code) {
    case 'in-use':
      return new Problem(
        EXIT.conflict,
        { what: `The ${kind} cannot listen.`, why, next: 'Choose another --port.' },
        options,
      );
    case 'locked':
      return new Problem(
        EXIT.conflict,
        {
          what: `The ${kind}'s work dir is in use by another process.`,
          why,
          next: 'Stop that one, or choose another --work-dir.',
        },
        options,
      );
    case 'forbidden':
      return new Problem(EXIT.notAllowed, { what: `The ${kind} may not do that.`, why }, options);
    default:
      return error;
  }
}

/** The system's own error, or that of our disk with it as its cause. */
function isOfMakingDirectory(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('syscall' in error && error.syscall === 'mkdir') || isOfMakingDirectory(error.cause);
}
