// Lines to text: what a terminal, a pipe or a recording gets. The only place that writes escape codes of tones.
import type { Line } from './line.ts';
import type { Theme } from './theme.ts';

const ESCAPE = '\u001b[';

/** One line as text, with the theme's escape codes; neighbours of one tone share theirs. No blanks at the end of a plain line. */
export function paintLine(drawn: Line, theme: Theme): string {
  let text = '';
  let open = '';
  for (const part of drawn) {
    if (part.text === '') continue;
    const codes = theme.codes(part.tone ?? 'plain');
    if (codes !== open) {
      if (open !== '') text += `${ESCAPE}0m`;
      if (codes !== '') text += `${ESCAPE}${codes}m`;
      open = codes;
    }
    text += part.text;
  }
  return open === '' ? text.trimEnd() : `${text}${ESCAPE}0m`;
}

/** All lines without tones, as in a file. */
export function plainText(lines: readonly Line[]): string {
  return lines
    .map((drawn) =>
      drawn
        .map((part) => part.text)
        .join('')
        .trimEnd(),
    )
    .join('\n');
}
