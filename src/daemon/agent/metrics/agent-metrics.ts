// Everything the agent measures, under the original's names (mesos-api.md 11).
import { Resources } from '../../../mesos/resources.ts';
import { hostMetrics } from '../../serving/metrics/host-metrics.ts';
import { MetricRegistry } from '../../serving/metrics/metric-registry.ts';
import type { Agent } from '../agent.ts';
import type { AgentContext } from '../context.ts';
import type { Books } from '../tasks/books.ts';
import type { TaskRun } from '../tasks/task-run.ts';

const RESOURCE_NAMES = ['cpus', 'gpus', 'mem', 'disk'] as const;
const LIVE_STATES = ['staging', 'starting', 'running', 'killing'] as const;

/** Gauges are read from the books and the machine when asked for. */
export function agentMetrics(context: AgentContext, agent: Agent): MetricRegistry {
  const { world, counters, collector } = context;
  return new MetricRegistry()
    .addGauges(hostMetrics(world.host))
    .addGauges((add) => addResources(context, add))
    .addGauges((add) => addTasks(context, add))
    .addGauges((add) => {
      add('slave/registered', agent.state === 'RUNNING' ? 1 : 0);
      add('slave/uptime_secs', (world.clock.monotonicMs() - context.startedMs) / 1000);
      add('slave/recovery_time_secs', agent.recoverySeconds);
      add('slave/frameworks_active', context.books.frameworks.size);
      add('slave/executor_directory_max_allowed_age_secs', collector.maxAllowedAgeSeconds);
      add('gc/path_removals_pending', collector.pending);
      add('containerizer/fetcher/cache_size_total_bytes', context.options.fetcherCacheSizeBytes);
      add('containerizer/fetcher/cache_size_used_bytes', context.containerizer.fetcherCacheUsedBytes ?? 0);
    })
    .addGauges((add) => {
      // Parts of the original that are not here: their metrics stay at what they are without any use.
      add('containerizer/mesos/provisioner/bind/remove_rootfs_errors', 0);
      add('containerizer/mesos/provisioner/remove_container_errors', 0);
      add('resource_provider_manager/events/disconnect', 0);
      add('resource_provider_manager/events/subscribe', 0);
      add('resource_provider_manager/subscribed', 0);
    })
    .addCounters((add) => {
      for (const [name, value] of counters.entries()) add(name, value);
    });
}

/** Resources of everything that lives here, the executors' share included. */
export function usedResources(books: Pick<Books, 'runs' | 'executors'>): Resources {
  const parts: Resources[] = [];
  for (const executor of books.executors()) {
    if (executor.state !== 'terminated') parts.push(Resources.of(executor.info.resources));
  }
  for (const run of books.runs()) {
    if (run.phase === 'ended') continue;
    if (run.host === undefined) parts.push(Resources.of(run.executor.resources));
    if (!run.isTerminal) parts.push(Resources.of(run.info.resources));
  }
  return Resources.sum(parts);
}

function addResources(context: AgentContext, add: (name: string, value: number) => void): void {
  const { total } = context.resources;
  const used = usedResources(context.books);
  for (const name of RESOURCE_NAMES) {
    for (const [kind, part] of [
      ['', 'nonRevocable'],
      ['revocable_', 'revocable'],
    ] as const) {
      const there = total[part]().scalar(name) ?? 0;
      const taken = used[part]().scalar(name) ?? 0;
      add(`slave/${name}_${kind}total`, there);
      add(`slave/${name}_${kind}used`, taken);
      add(`slave/${name}_${kind}percent`, there === 0 ? 0 : taken / there);
    }
  }
}

function addTasks({ books }: AgentContext, add: (name: string, value: number) => void): void {
  const tasks = new Map<string, number>(LIVE_STATES.map((state) => [state, 0]));
  const executors = { registering: 0, running: 0, terminating: 0, terminated: 0 };
  for (const run of books.runs()) {
    const state = run.state.slice('TASK_'.length).toLowerCase();
    if (tasks.has(state)) tasks.set(state, (tasks.get(state) ?? 0) + 1);
    if (run.host === undefined) executors[executorState(run)] += 1;
  }
  for (const { state } of books.executors()) executors[state] += 1;
  for (const [state, count] of tasks) add(`slave/tasks_${state}`, count);
  for (const [state, count] of Object.entries(executors)) add(`slave/executors_${state}`, count);
}

function executorState(run: TaskRun): 'registering' | 'running' | 'terminating' | 'terminated' {
  if (run.phase === 'ended') return 'terminated';
  if (run.phase !== 'running') return 'registering';
  return run.kill === undefined ? 'running' : 'terminating';
}
