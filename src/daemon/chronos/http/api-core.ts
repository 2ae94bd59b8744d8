// What the API needs of Chronos, and of the process around it.
import type { World } from '../../../world/world.ts';
import type { Storage } from '../../serving/storage/storage.ts';
import type { ChronosCore } from '../core.ts';

/** The parts that routes ask and change. */
export interface ApiCore extends Pick<ChronosCore, 'jobs' | 'runs' | 'queue'> {
  readonly world: World;
  readonly mesos: Pick<ChronosCore['mesos'], 'frameworkId' | 'isSubscribed'>;
  /** An answer that something was changed waits for this (chronos.md 13.5). */
  readonly storage: Pick<Storage, 'flushed'>;
}

/** What these routes act on beside the core. */
export interface ApiControl {
  /** Our own `host:port`: who answers leads. */
  readonly leader: () => string;
  /** `Access-Control-Allow-Origin`; undefined: nothing is said of it. */
  readonly allowedOrigin: string | undefined;
  readonly compresses: boolean;
  /** `--user`: shown for jobs that name none. */
  readonly user: string;
  /** `--job_history_limit`: rows of `job/stat`. */
  readonly historyLimit: number;
  /** chronos.md 15.1. */
  readonly metricsJson: () => unknown;
  /** chronos.md 15.4, for Prometheus. */
  readonly metricsText: () => string;
  /** chronos.md 15.2: a timer a route. */
  readonly answered: (route: string, startMs: number, endMs: number) => void;
  readonly logLevel: () => string;
  setLogLevel(level: 'debug' | 'info' | 'warn' | 'error'): void;
}

/** Both together, as routes take them. */
export interface Api {
  readonly core: ApiCore;
  readonly control: ApiControl;
}
