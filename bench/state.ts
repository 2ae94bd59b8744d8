// How long the master takes to show a large cluster: the whole way over HTTP on loopback, read by a thread of its own.
// The state is that of the recorded figures: agents of cpus:20;mem:10240, tasks of cpus:0.1;mem:5 with 10 labels.
// "first" is the answer after every task has changed (nothing can be reused), the others are medians of three with 1 % of the
// tasks changed before each.

import type { MasterState } from '../src/daemon/master/state/master-state.ts';
import type { MasterTask } from '../src/daemon/master/state/task.ts';
import type { Task } from '../src/mesos/generated/v1.ts';
import { createRealWorld } from '../src/world/real/index.ts';
import { addAgent, addFramework, addTask, emptyState } from '../test/daemon/master/views/state-fixture.ts';
import { viewsOf } from '../test/daemon/master/views/views-fixture.ts';
import { HttpReader, readOf } from './http-reader.ts';
import { type BenchOptions, type BenchRow, median, row } from './row.ts';

/** Seconds, best of three, by setup and read. */
interface Setup {
  readonly agents: number;
  /** Tasks that are shown. The recorded masters had completed ones too, but their answers were as long as these. */
  readonly running: number;
  readonly seconds: Readonly<Record<string, number>>;
}

const SETUPS: readonly Setup[] = [
  {
    agents: 1000,
    running: 10_000,
    seconds: {
      '/state': 0.14,
      '/state gzip': 0.11,
      '/state-summary': 0.03,
      '/slaves': 0.02,
      'GET_STATE json': 0.1,
      'GET_STATE protobuf': 0.04,
    },
  },
  {
    agents: 2000,
    running: 100_000,
    seconds: {
      '/state': 1.1,
      '/state gzip': 1.15,
      '/state-summary': 0.18,
      '/slaves': 0.04,
      'GET_STATE json': 1.41,
      'GET_STATE protobuf': 0.33,
    },
  },
  {
    agents: 10_000,
    running: 100_000,
    seconds: {
      '/state': 1.36,
      '/state gzip': 1.49,
      '/state-summary': 0.62,
      '/slaves': 0.28,
      'GET_STATE json': 1.55,
      'GET_STATE protobuf': 0.66,
    },
  },
];

const TASKS_PER_FRAMEWORK = 1000;
const ROUNDS = 3;

export async function run({ quick, note }: BenchOptions): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const setup of quick ? SETUPS.slice(0, 1) : SETUPS) {
    note(`${setup.agents} agents, ${setup.running} tasks`);
    rows.push(...(await measure(setup)));
  }
  return rows;
}

async function measure(setup: Setup): Promise<BenchRow[]> {
  const world = createRealWorld({ log: { level: 'silent' } });
  const state = cluster(setup);
  const tasks = [...state.frameworks.values()].flatMap((framework) => [...framework.tasks.values()]);
  const views = viewsOf(state);
  const listener = await world.net.listen({ host: '127.0.0.1', port: 0, handler: views.handler });
  const url = `http://127.0.0.1:${listener.port}`;
  const at = `${setup.agents} agents, ${setup.running} tasks`;
  const reader = new HttpReader();
  const rows: BenchRow[] = [];
  for (const [name, reference] of Object.entries(setup.seconds)) {
    change(tasks, 1);
    const first = await read(reader, url, name);
    const seconds: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      change(tasks, 100);
      seconds.push((await read(reader, url, name)).seconds);
    }
    rows.push(row(`${name}, first: ${at} (${first.megabytes} MB)`, first.seconds, reference, 's'));
    rows.push(row(`${name}: ${at}`, median(seconds), reference, 's'));
  }
  await reader.close();
  views.close();
  await listener.close();
  await world.close();
  return rows;
}

async function read(reader: HttpReader, url: string, name: string): Promise<{ seconds: number; megabytes: number }> {
  const { seconds, bytes, status } = await reader.ask(readOf(url, name));
  if (status !== 200) throw new Error(`${name} was answered with ${status}`);
  return { seconds, megabytes: Math.round(bytes / 1e5) / 10 };
}

/** Gives every `step`-th task a new message, as an update does. */
function change(tasks: readonly MasterTask[], step: number): void {
  for (let index = 0; index < tasks.length; index += step) {
    const task = tasks[index];
    if (task !== undefined) task.message = { ...task.message };
  }
}

function cluster({ agents, running }: Setup): MasterState {
  const state = emptyState();
  for (let index = 0; index < agents; index++) {
    addAgent(state, {
      agent_info: { hostname: `host${index}`, id: { value: `S${index}` }, port: 5051 },
      active: true,
      version: '1.12.0',
      pid: `slave(1)@10.0.0.1:${index}`,
      registered_time: { nanoseconds: 1.7e18 },
      total_resources: [
        { name: 'cpus', type: 'SCALAR', scalar: { value: 20 } },
        { name: 'mem', type: 'SCALAR', scalar: { value: 10_240 } },
      ],
      capabilities: [{ type: 'MULTI_ROLE' }, { type: 'HIERARCHICAL_ROLE' }, { type: 'RESERVATION_REFINEMENT' }],
    });
  }
  for (let index = 0; index < running; index++) {
    const frameworkId = `F${Math.floor(index / TASKS_PER_FRAMEWORK)}`;
    if (!state.frameworks.has(frameworkId)) {
      addFramework(state, {
        framework_info: { user: 'root', name: `framework${frameworkId}`, id: { value: frameworkId }, role: '*' },
        active: false,
        connected: false,
        recovered: true,
      });
    }
    addTask(state, task(frameworkId, `S${index % agents}`, index));
  }
  return state;
}

function task(frameworkId: string, agentId: string, index: number): Task {
  const state = 'TASK_RUNNING';
  const labels = Array.from({ length: 10 }, (_, label) => ({ key: `key${label}`, value: `value${label}` }));
  return {
    name: `task${index}`,
    task_id: { value: `task-${index}` },
    framework_id: { value: frameworkId },
    agent_id: { value: agentId },
    state,
    resources: [
      { name: 'cpus', type: 'SCALAR', scalar: { value: 0.1 }, allocation_info: { role: '*' } },
      { name: 'mem', type: 'SCALAR', scalar: { value: 5 }, allocation_info: { role: '*' } },
    ],
    statuses: [
      { task_id: { value: `task-${index}` }, state, timestamp: 1_700_000_000.5, agent_id: { value: agentId } },
    ],
    labels: { labels },
  };
}
