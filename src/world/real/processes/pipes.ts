// Named pipes of this machine. They are opened without waiting for the other end and read through the event loop, never by
// a thread that would wait.
import { execFile } from 'node:child_process';
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { promisify } from 'node:util';
import { DiskError } from '../../disk.ts';
import type { PipeReader, Pipes, PipeWriter } from '../../pipes.ts';
import { onDisk } from '../disk/errors.ts';

const run = promisify(execFile);
const { O_RDONLY, O_RDWR, O_NONBLOCK, O_NOFOLLOW } = constants;
const MAKE_TIMEOUT_MS = 10_000;

/** The pipes of this machine. */
export const realPipes: Pipes = {
  async make(path) {
    try {
      await run('mkfifo', ['-m', '600', '--', path], { timeout: MAKE_TIMEOUT_MS });
    } catch (cause) {
      const { message } = cause as Error;
      const code = /File exists/.test(message) ? 'exists' : 'io';
      throw new DiskError(code, path, `cannot make a pipe: ${message}`, { cause });
    }
  },
  openReader: (path) =>
    onDisk(path, async () => {
      // As long as somebody could write, the pipe does not end.
      const holder = openPipe(path, O_RDWR);
      try {
        return new SocketPipeReader(openPipe(path, O_RDONLY), holder);
      } catch (cause) {
        closeSync(holder);
        throw cause;
      }
    }),
  openWriter: (path) => onDisk(path, async () => new SocketPipeWriter(openPipe(path, O_RDWR))),
};

/** At once, whether there is another end or not. */
function openPipe(path: string, access: number): number {
  const descriptor = openSync(path, access | O_NONBLOCK | O_NOFOLLOW);
  if (fstatSync(descriptor).isFIFO()) return descriptor;
  closeSync(descriptor);
  throw new DiskError('io', path, `${path} is no pipe`);
}

class SocketPipeReader implements PipeReader {
  readonly #socket: Socket;
  #holder: number | undefined;
  #isPaused = false;
  #hasReader = false;
  #isEnded = false;
  #isClosed = false;
  #onEnd: (() => void) | undefined;

  constructor(descriptor: number, holder: number) {
    this.#holder = holder;
    this.#socket = new Socket({ fd: descriptor, readable: true, writable: false, allowHalfOpen: true });
    this.#socket.pause();
    // Reading a pipe fails for nothing that its end would not tell as well.
    this.#socket.on('error', () => this.#ended());
    this.#socket.once('end', () => this.#ended());
  }

  onChunk(fn: (chunk: Uint8Array) => void): void {
    this.#hasReader = true;
    this.#socket.on('data', (chunk: Uint8Array) => {
      if (!this.#isClosed) fn(chunk);
    });
    if (this.#isPaused) this.#socket.pause();
    else this.#socket.resume();
  }

  onEnd(fn: () => void): void {
    this.#onEnd = fn;
    if (this.#isEnded) setImmediate(() => this.#tellEnd());
  }

  pause(): void {
    this.#isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#hasReader) this.#socket.resume();
  }

  finish(): void {
    if (this.#holder !== undefined) closeSync(this.#holder);
    this.#holder = undefined;
  }

  close(): void {
    this.#isClosed = true;
    this.finish();
    this.#socket.destroy();
  }

  #ended(): void {
    this.#isEnded = true;
    this.#tellEnd();
  }

  #tellEnd(): void {
    const fn = this.#onEnd;
    if (fn === undefined || this.#isClosed) return;
    this.#onEnd = undefined;
    fn();
  }
}

class SocketPipeWriter implements PipeWriter {
  readonly #socket: Socket;
  #isOpen = true;

  constructor(descriptor: number) {
    this.#socket = new Socket({ fd: descriptor, readable: false, writable: true, allowHalfOpen: true });
    this.#socket.on('error', () => this.close());
  }

  get bufferedBytes(): number {
    return this.#isOpen ? this.#socket.writableLength : 0;
  }

  write(chunk: Uint8Array): void {
    if (this.#isOpen && chunk.length > 0) this.#socket.write(chunk);
  }

  end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    // Nobody speaks to us there: once all is written there is nothing to wait for.
    this.#socket.end(() => this.#socket.destroy());
  }

  close(): void {
    this.#isOpen = false;
    this.#socket.destroy();
  }
}
