// What the live view wants of a terminal. The real one is made by the command line (src/cli/top/terminal.ts); tests have their own.
import type { Size } from '../frame/line.ts';

export interface TopTerminal {
  /** As it is now. */
  readonly size: Size;
  /** Handed to Ink. */
  readonly stdout: NodeJS.WriteStream;
  readonly stdin: NodeJS.ReadStream;
  /** To the other screen, with keys as they are pressed; `leave` undoes it, however often it is called. */
  enter(): void;
  leave(): void;
  /** Forgets what is on the screen: the next frame is written whole. */
  wipe(): void;
  onInput(fn: (bytes: Uint8Array) => void): void;
  onResize(fn: () => void): void;
  /**
   * Calls `fn` once when there is nobody any more or we are told to end: a signal, a closed terminal, an error that nobody
   * caught. `exitCode` is what the process ends with; `why` is for people, undefined when there is nothing to say.
   */
  onEnd(fn: (exitCode: number, why: string | undefined) => void): void;
}
