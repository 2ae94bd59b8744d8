// Runs the health check and the check of every task that has one, from TASK_RUNNING until it is being killed or has ended,
// and tells what they find (mesos-semantics.md 9.3). What it means is decided in judgement.ts.
import type { TaskStatus_Reason } from '../../../../mesos/generated/v1.ts';
import type { World } from '../../../../world/world.ts';
import type { Background } from '../../background.ts';
import type { StatusReporter } from '../status/reporter.ts';
import type { TaskRun } from '../task-run.ts';
import { hasFailedTooOften, judgeCheck, judgeHealth, type Verdict } from './judgement.ts';
import { describe, emptyStatus, type Outcome } from './outcome.ts';
import type { Prober } from './prober.ts';
import { Rhythm } from './rhythm.ts';
import { checkRules, type HealthRules, healthRules, type ProbeRules } from './rules.ts';

/** Unacknowledged updates of a task at which its checks stop adding more; the newest finding is told once there is room. */
export const MAX_UNACKNOWLEDGED = 64;

export interface TaskChecksOptions {
  readonly world: World;
  readonly prober: Pick<Prober, 'look'>;
  readonly reporter: Pick<StatusReporter, 'report'>;
  readonly background: Background;
  /** It has failed its health check too often. */
  readonly onUnhealthy: (run: TaskRun) => void;
}

interface CheckedRun {
  readonly run: TaskRun;
  /** Monotonic time of its TASK_RUNNING, which may lie before our own start. */
  readonly sinceMs: number;
  readonly rhythms: Rhythm[];
  /** What was found while there was no room to tell. */
  untold: TaskStatus_Reason | undefined;
}

/** Costs nothing for tasks without checks. */
export class TaskChecks {
  readonly #options: TaskChecksOptions;
  readonly #checked = new Map<TaskRun, CheckedRun>();

  constructor(options: TaskChecksOptions) {
    this.#options = options;
  }

  /** Call it when the task is running, before that is reported: the report is to remember since when. */
  start(run: TaskRun): void {
    const { world } = this.#options;
    const health = run.info.health_check && healthRules(run.info.health_check);
    const check = run.info.check && checkRules(run.info.check);
    if (health === undefined && check === undefined) return;
    run.checks = { runningSinceMs: world.clock.nowMs() };
    this.#begin(run, health, check, (rules) => rules.delayMs);
  }

  /** Goes on with the checks of a task that an earlier agent started. */
  resume(run: TaskRun): void {
    const { world } = this.#options;
    const health = run.info.health_check && healthRules(run.info.health_check);
    const check = run.info.check && checkRules(run.info.check);
    if ((health === undefined && check === undefined) || run.kill !== undefined) return;
    run.checks ??= { runningSinceMs: run.runningSinceMs ?? world.clock.nowMs() };
    const ageMs = Math.max(0, world.clock.nowMs() - run.checks.runningSinceMs);
    this.#begin(run, health, check, ({ delayMs, intervalMs }) => {
      const spreadMs = Number.isFinite(intervalMs) ? world.random.float() * intervalMs : intervalMs;
      // Not all tasks of a restarted agent at once.
      return ageMs < delayMs ? delayMs - ageMs : spreadMs;
    });
    if (health !== undefined && hasFailedTooOften(run.checks, health)) this.#options.onUnhealthy(run);
  }

  /** The task has ended. */
  end(run: TaskRun): void {
    for (const rhythm of this.#checked.get(run)?.rhythms ?? []) rhythm.end();
    this.#checked.delete(run);
  }

  /** An update of this task was acknowledged: there may be room for what could not be told. */
  acknowledged(run: TaskRun): void {
    const checked = this.#checked.get(run);
    if (checked?.untold !== undefined && isWanted(run)) this.#tell(checked, checked.untold);
  }

  /** The agent stops. */
  close(): void {
    for (const run of [...this.#checked.keys()]) this.end(run);
  }

  #begin(
    run: TaskRun,
    health: HealthRules | undefined,
    check: ProbeRules | undefined,
    firstDelayMs: (rules: ProbeRules) => number,
  ): void {
    const { clock } = this.#options.world;
    const ageMs = Math.max(0, clock.nowMs() - (run.checks?.runningSinceMs ?? clock.nowMs()));
    const checked: CheckedRun = { run, sinceMs: clock.monotonicMs() - ageMs, rhythms: [], untold: undefined };
    this.#checked.set(run, checked);
    if (check !== undefined) {
      const rhythm = this.#rhythm(checked, check, () => this.#check(checked, check));
      rhythm.start(firstDelayMs(check));
    }
    if (health !== undefined) {
      const rhythm = this.#rhythm(checked, health, () => this.#checkHealth(checked, health));
      rhythm.start(firstDelayMs(health));
    }
  }

  #rhythm(checked: CheckedRun, { intervalMs }: ProbeRules, look: () => Promise<void>): Rhythm {
    const { world, background } = this.#options;
    const isWantedNow = (): boolean => this.#isGoing(checked);
    const rhythm = new Rhythm({ clock: world.clock, background, intervalMs, look, isWanted: isWantedNow });
    checked.rhythms.push(rhythm);
    return rhythm;
  }

  async #check(checked: CheckedRun, rules: ProbeRules): Promise<void> {
    const { run } = checked;
    const outcome = await this.#options.prober.look(run, 'check', rules);
    if (!this.#isGoing(checked) || run.checks === undefined) return;
    const verdict = judgeCheck(run.checks, emptyStatus(rules.target.type), outcome);
    this.#log('check', run, outcome, verdict);
    run.checks = verdict.memory;
    if (verdict.isNews) this.#tell(checked, 'REASON_TASK_CHECK_STATUS_UPDATED');
  }

  async #checkHealth(checked: CheckedRun, rules: HealthRules): Promise<void> {
    const { run } = checked;
    const { prober, world, onUnhealthy } = this.#options;
    const outcome = await prober.look(run, 'health', rules);
    if (!this.#isGoing(checked) || run.checks === undefined) return;
    const verdict = judgeHealth(run.checks, rules, outcome, world.clock.monotonicMs() - checked.sinceMs);
    this.#log('health check', run, outcome, verdict);
    run.checks = verdict.memory;
    if (verdict.isNews) this.#tell(checked, 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED');
    if (verdict.mustDie) onUnhealthy(run);
  }

  /** Results that come after this says no are of no interest: the task is being killed, or has ended. */
  #isGoing({ run }: CheckedRun): boolean {
    return this.#checked.has(run) && isWanted(run);
  }

  #tell(checked: CheckedRun, reason: TaskStatus_Reason): void {
    const { run } = checked;
    const hasRoom = run.unacknowledged.length < MAX_UNACKNOWLEDGED;
    checked.untold = hasRoom ? undefined : reason;
    if (hasRoom) this.#options.reporter.report(run, { state: 'TASK_RUNNING', source: 'SOURCE_EXECUTOR', reason });
  }

  #log(what: string, { taskId }: TaskRun, outcome: Outcome, verdict: Verdict): void {
    const { log } = this.#options.world;
    const found = describe(outcome);
    if (outcome.kind === 'not-run' && outcome.why !== undefined)
      log.warn(`a ${what} could not be run`, { taskId, why: found });
    else if (verdict.isNews) {
      const { healthy, failures } = verdict.memory;
      log.info(`a ${what} found something new`, { taskId, found, healthy, failures });
    } else log.debug(`a ${what} was run`, { taskId, found });
  }
}

function isWanted(run: TaskRun): boolean {
  return run.phase === 'running' && run.kill === undefined && !run.isAbandoned && !run.isTerminal;
}
