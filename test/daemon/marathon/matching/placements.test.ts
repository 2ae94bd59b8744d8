import { describe, expect, it } from 'vitest';
import { Placements } from '../../../../src/daemon/marathon/matching/placements.ts';
import type { Condition, Instance, InstanceId } from '../../../../src/daemon/marathon/model/instance.ts';
import type { Timestamp } from '../../../../src/daemon/marathon/model/time.ts';
import { app, constraint } from './support.ts';

const constraints = [constraint('hostname', 'UNIQUE')];
const OLD = app({ constraints });
const SCALED = app({ constraints, instances: 9, version: '2021-02-01T00:00:00.000Z' as Timestamp });
const NEW_VERSION = '2021-03-01T00:00:00.000Z' as Timestamp;
const NEW = app({
  constraints,
  version: NEW_VERSION,
  versionInfo: { lastScalingAt: NEW_VERSION, lastConfigChangeAt: NEW_VERSION },
});

function instance(of: typeof OLD, condition: Condition, changes: Partial<Instance> = {}): Instance {
  return {
    id: 'web_product.instance-1' as InstanceId,
    app: of,
    goal: 'Running',
    condition,
    sinceMs: 0,
    agent: { id: 'a1', host: 'h1', attributes: [] },
    ...changes,
  };
}

const placedOn = (placements: Placements, of: typeof OLD): number => placements.of(of).counts('hostname').of('h1');

describe('instances that constraints compare with', () => {
  it('are those of the same configuration, whatever it was scaled to', () => {
    const placements = new Placements([instance(OLD, 'Running')]);
    expect(placedOn(placements, SCALED)).toBe(1);
    expect(placedOn(placements, NEW)).toBe(0);
  });

  it.each([
    ['Provisioned', 1],
    ['Staging', 1],
    ['Starting', 1],
    ['Running', 1],
    ['Killing', 1],
    ['Scheduled', 0],
    ['Unreachable', 0],
    ['UnreachableInactive', 0],
    ['Gone', 0],
    ['Unknown', 0],
    ['Dropped', 0],
    // They wait to be launched again.
    ['Failed', 0],
    ['Finished', 0],
    ['Error', 0],
    ['Killed', 0],
  ] as const)('%s: %i', (condition, count) => {
    expect(placedOn(new Placements([instance(OLD, condition)]), OLD)).toBe(count);
  });

  it('follow every change', () => {
    const placements = new Placements();
    const running = instance(OLD, 'Running');
    placements.changed({ before: undefined, after: running });
    expect(placedOn(placements, OLD)).toBe(1);
    const lost = instance(OLD, 'Unreachable');
    placements.changed({ before: running, after: lost });
    expect(placedOn(placements, OLD)).toBe(0);
    placements.changed({ before: lost, after: running });
    const relaunched = instance(NEW, 'Provisioned', { agent: { id: 'a2', host: 'h2', attributes: [] } });
    placements.changed({ before: running, after: relaunched });
    expect(placedOn(placements, OLD)).toBe(0);
    expect(placements.of(NEW).counts('hostname').of('h2')).toBe(1);
    placements.changed({ before: relaunched, after: undefined });
    expect(placements.of(NEW).size).toBe(0);
  });
});
