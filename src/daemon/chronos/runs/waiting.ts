// Runs that wait and are in the way of what happens to their job: it is disabled, or another run of it is launched.
import type { Job } from '../model/job.ts';
import type { Run } from '../model/run.ts';
import type { Arrivals } from './arrivals.ts';
import type { Endings } from './endings.ts';
import type { LiveRuns } from './live-runs.ts';
import type { Outcomes } from './outcomes.ts';

/** What it takes. */
export interface WaitingCore {
  readonly live: LiveRuns;
  readonly outcomes: Outcomes;
  readonly arrivals: Arrivals;
  readonly endings: Endings;
}

/** Has no state of its own. */
export class Waiting {
  readonly #core: WaitingCore;

  constructor(core: WaitingCore) {
    this.#core = core;
  }

  /** The job was disabled (chronos.md 4.1.4); what was asked for by hand is run. */
  discard(job: Job): void {
    for (const run of this.#core.arrivals.present(job)) {
      if (run.cause === 'manual' || (run.state !== 'queued' && run.state !== 'delayed')) continue;
      this.#core.live.remove(run);
      this.#core.outcomes.ended(job, run, 'discarded', 'the job was disabled', true);
    }
  }

  /** Others of the job that wait in the queue cannot start beside this one (chronos.md 4.1.3). */
  makeWay(launching: Run): void {
    const job = this.#core.endings.jobOf(launching);
    if (job === undefined || job.definition.concurrent) return;
    for (const run of this.#core.arrivals.present(job)) {
      if (run.state !== 'queued') continue;
      if (run.attempt > 0) {
        this.#core.live.put({ ...run, state: 'delayed', sinceMs: this.#core.outcomes.nowMs() });
        continue;
      }
      this.#core.live.remove(run);
      this.#core.outcomes.ended(job, run, 'skipped-overlap', 'a task of the job is alive', true);
    }
  }
}
