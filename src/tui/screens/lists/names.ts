// What people call things: host names instead of agents' ids, frameworks' names, short ids of Marathon's tasks.
import type { Span } from '../../frame/line.ts';
import type { AgentRow, ClusterView, FrameworkRow, TaskRow } from '../../view/model.ts';
import { hasEnded, hasFailed } from '../../view/task-ids.ts';
import type { Glyphs } from '../../widgets/glyphs.ts';
import { stateWord } from '../../widgets/words.ts';

/** Its host, with the port where others are on it too; else the id. */
export function agentName(view: ClusterView, id: string): string {
  const agent = view.agents.get(id);
  if (agent === undefined || agent.hostname === '') return id;
  const { hostname, address } = agent;
  return view.isSharedHost?.(hostname) === true ? hostname + address.slice(address.lastIndexOf(':')) : hostname;
}

export function frameworkName(view: ClusterView, id: string): string {
  return view.frameworks.get(id)?.name || id;
}

const INSTANCE = /^(.+)\.(?:instance-|marathon-)?([0-9a-f]{8})-[0-9a-f-]{27}(?:\.(.+))?$/;

/** `ct:<when it was due, in ms>:<attempt>:<job>:<arguments>` (chronos.md 9.1). */
const RUN = /^ct:(\d+)\d{3}:(\d+):([^:]+):/;

/**
 * `a_b.0b1d3a40` of `a_b.instance-0b1d3a40-…._app.1`, `nightly.1795340120` of a run of Chronos; a later attempt or container of a pod is
 * said too. Others as they are.
 */
export function shortTaskId(id: string): string {
  const run = RUN.exec(id);
  if (run !== null) return `${run[3]}.${run[1]}${run[2] === '0' ? '' : `.${run[2]}`}`;
  const match = INSTANCE.exec(id);
  if (match === null) return id;
  const [, path = '', instance = '', rest = ''] = match;
  const more = rest.replace(/^_app(\.|$)/, '').replace(/^1$/, '');
  return more === '' ? `${path}.${instance}` : `${path}.${instance}.${more}`;
}

/** One cell: what is wrong or right with it. */
export function taskMark(task: Readonly<TaskRow>, marks: Glyphs): Span {
  const { state, healthy } = task;
  if (hasFailed(state)) return { text: marks.bad, tone: 'bad' };
  if (hasEnded(state)) return { text: marks.dash, tone: 'dim' };
  if (state === 'TASK_UNREACHABLE' || state === 'TASK_UNKNOWN') return { text: marks.unknown, tone: 'warn' };
  if (healthy === false) return { text: marks.warn, tone: 'warn' };
  if (state === 'TASK_RUNNING') return { text: marks.good, tone: 'good' };
  return { text: marks.idle, tone: 'accent' };
}

/** `running`, with what its health check says when it says something. */
export function taskWord({ state, healthy }: Pick<TaskRow, 'state' | 'healthy'>): string {
  if (state !== 'TASK_RUNNING' || healthy === undefined) return stateWord(state);
  return healthy ? 'healthy' : 'unhealthy';
}

export function agentMark({ state }: Readonly<AgentRow>, marks: Glyphs): Span {
  switch (state) {
    case 'active':
      return { text: marks.good, tone: 'good' };
    case 'unreachable':
    case 'disconnected':
      return { text: marks.bad, tone: 'bad' };
    default:
      return { text: marks.warn, tone: 'warn' };
  }
}

export function frameworkMark({ state }: Readonly<FrameworkRow>, marks: Glyphs): Span {
  switch (state) {
    case 'active':
      return { text: marks.good, tone: 'good' };
    case 'completed':
      return { text: marks.dash, tone: 'dim' };
    case 'inactive':
      return { text: marks.warn, tone: 'warn' };
    default:
      return { text: marks.bad, tone: 'bad' };
  }
}
