// Named pipes: how a daemon talks with the standard streams of a task that outlives it. What nobody reads stays in the
// kernel, so that a task whose reader is away waits instead of failing.

/** Named pipes of this machine. All throws DiskError. */
export interface Pipes {
  /** Makes one, for its owner only; `exists` when there is something of that name. */
  make(path: string): Promise<void>;
  /** Whoever writes there neither waits for a reader nor fails for want of one as long as this is open. */
  openReader(path: string): Promise<PipeReader>;
  /** Bytes wait here when the pipe is full; nothing bounds them but the writer's own look at `bufferedBytes`. */
  openWriter(path: string): Promise<PipeWriter>;
}

/** The end that is read from. */
export interface PipeReader {
  /** At most one. Nothing is read before there is one, nor while it is paused. */
  onChunk(fn: (chunk: Uint8Array) => void): void;
  /** Called once after `finish`, when all that was written has been read and nobody can write any more. Not after `close`. */
  onEnd(fn: () => void): void;
  pause(): void;
  resume(): void;
  /** Those who write now are the last ones: when they are gone, the pipe ends. */
  finish(): void;
  close(): void;
}

/** The end that is written to. */
export interface PipeWriter {
  /** Ignored once it is closed. */
  write(chunk: Uint8Array): void;
  readonly bufferedBytes: number;
  /** Lets go once what was written is in the pipe: its reader sees the end, when nobody else can write. */
  end(): void;
  /** Lets go at once. */
  close(): void;
}
