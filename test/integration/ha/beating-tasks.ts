// Tasks that say that they start and then, once a second, that they live; each into a file of its own. Whatever becomes of
// the daemons, a task that was started is not started again, and goes on beating.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One task, by its own account. Times in ms since 1970. */
export interface Beats {
  readonly taskId: string;
  readonly starts: number;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Longest time between two signs of life. */
  readonly longestGapMs: number;
}

export class BeatingTasks {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true });
  }

  /** For the `cmd` of an app. */
  get command(): string {
    const file = `${this.#directory}/$MESOS_TASK_ID`;
    return `echo "start $(date +%s%3N)" >> ${file}; while :; do echo "beat $(date +%s%3N)" >> ${file}; sleep 1; done`;
  }

  /** Of every task that ever started whose id begins like this. */
  read(prefix: string): Beats[] {
    return readdirSync(this.#directory)
      .filter((name) => name.startsWith(prefix))
      .sort()
      .map((taskId) => beatsOf(taskId, readFileSync(join(this.#directory, taskId), 'utf8')));
  }
}

function beatsOf(taskId: string, text: string): Beats {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  const times = lines.map(([, ms]) => Number(ms));
  const gaps = times.slice(1).map((ms, index) => ms - (times[index] ?? ms));
  return {
    taskId,
    starts: lines.filter(([what]) => what === 'start').length,
    firstMs: times[0] ?? 0,
    lastMs: times.at(-1) ?? 0,
    longestGapMs: Math.max(0, ...gaps),
  };
}
