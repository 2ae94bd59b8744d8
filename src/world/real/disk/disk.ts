// Files of this machine through node:fs.
import { randomBytes } from 'node:crypto';
import { type FSWatcher, watch as fsWatch, readFileSync, type Stats, statSync, writeFileSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Disk, DiskLock, DiskWatch, FileStat } from '../../disk.ts';
import type { Log } from '../../world.ts';
import { openAppend } from './append-file.ts';
import { diskError, onDisk } from './errors.ts';
import { takeLock } from './lock.ts';
import { makeDirectories } from './make-directories.ts';

/** `close` ends watches and gives locks back. */
export function createDisk(log: Log): { disk: Disk; close(): Promise<void> } {
  const watches = new Set<DiskWatch>();
  const locks = new Set<DiskLock>();

  const disk: Disk = {
    readFile: (path) => onDisk(path, async () => (isKernelFile(path) ? readFileSync(path) : fs.readFile(path))),
    readText: (path) =>
      onDisk(path, async () => (isKernelFile(path) ? readFileSync(path, 'utf8') : fs.readFile(path, 'utf8'))),
    readRange: (path, offset, length) => onDisk(path, () => readRange(path, offset, length)),
    writeAtomic: (path, data, options) => onDisk(path, () => writeAtomic(path, data, options?.mode ?? 0o644)),
    writeFile: (path, data, options) =>
      onDisk(path, async () => {
        if (isKernelFile(path)) writeFileSync(path, data);
        else await fs.writeFile(path, data, { mode: options?.mode ?? 0o644 });
      }),
    openAppend: (path, options) => openAppend(path, options?.mode ?? 0o644, options?.noLinks ?? false),
    makeDirectory: (path, options) =>
      onDisk(path, async () => {
        await makeDirectories(path, options?.mode ?? 0o755);
      }),
    remove: (path) => onDisk(path, () => fs.rm(path, { recursive: true, force: true, maxRetries: 2 })),
    removeDirectory: (path) => onDisk(path, () => fs.rmdir(path)),
    list: (path) => onDisk(path, async () => (await fs.readdir(path)).sort()),
    stat: (path) =>
      onDisk(path, () => statOrNothing(async () => (isKernelFile(path) ? statSync(path) : fs.stat(path)))),
    statLink: (path) => onDisk(path, () => statOrNothing(() => fs.lstat(path))),
    rename: (from, to) => onDisk(from, () => fs.rename(from, to)),
    syncDirectory: (path) => onDisk(path, () => syncDirectory(path)),
    symlink: (target, path) =>
      onDisk(path, async () => {
        if (await isNewLink(target, path)) return;
        const temporary = besides(path);
        await fs.symlink(target, temporary);
        await renameOrRemove(temporary, path);
      }),
    readLink: (path) => onDisk(path, () => fs.readlink(path)),
    realPath: (path) => onDisk(path, () => fs.realpath(path)),
    changeMode: (path, mode) => onDisk(path, () => fs.chmod(path, mode)),
    changeOwner: (path, uid, gid) => onDisk(path, () => fs.lchown(path, uid, gid)),
    space: (path) =>
      onDisk(path, async () => {
        const { bsize, blocks, bavail } = await fs.statfs(path);
        return { totalBytes: blocks * bsize, freeBytes: bavail * bsize };
      }),
    async watch(directory, fn) {
      const watch = openWatch(directory, fn, log);
      watches.add(watch);
      return {
        close() {
          watches.delete(watch);
          watch.close();
        },
      };
    },
    async lock(path) {
      const lock = takeLock(path);
      locks.add(lock);
      return {
        async release() {
          locks.delete(lock);
          await lock.release();
        },
      };
    },
  };

  return {
    disk,
    async close() {
      for (const watch of watches) watch.close();
      for (const lock of locks) await lock.release();
      watches.clear();
      locks.clear();
    },
  };
}

/**
 * The kernel answers these from memory in microseconds; the way through the thread pool costs ten times that, and every
 * container needs dozens of them.
 */
const isKernelFile = (path: string): boolean => path.startsWith('/proc/') || path.startsWith('/sys/');

async function readRange(path: string, offset: number, length: number): Promise<Uint8Array> {
  const handle = await fs.open(path, 'r');
  try {
    const { size } = await handle.stat();
    // Files of procfs and cgroupfs say 0 and have content all the same.
    const available = size === 0 ? length : Math.max(0, Math.min(length, size - offset));
    const buffer = Buffer.allocUnsafe(available);
    let filled = 0;
    while (filled < available) {
      const { bytesRead } = await handle.read(buffer, filled, available - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  } finally {
    await handle.close();
  }
}

async function writeAtomic(path: string, data: string | Uint8Array, mode: number): Promise<void> {
  const temporary = besides(path);
  try {
    const handle = await fs.open(temporary, 'wx', mode);
    try {
      await handle.writeFile(data);
      await handle.chmod(mode);
      await handle.datasync();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    await fs.rm(temporary, { force: true });
    throw cause;
  }
  await renameOrRemove(temporary, path);
  await syncDirectory(dirname(path));
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await fs.open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** A name in the same directory that nobody else uses; what a crash leaves of these starts with a dot. */
function besides(path: string): string {
  return `${dirname(path)}/.${basename(path).slice(0, 100)}.${randomBytes(6).toString('hex')}.tmp`;
}

/** The usual case; false when there is something that has to be replaced. */
async function isNewLink(target: string, path: string): Promise<boolean> {
  try {
    await fs.symlink(target, path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  }
}

async function renameOrRemove(temporary: string, path: string): Promise<void> {
  try {
    await fs.rename(temporary, path);
  } catch (cause) {
    await fs.rm(temporary, { force: true });
    throw cause;
  }
}

async function statOrNothing(look: () => Promise<Stats>): Promise<FileStat | undefined> {
  let stats: Stats;
  try {
    stats = await look();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw cause;
  }
  const { size, mtimeMs, mode, nlink, uid, gid } = stats;
  return { kind: kindOf(stats), size, mtimeMs, mode, nlink, uid, gid };
}

function kindOf(stats: Stats): FileStat['kind'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  return stats.isSymbolicLink() ? 'symlink' : 'other';
}

function openWatch(directory: string, fn: (name: string) => void, log: Log): DiskWatch {
  let watcher: FSWatcher;
  let isOpen = true;
  try {
    watcher = fsWatch(directory, { persistent: false }, (_event, name) => {
      if (isOpen && name !== null) fn(name);
    });
  } catch (cause) {
    throw diskError(cause, directory);
  }
  // The directory itself may vanish; its watcher knows by its own checks (watches promise changes, not life signs).
  watcher.on('error', (error) => log.warn('a directory watch broke', { directory, error: error.message }));
  return {
    close() {
      isOpen = false;
      watcher.close();
    },
  };
}
