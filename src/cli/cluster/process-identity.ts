// Which process a pid of a file means: pids are used again, the pair of pid and start time is not.
import { readFileSync } from 'node:fs';

/** A pid with the start time of its process. */
export interface ProcessId {
  readonly pid: number;
  /** Clock ticks after boot; 0 where the system does not tell (no /proc). */
  readonly startTime: number;
}

/** The process of that pid; undefined when there is none, or only its corpse. */
export function identify(pid: number): ProcessId | undefined {
  const fields = statOf(pid);
  if (fields === undefined) return signalable(pid) ? { pid, startTime: 0 } : undefined;
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : { pid, startTime: Number(fields[19]) };
}

/** `paused`: stopped by SIGSTOP, until SIGCONT. Where the system does not tell (no /proc), what lives is `running`. */
export function stateOf(id: ProcessId): 'running' | 'paused' | 'gone' {
  if (!isAlive(id)) return 'gone';
  return statOf(id.pid)?.[0] === 'T' ? 'paused' : 'running';
}

/** Fields of /proc/PID/stat from the state on; undefined without /proc or such a process. */
function statOf(pid: number): string[] | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The name in parentheses may hold anything; fields are counted after the last one.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** False also when the pid belongs to another process by now. */
export function isAlive(id: ProcessId): boolean {
  const now = identify(id.pid);
  return now !== undefined && now.startTime === id.startTime;
}

/** False when the process is not there any more. */
export function sendSignal(id: ProcessId, signal: NodeJS.Signals): boolean {
  if (!isAlive(id)) return false;
  try {
    process.kill(id.pid, signal);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}

function signalable(pid: number): boolean {
  if (process.platform === 'linux') return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // no such process, or not ours: either way not one we can manage
  }
}
