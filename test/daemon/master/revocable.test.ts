// Revocable resources, offered beside an agent's own to those who know what they are (mesos-semantics.md 3.5, 3.10, 14).
import { describe, expect, it } from 'vitest';
import type { FrameworkInfo_Capability_Type, Resource } from '../../../src/mesos/generated/v1.ts';
import { Resources } from '../../../src/mesos/resources.ts';
import type { FakeFramework } from './support/fake-framework.ts';
import { task } from './support/fake-framework.ts';
import { Rig, text } from './support/rig.ts';

const OWN = 'cpus:2;mem:512';
const revocable = (cpus: number): Resource => ({
  name: 'cpus',
  type: 'SCALAR',
  scalar: { value: cpus },
  revocable: {},
});
const total = (cpus: number): Resource[] => [...Resources.parse(OWN).toMessages(), revocable(cpus)];
const offered = (framework: FakeFramework): string[] =>
  framework.offers.map(({ resources }) => Resources.of(resources).unallocated().format());

async function situation() {
  const rig = await Rig.start();
  const agent = await rig.agent(OWN);
  await agent.subscribe({ total_resources: total(4) });
  const with_ = (...types: FrameworkInfo_Capability_Type[]) => ({
    capabilities: ['MULTI_ROLE' as const, ...types].map((type) => ({ type })),
  });
  return { rig, agent, aware: with_('REVOCABLE_RESOURCES', 'PARTITION_AWARE'), plain: with_() };
}

describe('revocable resources', () => {
  it('are offered to REVOCABLE_RESOURCES frameworks, also when all else is taken, and never to others', async () => {
    const { rig, aware, plain } = await situation();
    const other = await rig.subscribed(plain);
    expect(offered(other)).toEqual(['cpus:2; mem:512']);
    await other.launch(other.offer, task(other.offer, 'all', { resources: Resources.parse(OWN).toMessages() }));
    await rig.pass(5_000);
    const framework = await rig.subscribed(aware);
    expect(offered(framework)).toEqual(['cpus{REV}:4']);
    await rig.pass(5_000);
    expect(other.offers).toHaveLength(1);
  });

  it('run tasks, and are shown apart; a task that mixes them with others of the name is refused', async () => {
    const { rig, aware } = await situation();
    const framework = await rig.subscribed(aware);
    expect(offered(framework)).toEqual(['cpus{REV}:4; cpus:2; mem:512']);
    const [mem] = Resources.parse('mem:64').toMessages();
    const [cpus] = Resources.parse('cpus:1').toMessages();
    if (mem === undefined || cpus === undefined) throw new Error('no resources');
    await framework.launch(
      framework.offer,
      task(framework.offer, 'mixed', { resources: [cpus, revocable(1), mem] }),
      task(framework.offer, 'good', { resources: [revocable(3), mem] }),
    );
    expect(framework.statuses.map(({ state, message }) => [state, message])).toEqual([
      ['TASK_ERROR', expect.stringContaining("both revocable and non-revocable 'cpus'")],
    ]);
    const { world } = await rig.world();
    const { slaves } = JSON.parse(text(await rig.request(world, 'GET', '/slaves')));
    expect(slaves[0]).toMatchObject({
      resources: { cpus: 2, cpus_revocable: 4 },
      used_resources: { cpus: 0, cpus_revocable: 3, mem: 64 },
    });
    const metrics = JSON.parse(text(await rig.request(world, 'GET', '/metrics/snapshot')));
    expect(metrics).toMatchObject({
      'master/cpus_total': 2,
      'master/cpus_used': 0,
      'master/cpus_revocable_total': 4,
      'master/cpus_revocable_used': 3,
      'master/cpus_revocable_percent': 0.75,
    });
  });

  it('cost the offers of them when there are more or less, and no others; no more is offered than is not used', async () => {
    const { rig, agent, aware, plain } = await situation();
    const other = await rig.subscribed(plain);
    const framework = await rig.subscribed(aware);
    const tell = (total_resources: Resource[]) =>
      agent.send({ type: 'UPDATE_AGENT', update_agent: { total_resources } });
    const rescinded = () => [framework, other].map(({ events }) => events.ofType('RESCIND').length);
    await tell(total(4));
    expect(rescinded()).toEqual([0, 0]);
    await tell(total(1));
    expect([rescinded(), offered(framework), offered(other)]).toEqual([[1, 0], ['cpus{REV}:1'], ['cpus:2; mem:512']]);
    await framework.launch(framework.offer, task(framework.offer, 't', { resources: [revocable(0.5)] }));
    await tell(total(0.5));
    await rig.pass(3_000);
    expect(framework.offers, 'nothing after the one that was used').toHaveLength(1);
    expect([rescinded()[1], framework.statuses]).toEqual([0, []]);
    // What others were promised is less by then.
    await tell(total(0.5).filter(({ name }) => name === 'cpus'));
    expect(rescinded()[1]).toBe(1);
  });
});
