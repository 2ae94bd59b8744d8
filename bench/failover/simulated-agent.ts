// An agent that is nothing but its line to the master: the real link (back-off, registration, pings, calls in order), and
// tasks that run without being anywhere. It comes from an earlier cluster, so its first registration is a re-registration.
import { randomUUID } from 'node:crypto';
import type { MasterDetector } from '../../src/daemon/agent/registration/detector.ts';
import { MasterLink, type MasterLinkHandler } from '../../src/daemon/agent/registration/master-link.ts';
import type { Call_Subscribe, Event } from '../../src/mesos/generated/agent_protocol.ts';
import type { AgentInfo, FrameworkInfo, Resource, Task } from '../../src/mesos/generated/v1.ts';
import type { World } from '../../src/world/world.ts';

/** mem and disk in MB. */
export interface AgentAmounts {
  readonly cpus: number;
  readonly mem: number;
}

const DEFAULT_AMOUNTS: AgentAmounts = { cpus: 20, mem: 10_240 };

/** One agent of many. */
export interface SimulatedAgentOptions {
  readonly world: World;
  readonly detector: MasterDetector;
  readonly backOffFactorMs: number;
  /** From 0. */
  readonly index: number;
  readonly tasks: number;
  readonly resources?: AgentAmounts;
  /** With its id; the tasks are this framework's. */
  readonly framework: FrameworkInfo;
  readonly onChange: (isRegistered: boolean) => void;
  /** An event that a healthy fail-over has no reason for: a KILL, a SHUTDOWN, a task that the master misses. */
  readonly onUnwanted: (what: string) => void;
}

/** So that ids of tasks tell where they run. */
export const agentIdOf = (index: number): string => `00000000-0000-4000-8000-000000000000-S${index}`;
export const taskIdOf = (agent: number, task: number): string => `task-${agent}-${task}`;

const CAPABILITIES = ['MULTI_ROLE', 'HIERARCHICAL_ROLE', 'RESERVATION_REFINEMENT'] as const;

export class SimulatedAgent implements MasterLinkHandler {
  readonly #options: SimulatedAgentOptions;
  readonly #link: MasterLink;
  readonly #info: AgentInfo;
  readonly #tasks: Task[];
  /** base64 uuids of RUNNING updates that nobody has acknowledged yet. */
  readonly #running = new Set<string>();

  constructor(options: SimulatedAgentOptions) {
    const { world, detector, backOffFactorMs, index } = options;
    const { cpus, mem } = options.resources ?? DEFAULT_AMOUNTS;
    this.#options = options;
    this.#info = {
      hostname: `host${index}`,
      id: { value: agentIdOf(index) },
      port: 5051,
      resources: [scalar('cpus', cpus), scalar('mem', mem)],
    };
    this.#tasks = Array.from({ length: options.tasks }, (_, task) => taskMessage(options, task));
    this.#link = new MasterLink({ world, detector, backOffFactorMs, handler: this });
  }

  start(): void {
    this.#link.start();
  }

  subscription(): Call_Subscribe {
    const { index, framework } = this.#options;
    return {
      agent_info: this.#info,
      version: '1.12.0',
      pid: `slave(1)@10.${index >> 16}.${(index >> 8) & 255}.${index & 255}:5051`,
      capabilities: CAPABILITIES.map((type) => ({ type })),
      tasks: this.#tasks,
      frameworks: [framework],
    };
  }

  /** Tells the master that a task is healthy, or is not. `timestamp` in seconds. */
  tellHealth(task: number, healthy: boolean, timestamp: number): void {
    const { task_id, framework_id, agent_id } = this.#tasks[task] ?? {};
    if (task_id === undefined || framework_id === undefined || agent_id === undefined) return;
    this.#link.send({
      type: 'UPDATE',
      update: {
        framework_id,
        status: { task_id, agent_id, state: 'TASK_RUNNING', healthy, timestamp, source: 'SOURCE_EXECUTOR' },
        latest_state: 'TASK_RUNNING',
      },
    });
  }

  #tell(frameworkId: string, taskId: string, state: 'TASK_RUNNING' | 'TASK_FINISHED'): void {
    const uuid = Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64');
    if (state === 'TASK_RUNNING') this.#running.add(uuid);
    this.#link.send({
      type: 'UPDATE',
      update: {
        framework_id: { value: frameworkId },
        status: {
          task_id: { value: taskId },
          agent_id: { value: agentIdOf(this.#options.index) },
          state,
          timestamp: Date.now() / 1000,
          source: 'SOURCE_EXECUTOR',
          uuid,
        },
        latest_state: state,
      },
    });
  }

  registered(): void {
    this.#options.onChange(true);
  }

  disconnected(): void {
    this.#options.onChange(false);
  }

  /** Tasks that are launched here are RUNNING at once, and FINISHED once that is acknowledged. */
  event(event: Event): void {
    if (event.type === 'RUN_TASK' && event.run_task !== undefined) {
      const { framework_info, task } = event.run_task;
      this.#tell(framework_info.id?.value ?? '', task.task_id.value, 'TASK_RUNNING');
      return;
    }
    if (event.type === 'ACKNOWLEDGE' && event.acknowledge !== undefined) {
      const { framework_id, task_id, uuid } = event.acknowledge;
      if (this.#running.delete(uuid)) this.#tell(framework_id.value, task_id.value, 'TASK_FINISHED');
      return;
    }
    if (event.type !== 'UPDATE_FRAMEWORK') this.#options.onUnwanted(`${event.type} to ${this.#info.hostname}`);
  }
}

/** As in the recorded figures: cpus:0.1;mem:5, ten labels. */
function taskMessage({ index, framework }: SimulatedAgentOptions, task: number): Task {
  const taskId = taskIdOf(index, task);
  return {
    name: taskId,
    task_id: { value: taskId },
    framework_id: { value: framework.id?.value ?? '' },
    agent_id: { value: agentIdOf(index) },
    state: 'TASK_RUNNING',
    resources: [scalar('cpus', 0.1, '*'), scalar('mem', 5, '*')],
    statuses: [
      {
        task_id: { value: taskId },
        state: 'TASK_RUNNING',
        timestamp: 1_700_000_000.5,
        agent_id: { value: agentIdOf(index) },
        source: 'SOURCE_EXECUTOR',
      },
    ],
    labels: { labels: Array.from({ length: 10 }, (_, label) => ({ key: `key${label}`, value: `value${label}` })) },
  };
}

function scalar(name: string, value: number, role?: string): Resource {
  return { name, type: 'SCALAR', scalar: { value }, ...(role !== undefined && { allocation_info: { role } }) };
}
