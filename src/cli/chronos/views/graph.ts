// `mctl job graph`: which jobs run after which, drawn from the top down. A job with several parents hangs on the one that is drawn last and
// is named below the others, so that each job is drawn once with all that follows from it.
import type { OwnJob } from '../../../client/chronos.ts';
import type { View } from '../../output/view.ts';
import { stateText } from './jobs.ts';
import { untilText } from './times.ts';

/** Lines of the drawing. */
interface Branches {
  readonly tee: string;
  readonly corner: string;
  readonly bar: string;
  readonly further: string;
}

const DRAWN: Branches = { tee: '├─ ', corner: '└─ ', bar: '│  ', further: '↓ ' };
const ASCII: Branches = { tee: '|- ', corner: '`- ', bar: '|  ', further: '> ' };

/** `only`: this one with all that lead to it and follow from it. Jobs that depend on nothing and lead to nothing come last. */
export function graphView(
  jobs: readonly OwnJob[],
  { only, hasMarks, nowMs }: { readonly only?: string | undefined; readonly hasMarks: boolean; readonly nowMs: number },
): View {
  const shown = only === undefined ? jobs : connectedWith(jobs, only);
  const byName = new Map(shown.map((job) => [job.name, job]));
  const rows = treeRows(shown, hasMarks ? DRAWN : ASCII);
  return {
    data: {
      nodes: shown.map(({ name, status, state }) => ({ name, status, state })),
      links: shown.flatMap(({ name, parents = [] }) => parents.map((parent) => ({ parent, child: name }))),
    },
    names: shown.map(({ name }) => name),
    body: {
      kind: 'table',
      columns: [
        { title: 'JOB' },
        { title: 'STATE', state: true },
        { title: 'LAST', state: true },
        { title: 'NEXT RUN' },
      ],
      rows: rows.map(({ text, name, isFurther }) => {
        const job = byName.get(name);
        if (job === undefined || isFurther) return [text, '', '', ''];
        return [text, stateText(job), job.status, untilText(job.nextRun, nowMs)];
      }),
    },
    empty: 'No jobs. (mctl job apply -f job.yaml)',
  };
}

interface Row {
  readonly text: string;
  readonly name: string;
  /** Only named here; it is drawn below another parent. */
  readonly isFurther: boolean;
}

function treeRows(jobs: readonly OwnJob[], lines: Branches): Row[] {
  const names = new Set(jobs.map(({ name }) => name));
  const childrenOf = new Map(jobs.map(({ name, children }) => [name, children.filter((child) => names.has(child))]));
  const waitsFor = new Map(
    jobs.map(({ name, parents = [] }) => [name, parents.filter((one) => names.has(one)).length]),
  );
  const rows: Row[] = [];
  const draw = (name: string, first: string, rest: string): void => {
    rows.push({ text: `${first}${name}`, name, isFurther: false });
    const children = childrenOf.get(name) ?? [];
    for (const [at, child] of children.entries()) {
      const isLast = at === children.length - 1;
      const branch = `${rest}${isLast ? lines.corner : lines.tee}`;
      const left = (waitsFor.get(child) ?? 0) - 1;
      waitsFor.set(child, left);
      if (left > 0) rows.push({ text: `${branch}${lines.further}${child}`, name: child, isFurther: true });
      else draw(child, branch, `${rest}${isLast ? '   ' : lines.bar}`);
    }
  };
  const roots = jobs.filter(({ name }) => waitsFor.get(name) === 0);
  const isAlone = ({ name }: OwnJob): boolean => (childrenOf.get(name) ?? []).length === 0;
  for (const { name } of [...roots.filter((job) => !isAlone(job)), ...roots.filter(isAlone)]) draw(name, '', '');
  return rows;
}

function connectedWith(jobs: readonly OwnJob[], name: string): OwnJob[] {
  const byName = new Map(jobs.map((job) => [job.name, job]));
  const reached = (next: (job: OwnJob) => readonly string[]): Set<string> => {
    const found = new Set([name]);
    for (const one of found) {
      const job = byName.get(one);
      if (job !== undefined) for (const other of next(job)) found.add(other);
    }
    return found;
  };
  const above = reached(({ parents = [] }) => parents);
  const below = reached(({ children }) => children);
  return jobs.filter((job) => above.has(job.name) || below.has(job.name));
}
