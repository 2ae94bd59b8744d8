// For how long the event loop of a daemon was kept from going on: asked of the daemon itself (failover-loop-main.ts).
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { eventually } from '../test/cluster/zookeeper/ensemble.ts';
import type { DaemonProcess } from '../test/integration/daemon-processes.ts';
import type { LoopDelay } from './failover-loop-main.ts';

const MODULE = new URL('./failover-loop-main.ts', import.meta.url).href;

/** The environment of a daemon that can be asked. */
export function loopEnvironment(directory: string): Record<string, string> {
  const { NODE_OPTIONS = '' } = process.env;
  return {
    NODE_OPTIONS: `${NODE_OPTIONS} --import=${MODULE}`,
    MCTL_BENCH_LOOP_FILE: join(directory, 'loop-<pid>'),
  };
}

/** Since it was asked last. Rejects when it has ended. */
export async function loopDelay(daemon: DaemonProcess, directory: string, patienceMs?: number): Promise<LoopDelay> {
  const path = join(directory, `loop-${daemon.pid}`);
  rmSync(path, { force: true });
  try {
    process.kill(daemon.pid, 'SIGUSR2');
  } catch (cause) {
    throw new Error(`${daemon.name} has ended: ${daemon.output.slice(-2_000)}`, { cause });
  }
  return await eventually('the delay of the event loop', async () => readIfThere(path), patienceMs);
}

/** A file that is still being written is not there yet. */
function readIfThere(path: string): LoopDelay | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
