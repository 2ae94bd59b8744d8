// One frame: the head with the cluster, the heading of the screen, what the screen draws, the line for prompts and messages, the
// key bar. Pure: from the state to lines.
import { cutInMiddle } from '../frame/cells.ts';
import { harmless } from '../frame/harmless.ts';
import type { Line, Size, Span } from '../frame/line.ts';
import { clipLine, clipLines, lineWidth, span } from '../frame/lines.ts';
import type { KeyBindings } from '../keys/bindings.ts';
import type { Drawing, Screen } from '../screens/screen.ts';
import { here } from '../ui/places.ts';
import type { Prompt, UiState } from '../ui/state.ts';
import type { ClusterView } from '../view/model.ts';
import { glyphs } from '../widgets/glyphs.ts';
import { since } from '../widgets/words.ts';
import { drawHelp, type KeyScene, keyBar } from './key-bar.ts';

/** Lines above what the screen draws, and below it. */
export const LINES_ABOVE = 2;
const LINES_BELOW = 2;
/** One row of the terminal stays empty: a frame that fills it makes some terminals scroll. */
const SPARE = 1;
/** With less than this nothing can be read. */
export const SMALLEST: Size = { columns: 40, rows: 10 };

export interface FrameParts {
  readonly ui: UiState;
  readonly screen: Screen;
  readonly drawing: Drawing;
  readonly view: ClusterView;
  readonly bindings: KeyBindings;
  readonly nowMs: number;
  readonly hasMarks: boolean;
}

/** What a screen may draw into. */
export function bodySize({ columns, rows }: Size): Size {
  return { columns, rows: Math.max(1, rows - LINES_ABOVE - LINES_BELOW - SPARE) };
}

/** Undefined when the window is large enough; else what to show instead of everything, never wider than it. */
export function tooSmall({ columns, rows }: Size): readonly Line[] | undefined {
  if (columns >= SMALLEST.columns && rows >= SMALLEST.rows) return undefined;
  const words = [`${columns}x${rows} is too small`, `mctl top: ${SMALLEST.columns}x${SMALLEST.rows}`, 'q quits'];
  return clipLines(
    words.map((text) => [span(text)]),
    { columns, rows: Math.max(1, rows - SPARE) },
    '',
  );
}

/** Exactly `size.rows - 1` lines. */
export function composeFrame(parts: FrameParts): readonly Line[] {
  const { ui, screen, drawing, bindings } = parts;
  const { size } = ui;
  const small = tooSmall(size);
  if (small !== undefined) return small;
  const body = bodySize(size);
  const keys: KeyScene = { bindings, screen, isReadonly: ui.isReadonly, hasRows: drawing.cursorIndex !== undefined };
  const help = ui.isHelpShown ? drawHelp(keys, body, ui.helpTop) : undefined;
  const drawn = help?.lines ?? drawing.lines.slice(0, body.rows);
  const blanks: Line[] = Array.from({ length: body.rows - drawn.length }, () => []);
  const lines = [
    headLine(parts),
    help === undefined ? headingLine(parts) : [span(help.heading, 'strong')],
    ...drawn,
    ...blanks,
    ui.prompt === undefined ? messageLine(ui, parts) : promptLine(ui.prompt, size.columns),
    keyBar(keys, size.columns),
  ];
  const { ellipsis } = glyphs(parts.hasMarks);
  return lines.map((line) => clipLine(line, size.columns, ellipsis));
}

/** Which cluster, who leads it since when, and at the right what keeps this from being live. */
function headLine({ ui, view, nowMs, hasMarks }: FrameParts): Line {
  const { dot } = glyphs(hasMarks);
  const { leader } = view;
  const left: Span[] = [span('mctl top', 'title')];
  if (leader.clusterName) left.push(span(` ${dot} ${leader.clusterName}`));
  if (leader.address === undefined) left.push(span(` ${dot} no master leads`, 'bad'));
  else left.push(span(` ${dot} leader ${leader.address}`), span(` ${since(leader.electedMs, nowMs)}`, 'dim'));
  const right = [...feedSpans(view)];
  if (ui.isReadonly) right.push(span(' readonly', 'accent'));
  if (ui.isPaused) right.push(span(' paused', 'warn'));
  const missing = ui.size.columns - lineWidth(left) - lineWidth(right);
  return missing > 0 ? [...left, { text: ' '.repeat(missing) }, ...right] : [...left, ...right];
}

