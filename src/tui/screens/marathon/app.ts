// One app: its instances as marks and as rows, why it waits, versions, configuration.
import { line, span } from '../../frame/lines.ts';
import type { TaskRow } from '../../view/model.ts';
import type { Column } from '../../widgets/table.ts';
import { amount, counted, megabytes, since, stateWord } from '../../widgets/words.ts';
import { detailFacts, detailSections, type Fact, factLines } from '../lists/page.ts';
import type { Scene, Screen } from '../screen.ts';
import { APP_ACTIONS } from './app-actions.ts';
import { appMarks } from './app-marks.ts';
import { drawPage, isTextRow } from './page-rows.ts';

type Instance = Readonly<TaskRow>;

export const APP: Screen = {
  name: 'app',
  title: 'App',
  topics: ['apps', 'tasks'],
  sortColumns: [],
  actions: {
    open: (id) => (isTextRow(id) || id.startsWith('/') ? undefined : { screen: 'task', subject: id }),
    logs: (id, view) => (id.startsWith('/') ? APP_ACTIONS.logs(id, view) : isTextRow(id) ? undefined : id),
    kill(ids, view) {
      const keys = ids.filter((id) => view.tasks.has(id));
      if (keys.length === 0) return 'Choose instances to kill.';
      return {
        question: `Kill ${counted(keys.length, 'instance')}? Others are started in their place.`,
        effect: { kind: 'kill-tasks', keys },
      };
    },
    restart: APP_ACTIONS.restart,
    scale: APP_ACTIONS.scale,
  },
  draw(scene) {
    const { place, details, hasMarks } = scene;
    const id = place.subject ?? '';
    const detail = details.of('app', id);
    const rows = instancesOf(scene);
    return drawPage(scene, {
      heading: `app ${id}`,
      above: [...factLines([...facts(scene), ...detailFacts(detail)], scene.size.columns), line('')],
      rows,
      id: ({ key }) => key,
      columns: columnsFor(scene),
      below: detailSections(detail, hasMarks),
    });
  },
  data({ view, place, details }) {
    const id = place.subject ?? '';
    return { app: view.apps.get(id), tasks: [...view.tasksOfApp(id)], details: details.of('app', id) };
  },
};

function instancesOf({ view, place }: Pick<Scene, 'view' | 'place'>): readonly Instance[] {
  return [...view.tasksOfApp(place.subject ?? '')].sort((one, other) => (one.id < other.id ? -1 : 1));
}

function facts({ view, place, nowMs, hasMarks, size }: Scene): readonly Fact[] {
  const app = view.apps.get(place.subject ?? '');
  if (app === undefined) return [{ name: 'app', text: [span('is not there, or not any more', 'warn')] }];
  const health = app.hasHealthChecks ? `, ${app.healthy} healthy, ${app.unhealthy} unhealthy` : ', no health checks';
  const found: Fact[] = [
    { name: 'instances', text: `${app.running} of ${app.instances} run${health}` },
    { name: 'marks', text: appMarks(app, Math.min(60, size.columns - 16), hasMarks) },
    { name: 'together', text: `cpus ${amount(app.amounts.cpus)}, mem ${megabytes(app.amounts.memMb)}` },
    { name: 'changed', text: `${since(app.versionMs, nowMs)} ago` },
  ];
  if (app.deploymentIds.length > 0)
    found.push({ name: 'deployment', text: [span(app.deploymentIds.join(', '), 'accent')] });
  if (app.waitsFor !== undefined) {
    found.push({ name: 'waits for', text: [span(`${app.waitsFor} (${since(app.waitsSinceMs, nowMs)})`, 'warn')] });
  }
  const labels = Object.entries(app.labels).map(([name, value]) => `${name}=${value}`);
  if (labels.length > 0) found.push({ name: 'labels', text: labels.join(' ') });
  return found;
}

function columnsFor({ view, nowMs }: Scene): readonly Column<Instance>[] {
  return [
    { key: 'id', title: 'instance', min: 24, max: 70, priority: 0, cell: ({ id }) => id },
    { key: 'state', title: 'state', min: 11, priority: 1, cell: ({ state }) => stateWord(state) },
    { key: 'health', title: 'health', min: 9, priority: 2, cell: healthOf },
    {
      key: 'agent',
      title: 'agent',
      min: 12,
      max: 30,
      priority: 3,
      cell: ({ agentId }) => view.agents.get(agentId)?.hostname ?? agentId,
    },
    { key: 'age', title: 'age', min: 7, priority: 2, align: 'right', cell: ({ startedMs }) => since(startedMs, nowMs) },
    { key: 'message', title: 'message', min: 10, max: 80, priority: 5, cell: ({ message }) => message },
  ];
}

function healthOf({ healthy }: Instance) {
  if (healthy === undefined) return span('-', 'dim');
  return healthy ? span('healthy', 'good') : span('unhealthy', 'bad');
}
