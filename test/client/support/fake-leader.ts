// An election whose leader the test names.
import type { LeaderFinding, LeaderSource } from '../../../src/client/leader-source.ts';

export class FakeLeader implements LeaderSource {
  readonly where = 'zk://z:2181/mesos';
  /** What `find` says while nobody leads. */
  finding: LeaderFinding = { kind: 'nobody', message: 'no master leads' };
  current: string | undefined;
  readonly #watchers = new Set<(base: string | undefined) => void>();

  constructor(current?: string) {
    this.current = current;
  }

  get watchers(): number {
    return this.#watchers.size;
  }

  watch(fn: (base: string | undefined) => void): { stop(): void } {
    this.#watchers.add(fn);
    const { current } = this;
    setImmediate(() => this.#watchers.has(fn) && fn(current));
    return { stop: () => void this.#watchers.delete(fn) };
  }

  async find(): Promise<LeaderFinding> {
    return this.current === undefined ? this.finding : { kind: 'found', base: this.current };
  }

  elect(base: string | undefined): void {
    this.current = base;
    for (const fn of [...this.#watchers]) fn(base);
  }
}
