// The logs of a local cluster's daemons: which there are, and their lines as people read them.
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT } from '../exit-codes.ts';
import { nearest } from '../ids.ts';
import { printable, printableLine } from '../output/printable.ts';
import type { Style } from '../output/style.ts';
import { formatTime } from '../output/units.ts';
import { Problem } from '../problem.ts';
import type { ClusterPaths } from './layout.ts';

const CHUNK_BYTES = 64 * 1024;
const POLL_MS = 200;

/** A daemon and the file it logs to. */
export interface DaemonLog {
  /** `supervisor`, `master`, `agent-1`, … */
  readonly daemon: string;
  readonly path: string;
}

/** Logs of one daemon, or of all. Throws Problem `notFound`. */
export function daemonLogs(paths: ClusterPaths, daemon: string | undefined): DaemonLog[] {
  const logs: DaemonLog[] = [{ daemon: 'supervisor', path: join(paths.logs, 'supervisor.log') }];
  if (existsSync(paths.logs)) {
    for (const entry of readdirSync(paths.logs, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      for (const file of readdirSync(join(paths.logs, entry.name)).sort()) {
        // `output` holds what did not go through the log: crashes, mostly.
        if (file === 'output' || file.endsWith('.log'))
          logs.push({ daemon: entry.name, path: join(paths.logs, entry.name, file) });
      }
    }
  }
  const chosen = daemon === undefined ? logs : logs.filter((log) => log.daemon === daemon);
  if (chosen.length > 0) return chosen.filter((log) => existsSync(log.path));
  const names = [...new Set(logs.map((log) => log.daemon))];
  const near = nearest(daemon ?? '', names);
  throw new Problem(EXIT.notFound, {
    what: `Cluster '${paths.name}' has no log of '${daemon}'.`,
    why: near === undefined ? `There are: ${names.join(', ')}` : `Did you mean '${near}'?`,
  });
}

/** The last `count` lines of a file. */
export function lastLines(path: string, count: number): { readonly lines: string[]; readonly end: number } {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    let text = '';
    let start = size;
    while (start > 0 && text.split('\n').length <= count + 1) {
      const length = Math.min(CHUNK_BYTES, start);
      start -= length;
      const buffer = Buffer.alloc(length);
      readSync(file, buffer, 0, length, start);
      text = buffer.toString('utf8') + text;
    }
    const lines = text.split('\n').filter((line) => line !== '');
    return { lines: count === 0 ? [] : lines.slice(-count), end: size };
  } finally {
    closeSync(file);
  }
}

/** Calls `line` for every line that is added, until `signal`; goes on with the new file after a rotation. */
export async function followFile(
  path: string,
  from: number,
  line: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  let offset = from;
  let rest = '';
  while (!signal.aborted) {
    if (existsSync(path)) {
      const file = openSync(path, 'r');
      const { size } = fstatSync(file);
      if (size < offset) offset = 0;
      while (offset < size) {
        const buffer = Buffer.alloc(Math.min(CHUNK_BYTES, size - offset));
        const read = readSync(file, buffer, 0, buffer.length, offset);
        if (read === 0) break;
        offset += read;
        const parts = (rest + buffer.toString('utf8', 0, read)).split('\n');
        rest = parts.pop() ?? '';
        for (const part of parts) line(part);
      }
      closeSync(file);
    }
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** A JSON log line as `12:00:01 WARN  message key=value`; other text as it is. */
export function readableLine(text: string, style: Style): string {
  let entry: unknown;
  try {
    entry = JSON.parse(text);
  } catch {
    return printable(text); // plain output of a crash
  }
  if (typeof entry !== 'object' || entry === null) return printable(text);
  const { level, time, msg, ...fields } = entry as Record<string, unknown>;
  const name = String(level).toUpperCase().padEnd(5);
  const painted = level === 'error' ? style.bad(name) : level === 'warn' ? style.warn(name) : style.dim(name);
  const rest = Object.entries(fields).map(
    ([key, value]) => `${key}=${printableLine(typeof value === 'string' ? value : JSON.stringify(value))}`,
  );
  return [
    style.dim(formatTime(Date.parse(String(time)))),
    painted,
    printableLine(String(msg)),
    style.dim(rest.join(' ')),
  ]
    .join(' ')
    .trimEnd();
}
