// 1,000 command tasks `true` through one framework on two agents, all real processes (the work of "Tasks" in the
// recorded figures: two agents with cpus:200;mem:100000, refuse_seconds 0, every update acknowledged).
import { createRealWorld } from '../src/world/real/index.ts';
import { DaemonSet, until } from '../test/integration/daemon-processes.ts';
import { TaskLoad } from '../test/integration/task-load.ts';
import { type BenchOptions, type BenchRow, median, row } from './row.ts';

const REFERENCE_TASKS_PER_SECOND = 17;
const REFERENCE_P50_SECONDS = 9.4;
const REFERENCE_AGENT_CPU_MS_PER_TASK = (1000 * (1.74 + 1.78)) / 200;

export async function run({ quick }: BenchOptions): Promise<BenchRow[]> {
  const tasks = quick ? 100 : 1000;
  const world = createRealWorld();
  const daemons = await DaemonSet.start({ agents: 2, resources: 'cpus:200;mem:100000;disk:10000;ports:[31000-32000]' });
  try {
    const load = new TaskLoad({ world, master: daemons.master.url, tasks, command: 'true' });
    const startedAtMs = world.clock.monotonicMs();
    load.start();
    await until(`${tasks} tasks finished`, 300_000, () => load.ends.size === tasks);
    const seconds = (world.clock.monotonicMs() - startedAtMs) / 1000;
    for (const [id, states] of load.ends)
      if (states.join() !== 'TASK_FINISHED') throw new Error(`Task ${id} ended as ${states.join()}`);
    const cpuSeconds = daemons.agents.reduce((sum, agent) => sum + agent.cpuSeconds(), 0);
    const rows: BenchRow[] = [
      row(`${tasks} × true, 2 agents, throughput`, tasks / seconds, REFERENCE_TASKS_PER_SECOND, 'tasks/s', false),
      row('latency accept → finished, median', median(load.latenciesMs) / 1000, REFERENCE_P50_SECONDS, 's'),
      row('agent CPU per task (process)', (1000 * cpuSeconds) / tasks, REFERENCE_AGENT_CPU_MS_PER_TASK, 'ms'),
      ...daemons.agents.map((agent) => row(`${agent.name} resident memory after`, agent.residentMb(), undefined, 'MB')),
      row('master resident memory after', daemons.master.residentMb(), 32, 'MB'),
    ];
    await load.teardown();
    return rows;
  } finally {
    await daemons.stop();
  }
}
