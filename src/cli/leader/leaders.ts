// The leaders of one or all services, once or followed.
import { Signal } from '../../cluster/zookeeper/election/signal.ts';
import type { Service } from '../ensemble/services.ts';
import { type LeaderQuestion, leadershipOf } from './find.ts';
import type { ReportSource } from './report.ts';
import type { Reports } from './view.ts';

/** Closed by whoever has it. */
export class Leaders {
  readonly #sources: ReadonlyMap<Service, ReportSource>;
  readonly #changed: Signal;

  private constructor(sources: ReadonlyMap<Service, ReportSource>, { world }: Pick<LeaderQuestion, 'world'>) {
    this.#sources = sources;
    this.#changed = new Signal(world.clock);
    for (const source of sources.values()) source.onChange(this.#changed.raise);
  }

  /** Throws Problem `usage`. */
  static of(services: readonly Service[], question: LeaderQuestion): Leaders {
    return new Leaders(new Map(services.map((service) => [service, leadershipOf(service, question)])), question);
  }

  /** As things are now. */
  async reports(): Promise<Reports> {
    const reports = [...this.#sources].map(async ([service, source]) => [service, await source.report()] as const);
    return Object.fromEntries(await Promise.all(reports));
  }

  /** Throws the first Problem when there is nothing else to tell. */
  refuseWhenNothingIsKnown(reports: Reports): void {
    const all = Object.values(reports);
    const [first] = all;
    if (first?.kind === 'trouble' && all.every(({ kind }) => kind === 'trouble')) throw first.problem;
  }

  /** Resolves as soon as there may be something new, or after that time. */
  changed(atMostMs: number): Promise<void> {
    return this.#changed.wait(atMostMs);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sources.values()].map((source) => source.close()));
  }
}
