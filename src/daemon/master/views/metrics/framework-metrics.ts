// The metrics of each framework (mesos-api.md 11), below `master/frameworks/<urlencoded name>/<id>/`. Only with
// --publish_per_framework_metrics.
import type { TaskState } from '../../../../mesos/generated/v1.ts';
import type { MetricSource } from '../../../serving/metrics/metric-registry.ts';
import type { MasterFramework } from '../../state/framework.ts';
import type { MasterState } from '../../state/master-state.ts';

const ACTIVE_STATES: readonly TaskState[] = [
  'TASK_STAGING',
  'TASK_STARTING',
  'TASK_RUNNING',
  'TASK_KILLING',
  'TASK_UNREACHABLE',
  'TASK_UNKNOWN',
];

/** Nothing at all unless per-framework metrics are published. */
export function frameworkGauges(state: MasterState): MetricSource {
  return (add) => {
    for (const framework of published(state)) {
      const prefix = metricPrefix(framework);
      add(`${prefix}subscribed`, framework.state === 'CONNECTED' ? 1 : 0);
      for (const role of framework.roles) {
        add(`${prefix}roles/${role}/suppressed`, framework.suppressedRoles.has(role) ? 1 : 0);
      }
      const { tasks, unreachableTasks } = framework;
      for (const taskState of ACTIVE_STATES) {
        const count = tasks.states.of(taskState) + unreachableTasks.states.of(taskState);
        add(`${prefix}tasks/active/${taskState.toLowerCase()}`, count);
      }
    }
  };
}

/** Calls, events, offers and ended tasks of each framework, under the same condition. */
export function frameworkCounters(state: MasterState): MetricSource {
  return (add) => {
    for (const framework of published(state)) {
      const prefix = metricPrefix(framework);
      for (const [name, value] of framework.counters.entries()) add(prefix + name, value);
    }
  };
}

function published(state: MasterState): Iterable<MasterFramework> {
  return state.options.publishPerFrameworkMetrics ? state.frameworks.values() : [];
}

function metricPrefix(framework: MasterFramework): string {
  return `master/frameworks/${encodeURIComponent(framework.info.name)}/${framework.frameworkId}/`;
}
