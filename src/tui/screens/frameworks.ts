// 3: frameworks and roles in the order of fairness: who gets the next offer, and why not the others. In: the framework.
import type { Line } from '../frame/line.ts';
import { line, span, wrapLine } from '../frame/lines.ts';
import { bar } from '../widgets/bar.ts';
import { glyphs } from '../widgets/glyphs.ts';
import type { Column } from '../widgets/table.ts';
import { treePrefixes } from '../widgets/tree.ts';
import { amount, count, megabytes, percent, since } from '../widgets/words.ts';
import { drawList, listData } from './lists/list.ts';
import { frameworkMark } from './lists/names.ts';
import { rowsOf } from './lists/rows.ts';
import { frameworkOfStanding, nextInOrder, STANDING_SOURCE, type Standing } from './lists/standing.ts';
import type { Scene, Screen } from './screen.ts';

export const FRAMEWORKS: Screen = {
  name: 'frameworks',
  digit: '3',
  title: 'Frameworks',
  topics: ['frameworks', 'roles', 'offers', 'tasks', 'feeds'],
  sortColumns: Object.keys(STANDING_SOURCE.sortBy),
  largestFirst: ['share', 'cpus', 'mem', 'tasks', 'filters'],
  actions: {
    open(id) {
      const subject = frameworkOfStanding(id);
      return subject === undefined ? undefined : { screen: 'framework', subject };
    },
  },
  draw(scene) {
    const { view } = scene;
    const roles = view.shares.filter(({ kind }) => kind === 'role').length;
    const drawing = drawList(scene, {
      source: STANDING_SOURCE,
      columns,
      noun: 'frameworks',
      feed: 'master',
      above: nextLines(scene),
      heading: `frameworks ${count(view.frameworks.size)}${roles > 0 ? `, roles ${count(roles)}` : ''}`,
      below: leftOutLines(scene),
    });
    return drawing;
  },
  data: (scene) => ({
    next: nextInOrder(scene.view, 1).map(({ share }) => share),
    order: listData(scene, STANDING_SOURCE).map(({ share, framework }) => ({ share, framework })),
  }),
};

/** The answer first: who is next, and why. */
function nextLines({ view, hasMarks, size }: Scene): readonly Line[] {
  const marks = glyphs(hasMarks);
  if (view.shares.length === 0) {
    const why = view.feeds.get('offers')?.why;
    if (view.frameworks.size === 0) return [];
    return [line(span(`The order of fairness is not known${why === undefined ? '' : `: ${why}`}.`, 'dim')), []];
  }
  const [first, second] = nextInOrder(view, 2);
  if (first === undefined)
    return [line(span('Nobody waits for offers: all are suppressed, away, or want nothing.', 'warn')), []];
  const lines = [
    ...standingLines('next ', first, true),
    ...(second === undefined ? [] : standingLines('then ', second)),
  ];
  return [...lines, []];

  function standingLines(title: string, standing: Standing, isFirst = false): readonly Line[] {
    const { name, share } = standing;
    const words = line(
      span(title, 'dim'),
      span(name, isFirst ? 'strong' : 'plain'),
      ` (${share?.role ?? ''}) `,
      span(`${marks.dash} ${whole(view, standing)}`, 'dim'),
    );
    return wrapLine(words, size.columns, title.length);
  }
}

/** A framework is there because of its own place and because of its role's. */
function whole(view: Scene['view'], { share }: Standing): string {
  const role = view.shares.find((row) => row.kind === 'role' && row.role === share?.role);
  const own = share?.reason ?? '';
  return role === undefined || role.reason === '' ? own : `${own}; its role: ${role.reason}`;
}

function leftOutLines({ view }: Scene): readonly Line[] {
  const left = view.shareTotal - view.shares.length;
  return left > 0 ? [line(span(`  and ${count(left)} more further down`, 'dim'))] : [];
}

