// What `mctl simulate` shows: the policies side by side, then roles and frameworks under each.
import { sparkline } from '../../tui/widgets/bar.ts';
import type { Glyphs } from '../../tui/widgets/glyphs.ts';
import type { Figures, PolicyReport, Spread } from '../../workload/report.ts';
import type { Workload } from '../../workload/workload.ts';
import { formatAge } from '../output/units.ts';
import type { Column, Table, View } from '../output/view.ts';
import { quantitiesText } from '../roles/amounts.ts';

const SPARK_CELLS = 20;

const ENDINGS = {
  finished: 'all jobs finished',
  duration: 'the time was over',
  stalled: 'nothing could start any more',
};

/** The first policy is what others are compared with. */
export function simulationView(workload: Workload, reports: readonly PolicyReport[], marks: Glyphs): View {
  const [first] = reports;
  const resources = first && quantitiesText(first.resources);
  const hasRoles = first !== undefined && first.roles.length > 1 && first.roles.length < first.frameworks.length;
  return {
    data: { workload: workload.name, seed: workload.seed, policies: reports },
    names: first?.frameworks.map(({ framework }) => framework) ?? [],
    body: {
      kind: 'details',
      items: [
        ['Workload', `${workload.name}, seed ${workload.seed}`],
        ['Agents', first && `${first.agents}: ${resources ?? 'nothing'}`],
        ['Frameworks', String(workload.frameworks.length)],
        ['Fairness among', first?.fairness?.among],
      ],
      sections: [
        { title: 'Policies', table: policyTable(reports, marks) },
        ...(hasRoles ? [{ title: 'Roles', table: figuresTable('ROLE', reports, rolesOf, marks) }] : []),
        { title: 'Frameworks', table: figuresTable('FRAMEWORK', reports, frameworksOf, marks) },
      ],
    },
  };
}

const right = (title: string, wide?: true): Column => ({ title, align: 'right', ...(wide && { wide }) });

function policyTable(reports: readonly PolicyReport[], marks: Glyphs): Table {
  const names = Object.keys(reports[0]?.resources ?? {});
  const main = names.filter((name) => name === 'cpus' || name === 'mem');
  const others = names.filter((name) => name !== 'cpus' && name !== 'mem');
  return {
    kind: 'table',
    columns: [
      { title: 'POLICY' },
      ...main.flatMap((name) => [right(name.toUpperCase()), { title: 'OVER TIME' }]),
      ...others.map((name) => right(name.toUpperCase())),
      right('WAIT'),
      right('WAIT P95'),
      right('JOB'),
      right('JOB P95'),
      right('JAIN'),
      right('GAP'),
      right('LOCAL'),
      right('TIME'),
      right('TASKS', true),
      right('JOBS', true),
      right('MAX GAP', true),
      { title: 'ENDED', wide: true },
    ],
    rows: reports.map(({ policy, ending, endSeconds, whole, utilisationOverTime, fairness }) => [
      policy,
      ...main.flatMap((name) => [
        percent(whole.utilisation[name]),
        sparkline(coarse(utilisationOverTime[name] ?? []), SPARK_CELLS, marks),
      ]),
      ...others.map((name) => percent(whole.utilisation[name])),
      ...[whole.waiting, whole.completion].flatMap((spread) => [spread.mean, spread.p95].map(timeIn(spread))),
      fairness === undefined ? '-' : fairness.jain.toFixed(3),
      percent(fairness?.gap),
      percent(whole.locality),
      time(endSeconds),
      String(whole.tasksFinished),
      String(whole.jobsFinished),
      percent(fairness?.largestGap),
      ENDINGS[ending],
    ]),
  };
}

interface Named extends Figures {
  readonly name: string;
  readonly role: string;
}

const rolesOf = ({ roles }: PolicyReport): Named[] => roles.map((role) => ({ ...role, name: role.role }));
const frameworksOf = ({ frameworks }: PolicyReport): Named[] =>
  frameworks.map((framework) => ({ ...framework, name: framework.framework }));

function figuresTable(
  title: string,
  reports: readonly PolicyReport[],
  namedOf: (report: PolicyReport) => Named[],
  marks: Glyphs,
): Table {
  const isCompared = reports.length > 1;
  const base = new Map(reports[0] === undefined ? [] : namedOf(reports[0]).map((named) => [named.name, named]));
  const columns: Column[] = [
    { title },
    ...(isCompared ? [{ title: 'POLICY' }] : []),
    ...(title === 'FRAMEWORK' ? [{ title: 'ROLE', wide: true as const }] : []),
    right('SHARE'),
    { title: 'OVER TIME' },
    right('TASKS'),
    ...spreadColumns('WAIT'),
    right('JOBS'),
    ...spreadColumns('JOB'),
    right('LOCAL'),
    ...(isCompared ? [right('SPEED-UP')] : []),
    right('UNFINISHED', true),
    right('CPUS', true),
    right('MEM', true),
  ];
  const rows = [...base.keys()].flatMap((name) =>
    reports.flatMap((report) => {
      const named = namedOf(report).find((other) => other.name === name);
      if (named === undefined) return [];
      return [
        [
          named.name,
          ...(isCompared ? [report.policy] : []),
          ...(title === 'FRAMEWORK' ? [named.role] : []),
          percent(named.dominantShare),
          sparkline(coarse(named.dominantShareOverTime), SPARK_CELLS, marks),
          String(named.tasksFinished),
          ...spreadCells(named.waiting),
          String(named.jobsFinished),
          ...spreadCells(named.completion),
          percent(named.locality),
          ...(isCompared ? [speedUp(base.get(name), named)] : []),
          String(named.jobsUnfinished),
          percent(named.utilisation.cpus),
          percent(named.utilisation.mem),
        ],
      ];
    }),
  );
  return { kind: 'table', columns, rows };
}

const spreadColumns = (name: string): Column[] => [
  right(name),
  right(`${name} P50`, true),
  right(`${name} P95`),
  right(`${name} MAX`, true),
];

const spreadCells = (spread: Spread): string[] => [spread.mean, spread.p50, spread.p95, spread.max].map(timeIn(spread));

/** Of a spread of nothing there is no time to tell. */
const timeIn =
  ({ count }: Spread) =>
  (value: number): string =>
    count === 0 ? '-' : time(value);

/** How many times sooner jobs are done than under the first policy, as long as the same number of them is. */
function speedUp(base: Figures | undefined, now: Figures): string {
  if (base === undefined || base.jobsFinished !== now.jobsFinished || now.completion.mean === 0) return '-';
  return `${(base.completion.mean / now.completion.mean).toFixed(2)}x`;
}

/** Means of three: the parts of a report are sixty, a cell of a table is a third of that. */
function coarse(parts: readonly number[]): number[] {
  const step = parts.length / SPARK_CELLS;
  return Array.from({ length: parts.length === 0 ? 0 : SPARK_CELLS }, (_, cell) => {
    const some = parts.slice(Math.floor(cell * step), Math.floor((cell + 1) * step));
    return some.reduce((sum, part) => sum + part, 0) / some.length;
  });
}

/** Below 100 s with tenths, above as people say it. */
function time(seconds: number): string {
  if (seconds < 100) return `${seconds.toFixed(1)}s`;
  return seconds < 3600 ? `${Math.round(seconds)}s` : formatAge(seconds * 1000);
}

function percent(part: number | undefined): string {
  return part === undefined ? '-' : `${(part * 100).toFixed(1)}%`;
}
