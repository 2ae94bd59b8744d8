// Making and cutting lines. Whatever a screen draws goes through `clipLines`, so that nothing that comes from outside can make a
// line wider than the frame or get a control character into it.
import { cellWidth, cutToCells } from './cells.ts';
import { harmless } from './harmless.ts';
import type { Line, Size, Span, Tone } from './line.ts';

/** A span; the text is made harmless. */
export function span(text: string, tone?: Tone): Span {
  const safe = harmless(text);
  return tone === undefined || tone === 'plain' ? { text: safe } : { text: safe, tone };
}

/** A line of one span, or of several texts and spans. */
export function line(...parts: readonly (string | Span)[]): Line {
  return parts.map((part) => (typeof part === 'string' ? span(part) : part));
}

export function lineWidth(drawn: Line): number {
  let width = 0;
  for (const part of drawn) width += cellWidth(part.text);
  return width;
}

/** The same line, at most `columns` wide; an ellipsis says that something is missing. */
export function clipLine(drawn: Line, columns: number, ellipsis = '~'): Line {
  const clipped: Span[] = [];
  let left = columns;
  for (const [index, part] of drawn.entries()) {
    const text = harmless(part.text);
    const width = cellWidth(text);
    const isMore = drawn.slice(index + 1).some((later) => later.text.trim() !== '');
    if (width < left || (width === left && !isMore)) {
      clipped.push(text === part.text ? part : { ...part, text });
      left -= width;
      continue;
    }
    // Something is left out after this part: say so even when the part itself would fit.
    clipped.push({ ...part, text: cutToCells(width === left ? `${text}${ellipsis}` : text, left, ellipsis) });
    break;
  }
  return clipped;
}

/** At most `size.rows` lines, each at most `size.columns` wide. */
export function clipLines(lines: readonly Line[], size: Size, ellipsis = '~'): readonly Line[] {
  return lines.slice(0, Math.max(0, size.rows)).map((drawn) => clipLine(drawn, size.columns, ellipsis));
}

/** Blanks up to `columns`. */
export function padLine(drawn: Line, columns: number): Line {
  const missing = columns - lineWidth(drawn);
  return missing > 0 ? [...drawn, { text: ' '.repeat(missing) }] : drawn;
}

/** Two blocks beside each other, the left one `leftColumns` wide, with `gap` blanks between. */
export function beside(
  left: readonly Line[],
  leftColumns: number,
  right: readonly Line[],
  gap = 2,
  ellipsis = '~',
): Line[] {
  const lines: Line[] = [];
  for (let row = 0; row < Math.max(left.length, right.length); row += 1) {
    const one = clipLine(left[row] ?? [], leftColumns, ellipsis);
    const other = right[row];
    lines.push(other === undefined ? one : [...padLine(one, leftColumns), { text: ' '.repeat(gap) }, ...other]);
  }
  return lines;
}

/** The same words in lines of at most `columns`, broken at blanks; those after the first are indented. A longer word stays whole. */
export function wrapLine(drawn: Line, columns: number, indent = 0): readonly Line[] {
  const lines: Span[][] = [[]];
  let width = 0;
  for (const part of drawn) {
    for (const word of harmless(part.text).split(/(?<=\s)(?=\S)/)) {
      const cells = cellWidth(word.trimEnd());
      if (width + cells > columns && width > indent) {
        lines.push(indent > 0 ? [{ text: ' '.repeat(indent) }] : []);
        width = indent;
      }
      lines.at(-1)?.push({ ...part, text: word });
      width += cellWidth(word);
    }
  }
  return lines;
}
