import { describe, expect, it } from 'vitest';
import { ProbeQueue } from '../../../../src/daemon/marathon/health/probe-queue.ts';

/** Jobs that end when told to. */
class Jobs {
  readonly begun: string[] = [];
  readonly #ends: (() => void)[] = [];

  make(name: string): () => Promise<void> {
    return () => {
      this.begun.push(name);
      return new Promise((resolve) => this.#ends.push(resolve));
    };
  }

  async endOne(): Promise<void> {
    this.#ends.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('probes', () => {
  it('are never more at once than the limit', async () => {
    const queue = new ProbeQueue(2);
    const jobs = new Jobs();
    for (const name of ['a', 'b', 'c']) queue.add('x', jobs.make(name));
    expect(jobs.begun).toEqual(['a', 'b']);
    await jobs.endOne();
    expect(jobs.begun).toEqual(['a', 'b', 'c']);
    expect(queue.inFlight).toBe(2);
  });

  it('of different apps take turns, however many one app has waiting', async () => {
    const queue = new ProbeQueue(1);
    const jobs = new Jobs();
    for (const name of ['x1', 'x2', 'x3', 'x4']) queue.add('x', jobs.make(name));
    for (const name of ['y1', 'y2']) queue.add('y', jobs.make(name));
    for (let i = 0; i < 6; i++) await jobs.endOne();
    expect(jobs.begun).toEqual(['x1', 'x2', 'y1', 'x3', 'y2', 'x4']);
  });

  it('can be taken back while they wait', async () => {
    const queue = new ProbeQueue(1);
    const jobs = new Jobs();
    queue.add('x', jobs.make('a'));
    queue.add('x', jobs.make('b'))();
    queue.add('x', jobs.make('c'));
    await jobs.endOne();
    expect(jobs.begun).toEqual(['a', 'c']);
    expect(queue.inFlight).toBe(1);
  });
});
