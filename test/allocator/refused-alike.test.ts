import { describe, expect, it } from 'vitest';
import { Places, RefusedAlike } from '../../src/allocator/refused-alike.ts';
import { Resources } from '../../src/mesos/resources.ts';
import { SmallCluster } from './small-cluster.ts';

const AGENT = 'cpus:2;mem:100';
const WHAT = Resources.parse(AGENT);

describe('who refused the very same thing', () => {
  it('is known of every place, however high, until the filter goes', () => {
    const refused = new RefusedAlike();
    const places = [0, 31, 32, 1000];
    for (const place of places) refused.add(WHAT, place);
    expect(Array.from({ length: 1100 }, (_, place) => place).filter((place) => refused.has(WHAT, place))).toEqual(
      places,
    );
    refused.delete(WHAT, 31);
    expect(places.filter((place) => refused.has(WHAT, place))).toEqual([0, 32, 1000]);
  });

  it('is forgotten as soon as something else is refused, and says nothing of that', () => {
    const refused = new RefusedAlike();
    const other = Resources.parse('cpus:1');
    refused.add(WHAT, 3);
    expect(refused.has(other, 3)).toBe(false);
    refused.add(other, 5);
    expect([3, 5].map((place) => refused.has(WHAT, place))).toEqual([false, false]);
    refused.delete(WHAT, 5);
    expect(refused.has(other, 5)).toBe(true);
  });

  it('is no matter of who had the place before', () => {
    const places = new Places();
    expect([places.take(), places.take()]).toEqual([0, 1]);
    places.giveBack(0);
    expect([places.take(), places.take()]).toEqual([0, 2]);
    const cluster = new SmallCluster().framework('F', '*').agent('a1', AGENT);
    expect(cluster.events()).toHaveLength(1);
    cluster.decline('F', 'a1', AGENT, 3600);
    expect(cluster.tick()).toEqual([]);
    cluster.allocator.removeFramework('F');
    cluster.framework('G', '*');
    expect(cluster.tick()).toEqual([`a1 G *: cpus:2; mem:100`]);
  });

  it('does not keep somebody who is known by a smaller refusal from what is larger', () => {
    const cluster = new SmallCluster().framework('F', '*').framework('G', '*').agent('a1', AGENT);
    expect(cluster.events()).toEqual(['a1 F *: cpus:2; mem:100']);
    cluster.decline('F', 'a1', AGENT, 3600);
    expect(cluster.tick()).toEqual(['a1 G *: cpus:2; mem:100']);
    cluster.use('G', 'a1', 'cpus:1');
    cluster.decline('G', 'a1', 'cpus:1;mem:100', 3600);
    expect(cluster.tick()).toEqual([]);
    cluster.finish('G', 'a1', 'cpus:1');
    expect(cluster.tick()).toEqual(['a1 G *: cpus:2; mem:100']);
    cluster.decline('G', 'a1', AGENT, 3600);
    expect(cluster.tick()).toEqual([]);
    cluster.allocator.revive('F');
    expect(cluster.events()).toEqual(['a1 F *: cpus:2; mem:100']);
  });
});
