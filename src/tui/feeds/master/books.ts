// Keeps the rows of agents, frameworks and tasks by what the master tells: the whole state first, then every change. Knows of each
// task that goes on what it holds and where, since the end of a task does not say it.
import type { TaskGlance, WholeStateListener } from '../../../client/operator.ts';
import type {
  Event,
  Response_GetAgents_Agent,
  Response_GetFrameworks_Framework,
} from '../../../mesos/generated/master.ts';
import type { AgentInfo, Task, TaskState, TaskStatus } from '../../../mesos/generated/v1.ts';
import type { MutableAmounts } from '../../view/amounts.ts';
import { SharedAmounts } from '../../view/interning.ts';
import type { AgentRow, EventRow, FrameworkRow, TaskRow } from '../../view/model.ts';
import type { ViewSink } from '../../view/sink.ts';
import { hasEnded, hasFailed, taskKey } from '../../view/task-ids.ts';
import { agentRow, frameworkRow, recoveredAgentRow, taskChange, taskRow } from './rows.ts';

/** A task that holds something. */
interface Holding {
  readonly agentId: string;
  readonly frameworkId: string;
  readonly amounts: MutableAmounts;
}

/** Frameworks that have ended while we looked; the oldest of more are forgotten, as by the master. */
const MAX_COMPLETED = 50;

/** Knows nothing until it is given a state. */
export class MasterBooks implements WholeStateListener {
  readonly #sink: ViewSink;
  readonly #holdings = new Map<string, Holding>();
  readonly #shared = new SharedAmounts();
  readonly #hostnames = new Map<string, string>();
  readonly #names = new Map<string, string>();
  /** Oldest first. */
  readonly #completed = new Set<string>();
  /** Of a state that arrives; its tasks are too many to be kept until it is there. */
  #reading: { readonly agents: AgentRow[]; readonly frameworks: FrameworkRow[] } | undefined;

  constructor(sink: ViewSink) {
    this.#sink = sink;
  }

  /** Takes the place of everything known, once it is complete. */
  begin(): void {
    this.abandon();
    this.#hostnames.clear();
    this.#names.clear();
    this.#completed.clear();
    this.#holdings.clear();
    this.#reading = { agents: [], frameworks: [] };
    this.#sink.beginTasks();
  }

  task(task: TaskGlance, isCompleted: boolean): void {
    const row = taskRow(task);
    if (!isCompleted && isHolding(row.state)) this.#hold(row);
    this.#sink.putTask(row);
  }

  framework(framework: Response_GetFrameworks_Framework, isCompleted: boolean): void {
    const row = frameworkRow(framework, isCompleted);
    if (!isCompleted) this.#names.set(row.id, row.name);
    this.#reading?.frameworks.push(row);
  }

  agent(agent: Response_GetAgents_Agent): void {
    const row = agentRow(agent);
    this.#hostnames.set(row.id, row.hostname);
    this.#reading?.agents.push(row);
  }

  recoveredAgent(info: AgentInfo): void {
    this.#reading?.agents.push(recoveredAgentRow(info));
  }

