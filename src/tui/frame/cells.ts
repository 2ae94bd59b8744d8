// How many cells of the terminal a text takes, and cutting and padding by cells. Texts are harmless already.
import stringWidth from 'string-width';

/** Each of these is one cell by itself: letters of the west, Greek, Cyrillic, dashes, arrows, boxes, blocks, shapes, ticks. */
const PLAIN =
  /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u0391-\u03ff\u0400-\u0481\u2010-\u2027\u2190-\u2199\u2500-\u25fc\u2713-\u2718]*$/;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Cells of the terminal. */
export function cellWidth(text: string): number {
  return PLAIN.test(text) ? text.length : widthOfParts(text);
}

/** Grapheme by grapheme, as it is cut: a whole text and its parts must come to the same. */
function widthOfParts(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += stringWidth(segment);
  return width;
}

/** The text, or as much of it as goes into `cells` with `ellipsis` at the end. Never wider than `cells`. */
export function cutToCells(text: string, cells: number, ellipsis = '~'): string {
  if (cells <= 0) return '';
  if (PLAIN.test(text)) {
    if (text.length <= cells) return text;
    return cells <= ellipsis.length ? text.slice(0, cells) : text.slice(0, cells - ellipsis.length) + ellipsis;
  }
  if (widthOfParts(text) <= cells) return text;
  const room = cells - (cells <= 1 ? 0 : cellWidth(ellipsis));
  let kept = '';
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    const more = stringWidth(segment);
    if (width + more > room) break;
    kept += segment;
    width += more;
  }
  return cells <= 1 ? kept : kept + ellipsis;
}

/** As `cutToCells`, but what is left out is in the middle: for ids and questions, which differ or matter at their end. */
export function cutInMiddle(text: string, cells: number, ellipsis = '~'): string {
  if (cellWidth(text) <= cells) return text;
  const mark = cellWidth(ellipsis);
  if (cells < mark + 2) return cutToCells(text, cells, ellipsis);
  const tail = lastCells(text, Math.floor((cells - mark) / 2));
  return cutToCells(text, cells - cellWidth(tail), ellipsis) + tail;
}

function lastCells(text: string, cells: number): string {
  let kept = '';
  let width = 0;
  for (const segment of Array.from(graphemes.segment(text), (part) => part.segment).reverse()) {
    width += stringWidth(segment);
    if (width > cells) break;
    kept = segment + kept;
  }
  return kept;
}

/** Exactly `cells` wide: cut or padded with blanks. */
export function fitToCells(text: string, cells: number, align: 'left' | 'right' = 'left', ellipsis = '~'): string {
  const cut = cutToCells(text, cells, ellipsis);
  const missing = cells - cellWidth(cut);
  if (missing <= 0) return cut;
  return align === 'right' ? ' '.repeat(missing) + cut : cut + ' '.repeat(missing);
}

/** Pieces of at most `cells` each, at least one. */
export function wrapToCells(text: string, cells: number): readonly string[] {
  const width = Math.max(1, cells);
  const pieces: string[] = [];
  if (PLAIN.test(text)) {
    for (let at = 0; at < text.length; at += width) pieces.push(text.slice(at, at + width));
    return pieces.length === 0 ? [''] : pieces;
  }
  let piece = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    const more = stringWidth(segment);
    if (used + more > width && piece !== '') {
      pieces.push(piece);
      piece = '';
      used = 0;
    }
    // Wider than the frame is: it cannot be shown at all.
    if (more > width) continue;
    piece += segment;
    used += more;
  }
  return piece === '' && pieces.length > 0 ? pieces : [...pieces, piece];
}
