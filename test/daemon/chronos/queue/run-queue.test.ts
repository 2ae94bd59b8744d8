import { afterEach, describe, expect, test } from 'vitest';
import { CoreRig, iso, T0 } from '../support/core-rig.ts';

const SECOND = 1_000;
const HOUR = 3_600_000;
const NEVER = `R0/${iso(T0)}/PT1H`;

let rig: CoreRig;
afterEach(() => expect(rig.errors).toEqual([]));

const waiting = (): string[] => [...rig.queue.waiting()].map(({ key }) => key.job);

/** Queues one run of each, in that order. */
async function queue(names: readonly string[], isHigh: (name: string) => boolean = () => false): Promise<void> {
  rig.offers = false;
  for (const name of names) {
    rig.put(name, NEVER, { highPriority: isHigh(name) });
    rig.runs.start(name, '');
  }
  await rig.pass(1);
}

describe('The queue', () => {
  test('tries high priority first, but one other after ten of them (chronos.md 4.1.5)', async () => {
    rig = await CoreRig.start();
    const high = Array.from({ length: 12 }, (_, i) => `h${i}`);
    await queue(['n0', 'n1', 'n2', ...high], (name) => name.startsWith('h'));
    expect(rig.queue.lengths).toEqual({ high: 12, normal: 3 });
    expect(waiting()).toEqual([...high.slice(0, 10), 'n0', 'h10', 'h11', 'n1', 'n2']);
  });

  test('counts the ten over rounds', async () => {
    rig = await CoreRig.start();
    const high = Array.from({ length: 12 }, (_, i) => `h${i}`);
    await queue(['n0', ...high], (name) => name.startsWith('h'));
    for (let i = 0; i < 10; i += 1) {
      const [first] = rig.queue.waiting();
      if (first !== undefined) await rig.runs.launching(first, `ct:${i}:0:${first.key.job}:`, { id: 'a', host: 'a' });
    }
    expect(waiting()).toEqual(['n0', 'h10', 'h11']);
  });

  test('lets those take turns that have waited for a minute', async () => {
    rig = await CoreRig.start();
    await queue(['n0', 'n1', 'h0', 'h1', 'h2'], (name) => name.startsWith('h'));
    await rig.pass(60 * SECOND);
    expect(waiting()).toEqual(['h0', 'n0', 'h1', 'n1', 'h2']);
  });

  test('tells why a run waits, and which jobs no agent could take (chronos.md 4.5.2, 17.7, 21.11)', async () => {
    rig = await CoreRig.start();
    await queue(['j']);
    expect(rig.queue.why('j')).toContain('no offer');
    rig.queue.tried('j', { why: 'rack UNLIKE r1: no agent has the attribute rack', isUnplaceable: true });
    expect(rig.queue.why('j')).toContain('rack UNLIKE r1');
    expect([...rig.queue.unplaceable().keys()]).toEqual(['j']);
    rig.queue.tried('j', { why: 'cpus', isUnplaceable: false });
    expect(rig.queue.unplaceable().size).toBe(0);
    rig.queue.tried('j', { why: 'cpus', isUnplaceable: true });
    await rig.offer();
    expect(rig.queue.why('j')).toBeUndefined();
    expect(rig.queue.unplaceable().size).toBe(0);
  });

  test('is told of in the turn that something comes or goes', async () => {
    rig = await CoreRig.start();
    rig.offers = false;
    let changes = 0;
    rig.queue.onChange(() => {
      changes += 1;
    });
    await queue(['j']);
    expect(changes).toBe(1);
    rig.runs.kill('j');
    expect(changes).toBe(2);
    expect(rig.queue.lengths).toEqual({ high: 0, normal: 0 });
  });

  test('is empty of jobs that are deleted, and comes back as it was', async () => {
    rig = await CoreRig.start();
    await queue(['a', 'b', 'c']);
    rig.jobs.remove('b', 'relink');
    await rig.pass(HOUR);
    await rig.restart();
    expect(waiting()).toEqual(['a', 'c']);
  });
});
