// Tasks of one app differ in little more than their ids, and so do agents: what they have in common is kept once. After a
// fail-over the same labels would otherwise be there a hundred thousand times.
import type { Call_Subscribe } from '../../../mesos/generated/agent_protocol.ts';
import type { AgentInfo, FrameworkID, Task } from '../../../mesos/generated/v1.ts';

/** Beyond that all are forgotten, and those that are still of use are soon known again. */
const MAX_PARTS = 4096;
const MAX_PART_CHARS = 8192;

/** Messages are never changed in place, so that nobody can tell what is shared. */
export class SharedParts {
  /** By their JSON text. */
  readonly #parts = new Map<string, unknown>();
  readonly #frameworkIds = new Map<string, FrameworkID>();

  /** Puts shared parts in the place of equal ones. The report is fresh from the wire, and nobody else has it yet. */
  shareIn(report: Call_Subscribe): void {
    this.#shareAll<AgentInfo>(report.agent_info, ['resources', 'attributes']);
    this.#shareAll<Call_Subscribe>(report, ['capabilities', 'total_resources']);
    for (const task of report.tasks ?? []) this.#shareInTask(task);
  }

  #shareInTask(task: Task): void {
    const { task_id, agent_id } = task;
    task.framework_id = this.#frameworkId(task.framework_id);
    this.#shareAll<Task>(task, [
      'resources',
      'labels',
      'discovery',
      'container',
      'health_check',
      'kill_policy',
      'limits',
    ]);
    for (const status of task.statuses ?? []) {
      if (status.task_id.value === task_id.value) status.task_id = task_id;
      if (status.agent_id?.value === agent_id.value) status.agent_id = agent_id;
    }
  }

  #shareAll<T extends object>(owner: T, names: readonly (keyof T)[]): void {
    for (const name of names) {
      const part = owner[name];
      if (part !== undefined) owner[name] = this.#share(part);
    }
  }

  #share<P>(part: P): P {
    const text = JSON.stringify(part);
    // What JSON has no number for looks like null.
    if (text.length > MAX_PART_CHARS || text.includes(':null')) return part;
    return known(this.#parts, text, part) as P;
  }

  #frameworkId(id: FrameworkID): FrameworkID {
    return known(this.#frameworkIds, id.value, id);
  }
}

/** What is there under that key already; else this, from now on. */
function known<P>(parts: Map<string, P>, key: string, part: P): P {
  const there = parts.get(key);
  if (there !== undefined) return there;
  if (parts.size === MAX_PARTS) parts.clear();
  parts.set(key, part);
  return part;
}
