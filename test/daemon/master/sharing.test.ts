// How the cluster is divided, seen by frameworks that take all they are offered.
import { describe, expect, it } from 'vitest';
import { updateWeights } from '../../../src/daemon/master/weights.ts';
import { type FakeFramework, task } from './support/fake-framework.ts';
import { Rig } from './support/rig.ts';

/** Launches a task in every offer that is not used yet, for as many rounds of allocation. */
async function takeAll(rig: Rig, frameworks: readonly FakeFramework[], rounds: number): Promise<void> {
  const used = new Set<string>();
  for (let round = 0; round < rounds; round += 1) {
    for (const framework of frameworks) {
      for (const offer of framework.offers) {
        if (used.has(offer.id.value)) continue;
        used.add(offer.id.value);
        await framework.launch(offer, task(offer, `t-${offer.id.value}`));
      }
    }
    await rig.pass(1_000);
  }
}

const tasksOf = (rig: Rig, framework: FakeFramework): number =>
  rig.core.state.frameworks.get(framework.id)?.tasks.size ?? 0;

describe('a cluster that is used up', () => {
  it('is divided by weights: two thirds to a role of weight 2 beside one of weight 1', async () => {
    const rig = await Rig.start('--weights=x=2,y=1');
    const frameworks = [await rig.subscribed({ roles: ['x'] }), await rig.subscribed({ roles: ['y'] })];
    for (let i = 0; i < 3; i += 1) await rig.registered('cpus:2;mem:256');
    await takeAll(rig, frameworks, 8);
    expect(frameworks.map((framework) => tasksOf(rig, framework))).toEqual([4, 2]);
  });

  it.each([
    ['drf', (x: number) => x === 0],
    ['random', (x: number) => x > 0 && x < 12],
  ])('with --role_sorter=%s goes to who has less, or by lot', async (sorter, isRight) => {
    const rig = await Rig.start(`--role_sorter=${sorter}`, `--framework_sorter=${sorter}`);
    const rich = await rig.subscribed({ roles: ['x'] });
    for (let i = 0; i < 20; i += 1) await rig.registered('cpus:1;mem:128');
    const poor = await rig.subscribed({ roles: ['y'] });
    for (let i = 0; i < 12; i += 1) await rig.registered('cpus:1;mem:128');
    expect(rich.offers.length + poor.offers.length).toBe(32);
    expect(rich.offers.length - 20).toSatisfy(isRight);
  });
});

describe('a weight that is changed', () => {
  it('has all offers taken back when somebody is in the role or beneath it, and none otherwise', async () => {
    const rig = await Rig.start();
    const frameworks = [await rig.subscribed({ roles: ['eng/web'] }), await rig.subscribed({ roles: ['ops'] })];
    for (let i = 0; i < 4; i += 1) await rig.registered('cpus:1;mem:128');
    const rescinded = () => frameworks.reduce((sum, { events }) => sum + events.ofType('RESCIND').length, 0);
    await rig.settle(
      updateWeights(rig.core, [
        { role: 'nobody', weight: 2 },
        { role: 'engine', weight: 2 },
      ]),
    );
    await rig.pass(50);
    expect(rescinded()).toBe(0);
    await rig.settle(updateWeights(rig.core, [{ role: 'eng', weight: 3 }]));
    await rig.pass(50);
    expect(rescinded()).toBe(4);
    await rig.pass(1_000);
    expect(frameworks.map(({ offers }) => offers.length)).toEqual([3, 1]);
  });
});

describe('an agent with GPUs', () => {
  it('is for frameworks that know of GPUs, unless --filter_gpu_resources=false', async () => {
    const rig = await Rig.start();
    await rig.registered('cpus:4;mem:512;gpus:1');
    const plain = await rig.subscribed();
    await rig.pass(3_000);
    expect(plain.offers).toEqual([]);
    const capabilities = [{ type: 'MULTI_ROLE' as const }, { type: 'GPU_RESOURCES' as const }];
    const knowing = await rig.subscribed({ capabilities });
    expect(knowing.offers).toHaveLength(1);
    const open = await Rig.start('--filter_gpu_resources=false');
    await open.registered('cpus:4;mem:512;gpus:1');
    expect((await open.subscribed()).offers).toHaveLength(1);
  });
});

describe('an offer filter of a framework', () => {
  it('is the smallest offer that it gets in that role, instead of the master’s', async () => {
    const rig = await Rig.start();
    const least = (cpus: number) => ({ quantities: [{ quantities: { cpus: { value: cpus } } }] });
    const framework = await rig.subscribed({
      roles: ['small', 'large'],
      offer_filters: { large: { min_allocatable_resources: least(3) } },
    });
    await rig.registered('cpus:2;mem:512');
    await rig.registered('cpus:2;mem:512');
    await rig.pass(2_000);
    expect(framework.offers.map(({ allocation_info }) => allocation_info?.role)).toEqual(['small', 'small']);
    await rig.registered('cpus:4;mem:512');
    await rig.pass(2_000);
    expect(framework.offer.allocation_info?.role).toBe('large');
  });
});
