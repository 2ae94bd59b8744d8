// Bars and sparklines: how much of something is used, and how that has changed.
import type { Span, Tone } from '../frame/line.ts';
import type { Glyphs } from './glyphs.ts';

/**
 * `cells` wide: `used` (0–1) full, then `second` (0–1, of the same whole) in another fill, the rest empty. What is used a little is
 * seen a little: at least the smallest part.
 */
export function bar(used: number, cells: number, marks: Glyphs, second = 0, tone?: Tone): readonly Span[] {
  const width = Math.max(0, cells);
  const one = share(used);
  const both = Math.max(one, share(one + share(second)));
  const steps = marks.parts.length + 1;
  const filled = Math.min(width * steps, Math.max(one > 0 ? 1 : 0, Math.round(one * width * steps)));
  const whole = Math.floor(filled / steps);
  const part = filled % steps === 0 ? '' : (marks.parts[(filled % steps) - 1] ?? '');
  const usedText = marks.full.repeat(whole) + part;
  const until = Math.max(usedText.length, Math.round(both * width));
  const spans: Span[] = [{ text: usedText, tone: tone ?? loadTone(one) }];
  if (until > usedText.length) spans.push({ text: marks.second.repeat(until - usedText.length), tone: 'accent' });
  if (width > until) spans.push({ text: marks.empty.repeat(width - until), tone: 'dim' });
  return spans.filter((part) => part.text !== '');
}

/** Much used is not bad in a cluster, but worth seeing. */
export function loadTone(used: number): Tone {
  return used >= 0.95 ? 'bad' : used >= 0.8 ? 'warn' : 'good';
}

/** The last `cells` samples (0–1), the newest at the right; blanks where there are none yet. */
export function sparkline(samples: readonly number[], cells: number, marks: Glyphs): string {
  const shown = samples.slice(-Math.max(0, cells));
  if (cells <= 0) return '';
  const top = marks.heights.length - 1;
  const text = shown.map((sample) => marks.heights[Math.round(share(sample) * top)] ?? ' ').join('');
  return ' '.repeat(Math.max(0, cells - shown.length)) + text;
}

function share(value: number): number {
  return Number.isFinite(value) ? Math.min(1, Math.max(0, value)) : 0;
}
