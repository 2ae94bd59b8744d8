// How many tasks of each state belong to each agent and framework, and who runs on whom: /state-summary (mesos-api.md 8.3).
import type { TaskState } from '../../../../mesos/generated/v1.ts';
import { flat, forEach, type Sliced } from '../../../serving/slices/sliced.ts';
import type { TasksMoment } from '../moment.ts';

/** The states that are counted, in the order they are written. */
const COUNTED = [
  'TASK_STAGING',
  'TASK_STARTING',
  'TASK_RUNNING',
  'TASK_KILLING',
  'TASK_FINISHED',
  'TASK_KILLED',
  'TASK_FAILED',
  'TASK_LOST',
  'TASK_ERROR',
  'TASK_UNREACHABLE',
] as const satisfies readonly TaskState[];

const INDEX: ReadonlyMap<string, number> = new Map(COUNTED.map((state, index) => [state, index]));

/** Counts of one agent or framework, and the ids of those it shares tasks with. */
export class TaskSummary {
  readonly counts = new Uint32Array(COUNTED.length);
  readonly partners = new Set<string>();

  add(state: TaskState, partner: string): void {
    const index = INDEX.get(state);
    if (index !== undefined) this.counts[index] = (this.counts[index] ?? 0) + 1;
    this.partners.add(partner);
  }

  /** `,"TASK_STAGING":0,…,"<partners>":[…]` */
  members(partnersName: 'framework_ids' | 'slave_ids'): string {
    let text = '';
    for (const [index, state] of COUNTED.entries()) text += `,"${state}":${this.counts[index]}`;
    return `${text},"${partnersName}":${JSON.stringify([...this.partners])}`;
  }
}

/** By agent id and by framework id; who has no tasks has no entry. */
export interface TaskSummaries {
  readonly agents: ReadonlyMap<string, TaskSummary>;
  readonly frameworks: ReadonlyMap<string, TaskSummary>;
}

/** Over the tasks of all frameworks. */
export function* summarise(ofFrameworks: readonly TasksMoment[]): Sliced<TaskSummaries> {
  const agents = new Map<string, TaskSummary>();
  const frameworks = new Map<string, TaskSummary>();
  const lists = ofFrameworks.flatMap(({ live, unreachable, completed }) => [live, unreachable, completed]);
  yield* forEach(flat(lists), ({ state, agent_id: { value: agentId }, framework_id: { value: frameworkId } }) => {
    summaryOf(agents, agentId).add(state, frameworkId);
    summaryOf(frameworks, frameworkId).add(state, agentId);
  });
  return { agents, frameworks };
}

function summaryOf(summaries: Map<string, TaskSummary>, id: string): TaskSummary {
  const known = summaries.get(id);
  if (known !== undefined) return known;
  const summary = new TaskSummary();
  summaries.set(id, summary);
  return summary;
}
