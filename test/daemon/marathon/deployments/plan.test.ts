import { describe, expect, it } from 'vitest';
import { makePlan } from '../../../../src/daemon/marathon/deployments/plan.ts';
import { planJson } from '../../../../src/daemon/marathon/deployments/plan-json.ts';
import type { App } from '../../../../src/daemon/marathon/model/app.ts';
import { affectedApps } from '../../../../src/daemon/marathon/model/deployment.ts';
import type { InstanceId } from '../../../../src/daemon/marathon/model/instance.ts';
import { type PathId, resolvePath } from '../../../../src/daemon/marathon/model/path-id.ts';
import {
  emptyRoot,
  putApp,
  putGroup,
  type RootGroup,
  removeApp,
} from '../../../../src/daemon/marathon/model/root-group.ts';
import { timestamp } from '../../../../src/daemon/marathon/model/time.ts';
import { makeApp, versionAfter } from '../instances/support/app.ts';

const path = (id: string) => resolvePath(id);
const V2 = versionAfter(1000);

function rootOf(...apps: App[]): RootGroup {
  return apps.reduce(putApp, emptyRoot(timestamp(0)));
}

const on = (...ids: string[]) => ({ dependencies: ids.map(path) });

/** A changed configuration. */
const changed = (app: App): App => ({
  ...app,
  version: V2,
  versionInfo: { lastScalingAt: V2, lastConfigChangeAt: V2 },
});
const scaled = (app: App, instances: number): App => ({
  ...app,
  instances,
  version: V2,
  versionInfo: { lastScalingAt: V2, lastConfigChangeAt: app.version },
});

function plan(before: RootGroup, after: RootGroup, more: { restart?: PathId[]; kill?: [PathId, InstanceId[]][] } = {}) {
  const ids = new Set([...before.apps.keys(), ...after.apps.keys()]);
  const apps = [...ids].flatMap((id) => {
    const change = { id, before: before.apps.get(id), after: after.apps.get(id) };
    return change.before === change.after ? [] : [change];
  });
  return makePlan({
    id: 'd',
    version: V2,
    before,
    after,
    changes: { apps, groups: [] },
    ...(more.restart && { restart: more.restart }),
    instancesToKill: new Map(more.kill),
  });
}

const shown = (...args: Parameters<typeof plan>) =>
  planJson(plan(...args)).steps.map(({ actions }) =>
    actions.map(({ action, app }) => `${action.replace('Application', '')} ${app}`).sort(),
  );

