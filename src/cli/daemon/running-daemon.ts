// A daemon that runs, whatever its kind.
export interface RunningDaemon {
  readonly url: string;
  stop(): Promise<void>;
  /** Settles when the daemon is over, by `stop` or by itself: code 0 = as wished. */
  readonly ended: Promise<{ readonly code: number; readonly reason: string }>;
  /** Agents: tells the master that it leaves for good, and ends. */
  unregister?(): Promise<void>;
}
