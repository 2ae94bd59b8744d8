// A shared volume is offered on while it is used, and used by several frameworks of its role (mesos-semantics.md 3.10).
import { expect, it } from 'vitest';
import type { FrameworkInfo_Capability_Type, Offer_Operation, Resource } from '../../../src/mesos/generated/v1.ts';
import { Resources } from '../../../src/mesos/resources.ts';
import type { FakeFramework } from './support/fake-framework.ts';
import { task } from './support/fake-framework.ts';
import { Rig } from './support/rig.ts';

const DISK: Resource = {
  name: 'disk',
  type: 'SCALAR',
  scalar: { value: 64 },
  reservations: [{ type: 'DYNAMIC', role: 'eng', principal: 'alice' }],
};
const VOLUME: Resource = {
  ...DISK,
  disk: { persistence: { id: 'v1', principal: 'alice' }, volume: { container_path: 'data', mode: 'RW' } },
  shared: {},
};
const MAKE: Offer_Operation[] = [
  { type: 'RESERVE', reserve: { resources: [DISK] } },
  { type: 'CREATE', create: { volumes: [VOLUME] } },
];
const DESTROY: Offer_Operation = { type: 'DESTROY', id: { value: 'd' }, destroy: { volumes: [VOLUME] } };

const framework = (rig: Rig, ...types: FrameworkInfo_Capability_Type[]): Promise<FakeFramework> =>
  rig.subscribed({
    roles: ['eng'],
    principal: 'alice',
    capabilities: ['MULTI_ROLE' as const, 'RESERVATION_REFINEMENT' as const, ...types].map((type) => ({ type })),
  });
/** Outstanding offers with the volume. */
const withVolume = (rig: Rig, { offers }: FakeFramework) =>
  offers.filter(
    ({ id, resources }) => rig.core.state.offers.has(id.value) && !Resources.of(resources).shared().isEmpty,
  );

it('a shared volume is offered on while it is used, once a run, and used by tasks of two frameworks of its role', async () => {
  const rig = await Rig.start('--min_allocatable_resources=cpus:0.01|disk:1');
  const agent = await rig.agent('cpus:4;mem:1024;disk:500');
  const names = ['MULTI_ROLE', 'HIERARCHICAL_ROLE', 'RESERVATION_REFINEMENT', 'AGENT_OPERATION_FEEDBACK'] as const;
  agent.report = { ...agent.report, capabilities: [...names, 'RESOURCE_PROVIDER' as const].map((type) => ({ type })) };
  await agent.subscribe();
  const first = await framework(rig, 'SHARED_RESOURCES');
  const use = (offer: FakeFramework['offer'], id: string): Offer_Operation => ({
    type: 'LAUNCH',
    launch: { task_infos: [task(offer, id, { resources: [VOLUME] })] },
  });
  await first.accept([first.offer], [...MAKE, use(first.offer, 'a')]);

  const [second, third] = [await framework(rig, 'SHARED_RESOURCES'), await framework(rig)];
  const counts = (): number => withVolume(rig, first).length + withVolume(rig, second).length;
  for (let run = 0; run < 6; run += 1) {
    const before = counts();
    await rig.pass(1_000);
    expect(counts() - before, `in run ${run}`).toBe(1);
  }
  expect(withVolume(rig, third)).toEqual([]);
  const [offer] = withVolume(rig, second);
  if (offer === undefined) throw new Error('the second framework was not offered it');
  await second.accept([offer], [use(offer, 'b')]);
  expect([...first.statuses, ...second.statuses]).toEqual([]);
  const runs = agent.events.ofType('RUN_TASK').map((event) => event.run_task?.task.task_id.value);
  expect(runs).toEqual(['a', 'b']);

  // It is in use as long as one of them is, and gone for everybody when it is destroyed.
  await first.acknowledge(await agent.update(first.id, 'a', 'TASK_FINISHED'));
  await first.accept(withVolume(rig, first).slice(0, 1), [DESTROY]);
  const told = first.events.ofType('UPDATE_OPERATION_STATUS').map((event) => event.update_operation_status?.status);
  expect(told.map((status) => status?.message)).toEqual(['Persistent volumes in use']);
  await second.acknowledge(await agent.update(second.id, 'b', 'TASK_FINISHED'));
  await first.accept(withVolume(rig, first).slice(0, 1), [DESTROY]);
  expect(rig.core.state.agents.registered.get(agent.id)?.totalResources.format()).not.toContain('v1');
  expect(counts()).toBe(0);
});
