// How a turn applies what was rendered (haproxy.md 10, 18). Commands make it from flags, a file and the environment.

/** How HAProxy is told to load its files (haproxy.md 10.8, 12). */
export type ReloadMethod =
  /** By `/bin/sh -c`, with a poor environment as under cron. */
  | { readonly kind: 'command'; readonly command: string }
  /** `systemctl reload-or-restart`: starts it, too. */
  | { readonly kind: 'systemd'; readonly unit: string }
  | { readonly kind: 'master'; readonly socket: string }
  /** SIGUSR2 to the master of this pid file. */
  | { readonly kind: 'pidfile'; readonly path: string }
  /** Without a master: a new process takes the listeners over and tells the old ones to end; the first one is started. */
  | { readonly kind: 'start'; readonly pidfile: string };

/** Paths are absolute, times in ms. `DEFAULT_SETTINGS` has all but the first three. */
export interface ApplySettings {
  readonly configPath: string;
  readonly stateDirectory: string;
  readonly reload: ReloadMethod;
  /** HAProxy itself. */
  readonly haproxy: string;
  /** The stats socket of the config; absent: HAProxy is never asked, and every change is a reload. */
  readonly runtimeSocket?: string;
  /** false: the runtime socket is for looking only. */
  readonly changesAtRuntime: boolean;
  /** To see what became of a reload; that of the method `master` is known anyway. */
  readonly masterSocket?: string;
  readonly minReloadIntervalMs: number;
  /** When the last reload is not long enough ago: wait, or leave it to a later turn (watch). */
  readonly whenTooEarly: 'wait' | 'defer';
  /** Share of servers or of services, 0 to 1, that may go without a second look. */
  readonly maxRemoval: number;
  /** Time between the two looks; for an answer without any app `confirmEmptyAfterMs`. */
  readonly confirmAfterMs: number;
  readonly confirmEmptyAfterMs: number;
  /** Applies what the guard holds back, and what HAProxy refused before. */
  readonly force: boolean;
  readonly skipsValidation: boolean;
  /** (as root) Files are checked as this user; `root`: as we are. Absent: haproxy, else nobody. */
  readonly checkUser?: string;
  /** Previous versions that are kept beside the config. */
  readonly keepVersions: number;
  readonly lockWaitMs: number;
  /** After a reload the new worker must be there within this. */
  readonly verifyWithinMs: number;
  /** A server that went keeps its connections for this long. */
  readonly drainMs: number;
  /** A file that was refused is not tried again for this long. */
  readonly retryRefusedAfterMs: number;
}

/** haproxy.md 9, 10, 18. */
export const DEFAULT_SETTINGS: Omit<ApplySettings, 'configPath' | 'stateDirectory' | 'reload'> = {
  haproxy: '/usr/sbin/haproxy',
  changesAtRuntime: true,
  minReloadIntervalMs: 5_000,
  whenTooEarly: 'wait',
  maxRemoval: 0.5,
  confirmAfterMs: 30_000,
  confirmEmptyAfterMs: 600_000,
  force: false,
  skipsValidation: false,
  keepVersions: 5,
  lockWaitMs: 0,
  verifyWithinMs: 10_000,
  drainMs: 600_000,
  retryRefusedAfterMs: 600_000,
};
