// The socket of the master process (`-S`): its workers, and reloads (haproxy.md 10.8, 12.5).
import type { Net } from '../../world/net.ts';
import { ask } from './ask.ts';
import { RuntimeError } from './runtime-error.ts';

/** From `show proc`. */
export interface Processes {
  readonly master: number;
  /** Reloads tried since the master started, and those of them that failed in a row (2.6 does not count before that). */
  readonly reloads: number;
  readonly failedReloads: number;
  readonly workers: readonly number[];
  /** Those that end with their last connection. */
  readonly oldWorkers: readonly number[];
}

/** Every method throws RuntimeError. */
export class MasterSocket {
  readonly #net: Net;
  readonly path: string;

  constructor(net: Net, path: string) {
    this.#net = net;
    this.path = path;
  }

  async processes(): Promise<Processes> {
    return parseProcesses(await ask(this.#net, this.path, 'show proc'));
  }

  async version(): Promise<string> {
    return (await ask(this.#net, this.path, 'show version')).trim();
  }

  /**
   * Tells it to reload. Before 2.7 the master says nothing and one has to look (verify.ts); from then on it answers
   * `Success=0` with its log when it would not.
   */
  async reload(): Promise<void> {
    const answer = await ask(this.#net, this.path, 'reload');
    if (/^Success=0/m.test(answer)) {
      throw new RuntimeError('refused', `the master could not reload: ${answer.replace(/\s+/g, ' ').slice(0, 1000)}`);
    }
  }
}

/** Throws RuntimeError `unexpected` when there is no master in it. */
export function parseProcesses(text: string): Processes {
  let master: { pid: number; reloads: number; failed: number } | undefined;
  const workers: number[] = [];
  const oldWorkers: number[] = [];
  let isOld = false;
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) {
      isOld = line.includes('old workers');
      continue;
    }
    const [pid, type, reloads] = line.trim().split(/\s+/);
    if (type === 'master') {
      const failed = /\[failed: (\d+)\]/.exec(line)?.[1] ?? 0;
      master = { pid: Number(pid), reloads: Number(reloads), failed: Number(failed) };
    } else if (type === 'worker') {
      (isOld ? oldWorkers : workers).push(Number(pid));
    }
  }
  if (master === undefined) {
    throw new RuntimeError('unexpected', `"show proc" answered ${JSON.stringify(text.slice(0, 120))}`);
  }
  return { master: master.pid, reloads: master.reloads, failedReloads: master.failed, workers, oldWorkers };
}
