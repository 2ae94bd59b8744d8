// The end of a task's log, live. The cursor stays at the end until somebody moves it; long lines go on in the next one. `s` changes
// between stdout and stderr.
import { wrapToCells } from '../frame/cells.ts';
import { harmless } from '../frame/harmless.ts';
import type { Line, Tone } from '../frame/line.ts';
import { clipLines, line, span } from '../frame/lines.ts';
import { filterFor } from '../ui/filter.ts';
import type { Place } from '../ui/state.ts';
import { readJobLog } from '../view/job-log.ts';
import { glyphs } from '../widgets/glyphs.ts';
import { counted } from '../widgets/words.ts';
import type { Detail } from './details.ts';
import { shortTaskId } from './lists/names.ts';
import { drawText } from './lists/page.ts';
import { windowOf } from './lists/window.ts';
import type { Screen } from './screen.ts';

const FILES = ['stdout', 'stderr'] as const;
/** Stays at the end while lines come. */
const END = 'end';

export const LOGS: Screen = {
  name: 'logs',
  title: 'Log',
  topics: ['tasks'],
  sortColumns: FILES,
  chooses: 'file',
  actions: {},
  draw(scene) {
    const { place, size, details } = scene;
    const key = place.subject ?? '';
    const detail = details.of('logs', key);
    const id = nameOf(key, scene.view.tasks.get(key)?.id, detail);
    if (detail === undefined || detail.state === 'loading') {
      return drawText(scene, `log of ${id}`, [line(span('The log is on its way.', 'dim'))]);
    }
    if (detail.state === 'failed') {
      return drawText(scene, `log of ${id}`, [line(span(`The log is not there: ${detail.why}`, 'warn'))]);
    }
    const { title, lines, forgotten, others } = chosenFile(detail, place.sort?.column);
    const heading = `log of ${id}: ${title}${others}`;
    const filter = filterFor(place.filter);
    const matching = filter.isEmpty ? undefined : [...lines.keys()].filter((at) => filter.matches(lines[at] ?? ''));
    const shown = matching === undefined ? lines : matching.map((at) => lines[at] ?? '');
    if (shown.length === 0) {
      return drawText(scene, heading, [
        line(span(`Nothing in ${title}${filter.isEmpty ? ' yet' : ' matches'}.`, 'dim')),
      ]);
    }
    const pieces = wrapped(shown, Math.max(1, size.columns));
    // By their number in the log, so that what is read stands still when the oldest lines are forgotten.
    const numberOf = ({ line: at, part }: Piece): string => `${forgotten + (matching?.[at] ?? at)}.${part}`;
    const ids = pieces.map((piece, index) => (index === pieces.length - 1 ? END : numberOf(piece)));
    const atEnd = place.cursorId === undefined || place.cursorId === END;
    const at = atEnd
      ? { ...place, cursorId: END, cursorIndex: ids.length - 1, top: ids.length }
      : notForgotten(place, forgotten, ids);
    const { top, cursor } = windowOf(at, ids, size.rows);
    const drawn = pieces.slice(top, top + size.rows).map(({ text, tone }, index): Line => {
      return [{ text, tone: top + index === cursor && !atEnd ? 'cursor' : tone }];
    });
    return {
      lines: clipLines(drawn, size, glyphs(scene.hasMarks).ellipsis),
      heading: atEnd ? `${heading} (following)` : `${heading} (line ${(cursor ?? 0) + 1} of ${ids.length})`,
      rowIds: ids,
      top,
      visibleRows: Math.max(1, size.rows),
      firstRowLine: 0,
      followsEnd: true,
      cursorIndex: cursor,
    };
  },
  data({ place, details }) {
    const detail = details.of('logs', place.subject ?? '');
    return detail?.state === 'there'
      ? Object.fromEntries(detail.sections.map((one) => [one.title, one.lines]))
      : detail;
  },
};

/** Of what: a task, or a run of a job. */
function nameOf(subject: string, taskId: string | undefined, detail: Detail | undefined): string {
  const log = readJobLog(subject);
  if (log === undefined) return shortTaskId(taskId ?? subject.slice(subject.indexOf('/') + 1));
  const said = detail?.state === 'there' ? detail.facts.find(({ name }) => name === 'of') : undefined;
  return said?.text ?? `job ${log.job}`;
}

/** On the oldest line that is there, where the one under the cursor is not any more. */
function notForgotten(place: Place, forgotten: number, ids: readonly string[]): Place {
  const [first] = ids;
  if (first === undefined || Number.parseInt(place.cursorId ?? '', 10) >= forgotten) return place;
  return { ...place, cursorId: first, cursorIndex: 0, top: 0 };
}

/** As asked; else stdout, or stderr where only that says something. */
function chosenFile(detail: Detail & { state: 'there' }, asked: string | undefined) {
  const { sections } = detail;
  const chosen =
    sections.find(({ title }) => title === asked) ?? sections.find(({ lines }) => lines.length > 0) ?? sections[0];
  const others = sections.filter((one) => one !== chosen && one.lines.length > 0);
  return {
    title: chosen?.title ?? 'stdout',
    lines: chosen?.lines ?? [],
    forgotten: chosen?.forgotten ?? 0,
    others: others.map(({ title, lines }) => `, ${title} has ${counted(lines.length, 'line')}`).join(''),
  };
}

interface Piece {
  /** Index of its line, and which part of that it is. */
  readonly line: number;
  readonly part: number;
  readonly text: string;
  readonly tone: Tone;
}

interface Wrapped {
  readonly columns: number;
  /** Lines may have been added to the same array. */
  readonly length: number;
  readonly pieces: readonly Piece[];
}

const kept = new WeakMap<readonly string[], Wrapped>();

/** Remembered for the same lines: only what is new in a log costs anything. */
function wrapped(lines: readonly string[], columns: number): readonly Piece[] {
  const known = kept.get(lines);
  if (known?.columns === columns && known.length === lines.length) return known.pieces;
  const pieces = lines.flatMap((text, at) => {
    const tone = toneOf(text);
    return wrapToCells(harmless(text), columns).map((piece, part) => ({ line: at, part, text: piece, tone }));
  });
  kept.set(lines, { columns, length: lines.length, pieces });
  return pieces;
}

function toneOf(text: string): Tone {
  const begin = text.length > 120 ? text.slice(0, 120) : text;
  if (/\b(FATAL|ERROR|CRITICAL|panic|Exception)\b/.test(begin)) return 'bad';
  return /\b(WARN|WARNING)\b/.test(begin) ? 'warn' : 'plain';
}
