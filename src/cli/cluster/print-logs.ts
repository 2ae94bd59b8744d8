// `mctl cluster logs`.
import { existsSync } from 'node:fs';
import type { Terminal } from '../output/terminal.ts';
import { type ClusterPaths, noCluster } from './layout.ts';
import { daemonLogs, followFile, lastLines, readableLine } from './log-files.ts';

/** Whose logs, and how much of them. */
export interface PrintLogsOptions {
  readonly daemon: string | undefined;
  readonly lines: number;
  readonly follow: boolean;
  /** The lines as they are in the files: JSON. */
  readonly raw: boolean;
}

/** Throws Problem `notFound`. With `follow` it ends with the process. */
export async function printLogs(paths: ClusterPaths, terminal: Terminal, options: PrintLogsOptions): Promise<void> {
  if (!existsSync(paths.plan)) throw noCluster(paths);
  const logs = daemonLogs(paths, options.daemon);
  const several = new Set(logs.map(({ daemon }) => daemon)).size > 1;
  const widest = Math.max(0, ...logs.map(({ daemon }) => daemon.length));
  const print = (daemon: string, line: string): void => {
    const text = options.raw ? line : readableLine(line, terminal.style);
    terminal.data(several && !options.raw ? `${terminal.style.dim(daemon.padEnd(widest))} ${text}` : text);
  };
  const starts = logs.map((log) => ({ log, ...lastLines(log.path, options.lines) }));
  // Merged by time where the lines say one.
  const lines = starts.flatMap(({ log, lines }) =>
    lines.map((line) => ({ daemon: log.daemon, line, time: timeOf(line) })),
  );
  if (several) lines.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  for (const { daemon, line } of lines) print(daemon, line);
  if (!options.follow) return;
  const { signal } = new AbortController();
  await Promise.all(starts.map(({ log, end }) => followFile(log.path, end, (line) => print(log.daemon, line), signal)));
}

/** Of a line of ours, or of one that begins with its time as ZooKeeper's do. */
function timeOf(line: string): string {
  return /"time":"([^"]+)"/.exec(line)?.[1] ?? /^\d{4}-\d\d-\d\dT\S+Z(?= )/.exec(line)?.[0] ?? '';
}
