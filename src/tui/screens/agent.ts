// An agent: what it has and gives, how it isolates, and its tasks.
import type { Line } from '../frame/line.ts';
import { line, span } from '../frame/lines.ts';
import type { AgentRow } from '../view/model.ts';
import { glyphs } from '../widgets/glyphs.ts';
import { count, since } from '../widgets/words.ts';
import { drainAgents } from './agents.ts';
import { drawList } from './lists/list.ts';
import { agentMark, agentName, frameworkName } from './lists/names.ts';
import { detailFacts, detailSections, drawText, type Fact, factLines } from './lists/page.ts';
import { LARGEST_FIRST, TASK_ACTIONS, TASK_SORTS, taskColumns, tasksOf } from './lists/task-table.ts';
import { usageLines } from './lists/usage.ts';
import type { Scene, Screen } from './screen.ts';

const TASKS_OF_AGENT = tasksOf('agent tasks', (view, id) => view.tasksOfAgent(id));

export const AGENT: Screen = {
  name: 'agent',
  title: 'Agent',
  topics: ['agents', 'tasks', 'offers', 'frameworks'],
  sortColumns: TASK_SORTS,
  largestFirst: LARGEST_FIRST,
  // Keys on rows are about tasks; the agent itself is drained whatever the cursor is on.
  actions: {
    ...TASK_ACTIONS,
    drain: (ids, view) => {
      const [first] = ids;
      const agentId = first === undefined || view.agents.has(first) ? first : view.tasks.get(first)?.agentId;
      return drainAgents(agentId === undefined ? [] : [agentId], view);
    },
  },
  draw(scene) {
    const id = scene.place.subject ?? '';
    const agent = scene.view.agents.get(id);
    if (agent === undefined)
      return drawText(scene, 'agent', [line(span(`The agent ${id} is not there any more.`, 'warn'))]);
    const detail = scene.details.of('agent', id);
    const sections = detailSections(detail, scene.hasMarks);
    return drawList(scene, {
      source: TASKS_OF_AGENT,
      columns: (about) => taskColumns(about, 'agent'),
      noun: 'tasks',
      feed: 'master',
      heading: `agent ${agentName(scene.view, id)}, tasks ${count(agent.taskCount)}`,
      above: [
        ...factLines([...agentFacts(scene, agent), ...detailFacts(detail)], scene.size.columns),
        ...usageLines(agent, scene.size.columns, glyphs(scene.hasMarks)),
        [],
      ],
      below: sections.length === 0 ? [] : [[], ...sections],
    });
  },
  data({ view, place, details }) {
    const id = place.subject ?? '';
    const tasks = [...view.tasksOfAgent(id)];
    return { agent: view.agents.get(id), tasks, details: details.of('agent', id) };
  },
};

function agentFacts({ view, nowMs, hasMarks }: Scene, agent: Readonly<AgentRow>): readonly Fact[] {
  const marks = glyphs(hasMarks);
  const facts: Fact[] = [
    { name: 'state', text: stateLine(agent, hasMarks) },
    { name: 'agent', text: agent.id },
    { name: 'address', text: agent.address },
    { name: 'version', text: agent.version },
    { name: 'registered', text: registered(agent, nowMs) },
  ];
  if (agent.region !== undefined || agent.zone !== undefined) {
    facts.push({ name: 'zone', text: [agent.region, agent.zone].filter((part) => part !== undefined).join('/') });
  }
  if (agent.attributes.length > 0) facts.push({ name: 'attributes', text: agent.attributes.join(' ') });
  if (agent.resources.length > 0) facts.push({ name: 'resources', text: agent.resources.join(` ${marks.dot} `) });
  const offeredTo = new Set<string>();
  for (const { agentId, frameworkId } of view.offers.values()) {
    if (agentId === agent.id) offeredTo.add(frameworkName(view, frameworkId));
  }
  if (offeredTo.size > 0) facts.push({ name: 'offered to', text: [...offeredTo].join(', ') });
  return facts;
}

function stateLine(agent: Readonly<AgentRow>, hasMarks: boolean): Line {
  return line(agentMark(agent, glyphs(hasMarks)), ` ${agent.state}`);
}

function registered({ registeredMs, reregisteredMs }: Readonly<AgentRow>, nowMs: number): string {
  const first = registeredMs === undefined ? 'not known when' : `${since(registeredMs, nowMs)} ago`;
  return reregisteredMs === undefined ? first : `${first}, again ${since(reregisteredMs, nowMs)} ago`;
}
