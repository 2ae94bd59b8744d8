// A task: what it is, the states that were seen, its sandbox and whatever else its agent tells.
import type { Line } from '../frame/line.ts';
import { line, span } from '../frame/lines.ts';
import type { TaskRow } from '../view/model.ts';
import { appOfTaskId } from '../view/task-ids.ts';
import { glyphs } from '../widgets/glyphs.ts';
import { amountsText, since, stateWord } from '../widgets/words.ts';
import { agentName, frameworkName, shortTaskId, taskMark, taskWord } from './lists/names.ts';
import { detailFacts, detailSections, drawText, type Fact, factLines, sectionLines } from './lists/page.ts';
import { killTasks } from './lists/task-table.ts';
import type { Scene, Screen } from './screen.ts';

export const TASK: Screen = {
  name: 'task',
  title: 'Task',
  topics: ['tasks', 'agents', 'frameworks'],
  sortColumns: [],
  actions: {
    logs: (key, view) => (view.tasks.has(key) ? key : undefined),
    kill: killTasks,
  },
  draw(scene) {
    const key = scene.place.subject ?? '';
    const task = scene.view.tasks.get(key);
    if (task === undefined)
      return drawText(scene, 'task', [line(span(`The task ${key} is not there any more.`, 'warn'))]);
    const detail = scene.details.of('task', key);
    const facts = [...taskFacts(scene, task), ...detailFacts(detail)];
    return drawText(scene, `task ${shortTaskId(task.id)}`, [
      ...factLines(facts, scene.size.columns),
      ...sectionLines('states seen', stepLines(scene, task), scene.hasMarks),
      ...detailSections(detail, scene.hasMarks),
    ]);
  },
  data({ view, place, details }) {
    const key = place.subject ?? '';
    return { task: view.tasks.get(key), steps: view.stepsOfTask?.(key) ?? [], details: details.of('task', key) };
  },
};

function taskFacts({ view, nowMs, hasMarks }: Scene, task: Readonly<TaskRow>): readonly Fact[] {
  const marks = glyphs(hasMarks);
  const app = appOfTaskId(task.id);
  const facts: Fact[] = [
    { name: 'task', text: task.id },
    { name: 'state', text: line(taskMark(task, marks), ` ${taskWord(task)} for ${since(task.changedMs, nowMs)}`) },
    { name: 'health', text: task.healthy === undefined ? 'not checked' : task.healthy ? 'healthy' : 'unhealthy' },
    { name: 'agent', text: agentName(view, task.agentId) },
    { name: 'framework', text: frameworkName(view, task.frameworkId) },
    { name: 'role', text: task.role },
    { name: 'resources', text: amountsText(task.amounts, marks.dot) },
    { name: 'started', text: task.startedMs === undefined ? 'not yet' : `${since(task.startedMs, nowMs)} ago` },
  ];
  if (task.name !== task.id) facts.push({ name: 'name', text: task.name });
  if (app !== undefined) facts.push({ name: 'app', text: app });
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
