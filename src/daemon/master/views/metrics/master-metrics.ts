// The master's gauges, computed from its state when somebody asks (mesos-api.md 11).
import type { TaskState } from '../../../../mesos/generated/v1.ts';
import type { Clock } from '../../../../world/world.ts';
import type { MetricSource } from '../../../serving/metrics/metric-registry.ts';
import type { MasterState } from '../../state/master-state.ts';
import type { ScalarSums } from '../../state/scalar-sums.ts';

const RESOURCES = ['cpus', 'gpus', 'mem', 'disk'] as const;

const LIVE_STATES: readonly TaskState[] = ['TASK_STAGING', 'TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLING'];

/** What the gauges need beyond the state. */
export interface MasterGaugeFacts {
  readonly state: MasterState;
  readonly clock: Clock;
  readonly isLeading: () => boolean;
  readonly subscribers: () => number;
  readonly cacheHits: () => number;
}

/** Resources in units (memory and disk in MB), `_percent` between 0 and 1. */
export function masterGauges(facts: MasterGaugeFacts): MetricSource {
  const { state, clock } = facts;
  return (add) => {
    add('master/elected', facts.isLeading() ? 1 : 0);
    add('master/uptime_secs', (clock.nowMs() - state.startTimeMs) / 1000);
    add('master/outstanding_offers', state.offers.size);
    add('master/operator_event_stream_subscribers', facts.subscribers());
    add('master/http_cache_hits', facts.cacheHits());
    // Nothing waits in queues here: every message is handled in the turn it arrives in.
    for (const queue of ['messages', 'dispatches', 'http_requests']) add(`master/event_queue_${queue}`, 0);
    resourceGauges(state, add);
    agentGauges(state, add);
    frameworkGauges(state, add);
    taskGauges(state, add);
  };
}

type Add = Parameters<MetricSource>[0];

function resourceGauges({ agents }: MasterState, add: Add): void {
  const total = byName(agents.registered.total);
  const used = byName(agents.registered.used);
  for (const resource of RESOURCES) {
    for (const kind of ['', '_revocable']) {
      const name = `${resource}${kind}`;
      const all = total.get(name) ?? 0;
      const taken = used.get(name) ?? 0;
      add(`master/${name}_total`, all / 1000);
      add(`master/${name}_used`, taken / 1000);
      add(`master/${name}_percent`, all === 0 ? 0 : taken / all);
    }
  }
}

/** `cpus` and `cpus_revocable` → thousandths, whatever role they are reserved or allocated to. */
function byName(scalars: ScalarSums): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { identity, millis } of scalars.values()) {
    const { name, isRevocable } = identity;
    const key = isRevocable ? `${name}_revocable` : name;
    sums.set(key, (sums.get(key) ?? 0) + millis);
  }
  return sums;
}

function agentGauges(state: MasterState, add: Add): void {
  let connected = 0;
  let active = 0;
  for (const agent of state.agents.registered.values()) {
    if (agent.connected) connected += 1;
    if (agent.active && agent.connected) active += 1;
  }
  const all = state.agents.registered.size;
  add('master/slaves_active', active);
  add('master/slaves_inactive', all - active);
  add('master/slaves_connected', connected);
  add('master/slaves_disconnected', all - connected);
  add('master/slaves_unreachable', state.agents.unreachable.size);
}

function frameworkGauges(state: MasterState, add: Add): void {
  let connected = 0;
  let active = 0;
  for (const framework of state.frameworks.values()) {
    if (framework.state === 'CONNECTED') connected += 1;
    if (framework.active) active += 1;
  }
  const all = state.frameworks.size;
  add('master/frameworks_active', active);
  add('master/frameworks_inactive', all - active);
  add('master/frameworks_connected', connected);
  add('master/frameworks_disconnected', all - connected);
}

function taskGauges({ frameworks }: MasterState, add: Add): void {
  const counts = new Map<TaskState, number>();
  let unreachable = 0;
  for (const { tasks, unreachableTasks } of frameworks.values()) {
    for (const state of LIVE_STATES) counts.set(state, (counts.get(state) ?? 0) + tasks.states.of(state));
    unreachable += unreachableTasks.size;
  }
  for (const state of LIVE_STATES)
    add(`master/tasks_${state.slice('TASK_'.length).toLowerCase()}`, counts.get(state) ?? 0);
  add('master/tasks_unreachable', unreachable);
}