/** What is not there yet, or not any more: how far a large state is, else what comes, of several how many. */
function feedSpans({ feeds }: ClusterView): Span[] {
  const all = [...feeds.values()];
  const coming = all.filter(({ state }) => state === 'connecting' || state === 'loading');
  const loading = coming.find(({ loaded }) => loaded !== undefined);
  const [first, ...others] = coming;
  const broken = all.filter(({ state }) => state === 'broken').map(({ name }) => name);
  const spans = broken.length > 0 ? [span(` ${broken.join(', ')} broken`, 'bad')] : [];
  if (loading?.loaded !== undefined) {
    spans.push(span(` ${loading.name} loading ${Math.floor(loading.loaded * 100)}%`, 'warn'));
  } else if (first !== undefined) {
    spans.push(span(others.length === 0 ? ` ${first.name} ${first.state}` : ` ${coming.length} connecting`, 'warn'));
  }
  return spans;
}

function headingLine({ ui, screen, drawing }: FrameParts): Line {
  const { filter, onlyFaults, sort, marked } = here(ui);
  const spans: Span[] = [
    span(screen.digit === undefined ? '' : `${screen.digit} `, 'accent'),
    span(drawing.heading, 'strong'),
  ];
  if (filter !== '') spans.push(span(`  /${filter}`, 'accent'));
  if (onlyFaults) spans.push(span('  only faults', 'warn'));
  const { unfinishedShare } = drawing;
  if (unfinishedShare !== undefined) spans.push(span(`  looking ${Math.floor(unfinishedShare * 100)}%`, 'warn'));
  if (sort !== undefined) spans.push(span(`  by ${sort.column}${sort.isDescending ? ' descending' : ''}`, 'dim'));
  if (marked.size > 0) spans.push(span(`  ${marked.size} marked`, 'marked'));
  return spans;
}

/** What was said last; else why a source of what is shown is broken. */
function messageLine({ message }: UiState, { view }: FrameParts): Line {
  if (message !== undefined) return [span(message.text, message.tone)];
  for (const { name, state, why } of view.feeds.values()) {
    if (state === 'broken') return [span(`${name}: ${why ?? 'broken'}`, 'bad')];
  }
  return [];
}

const ANSWERS = ' (y/n) ';

/** A question that does not fit keeps its end, and the keys that answer it. */
function promptLine(prompt: Prompt, columns: number): Line {
  switch (prompt.kind) {
    case 'confirm':
      return [span(cutInMiddle(harmless(prompt.question), columns - ANSWERS.length), 'warn'), span(ANSWERS, 'strong')];
    case 'number':
      return [span(`${prompt.question} `, 'warn'), ...typed(prompt.text, prompt.text.length), ...wrong(prompt.error)];
    case 'filter':
      return [span('/', 'accent'), ...typed(prompt.text, prompt.caret), ...wrong(prompt.error)];
    case 'command': {
      const line: Span[] = [span(':', 'accent'), ...typed(prompt.text, prompt.caret), ...wrong(prompt.error)];
      if (prompt.error !== undefined) return line;
      const room = columns - lineWidth(line) - 2;
      const offered = (prompt.completions ?? []).filter((text) => text !== prompt.text).join('  ');
      return room > 8 && offered !== '' ? [...line, span(`  ${offered}`, 'dim')] : line;
    }
  }
}

/** With the caret as a cell of its own look. */
function typed(text: string, caret: number): Span[] {
  const [under = ' '] = text.slice(caret);
  return [span(text.slice(0, caret)), span(under, 'cursor'), span(text.slice(caret + under.length))];
}

function wrong(error: string | undefined): Span[] {
  return error === undefined ? [] : [span(`  ${error}`, 'bad')];
}