describe('a plan', () => {
  it('starts all new apps, then scales them layer by layer of dependencies', () => {
    const after = rootOf(makeApp('/web', on('/api')), makeApp('/db'), makeApp('/api', on('/db')));
    expect(shown(rootOf(), after)).toEqual([
      ['Start /api', 'Start /db', 'Start /web'],
      ['Scale /db'],
      ['Scale /api'],
      ['Scale /web'],
    ]);
  });

  it('has independent apps share the first layer', () => {
    const after = rootOf(makeApp('/a'), makeApp('/b'), makeApp('/c', on('/b')));
    expect(shown(rootOf(), after)).toEqual([
      ['Start /a', 'Start /b', 'Start /c'],
      ['Scale /a', 'Scale /b'],
      ['Scale /c'],
    ]);
  });

  it('removes in one step and first, whatever depends on whatever', () => {
    const db = makeApp('/db');
    const before = rootOf(db, makeApp('/api', on('/db')), makeApp('/old'));
    expect(shown(before, rootOf(makeApp('/new')))).toEqual([
      ['Stop /api', 'Stop /db', 'Stop /old'],
      ['Start /new'],
      ['Scale /new'],
    ]);
  });

  it('scales what differs in size only, restarts what differs in configuration, leaves the rest', () => {
    const [a, b, c] = [makeApp('/a'), makeApp('/b'), makeApp('/c')];
    expect(shown(rootOf(a, b, c), rootOf(scaled(a, 4), changed(b), c))).toEqual([['Restart /b', 'Scale /a']]);
  });

  it('scales to nothing what has no instances any more, even with a new configuration', () => {
    const a = makeApp('/a');
    expect(shown(rootOf(a), rootOf({ ...changed(a), instances: 0 }))).toEqual([['Scale /a']]);
  });

  it('starts and scales a new app that is to have no instances', () => {
    expect(shown(rootOf(), rootOf(makeApp('/a', { instances: 0 })))).toEqual([['Start /a'], ['Scale /a']]);
  });

  it('restarts an app on request, though nothing of it changed', () => {
    const a = makeApp('/a');
    const root = rootOf(a, makeApp('/b'));
    expect(shown(root, root, { restart: [path('/a')] })).toEqual([['Restart /a']]);
    expect([...affectedApps(plan(root, root, { restart: [path('/a')] }))]).toEqual(['/a']);
    expect(shown(root, putApp(root, changed(a)), { restart: [path('/a')] })).toEqual([['Restart /a']]);
  });

  it('has no steps when nothing changed', () => {
    const root = rootOf(makeApp('/a'));
    expect(shown(root, root)).toEqual([]);
    expect(shown(root, putApp(root, { ...makeApp('/a'), executorResources: { cpus: 1, mem: 1, disk: 0 } }))).toEqual(
      [],
    );
  });

  it('takes the length of a chain from unchanged apps too', () => {
    const db = makeApp('/db');
    const api = makeApp('/api', on('/db'));
    const web = makeApp('/web', on('/api'));
    const other = makeApp('/other');
    const before = rootOf(db, api, web, other);
    expect(shown(before, rootOf(db, api, changed(web), changed(other)))).toEqual([
      ['Restart /other'],
      ['Restart /web'],
    ]);
    expect(shown(before, rootOf(changed(db), api, changed(web), other))).toEqual([['Restart /db'], ['Restart /web']]);
  });

  it('expands dependencies on groups, and of groups, to all apps in them', () => {
    let after = rootOf(makeApp('/data/a'), makeApp('/data/deep/b'), makeApp('/front/c'), makeApp('/d', on('/front')));
    after = putGroup(after, path('/front'), on('/data'));
    expect(shown(rootOf(), after).slice(1)).toEqual([
      ['Scale /data/a', 'Scale /data/deep/b'],
      ['Scale /front/c'],
      ['Scale /d'],
    ]);
  });

  it('names the instances to be killed with a scale', () => {
    const a = makeApp('/a', { instances: 3 });
    const kill: [PathId, InstanceId[]][] = [[path('/a'), ['a.instance-1' as InstanceId]]];
    expect(plan(rootOf(a), rootOf(scaled(a, 2)), { kill }).steps[0]?.actions[0]).toMatchObject({
      kind: 'ScaleApplication',
      instancesToKill: ['a.instance-1'],
    });
  });

  it('refuses a circle, which validation never lets through', () => {
    const after = rootOf(makeApp('/a', on('/b')), makeApp('/b', on('/a')));
    expect(() => plan(rootOf(), after)).toThrow(/lead back/);
  });

  it('plans a chain of 5,000 apps, and one change among 20,000 costs no more for the others', () => {
    const chain = Array.from({ length: 5_000 }, (_, i) => makeApp(`/c${i}`, i === 0 ? {} : on(`/c${i - 1}`)));
    const before = rootOf(...chain, ...Array.from({ length: 15_000 }, (_, i) => makeApp(`/o${i}`)));
    expect(shown(rootOf(), rootOf(...chain))).toHaveLength(5_001);
    const o1 = makeApp('/o1');
    const after = putApp(before, changed(o1));
    const change = { id: o1.id, before: o1, after: changed(o1) };
    const startedAt = process.cpuUsage();
    for (let i = 0; i < 1_000; i += 1)
      makePlan({ id: 'd', version: V2, before, after, changes: { apps: [change], groups: [] } });
    // Time of the processor, whoever else has it. With all 20,000 looked at it would be seconds.
    expect(process.cpuUsage(startedAt).user / 1000).toBeLessThan(1_000);
  });

  it('shows its steps without definitions', () => {
    const before = rootOf(makeApp('/a'));
    expect(planJson(plan(before, removeApp(before, path('/a'))))).toEqual({
      id: 'd',
      version: V2,
      steps: [{ actions: [{ action: 'StopApplication', app: '/a' }] }],
    });
  });
});
