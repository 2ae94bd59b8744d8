import { describe, expect, it } from 'vitest';
import { selectVictims } from '../../../../src/daemon/marathon/deployments/victims.ts';
import type { App } from '../../../../src/daemon/marathon/model/app.ts';
import type { Condition, Instance, InstanceId } from '../../../../src/daemon/marathon/model/instance.ts';
import fc from '../../../fast-check.ts';
import { makeApp } from '../instances/support/app.ts';

/** `1` is started at 1 ms; conditions other than Running can be given, and a host. */
function instance(n: number, condition: Condition = 'Running', host = `h${n}`, more: Partial<Instance> = {}): Instance {
  return {
    id: `a.instance-${n}` as InstanceId,
    app: makeApp('/a'),
    goal: 'Running',
    condition,
    sinceMs: n,
    ...(condition === 'Scheduled'
      ? {}
      : {
          agent: { id: host, host, zone: `z-${host}`, attributes: [] },
          task: { id: `t${n}`, incarnation: 1, stagedAtMs: n, startedAtMs: n, hostPorts: [] },
        }),
    ...more,
  };
}

const numbers = (victims: readonly Instance[]) => victims.map(({ id }) => Number(id.split('-').at(-1)));
const pick = (instances: readonly Instance[], count: number, app: Partial<App> = {}, named?: readonly number[]) =>
  numbers(
    selectVictims({
      app: makeApp('/a', app),
      instances,
      count,
      ...(named && { named: named.map((n) => `a.instance-${n}` as InstanceId) }),
    }),
  );
const groupBy = (field: string, value?: string): Partial<App> => ({
  constraints: [{ field, operator: 'GROUP_BY', ...(value !== undefined && { value }) }],
});

describe('victims of a scale-down', () => {
  it('are the named ones first', () => {
    expect(pick([instance(1), instance(2), instance(3, 'Scheduled')], 2, {}, [1])).toEqual([1, 3]);
  });

  it('are those without a task before any other, then lost ones, then those that do not run yet', () => {
    const instances = [
      instance(1),
      instance(2, 'Starting'),
      instance(3, 'Staging'),
      instance(4, 'Unreachable'),
      instance(5, 'Scheduled'),
      instance(6, 'Failed'),
    ];
    expect(pick(instances, 6)).toEqual([6, 5, 4, 3, 2, 1]);
  });

  it('are the youngest, or the oldest where the app says so', () => {
    const instances = [instance(1), instance(2), instance(3)];
    expect(pick(instances, 2)).toEqual([3, 2]);
    expect(pick(instances, 2, { killSelection: 'OLDEST_FIRST' })).toEqual([1, 2]);
  });

  it('are none that end already, or that were given up as unreachable', () => {
    const instances = [
      instance(1, 'Running', 'h1', { goal: 'Decommissioned' }),
      instance(2, 'UnreachableInactive'),
      instance(3),
    ];
    expect(pick(instances, 3)).toEqual([3]);
    expect(pick([], 3)).toEqual([]);
  });

  it('keep a GROUP_BY distribution even: the biggest groups lose', () => {
    const instances = [
      instance(1, 'Running', 'a'),
      instance(2, 'Running', 'a'),
      instance(3, 'Running', 'a'),
      instance(4, 'Running', 'b'),
      instance(5, 'Running', 'b'),
      instance(6, 'Running', 'c'),
    ];
    expect(pick(instances, 2, groupBy('hostname'))).toEqual([3, 5]);
    expect(pick(instances, 3, groupBy('@zone'))).toEqual([3, 5, 2]);
  });

  it('keep two distributions even where one victim can', () => {
    const at = (n: number, host: string, zone: string) =>
      instance(n, 'Running', host, { agent: { id: host, host, zone, attributes: [] } });
    const instances = [at(1, 'a', 'x'), at(2, 'a', 'y'), at(3, 'b', 'y'), at(4, 'c', 'y')];
    const constraints: Partial<App> = {
      constraints: [
        { field: 'hostname', operator: 'GROUP_BY' },
        { field: '@zone', operator: 'GROUP_BY' },
      ],
    };
    expect(pick(instances, 1, constraints)).toEqual([2]);
  });

  it('come by condition and age where no distribution can be kept', () => {
    const instances = [instance(1, 'Running', 'a'), instance(2, 'Staging', 'a')];
    expect(pick(instances, 1, { constraints: [{ field: 'hostname', operator: 'UNIQUE' }] })).toEqual([2]);
  });

  it('are as many as asked for, each once, and leave an even spread even', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4), { minLength: 1, maxLength: 40 }), fc.nat(45), (hosts, count) => {
        const instances = hosts.map((host, i) => instance(i + 1, 'Running', `h${host}`));
        const victims = pick(instances, count, groupBy('hostname'));
        expect(new Set(victims).size).toBe(Math.min(count, hosts.length));
        const spread = (numbers: readonly number[]) => {
          const sizes = [...new Set(hosts)].map((host) => numbers.filter((n) => hosts[n - 1] === host).length);
          return Math.max(...sizes) - Math.min(...sizes);
        };
        const all = instances.map((_, i) => i + 1);
        const left = all.filter((n) => !victims.includes(n));
        expect(spread(left)).toBeLessThanOrEqual(Math.max(1, spread(all)));
      }),
    );
  });
});
