// 2: the agents, what they have and how much of it is used. In: the agent.
import type { AgentRow, ClusterView } from '../view/model.ts';
import { glyphs } from '../widgets/glyphs.ts';
import type { Column } from '../widgets/table.ts';
import { amount, count, counted, ratio, since } from '../widgets/words.ts';
import { drawList, listData } from './lists/list.ts';
import { agentMark, agentName } from './lists/names.ts';
import type { RowSource } from './lists/rows.ts';
import { usageCell } from './lists/usage.ts';
import type { Asked, Scene, Screen } from './screen.ts';

type Agent = Readonly<AgentRow>;

const SOURCE: RowSource<Agent> = {
  name: 'agents',
  all: (view) => view.agents.values(),
  version: (view) => String(view.version('agents')),
  id: ({ id }) => id,
  text: ({ id, hostname, state, region, zone, version, attributes }) =>
    [hostname, id, state, region ?? '', zone ?? '', version, ...attributes].join('\n'),
  isFault: ({ state }) => state !== 'active',
  sortBy: {
    agent: ({ hostname }) => hostname,
    state: ({ state }) => (state === 'active' ? `1${state}` : `0${state}`),
    tasks: ({ taskCount }) => taskCount,
    cpus: ({ allocated, total }) => ratio(allocated.cpus, total.cpus),
    mem: ({ allocated, total }) => ratio(allocated.memMb, total.memMb),
    disk: ({ allocated, total }) => ratio(allocated.diskMb, total.diskMb),
    gpus: ({ allocated, total }) => (total.gpus > 0 ? ratio(allocated.gpus, total.gpus) : undefined),
    zone: ({ region, zone }) => (zone === undefined ? undefined : `${region ?? ''}/${zone}`),
    since: ({ reregisteredMs, registeredMs }) => {
      const ms = reregisteredMs ?? registeredMs;
      return ms === undefined ? undefined : -ms;
    },
  },
};

export const AGENTS: Screen = {
  name: 'agents',
  digit: '2',
  title: 'Agents',
  topics: ['agents', 'tasks', 'offers', 'feeds'],
  sortColumns: Object.keys(SOURCE.sortBy),
  largestFirst: ['tasks', 'cpus', 'mem', 'disk', 'gpus'],
  actions: {
    open: (id) => ({ screen: 'agent', subject: id }),
    drain: drainAgents,
  },
  draw: (scene) => drawList(scene, { source: SOURCE, columns, noun: 'agents', feed: 'master' }),
  data: (scene) => listData(scene, SOURCE),
};

function columns(scene: Scene): readonly Column<Agent>[] {
  const marks = glyphs(scene.hasMarks);
  // Nobody looks at a column of nothing.
  const hasGpus = scene.view.totals.total.gpus > 0;
  const usage = (key: 'cpus' | 'memMb' | 'diskMb' | 'gpus', title: string, name: string, priority: number) => ({
    key: name,
    title,
    min: 9,
    max: 26,
    priority,
    cell: ({ allocated, offered, total }: Agent, width: number) =>
      usageCell(allocated[key], offered[key], total[key], width, marks),
  });
  return [
    { key: 'mark', title: '', min: 1, priority: 0, cell: (agent) => agentMark(agent, marks) },
    { key: 'agent', title: 'agent', min: 16, max: 44, priority: 0, cell: ({ id }) => agentName(scene.view, id) },
    {
      key: 'state',
      title: 'state',
      min: 11,
      max: 12,
      priority: 4,
      cell: ({ state }) => (state === 'active' ? state : { text: state, tone: 'warn' }),
    },
    { key: 'tasks', title: 'tasks', min: 5, priority: 1, align: 'right', cell: ({ taskCount }) => count(taskCount) },
    usage('cpus', 'cpus', 'cpus', 1),
    usage('memMb', 'mem', 'mem', 1),
    usage('diskMb', 'disk', 'disk', 5),
    ...(hasGpus ? [usage('gpus', 'gpus', 'gpus', 6)] : []),
    {
      key: 'offered',
      title: 'offered',
      min: 8,
      priority: 7,
      align: 'right',
      cell: ({ offered }) => (offered.cpus > 0 ? `${amount(offered.cpus)} c` : ''),
    },
    {
      key: 'zone',
      title: 'zone',
      min: 8,
      max: 20,
      priority: 6,
      cell: ({ region, zone }) => [region, zone].filter((part) => part !== undefined).join('/'),
    },
    {
      key: 'since',
      title: 'since',
      min: 6,
      priority: 3,
      align: 'right',
      cell: ({ reregisteredMs, registeredMs }) => since(reregisteredMs ?? registeredMs, scene.nowMs),
    },
    { key: 'version', title: 'version', min: 8, max: 10, priority: 8, cell: ({ version }) => version },
    {
      key: 'attributes',
      title: 'attributes',
      min: 12,
      max: 70,
      priority: 9,
      cell: ({ attributes }) => attributes.join(' '),
    },
  ];
}

/** Those that are not drained or on the way there. */
export function drainAgents(ids: readonly string[], view: ClusterView): Asked | string {
  const wanted = ids.filter((id) => {
    const state = view.agents.get(id)?.state;
    return state !== undefined && state !== 'draining' && state !== 'drained';
  });
  const [first] = wanted;
  if (first === undefined)
    return ids.length === 0 ? 'There is no agent here.' : 'That agent is drained, or being drained.';
  const tasks = wanted.reduce((sum, id) => sum + (view.agents.get(id)?.taskCount ?? 0), 0);
  const what = wanted.length === 1 ? agentName(view, first) : counted(wanted.length, 'agent');
  const then =
    tasks === 0 ? 'No task runs there now.' : `${counted(tasks, 'task')} will be killed there and started elsewhere.`;
  return {
    question: `Drain ${what}? ${then}`,
    effect: { kind: 'drain-agents', agentIds: wanted },
  };
}