function columns(scene: Scene): readonly Column<Standing>[] {
  const { view, place, nowMs, hasMarks } = scene;
  const marks = glyphs(hasMarks);
  const isInOrder = place.sort === undefined || place.sort.column === 'order';
  const { rows } = rowsOf(view, place, STANDING_SOURCE);
  const prefixes = isInOrder && place.sort?.isDescending !== true ? treePrefixes(rows, marks) : [];
  const prefixOf = new Map(rows.map(({ id }, index) => [id, prefixes[index] ?? '']));
  const used = ({ share, framework }: Standing) => share?.allocated ?? framework?.allocated;
  const hasQuota = view.shares.some(({ quota }) => quota !== undefined);
  return [
    { key: 'mark', title: '', min: 1, priority: 0, cell: (row) => mark(row, hasMarks) },
    {
      key: 'order',
      title: '#',
      min: 3,
      priority: 0,
      align: 'right',
      cell: ({ share }) => (share?.position === undefined ? '' : String(share.position)),
    },
    {
      key: 'name',
      title: 'role / framework',
      min: 18,
      max: 44,
      priority: 0,
      cell: ({ id, name, share }) => [
        { text: prefixOf.get(id) ?? '', tone: 'dim' },
        share?.kind === 'role' ? { text: name, tone: 'strong' } : { text: name },
      ],
    },
    {
      key: 'share',
      title: 'share',
      min: 11,
      max: 24,
      priority: 1,
      cell: ({ share }, width) =>
        share === undefined
          ? ''
          : [
              ...bar(share.dominantShare, Math.max(0, width - 6), marks, 0, 'good'),
              { text: percent(share.dominantShare).padStart(6) },
            ],
    },
    { key: 'of', title: 'of', min: 4, priority: 4, cell: ({ share }) => share?.dominantResource ?? '' },
    {
      key: 'weight',
      title: 'wght',
      min: 4,
      priority: 3,
      align: 'right',
      cell: ({ share }) => (share?.kind === 'role' ? amount(share.weight) : ''),
    },
    ...(hasQuota
      ? [
          {
            key: 'quota',
            title: 'quota',
            min: 10,
            max: 40,
            priority: 5,
            cell: ({ share }: Standing) => share?.quota ?? '',
          },
        ]
      : []),
    { key: 'cpus', title: 'cpus', min: 6, priority: 6, align: 'right', cell: (row) => amount(used(row)?.cpus ?? 0) },
    { key: 'mem', title: 'mem', min: 6, priority: 6, align: 'right', cell: (row) => megabytes(used(row)?.memMb ?? 0) },
    {
      key: 'tasks',
      title: 'tasks',
      min: 6,
      priority: 4,
      align: 'right',
      cell: ({ framework }) => (framework === undefined ? '' : count(framework.taskCount)),
    },
    { key: 'filters', title: 'filters', min: 9, priority: 2, cell: ({ share }) => filters(share, nowMs) },
    {
      key: 'reason',
      title: 'why',
      min: 16,
      max: 90,
      priority: 2,
      cell: (row) => why(row),
    },
  ];
}

function mark({ share, framework }: Standing, hasMarks: boolean) {
  const marks = glyphs(hasMarks);
  if (framework === undefined) return { text: share?.position === undefined ? marks.dash : ' ', tone: 'dim' as const };
  if (share?.isSuppressed === true) return { text: marks.idle, tone: 'dim' as const };
  return frameworkMark(framework, marks);
}

function filters(share: Standing['share'], nowMs: number): string {
  if (share === undefined || share.filterCount === 0) return '';
  const ends = share.nextFilterEndsMs === undefined ? '' : ` ${since(nowMs, share.nextFilterEndsMs)}`;
  return `${count(share.filterCount)}${ends}`;
}

/** What keeps it from being visited comes first. */
function why({ share, framework }: Standing): string {
  if (framework !== undefined && framework.state !== 'active') return framework.state;
  return share?.reason ?? framework?.roles.join(', ') ?? '';
}
