// Bounds how many probes are in flight (marathon.md 17.2, --max_concurrent_marathon_health_checks). Those that wait take
// turns by app, so that the slow tasks of one app do not hold up the checks of the others more than they must. Each check
// waits at most once, so that the queue is no longer than there are checks.

type Job = () => Promise<void>;

/** Constant cost per probe. */
export class ProbeQueue {
  readonly #limit: number;
  #inFlight = 0;
  /** Jobs that wait, by app; the app whose turn it is comes first. Never holds an empty set. */
  readonly #waiting = new Map<string, Set<Job>>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Runs `job` now or when it is its turn. What it answers takes the job back if it has not begun. */
  add(turn: string, job: Job): () => void {
    const jobs = this.#waiting.get(turn);
    if (jobs === undefined) this.#waiting.set(turn, new Set([job]));
    else jobs.add(job);
    this.#fill();
    return () => this.#remove(turn, job);
  }

  #remove(turn: string, job: Job): void {
    const jobs = this.#waiting.get(turn);
    if (jobs?.delete(job) && jobs.size === 0) this.#waiting.delete(turn);
  }

  #fill(): void {
    while (this.#inFlight < this.#limit) {
      const job = this.#take();
      if (job === undefined) return;
      this.#inFlight += 1;
      void this.#run(job);
    }
  }

  #take(): Job | undefined {
    for (const [turn, jobs] of this.#waiting) {
      this.#waiting.delete(turn);
      for (const job of jobs) {
        jobs.delete(job);
        if (jobs.size > 0) this.#waiting.set(turn, jobs);
        return job;
      }
    }
    return undefined;
  }

  async #run(job: Job): Promise<void> {
    try {
      await job();
    } finally {
      this.#inFlight -= 1;
      this.#fill();
    }
  }
}