  complete(): void {
    if (this.#reading === undefined) return;
    const { agents, frameworks } = this.#reading;
    this.#reading = undefined;
    this.#sink.replaceAgents(agents);
    this.#sink.replaceFrameworks(frameworks);
    this.#sink.endTasks(true);
  }

  /** A state that has begun does not go on: what it did not say stays as it was. */
  abandon(): void {
    if (this.#reading === undefined) return;
    this.#reading = undefined;
    this.#sink.endTasks(false);
  }

  /** Heartbeats and what newer masters tell change nothing. */
  change(event: Event): void {
    if (event.task_added !== undefined) this.#taskAdded(event.task_added.task);
    else if (event.task_updated !== undefined) {
      const { framework_id, status, state } = event.task_updated;
      this.#taskUpdated(framework_id.value, status, state);
    } else if (event.agent_added !== undefined) {
      const row = agentRow(event.agent_added.agent);
      this.#hostnames.set(row.id, row.hostname);
      this.#sink.putAgent(row);
      this.#tell('agent-added', `agent ${row.hostname} is there`, 'good');
    } else if (event.agent_removed !== undefined) {
      this.#agentRemoved(event.agent_removed.agent_id.value);
    } else if (event.framework_added !== undefined || event.framework_updated !== undefined) {
      this.#frameworkChanged(event);
    } else if (event.framework_removed !== undefined) {
      const { id, name } = event.framework_removed.framework_info;
      this.#frameworkRemoved(id?.value ?? '', name);
    }
  }

  #hold({ key, agentId, frameworkId, amounts }: TaskRow): Holding {
    const holding = { agentId, frameworkId, amounts: this.#shared.of(amounts) };
    this.#holdings.set(key, holding);
    return holding;
  }

  #release(key: string): void {
    const holding = this.#holdings.get(key);
    if (holding === undefined) return;
    this.#holdings.delete(key);
    this.#sink.addAllocated(holding.agentId, holding.frameworkId, holding.amounts, -1);
  }

  #taskAdded(task: Task): void {
    const row = taskRow(task);
    const { key, id, agentId, frameworkId, name } = row;
    // Its agent came back with it: told a second time.
    this.#release(key);
    if (isHolding(row.state)) {
      const { amounts } = this.#hold(row);
      this.#sink.addAllocated(agentId, frameworkId, amounts, 1);
    }
    const where = this.#hostnames.get(agentId) || agentId;
    this.#sink.putTask(row);
    this.#tell('task-added', `task ${name || id} of ${this.#nameOf(frameworkId)} on ${where}`, 'plain');
  }

  #taskUpdated(frameworkId: string, status: TaskStatus, state: TaskState): void {
    const taskId = status.task_id.value;
    const key = taskKey(frameworkId, taskId);
    if (!isHolding(state)) this.#release(key);
    this.#sink.changeTask(key, taskChange(status, state));
    const why = status.message === undefined || status.message === '' ? '' : `: ${status.message}`;
    const tone = hasFailed(state) || state === 'TASK_UNREACHABLE' ? 'bad' : 'plain';
    const health = status.healthy === undefined ? '' : status.healthy ? ', healthy' : ', unhealthy';
    this.#tell('task-updated', `task ${taskId} ${state}${health}${why}`, status.healthy === false ? 'bad' : tone);
  }

  #agentRemoved(agentId: string): void {
    this.#sink.removeAgent(agentId);
    this.#tell('agent-removed', `agent ${this.#hostnames.get(agentId) ?? agentId} is gone or out of reach`, 'bad');
    this.#hostnames.delete(agentId);
  }

  #frameworkChanged({ framework_added, framework_updated }: Event): void {
    const framework = framework_added?.framework ?? framework_updated?.framework;
    if (framework === undefined) return;
    const row = frameworkRow(framework);
    this.#names.set(row.id, row.name);
    this.#completed.delete(row.id);
    this.#sink.putFramework(row);
    if (framework_added !== undefined)
      this.#tell('framework-added', `framework ${this.#nameOf(row.id)} is there`, 'good');
    else this.#tell('framework-updated', `framework ${this.#nameOf(row.id)} is ${row.state}`, 'plain');
  }

  #frameworkRemoved(id: string, name: string): void {
    this.#sink.changeFramework(id, { state: 'completed' });
    this.#tell('framework-removed', `framework ${name || id} has ended`, 'warn');
    this.#completed.add(id);
    const [oldest] = this.#completed;
    if (this.#completed.size <= MAX_COMPLETED || oldest === undefined) return;
    this.#completed.delete(oldest);
    this.#names.delete(oldest);
    this.#sink.removeFramework(oldest);
  }

  #nameOf(frameworkId: string): string {
    return this.#names.get(frameworkId) || frameworkId;
  }

  #tell(kind: string, text: string, tone: EventRow['tone']): void {
    this.#sink.addEvent({ source: 'master', kind, text, tone });
  }
}

/** Whether a task in this state has resources of its agent: what is out of sight went with the agent. */
function isHolding(state: string): boolean {
  return !hasEnded(state) && state !== 'TASK_UNREACHABLE';
}
