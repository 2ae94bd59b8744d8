// A task: what it is, the states that were seen, its sandbox and whatever else its agent tells.
import type { Line } from '../frame/line.ts';
import { beside, line, span } from '../frame/lines.ts';
import type { TaskRow } from '../view/model.ts';
import { appOfTaskId } from '../view/task-ids.ts';
import { glyphs } from '../widgets/glyphs.ts';
import { amountsText, since, stateWord } from '../widgets/words.ts';
import { agentName, frameworkName, shortTaskId, taskMark, taskWord } from './lists/names.ts';
import {
  aboutOf,
  detailFacts,
  detailSections,
  drawRows,
  drawText,
  type Fact,
  factLines,
  type PageTarget,
  pageRow,
  sectionLines,
  targetOf,
} from './lists/page.ts';
import { killTasks } from './lists/task-table.ts';
import type { Drawing, Scene, Screen } from './screen.ts';

/** Width of the facts where something else stands beside them. */
const ONE_COLUMN = 90;
const MIN_RIGHT = 40;

/** `enter` on it opens another page. */
interface LeadingFact extends Fact {
  readonly leadsTo?: PageTarget;
}

export const TASK: Screen = {
  name: 'task',
  title: 'Task',
  topics: ['tasks', 'agents', 'frameworks'],
  sortColumns: [],
  actions: {
    open: targetOf,
    logs: aboutOf,
    kill: (ids, view) => killTasks([...new Set(ids.map(aboutOf))], view),
  },
  draw(scene) {
    const key = scene.place.subject ?? '';
    const task = scene.view.tasks.get(key);
    const detail = scene.details.of('task', key);
    if (task === undefined) return drawForgotten(scene, key);
    const facts: readonly LeadingFact[] = [...taskFacts(scene, task), ...detailFacts(detail)];
    const others = [
      ...sectionLines('states seen', stepLines(scene, task), scene.hasMarks),
      ...detailSections(detail, scene.hasMarks),
    ];
    const columns = scene.size.columns - 2;
    const { arrow, ellipsis } = glyphs(scene.hasMarks);
    const left = factLines(
      facts.map((fact) => (fact.leadsTo === undefined ? fact : { ...fact, text: `${fact.text} ${arrow}` })),
      Math.min(columns, ONE_COLUMN),
    );
    const isWide = columns > ONE_COLUMN + MIN_RIGHT;
    const lines = isWide ? beside(left, ONE_COLUMN, others, 2, ellipsis) : [...left, ...others];
    return drawRows(
      scene,
      `task ${shortTaskId(task.id)}`,
      lines.map((drawn, index) => pageRow(drawn, index, key, facts[index]?.leadsTo)),
    );
  },
  data({ view, place, details }) {
    const key = place.subject ?? '';
    return { task: view.tasks.get(key), steps: view.stepsOfTask?.(key) ?? [], details: details.of('task', key) };
  },
};

/** Its files are there all the same, for a while, and known to whoever has looked at it before. */
function drawForgotten(scene: Scene, key: string): Drawing {
  const detail = scene.details.of('task', key);
  const id = shortTaskId(key.slice(key.indexOf('/') + 1));
  return drawText(scene, `task ${id}`, [
    line(span(`The task ${id} is not there any more.`, 'warn')),
    ...factLines(detailFacts(detail), scene.size.columns),
    ...detailSections(detail, scene.hasMarks),
  ]);
}

function taskFacts({ view, nowMs, hasMarks }: Scene, task: Readonly<TaskRow>): readonly LeadingFact[] {
  const marks = glyphs(hasMarks);
  const app = appOfTaskId(task.id);
  const facts: LeadingFact[] = [
    { name: 'task', text: task.id },
    { name: 'state', text: line(taskMark(task, marks), ` ${taskWord(task)} for ${since(task.changedMs, nowMs)}`) },
    { name: 'health', text: task.healthy === undefined ? 'not checked' : task.healthy ? 'healthy' : 'unhealthy' },
    { name: 'agent', text: agentName(view, task.agentId), leadsTo: { screen: 'agent', subject: task.agentId } },
    {
      name: 'framework',
      text: frameworkName(view, task.frameworkId),
      leadsTo: { screen: 'framework', subject: task.frameworkId },
    },
    { name: 'role', text: task.role },
    { name: 'resources', text: amountsText(task.amounts, marks.dot) },
    { name: 'started', text: task.startedMs === undefined ? 'not yet' : `${since(task.startedMs, nowMs)} ago` },
  ];
  if (task.name !== '' && task.name !== task.id) facts.push({ name: 'name', text: task.name });
  if (app !== undefined)
    facts.push({ name: 'app', text: app, ...(view.apps.has(app) && { leadsTo: { screen: 'app', subject: app } }) });
  if (task.executorId !== undefined && task.executorId !== task.id) {
    facts.push({ name: 'executor', text: task.executorId });
  }
  if (task.reason !== undefined) facts.push({ name: 'reason', text: task.reason });
  if (task.message !== '') facts.push({ name: 'message', text: task.message });
  return facts;
}

/** Newest first; what was before anybody looked is told by the master's own times. */
function stepLines({ view, nowMs, hasMarks }: Scene, task: Readonly<TaskRow>): readonly Line[] {
  const steps = [...(view.stepsOfTask?.(task.key) ?? [])].reverse();
  const marks = glyphs(hasMarks);
  const seen = steps.map(({ atMs, state, healthy, message }) => {
    const health = healthy === undefined ? '' : healthy ? ', healthy' : ', unhealthy';
    const mark = taskMark({ ...task, state, healthy }, marks);
    const told = message === '' ? '' : `: ${message}`;
    return line(span(`${since(atMs, nowMs).padStart(6)} ago  `, 'dim'), mark, ` ${stateWord(state)}${health}${told}`);
  });
  if (seen.length > 0) return seen;
  const ago = since(task.changedMs, nowMs).padStart(6);
  return [line(span(`${ago} ago  `, 'dim'), taskMark(task, marks), ` ${taskWord(task)}`)];
}
