// Words for operators: one JSON line each through pino, to a stream or to a file that rotates within limits.
import { closeSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { type DestinationStream, destination, type Logger, pino, stdTimeFunctions } from 'pino';
import type { Log } from '../world.ts';

/** Least severe to be written. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** How much is logged, and where to. */
export interface LogOptions {
  /** Default `info`. */
  readonly level?: LogLevel;
  /** Default stderr. A file is rotated: `path`, `path.1`, … `path.<keep>`. */
  readonly to?: 'stdout' | 'stderr' | LogFile;
}

/** Bounded: at most `keep + 1` files of `maxBytes`. */
export interface LogFile {
  readonly path: string;
  /** Default 10 MiB. */
  readonly maxBytes?: number;
  /** How many old files stay. Default 3. */
  readonly keep?: number;
}

/** `setLevel` is for children too. */
export interface RealLog extends Log {
  setLevel(level: LogLevel): void;
}

/** Writes are synchronous, so that the last words of a dying process are there. */
export function createLog(options: LogOptions = {}): RealLog {
  const to = options.to ?? 'stderr';
  const logger = pino(
    {
      level: options.level ?? 'info',
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    // Synchronous: what was logged right before the process died is what matters most.
    typeof to === 'object' ? rotatingFile(to) : destination({ dest: to === 'stdout' ? 1 : 2, sync: true }),
  );
  const children: WeakRef<Logger>[] = [];
  return {
    ...wrap(logger, children),
    setLevel(level) {
      // pino children keep the level they were made with.
      for (const target of [logger, ...children.map((reference) => reference.deref())]) {
        if (target !== undefined) target.level = level;
      }
    },
  };
}

function wrap(logger: Logger, children: WeakRef<Logger>[]): Log {
  return {
    debug: (message, fields) => logger.debug(fields ?? {}, message),
    info: (message, fields) => logger.info(fields ?? {}, message),
    warn: (message, fields) => logger.warn(fields ?? {}, message),
    error: (message, fields) => logger.error(fields ?? {}, message),
    child(fields) {
      const child = logger.child(fields);
      children.push(new WeakRef(child));
      return wrap(child, children);
    },
  };
}

function rotatingFile({ path, maxBytes = 10 * 2 ** 20, keep = 3 }: LogFile): DestinationStream {
  let descriptor = openSync(path, 'a', 0o644);
  let size = fstatSync(descriptor).size;
  const rotate = (): void => {
    closeSync(descriptor);
    for (let age = keep; age > 0; age--) moveIfThere(age === 1 ? path : `${path}.${age - 1}`, `${path}.${age}`);
    if (keep === 0) rmSync(path, { force: true });
    descriptor = openSync(path, 'a', 0o644);
    size = 0;
  };
  return {
    write(line) {
      const bytes = Buffer.from(line);
      if (size > 0 && size + bytes.length > maxBytes) rotate();
      size += bytes.length;
      // A full disk must not end the daemon: the line is lost, the next one is tried again.
      try {
        writeSync(descriptor, bytes);
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== 'ENOSPC') throw cause;
      }
    },
  };
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
  }
}
