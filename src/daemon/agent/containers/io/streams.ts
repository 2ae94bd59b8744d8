// The standard streams of a container that somebody talks with: what others may do with them. The pipes behind them are the
// switchboard's (switchboard.ts).

/** What a container writes to. A terminal has only one of the two. */
export type OutputName = 'stdout' | 'stderr';

/** In characters. */
export interface WindowSize {
  readonly rows: number;
  readonly columns: number;
}

/** How a container's streams are to be. */
export interface StreamsWish {
  /** A terminal of its own; else three pipes. */
  readonly terminal: { readonly size: WindowSize | undefined } | undefined;
  /**
   * Output goes to stdout and stderr in the sandbox too, whether somebody listens or not. Else it waits for a listener, and
   * the container with it once the pipe is full.
   */
  readonly isLogged: boolean;
}

/** Somebody who gets what the container writes. */
export interface OutputListener {
  output(name: OutputName, bytes: Uint8Array): void;
  /** While it is full, nobody hears anything more: the container waits. */
  readonly isFull: boolean;
  /** How long it may be full in one go; then it is left behind, `cutOff` is called, and nothing more. Infinity = for ever. */
  readonly patienceMs: number;
  cutOff(): void;
  /** Everything has been written. */
  ended(): void;
}

/** The streams of one container. */
export interface ContainerStreams {
  readonly isTerminal: boolean;
  /** From now on; the answer takes the listener away again. */
  listen(listener: OutputListener): () => void;
  /** Input; what the container does not read waits here and counts in `unreadBytes`. Ignored after the end of input. */
  write(bytes: Uint8Array): void;
  readonly unreadBytes: number;
  /** End of input; on a terminal, what Ctrl-D does. */
  endInput(): void;
  /** Nothing without a terminal. */
  resize(size: WindowSize): void;
  /** Called once, when the container is at its end; the answer takes the listener away again. */
  onClosed(fn: () => void): () => void;
}
