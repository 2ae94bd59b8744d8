// Processes of this machine: /proc, signals, short-lived tools, and tasks through the launcher.
import { ProcessError, type Processes, type ProcessIdentity, type ProcessSignal } from '../../processes.ts';
import type { Log } from '../../world.ts';
import { createLauncher } from './launcher.ts';
import { realPipes } from './pipes.ts';
import { findTree, isCorpse, pageBytes, readAllProcesses, readProcess, TICKS_PER_SECOND } from './procfs.ts';
import { runTool } from './tool.ts';

/** Passes over the process table in search of what was forked while we were killing. */
const MAX_KILL_PASSES = 20;

/** `close` ends the launcher; tasks go on. */
export function createProcesses(log: Log): { processes: Processes; close(): Promise<void> } {
  const launcher = createLauncher(log);
  const processes: Processes = {
    self: identifyNow(process.pid) ?? { pid: process.pid, startTime: 0 },
    run: runTool,
    pipes: realPipes,
    launch: (task) => launcher.launch(task),
    identify: async (pid) => identifyNow(pid),
    isAlive: async (identity) => identifyNow(identity.pid)?.startTime === identity.startTime,
    signal: async (identity, signal) => signalNow(identity, signal),
    signalTree: async (leader, signal) => signalTreeNow(leader, signal),
    async usage(leader) {
      const tree = findTree(leader, readAllProcesses());
      if (tree.length === 0) return undefined;
      const sum = (of: (row: (typeof tree)[number]) => number): number =>
        tree.reduce((total, row) => total + of(row), 0);
      return {
        processes: tree.length,
        threads: sum((row) => row.threads),
        userSeconds: sum((row) => row.userTicks) / TICKS_PER_SECOND,
        systemSeconds: sum((row) => row.systemTicks) / TICKS_PER_SECOND,
        residentBytes: sum((row) => row.residentPages) * pageBytes(),
      };
    },
  };
  return { processes, close: () => launcher.close() };
}

function identifyNow(pid: number): ProcessIdentity | undefined {
  const row = readProcess(pid);
  return row === undefined || isCorpse(row) ? undefined : { pid, startTime: row.startTime };
}

function signalNow(identity: ProcessIdentity, signal: ProcessSignal): boolean {
  if (identifyNow(identity.pid)?.startTime !== identity.startTime) return false;
  try {
    process.kill(identity.pid, signal);
    return true;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ESRCH') return false;
    throw new ProcessError('not-permitted', `cannot signal process ${identity.pid}: ${message}`, { cause });
  }
}

function signalTreeNow(leader: ProcessIdentity, signal: ProcessSignal): number {
  const signalled = new Set<string>();
  // One pass tells everyone who is there. Killing goes on until a pass finds nobody new, or forks would get away.
  const passes = signal === 'SIGKILL' ? MAX_KILL_PASSES : 1;
  for (let pass = 0; pass < passes; pass++) {
    const before = signalled.size;
    for (const row of findTree(leader, readAllProcesses())) {
      const key = `${row.pid}@${row.startTime}`;
      if (!signalled.has(key) && signalNow(row, signal)) signalled.add(key);
    }
    if (signalled.size === before) break;
  }
  return signalled.size;
}
