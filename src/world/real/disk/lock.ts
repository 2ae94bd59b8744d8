// An exclusive lock that dies with the process: SQLite's lock on a file of its own. It is a kernel record lock (fcntl),
// so SIGKILL frees it, children do not inherit it, and no native module is needed; SQLite also keeps two holders within
// one process apart, which bare record locks do not.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DiskError, type DiskLock } from '../../disk.ts';

/** Primary result code, the low byte of what SQLite reports. */
const SQLITE_BUSY = 5;
const SQLITE_CANTOPEN = 14;

/** Throws DiskError `locked` when somebody has it. The file stays after release. */
export function takeLock(path: string): DiskLock {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (cause) {
    database?.close();
    throw lockError(path, cause);
  }
  const held = database;
  return {
    async release() {
      if (held.isOpen) held.close();
    },
  };
}

function lockError(path: string, cause: unknown): DiskError {
  const { errcode = 0, message } = cause as { errcode?: number; message: string };
  const primary = errcode & 0xff;
  if (primary === SQLITE_BUSY) {
    const pid = holderOf(path);
    const who = pid === undefined ? 'another process' : `process ${pid}`;
    return new DiskError('locked', path, `${path} is locked by ${who}`, { cause });
  }
  // SQLite does not say which: no such directory, or one that is not ours to write in.
  const refused = existsSync(dirname(path)) ? 'forbidden' : 'not-found';
  const code = primary === SQLITE_CANTOPEN ? refused : 'io';
  return new DiskError(code, path, `cannot lock ${path}: ${message}`, { cause });
}

/** The process that holds a lock on the file, as far as the kernel tells us. */
function holderOf(path: string): number | undefined {
  try {
    const { ino } = statSync(path);
    const line = readFileSync('/proc/locks', 'utf8')
      .split('\n')
      .find((row) => row.includes(`:${ino} `) && row.includes('WRITE'));
    const pid = Number(line?.trim().split(/\s+/)[4]);
    return pid > 0 ? pid : undefined;
  } catch {
    // Only for the message; without procfs it says "another process".
    return undefined;
  }
}
