// What a frame is made of: lines of toned text. Screens make them, the painter turns them into what a terminal, a pipe or a
// recording wants. No escape codes here: text that comes from outside has been made harmless before it becomes a span.

/**
 * What a piece of text means; the theme decides how that looks (colour-blind-safe, with `NO_COLOR`, in ASCII). A tone is never the
 * only carrier of a meaning: a mark or a word says it too.
 */
export type Tone =
  | 'plain'
  | 'dim'
  | 'strong'
  | 'title'
  | 'good'
  | 'warn'
  | 'bad'
  | 'accent'
  /** The line under the cursor. */
  | 'cursor'
  /** A line that was marked with space. */
  | 'marked';

/** A piece of one line. `text` has no control characters and no line ends. */
export interface Span {
  readonly text: string;
  /** Default `plain`. */
  readonly tone?: Tone;
}

/** One line. Never wider than the frame it was drawn for. */
export type Line = readonly Span[];

/** Cells of the terminal. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}
