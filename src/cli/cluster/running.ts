// What of a local cluster runs now, as the supervisor last wrote it down. The file may be older than the truth (the
// supervisor was killed): every process in it is looked at before it is believed.
import { rmSync } from 'node:fs';
import type { DaemonKind } from '../daemon/run-daemon.ts';
import { hasMembers, readWhole, writeVersioned } from '../versioned-file.ts';
import type { ClusterPaths } from './layout.ts';
import { isAlive, type ProcessId } from './process-identity.ts';

const VERSION = 1;

/** What the supervisor looks after: the daemons, and what they need in a local cluster. */
export type MemberKind = DaemonKind | 'zookeeper' | 'switchboard';

/** One daemon as its supervisor last saw it. */
export interface RunningDaemon {
  readonly name: string;
  readonly kind: MemberKind;
  readonly url: string;
  /** Undefined between an end and the next start. */
  readonly process: ProcessId | undefined;
  readonly restarts: number;
  /** Why it ended last. */
  readonly lastEnd: string | undefined;
}

/** The file's content; `version` is its format. */
export interface Running {
  readonly version: number;
  readonly supervisor: ProcessId;
  readonly startedAtMs: number;
  readonly daemons: readonly RunningDaemon[];
}

/**
 * Undefined when nothing was ever started or all was stopped. Not checked against the processes. Throws Problem when it
 * cannot be read.
 */
export function readRunning(paths: ClusterPaths): Running | undefined {
  return readWhole(paths.running, VERSION, isRunning);
}

function isRunning(content: object): content is Running {
  return (
    hasMembers(content, { supervisor: 'object', startedAtMs: 'number', daemons: 'array' }) &&
    isProcessId(content.supervisor) &&
    Array.isArray(content.daemons) &&
    content.daemons.every(isRunningDaemon)
  );
}

const isProcessId = (value: unknown): boolean => hasMembers(value, { pid: 'number', startTime: 'number' });

const isRunningDaemon = (value: unknown): boolean =>
  hasMembers(value, { name: 'string', kind: 'string', url: 'string', restarts: 'number' });

/** Replaces the file as a whole. */
export function writeRunning(paths: ClusterPaths, running: Omit<Running, 'version'>): void {
  writeVersioned(paths.running, { version: VERSION, ...running });
}

/** Harmless when there is none. */
export function removeRunning(paths: ClusterPaths): void {
  rmSync(paths.running, { force: true });
}

/** Is there a supervisor at work? */
export function isSupervised(running: Running | undefined): running is Running {
  return running !== undefined && isAlive(running.supervisor);
}

/** Processes of the record that still live. */
export function survivors(running: Running | undefined): ProcessId[] {
  return (running?.daemons ?? []).flatMap(({ process }) =>
    process !== undefined && isAlive(process) ? [process] : [],
  );
}
