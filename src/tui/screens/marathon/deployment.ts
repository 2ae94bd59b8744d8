// One deployment: the actions of its present step, how far each is, and what it waits for.
import type { Line } from '../../frame/line.ts';
import { line, span } from '../../frame/lines.ts';
import { instanceLegend, instanceMarks } from '../../widgets/instance-marks.ts';
import { since } from '../../widgets/words.ts';
import { detailFacts, detailSections, drawText, factLines, sectionLines } from '../lists/page.ts';
import type { Scene, Screen } from '../screen.ts';
import { askCancel } from './deployments.ts';

export const DEPLOYMENT: Screen = {
  name: 'deployment',
  title: 'Deployment',
  topics: ['deployments'],
  sortColumns: [],
  actions: { kill: askCancel },
  draw(scene) {
    const { place, details, hasMarks } = scene;
    const id = place.subject ?? '';
    const detail = details.of('deployment', id);
    const lines: readonly Line[] = [
      ...factLines([...facts(scene), ...detailFacts(detail)], scene.size.columns),
      line(''),
      ...sectionLines('actions of this step', actionLines(scene), hasMarks),
      line(''),
      instanceLegend(hasMarks),
      line(''),
      ...detailSections(detail, hasMarks),
    ];
    return drawText(scene, `deployment ${id}`, lines);
  },
  data({ view, place, details }) {
    const id = place.subject ?? '';
    return { deployment: view.deployments.get(id), details: details.of('deployment', id) };
  },
};

function facts({ view, place, nowMs }: Scene) {
  const row = view.deployments.get(place.subject ?? '');
  if (row === undefined) return [{ name: 'under way', text: [span('no: it has ended', 'accent')] }];
  return [
    { name: 'apps', text: row.apps.join(' ') },
    { name: 'step', text: `${row.step} of ${row.steps}` },
    { name: 'since', text: since(row.startedMs, nowMs) },
  ];
}

function actionLines({ view, place, hasMarks, size }: Scene): readonly Line[] {
  const row = view.deployments.get(place.subject ?? '');
  if (row === undefined) return [];
  return row.actions.flatMap(({ action, appId, target, marks, waitsFor }): Line[] => [
    [
      span(action, 'accent'),
      span(` ${appId}`),
      span(target === undefined ? '' : ` to ${target}`),
      span('  '),
      ...instanceMarks(marks, Math.max(10, size.columns - 60), hasMarks),
    ],
    ...(waitsFor === undefined ? [] : [[span(`  ${waitsFor}`, 'warn')]]),
  ]);
}
