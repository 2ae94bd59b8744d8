// The CSV of `show stat`, also served at `/haproxy?stats;csv` (haproxy.md 15.1, 16.7).
import { RuntimeError } from './runtime-error.ts';

/** One row: a frontend, a backend or a server. */
export interface StatRow {
  readonly proxy: string;
  /** `FRONTEND`, `BACKEND` or the server's name. */
  readonly name: string;
  /** `UP`, `UP 1/3`, `DOWN`, `MAINT`, `DRAIN`, `no check`, `OPEN`, … */
  readonly status: string;
  readonly currentSessions: number;
  readonly queued: number;
}

/** Throws RuntimeError `unexpected` when it is no such table. */
export function parseStat(csv: string): StatRow[] {
  const [header, ...lines] = csv.split('\n');
  if (header === undefined || !header.startsWith('# pxname,svname,')) {
    throw new RuntimeError('unexpected', `"show stat" answered ${JSON.stringify(csv.slice(0, 120))}`);
  }
  const names = header.slice(2).split(',');
  const [queued, sessions, status] = ['qcur', 'scur', 'status'].map((name) => names.indexOf(name)) as [
    number,
    number,
    number,
  ];
  // Columns after these may hold quoted commas; those before never do.
  return lines
    .filter((line) => line.trim() !== '')
    .map((line) => line.split(',', 20))
    .map((fields) => ({
      proxy: fields[0] ?? '',
      name: fields[1] ?? '',
      status: fields[status] ?? '',
      currentSessions: Number(fields[sessions] ?? 0),
      queued: Number(fields[queued] ?? 0),
    }));
}

/** Backend → servers that get traffic: up, or not checked at all (haproxy.md 16.10). */
export function upServers(rows: readonly StatRow[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { proxy, name, status } of rows) {
    if (name === 'FRONTEND') continue;
    const servers = found.get(proxy) ?? new Set();
    found.set(proxy, servers);
    if (name !== 'BACKEND' && (status.startsWith('UP') || status === 'no check')) servers.add(name);
  }
  return found;
}
