// The process table as /proc tells it. Reads are synchronous: procfs answers from memory in microseconds, and what a
// process was and what is done to it must not be a turn apart.
import { readdirSync, readFileSync } from 'node:fs';

/** One process as /proc tells it. */
export interface ProcessRow {
  readonly pid: number;
  readonly parentPid: number;
  readonly sessionId: number;
  readonly state: string;
  /** Clock ticks after boot. */
  readonly startTime: number;
  /** Of itself and of the children it has waited for. */
  readonly userTicks: number;
  readonly systemTicks: number;
  readonly threads: number;
  readonly residentPages: number;
}

/** Clock ticks a second in /proc; the same on every Linux that Node runs on. */
export const TICKS_PER_SECOND = 100;

/** undefined when there is no such process; its corpse (state Z or X) is reported as it is. */
export function readProcess(pid: number): ProcessRow | undefined {
  let line: string;
  try {
    line = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    // Gone, or gone while we read (ESRCH); for the caller both mean the same.
    return undefined;
  }
  // The name is in parentheses and may hold anything, parentheses and spaces included.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const number = (field: number): number => Number(fields[field - 3]);
  return {
    pid,
    state: fields[0] ?? 'X',
    parentPid: number(4),
    sessionId: number(6),
    userTicks: number(14) + number(16),
    systemTicks: number(15) + number(17),
    threads: number(20),
    startTime: number(22),
    residentPages: number(24),
  };
}

/** Dead, and only not yet waited for. */
export const isCorpse = (row: ProcessRow): boolean => row.state === 'Z' || row.state === 'X';

/** Every process that lives. */
export function readAllProcesses(): ProcessRow[] {
  const rows: ProcessRow[] = [];
  for (const name of readdirSync('/proc')) {
    const first = name.charCodeAt(0);
    if (first < 0x30 || first > 0x39) continue;
    const row = readProcess(Number(name));
    if (row !== undefined && !isCorpse(row)) rows.push(row);
  }
  return rows;
}

/**
 * The processes of the session that `leader` leads or led, and all their descendants, whatever session those made for
 * themselves. Someone who left the session *and* whose parents are all dead is not found: only a cgroup holds those.
 */
export function findTree(
  leader: { readonly pid: number; readonly startTime: number },
  rows: readonly ProcessRow[],
): ProcessRow[] {
  // A pid is not given out again while a session bears it; if its holder started at another time, the session is his.
  const holder = rows.find((row) => row.pid === leader.pid);
  if (holder !== undefined && holder.startTime !== leader.startTime) return [];
  const children = new Map<number, ProcessRow[]>();
  for (const row of rows) {
    const siblings = children.get(row.parentPid);
    if (siblings === undefined) children.set(row.parentPid, [row]);
    else siblings.push(row);
  }
  const found = new Set(rows.filter((row) => row.sessionId === leader.pid && row.startTime >= leader.startTime));
  for (const member of found) {
    for (const child of children.get(member.pid) ?? []) found.add(child);
  }
  return [...found];
}

let knownPageBytes: number | undefined;

/** Bytes of a memory page, derived from what we know of ourselves both ways. */
export function pageBytes(): number {
  if (knownPageBytes === undefined) {
    const pages = readProcess(process.pid)?.residentPages ?? 0;
    const ratio = pages > 0 ? process.memoryUsage.rss() / pages : 4096;
    knownPageBytes = 2 ** Math.round(Math.log2(ratio));
  }
  return knownPageBytes;
}
