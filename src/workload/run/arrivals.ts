// When jobs come. Every stream of jobs has a stream of chance of its own, so that the same jobs come at the same times
// whoever decides what runs where.
import { SeededRandom } from '../../simulation/core/random.ts';
import { draw } from '../draw.ts';
import type { FrameworkRun } from './framework.ts';
import { JobRun } from './job.ts';
import type { TaskKind } from './task-kind.ts';

export class JobStream {
  readonly framework: FrameworkRun;
  readonly kind: TaskKind;
  readonly #agentCount: number;
  readonly #random: () => number;
  #come = 0;

  constructor(framework: FrameworkRun, kind: TaskKind, place: number, seed: number, agentCount: number) {
    const chance = new SeededRandom(seed, `workload/${framework.id}/${place}`);
    this.framework = framework;
    this.kind = kind;
    this.#agentCount = agentCount;
    this.#random = () => chance.float();
  }

  firstMs(): number {
    return draw(this.kind.spec.start, this.#random);
  }

  next(nowMs: number): JobRun {
    const { framework } = this;
    this.#come += 1;
    framework.record.jobsCome += 1;
    return new JobRun(this.kind, framework.record.jobsCome, nowMs, this.#random, this.#agentCount);
  }

  /** From one to the next, in ms; undefined: there is none any more. */
  gapMs(): number | undefined {
    const { count, arrivals } = this.kind.spec;
    if (count !== undefined && this.#come >= count) return undefined;
    return draw(arrivals.gap, this.#random);
  }
}
