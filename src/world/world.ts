// Everything that a daemon may know of time, chance and the outside comes through here (ARCHITECTURE.md, "World").
// There are two of them: the real one (src/world/real) and the simulated one (src/simulation), and nothing above may
// tell which it runs in. Rules that both keep, checked by one contract test:
//  - callbacks are never called from inside the call that registered them, always from a later turn;
//  - a closed, cancelled or ended thing never calls back again;
//  - paths are absolute; times are milliseconds unless the name says otherwise.
import type { Disk } from './disk.ts';
import type { Net } from './net.ts';
import type { Processes } from './processes.ts';

/** Everything a daemon has of the world around it. There is no other way out of the core. */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly net: Net;
  readonly disk: Disk;
  readonly processes: Processes;
  readonly host: Host;
  readonly log: Log;
}

/** Times in ms. Only `monotonicMs` may be used for differences. */
export interface Clock {
  /** Wall time in milliseconds since 1970, with fractions. May jump. For timestamps that people or protocols see. */
  nowMs(): number;
  /** Milliseconds since some fixed point, never going back. For measuring and for deadlines. */
  monotonicMs(): number;
  /** Calls `fn` once, no earlier than `delayMs` from now. */
  setTimer(delayMs: number, fn: () => void): Timer;
  /** Calls `fn` every `intervalMs`, the first time after one interval; late ticks are not made up for. */
  every(intervalMs: number, fn: () => void): Timer;
  sleep(delayMs: number): Promise<void>;
}

/** Cancelling is harmless after it has fired. */
export interface Timer {
  /** After this `fn` is never called. Harmless when it already was. */
  cancel(): void;
}

/** In the simulator drawn from the seed. */
export interface Random {
  /** Uniform in [0, 1). */
  float(): number;
  /** Uniform integer in [0, below). */
  integer(below: number): number;
  bytes(count: number): Uint8Array;
  /** RFC 4122 version 4, lower case. */
  uuid(): string;
  /** Shuffles in place (Fisher–Yates) and returns the same array. */
  shuffle<T>(items: T[]): T[];
}

/** Facts about the machine. In the simulator these belong to the simulated host and change at its reboot. */
export interface Host {
  readonly hostname: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  freeMemoryBytes(): number;
  /** 1, 5 and 15 minutes. */
  loadAverage(): readonly [number, number, number];
  /** Changes with every boot of the machine. */
  bootId(): Promise<string>;
  /** The best address of a host name; throws NetError when there is none. */
  lookup(hostname: string): Promise<string>;
  /** All IPv4 addresses of a name, sorted; its IPv6 ones where it has no other. Throws NetError as `lookup`. */
  lookupAll(hostname: string): Promise<readonly string[]>;
  /** The operating system's user, or undefined when there is none of that name. */
  user(name: string): Promise<HostUser | undefined>;
  /** Name of the user this process runs as. */
  readonly currentUser: string;
  readonly isRoot: boolean;
  /** user name of a uid, group name of a gid; the number as text when it has none. */
  userName(uid: number): string;
  groupName(gid: number): string;
}

/** A user of this machine. */
export interface HostUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  readonly home: string;
}

/** Context of a line, by name. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Words for operators. Never secrets, never request bodies. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  child(fields: LogFields): Log;
}
