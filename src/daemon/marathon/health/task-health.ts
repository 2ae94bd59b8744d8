// What is known of the health of one task: a result for each check of its app, and what they say together.
import type { HealthResult } from '../core.ts';
import type { HealthCheck } from '../model/app.ts';
import type { Instance } from '../model/instance.ts';
import type { Outcome } from './judge.ts';
import type { ProbeLoop } from './probe-loop.ts';

/** One check of one task. */
export interface CheckOfTask {
  readonly check: HealthCheck;
  /** undefined: no probe has finished. */
  result: HealthResult | undefined;
  /** While Marathon probes it. */
  loop: ProbeLoop<Outcome> | undefined;
}

/** marathon.md 3.8: with at least one result, healthy when all are alive, else unhealthy. */
export type Mark = 'healthy' | 'unhealthy' | undefined;

/** Lives as long as the incarnation. */
export class TaskHealth {
  /** As it is now. */
  instance: Instance;
  readonly taskId: string;
  readonly checks: readonly CheckOfTask[];
  /** On the monotonic clock; undefined while it does not run. */
  runningSinceMs: number | undefined;
  hasRun = false;
  /** It was found out and is being killed: once is enough. */
  isCondemned = false;

  constructor(instance: Instance, taskId: string) {
    this.instance = instance;
    this.taskId = taskId;
    this.checks = instance.app.healthChecks.map((check) => ({ check, result: undefined, loop: undefined }));
  }

  get results(): readonly HealthResult[] {
    return this.checks.flatMap(({ result }) => (result === undefined ? [] : [result]));
  }

  /** marathon.md 16.1, "aggregated health": undefined while some check has no result. */
  get health(): boolean | undefined {
    if (this.checks.some(({ result }) => result === undefined)) return undefined;
    return this.checks.every(({ result }) => result?.alive === true);
  }

  get mark(): Mark {
    const { results } = this;
    if (results.length === 0) return undefined;
    return results.every(({ alive }) => alive) ? 'healthy' : 'unhealthy';
  }
}
