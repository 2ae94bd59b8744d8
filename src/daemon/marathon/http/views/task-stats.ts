// Statistics over an app's tasks, by how old their definition is (marathon.md 3.8, `taskStats`).
import type { Health } from '../../core.ts';
import { type App, configVersionOf } from '../../model/app.ts';
import type { Instance } from '../../model/instance.ts';
import type { JsonValue } from '../../model/json.ts';
import { isListed } from './task.ts';

/** Buckets without tasks are left out. */
export function taskStatsJson(
  app: App,
  instances: readonly Instance[],
  health: Pick<Health, 'results'>,
  nowMs: number,
): JsonValue {
  const tasks = instances.filter(isListed);
  const config = configVersionOf(app);
  const scaled = app.versionInfo?.lastScalingAt ?? app.version;
  const bucket = (keep: (instance: Instance) => boolean) => {
    const members = tasks.filter(keep);
    return members.length === 0 ? undefined : { stats: statsOf(members, health, nowMs) };
  };
  return {
    startedAfterLastScaling: bucket(({ app: { version } }) => version >= scaled),
    withLatestConfig: bucket(({ app: { version } }) => version >= config),
    withOutdatedConfig: bucket(({ app: { version } }) => version < config),
    totalSummary: bucket(() => true),
  };
}

function statsOf(tasks: readonly Instance[], health: Pick<Health, 'results'>, nowMs: number): JsonValue {
  const counts = { staged: 0, running: 0, healthy: 0, unhealthy: 0 };
  const lifeTimes: number[] = [];
  for (const instance of tasks) {
    if (instance.condition === 'Running') {
      counts.running += 1;
      lifeTimes.push((nowMs - (instance.task?.startedAtMs ?? nowMs)) / 1000);
    } else if (instance.condition === 'Provisioned' || instance.condition === 'Staging') counts.staged += 1;
    const results = health.results(instance.id);
    if (results.some(({ alive }) => !alive)) counts.unhealthy += 1;
    else if (results.length > 0) counts.healthy += 1;
  }
  lifeTimes.sort((a, b) => a - b);
  return {
    counts,
    ...(lifeTimes.length > 0 && {
      lifeTime: {
        averageSeconds: lifeTimes.reduce((sum, seconds) => sum + seconds, 0) / lifeTimes.length,
        medianSeconds: lifeTimes[Math.floor(lifeTimes.length / 2)],
      },
    }),
  };
}
