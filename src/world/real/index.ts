// The real World: this machine, as src/world describes it.
import type { World } from '../world.ts';
import { realClock } from './clock.ts';
import { createDisk } from './disk/disk.ts';
import { realHost } from './host.ts';
import { createLog, type LogLevel, type LogOptions } from './log.ts';
import type { EgressProxy } from './net/egress.ts';
import { createNet } from './net/net.ts';
import { createProcesses } from './processes/processes.ts';
import { realRandom } from './random.ts';

export type { LogFile, LogLevel, LogOptions } from './log.ts';
export { type EgressProxy, parseEgressProxy } from './net/egress.ts';

/** Without `log`: `info` and above to stderr. */
export interface RealWorldOptions {
  readonly log?: LogOptions;
  /** HTTP requests go out through this CONNECT proxy. Default: straight. */
  readonly egress?: EgressProxy;
}

/** A World with an end. */
export interface RealWorld extends World {
  /** Changes what is logged from now on, children of the log included. */
  setLogLevel(level: LogLevel): void;
  /**
   * Gives back what would keep the process alive or the machine busy: listeners, connections, watches, locks, the
   * launcher. Launched tasks go on.
   */
  close(): Promise<void>;
}

/** One per process. Call `close` at the end. */
export function createRealWorld(options: RealWorldOptions = {}): RealWorld {
  const log = createLog(options.log);
  const net = createNet(log, options.egress);
  const disk = createDisk(log);
  const processes = createProcesses(log);
  return {
    clock: realClock,
    random: realRandom,
    net: net.net,
    disk: disk.disk,
    processes: processes.processes,
    host: realHost,
    log,
    setLogLevel: log.setLevel,
    async close() {
      await Promise.all([net.close(), disk.close(), processes.close()]);
    },
  };
}
