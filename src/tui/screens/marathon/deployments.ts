// Screen 7: deployments under way, how far each is and what it waits for.
import type { Span } from '../../frame/line.ts';
import { span } from '../../frame/lines.ts';
import type { ClusterView, DeploymentRow } from '../../view/model.ts';
import { bar } from '../../widgets/bar.ts';
import { glyphs } from '../../widgets/glyphs.ts';
import { instanceMarks } from '../../widgets/instance-marks.ts';
import type { Column } from '../../widgets/table.ts';
import { counted, since } from '../../widgets/words.ts';
import { drawList, listData } from '../lists/list.ts';
import type { RowSource } from '../lists/rows.ts';
import type { Asked, Scene, Screen } from '../screen.ts';

type Row = Readonly<DeploymentRow>;

const SOURCE: RowSource<Row> = {
  name: 'deployments',
  all: ({ deployments }) => deployments.values(),
  version: (view) => String(view.version('deployments')),
  id: ({ id }) => id,
  text: ({ id, apps, actions }) => `${id} ${apps.join(' ')} ${actions.map(({ waitsFor }) => waitsFor ?? '').join(' ')}`,
  isFault: (row) => waits(row) !== undefined,
  sortBy: {
    started: ({ startedMs }) => (startedMs === undefined ? undefined : -startedMs),
    app: ({ apps }) => apps[0],
    progress: ({ step, steps }) => -step / Math.max(1, steps),
  },
};

export const DEPLOYMENTS: Screen = {
  name: 'deployments',
  digit: '7',
  title: 'Deployments',
  topics: ['deployments'],
  sortColumns: Object.keys(SOURCE.sortBy),
  actions: { open: (id) => ({ screen: 'deployment', subject: id }), kill: askCancel },
  draw: (scene) => drawList(scene, { source: SOURCE, columns: columnsFor, noun: 'deployments', feed: 'marathon' }),
  data: (scene) => listData(scene, SOURCE),
};

/** One at a time: taking several back at once is not what anybody wants by mistake. */
export function askCancel(ids: readonly string[], { deployments }: ClusterView): Asked | string {
  const [id, ...others] = ids;
  if (others.length > 0) return 'Deployments are taken back one at a time.';
  const row = id === undefined ? undefined : deployments.get(id);
  if (row === undefined) return 'The deployment is not there any more.';
  return {
    question: `Take back deployment ${row.id} of ${row.apps.join(', ')}?`,
    effect: { kind: 'cancel-deployment', deploymentId: row.id },
  };
}

/** The first thing that it waits for. */
export function waits({ actions }: Row): string | undefined {
  return actions.find(({ waitsFor }) => waitsFor !== undefined)?.waitsFor;
}

function columnsFor({ nowMs, hasMarks }: Scene): readonly Column<Row>[] {
  const marks = glyphs(hasMarks);
  return [
    { key: 'app', title: 'apps', min: 18, max: 50, priority: 0, cell: ({ apps }) => apps.join(' ') },
    {
      key: 'progress',
      title: 'step',
      min: 7,
      priority: 1,
      align: 'right',
      cell: ({ step, steps }) => `${step}/${steps}`,
    },
    {
      key: 'bar',
      title: '',
      min: 8,
      max: 12,
      priority: 5,
      cell: ({ step, steps }, width) => progressBar(step, steps, width),
    },
    {
      key: 'started',
      title: 'since',
      min: 7,
      priority: 2,
      align: 'right',
      cell: ({ startedMs }) => since(startedMs, nowMs),
    },
    {
      key: 'action',
      title: 'action',
      min: 14,
      max: 22,
      priority: 3,
      cell: ({ actions }) => {
        const [first, ...others] = actions;
        if (first === undefined) return '';
        return others.length === 0 ? first.action : counted(actions.length, 'action');
      },
    },
    {
      key: 'marks',
      title: 'instances',
      min: 10,
      max: 30,
      priority: 4,
      cell: ({ actions }, width) =>
        instanceMarks(
          actions.flatMap((action) => action.marks),
          width,
          hasMarks,
        ),
    },
    {
      key: 'waits',
      title: 'waits for',
      min: 30,
      max: 80,
      priority: 2,
      cell: (row): Span => {
        const what = waits(row);
        return what === undefined ? span('') : span(what, 'warn');
      },
    },
    { key: 'id', title: 'id', min: 8, max: 36, priority: 6, cell: ({ id }) => id },
  ];

  function progressBar(step: number, steps: number, width: number): readonly Span[] {
    return bar(steps > 0 ? (step - 1) / steps : 0, width, marks, 0, 'good');
  }
}
