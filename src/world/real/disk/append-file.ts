// A file that only grows. Writes are queued and go out together; syncs that are asked for while one is running share
// the next one (group commit).
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type AppendFile, DiskError } from '../../disk.ts';
import { diskError, onDisk } from './errors.ts';

interface Waiting {
  readonly bytes: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Made with `mode` when it is not there. Throws DiskError. */
export async function openAppend(path: string, mode: number, noLinks: boolean): Promise<AppendFile> {
  return onDisk(path, async () => {
    const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
    const flags = O_WRONLY | O_APPEND | O_CREAT;
    const handle = await open(path, noLinks ? flags | O_NOFOLLOW | O_NONBLOCK : flags, mode);
    const stat = await handle.stat();
    if (noLinks && (!stat.isFile() || stat.nlink > 1)) {
      await handle.close();
      throw new DiskError('forbidden', path, `${path} is no file of its own`);
    }
    return new RealAppendFile(path, handle, stat.size);
  });
}

class RealAppendFile implements AppendFile {
  size: number;
  readonly #path: string;
  readonly #handle: FileHandle;
  #waiting: Waiting[] = [];
  /** The end of everything asked for so far; truncate and close wait for it. */
  #tail: Promise<void> = Promise.resolve();
  #flushIsQueued = false;
  #nextSync: Promise<void> | undefined;

  constructor(path: string, handle: FileHandle, size: number) {
    this.#path = path;
    this.#handle = handle;
    this.size = size;
  }

  write(data: string | Uint8Array): Promise<void> {
    // Copied: the caller may use its buffer again at once.
    const bytes = typeof data === 'string' ? Buffer.from(data) : Buffer.from(data);
    this.size += bytes.length;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ bytes, resolve, reject });
      if (this.#flushIsQueued) return;
      this.#flushIsQueued = true;
      void this.#enqueue(() => this.#flush());
    });
  }

  sync(): Promise<void> {
    if (this.#nextSync !== undefined) return this.#nextSync;
    const sync = this.#enqueue(async () => {
      // From here on newcomers need a sync of their own: their writes may come after this one.
      this.#nextSync = undefined;
      if (this.#waiting.length > 0) await this.#flush();
      await onDisk(this.#path, () => this.#handle.datasync());
    });
    this.#nextSync = sync;
    return sync;
  }

  truncate(size: number): Promise<void> {
    return this.#enqueue(async () => {
      await onDisk(this.#path, () => this.#handle.truncate(size));
      this.size = size;
    });
  }

  close(): Promise<void> {
    return this.#enqueue(() => onDisk(this.#path, () => this.#handle.close()));
  }

  #enqueue(step: () => Promise<void>): Promise<void> {
    const done = this.#tail.then(step);
    // A failed step is told to who asked for it, not to the steps after it.
    this.#tail = done.catch(() => undefined);
    return done;
  }

  async #flush(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    this.#flushIsQueued = false;
    if (batch.length === 0) return;
    try {
      const all = Buffer.concat(batch.map((one) => one.bytes));
      for (let offset = 0; offset < all.length; ) {
        offset += (await this.#handle.write(all, offset, all.length - offset)).bytesWritten;
      }
      for (const one of batch) one.resolve();
    } catch (cause) {
      // The file may hold a part of the batch: its size is what the file system says, and all writers are told.
      this.size = (await this.#handle.stat()).size;
      for (const one of batch) one.reject(diskError(cause, this.#path));
    }
  }
}
