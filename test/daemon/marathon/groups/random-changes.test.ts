// Whatever is done to the tree, it holds what a naive nested model of it holds, and what is durable is the same.
import { expect, test } from 'vitest';
import { applyGroupUpdate, parseGroupUpdate } from '../../../../src/daemon/marathon/groups/index.ts';
import { putGroup, removeApp, removeGroup } from '../../../../src/daemon/marathon/model/root-group.ts';
import { Refusal } from '../../../../src/daemon/marathon/refusals.ts';
import fc from '../../../fast-check.ts';
import { type Harness, harness, path, shown } from './support/tree.ts';

/** Instances by app, and the groups, as paths: the tree as somebody would write it down. */
interface Model {
  readonly apps: Map<string, number>;
  readonly groups: Set<string>;
}

interface Step {
  readonly kind: 'put' | 'remove' | 'group' | 'removeGroup' | 'set' | 'scale';
  readonly id: string;
  readonly instances: number;
  /** Of the apps that `set` leaves in the group. */
  readonly names: readonly string[];
}

const id = fc
  .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 })
  .map((names) => `/${names.join('/')}`);
const instances = fc.integer({ min: 0, max: 3 });
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('put', 'put', 'remove', 'group', 'removeGroup', 'set', 'scale'),
  id,
  instances,
  names: fc.subarray(['a', 'b', 'c']),
});

const parents = (text: string) => {
  const names = text.split('/').slice(1, -1);
  return ['/', ...names.map((_, i) => `/${names.slice(0, i + 1).join('/')}`)];
};
const within = (text: string, group: string) => text === group || text.startsWith(`${group}/`);

function modelled({ apps, groups }: Model, one: Step): Model | undefined {
  const next: Model = { apps: new Map(apps), groups: new Set(groups) };
  const addGroup = (group: string) => {
    for (const each of [...parents(group), group]) next.groups.add(each);
  };
  const addApp = (app: string, count: number) => {
    const isEmpty = ![...next.apps.keys(), ...next.groups].some((other) => other !== app && within(other, app));
    if (isEmpty) next.groups.delete(app);
    for (const each of parents(app)) next.groups.add(each);
    next.apps.set(app, count);
  };
  if (one.kind === 'put') addApp(one.id, one.instances);
  else if (one.kind === 'remove') next.apps.delete(one.id);
  else if (one.kind === 'group') addGroup(one.id);
  else if (one.kind === 'removeGroup') {
    if (!groups.has(one.id)) return next;
    for (const app of apps.keys()) if (within(app, one.id)) next.apps.delete(app);
    for (const group of groups) if (within(group, one.id)) next.groups.delete(group);
  } else if (one.kind === 'scale') {
    if (!groups.has(one.id)) return undefined;
    for (const [app, count] of apps) if (within(app, one.id)) next.apps.set(app, count * one.instances);
  } else {
    for (const app of apps.keys()) if (parents(app).at(-1) === one.id) next.apps.delete(app);
    addGroup(one.id);
    for (const name of one.names) addApp(`${one.id}/${name}`, one.instances);
  }
  return [...next.apps.keys()].some((app) => next.groups.has(app)) ? undefined : next;
}

function done(h: Harness, one: Step) {
  if (one.kind === 'put') return h.put({ id: one.id, instances: one.instances });
  if (one.kind === 'remove')
    return h.change((root) => (root.apps.has(path(one.id)) ? removeApp(root, path(one.id)) : root));
  if (one.kind === 'group') return h.change((root) => putGroup(root, path(one.id)));
  if (one.kind === 'removeGroup') return h.change((root) => removeGroup(root, path(one.id)));
  const json =
    one.kind === 'scale'
      ? { scaleBy: one.instances }
      : { apps: one.names.map((name) => ({ id: name, cmd: 'sleep 1', instances: one.instances })) };
  const update = parseGroupUpdate(json, path(one.id));
  return h.change((root, version) => applyGroupUpdate(root, update, { version, options: h.options }));
}

test('random changes give what the nested model says, are durable, and every kept root can be had again', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
      const h = await harness({ args: ['--zk_max_versions=4'] });
      let model: Model = { apps: new Map(), groups: new Set(['/']) };
      const seen = new Map([[h.tree.root.version, shown(h.tree.root)]]);
      for (const one of steps) {
        const next = modelled(model, one);
        const outcome = await done(h, one).then(
          () => 'done',
          (error: unknown) => (error instanceof Refusal ? 'refused' : Promise.reject(error)),
        );
        expect(outcome).toBe(next === undefined ? 'refused' : 'done');
        model = next ?? model;
        const { root } = h.tree;
        expect(new Map([...root.apps].map(([key, app]) => [key as string, app.instances]))).toEqual(model.apps);
        expect(new Set<string>(root.groups.keys())).toEqual(model.groups);
        seen.set(root.version, shown(root));
      }
      const again = await h.restarted();
      expect(shown(again.tree.root)).toEqual(shown(h.tree.root));
      expect(again.tree.rootVersions()).toEqual([...seen.keys()].reverse().slice(0, 4));
      for (const version of again.tree.rootVersions()) {
        const root = await again.tree.rootVersion(version);
        expect(root && shown(root)).toEqual(seen.get(version));
      }
      // Nothing lies in the store that nobody could ask for.
      const listed = new Set<string>();
      for (const appId of again.tree.root.apps.keys())
        for (const version of await again.tree.appVersions(appId)) {
          expect((await again.tree.appVersion(appId, version))?.version).toBe(version);
          listed.add(`${appId} ${version}`);
        }
      for (const version of again.tree.rootVersions())
        for (const app of (await again.tree.rootVersion(version))?.apps.values() ?? [])
          listed.add(`${app.id} ${app.version}`);
      for (const key of h.store.keys('versions/')) {
        const [, safe = '', version = ''] = key.split('/');
        expect(listed).toContain(`/${safe.replaceAll('_', '/')} ${version}`);
      }
    }),
    { numRuns: 150 },
  );
});
