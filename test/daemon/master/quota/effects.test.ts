import { describe, expect, it } from 'vitest';
import type { Resource } from '../../../../src/mesos/generated/v1.ts';
import type { FakeFramework } from '../support/fake-framework.ts';
import { task } from '../support/fake-framework.ts';
import { Rig } from '../support/rig.ts';
import { config, QuotaOperator } from './support.ts';

const rescinds = (framework: FakeFramework) => framework.events.ofType('RESCIND').length;

describe('offers that are out when a quota is set', () => {
  it('are taken back where they are beyond the limit, beneath the role too, and only those', async () => {
    const rig = await Rig.start();
    const operator = await QuotaOperator.of(rig);
    const [dev, web, other] = [
      await rig.subscribed({ roles: ['dev'] }),
      await rig.subscribed({ roles: ['dev/web'] }),
      await rig.subscribed({ roles: ['other'] }),
    ];
    for (let i = 0; i < 6; i++) await rig.registered('cpus:2;mem:512');
    const held = dev.offers.length + web.offers.length;
    expect(held).toBeGreaterThanOrEqual(3);
    expect(await operator.update([config('dev', {}, { cpus: 4 })])).toEqual([200, '']);
    expect(rescinds(dev) + rescinds(web)).toBe(held - 2);
    expect(rescinds(other)).toBe(0);
  });

  it('are taken back from other roles until there is enough for the guarantee', async () => {
    const rig = await Rig.start();
    const operator = await QuotaOperator.of(rig);
    const greedy = await rig.subscribed({ roles: ['greedy'] });
    for (const resources of ['cpus:2;mem:512', 'mem:512', 'cpus:2;mem:512', 'cpus:2;mem:512'])
      await rig.registered(resources);
    expect(greedy.offers).toHaveLength(4);
    expect(await operator.update([config('late', { cpus: 3 })])).toEqual([200, '']);
    const left = greedy.offers.map(({ resources = [] }) => resources.map(({ name }) => name).join());
    expect(left.sort()).toEqual(['cpus,mem', 'mem']);
  });

  it('keep what the role has already been given in mind', async () => {
    const rig = await Rig.start();
    const operator = await QuotaOperator.of(rig);
    await rig.registered('cpus(late):3;cpus:1;mem:512');
    const greedy = await rig.subscribed({ roles: ['greedy'] });
    expect(greedy.offers).toHaveLength(1);
    await operator.update([config('late', { cpus: 3 })]);
    expect(rescinds(greedy)).toBe(0);
    await operator.update([config('late', { cpus: 3.5 })]);
    expect(rescinds(greedy)).toBe(1);
  });
});

describe('a guarantee', () => {
  it('is kept free for its role while nobody in it wants anything, and served when somebody does', async () => {
    const rig = await Rig.start();
    const operator = await QuotaOperator.of(rig);
    for (let i = 0; i < 4; i++) await rig.registered('cpus:2;mem:1024');
    await operator.update([config('idle', { cpus: 4, mem: 2048 })]);
    const greedy = await rig.subscribed({ roles: ['greedy'] });
    await rig.pass(5_000);
    const cpus = (framework: FakeFramework) =>
      framework.offers
        .flatMap(({ resources = [] }) => resources)
        .reduce((sum, { name, scalar }) => (name === 'cpus' ? sum + (scalar?.value ?? 0) : sum), 0);
    expect(cpus(greedy)).toBe(4);
    const idle = await rig.subscribed({ roles: ['idle'] });
    expect(cpus(idle)).toBe(4);
  });
});

describe('a limit', () => {
  it.each([
    ['holds for the role and all beneath it together', [], 3],
    ['binds the role itself only with --limits_bind_subroles=false', ['--limits_bind_subroles=false'], 8],
  ])('%s', async (_, flags, held) => {
    const rig = await Rig.start(...flags);
    const operator = await QuotaOperator.of(rig);
    await operator.update([config('dev', {}, { cpus: 3 })]);
    const frameworks = [await rig.subscribed({ roles: ['dev/a'] }), await rig.subscribed({ roles: ['dev/b'] })];
    for (let i = 0; i < 4; i++) await rig.registered('cpus:2;mem:1024');
    for (const framework of frameworks) {
      for (const offer of framework.offers) {
        if (offer.resources?.some(({ name }) => name === 'cpus')) {
          await framework.launch(offer, task(offer, `t-${offer.id.value}`));
        }
      }
    }
    await rig.pass(10_000);
    const summary = rig.core.allocator.roleSummaries().find(({ role }) => role === 'dev');
    expect(summary?.held.cpus).toBe(held);
  });
});

describe('reservations', () => {
  const reserved = (cpus: number): Resource => ({
    name: 'cpus',
    type: 'SCALAR',
    scalar: { value: cpus },
    reservations: [{ type: 'DYNAMIC', role: 'dev', principal: 'alice' }],
  });

  it('count for the quota of their role, once, whether they are free, offered or used', async () => {
    const rig = await Rig.start();
    const operator = await QuotaOperator.of(rig);
    await rig.registered('cpus:4;mem:1024');
    await operator.update([config('dev', { cpus: 1 }, { cpus: 3 })]);
    const framework = await rig.subscribed({ roles: ['dev'], principal: 'alice' });
    const consumed = () => rig.core.allocator.quotaConsumption('dev').cpus;
    expect(consumed()).toBe(3);
    await framework.accept([framework.offer], [{ type: 'RESERVE', reserve: { resources: [reserved(2)] } }], 3600);
    expect(consumed()).toBe(2);
    // What is reserved and one more of what is not: the refusal covers less than that.
    await framework.call({ type: 'REVIVE' });
    expect(consumed()).toBe(3);
    const taken = task(framework.offer, 't1', { resources: [{ ...reserved(1.5), allocation_info: { role: 'dev' } }] });
    await framework.launch(framework.offer, taken);
    expect(rig.core.state.frameworks.get(framework.id)?.tasks.size).toBe(1);
    await framework.call({ type: 'SUPPRESS' });
    await rig.pass(2_000);
    expect(await operator.update([config('dev', {}, { cpus: 1 })])).toEqual([
      400,
      expect.stringContaining("already consuming 'cpus:2'"),
    ]);
  });
});

describe('after a fail-over', () => {
  async function restarted(agents: number, ...flags: string[]) {
    const rig = await Rig.start(...flags);
    const operator = await QuotaOperator.of(rig);
    const known = [];
    for (let i = 0; i < agents; i++) known.push(await rig.registered('cpus:2;mem:512'));
    await operator.update([config('dev', { cpus: 1 }, { cpus: 2 })]);
    await operator.update([config('gone', { cpus: 1 })]);
    await operator.update([config('gone', {})]);
    await rig.restartMaster();
    return { rig, known, operator: await QuotaOperator.of(rig) };
  }

  it('quotas are as they were, and nobody is offered anything until four agents in five are back', async () => {
    const { rig, known, operator } = await restarted(5);
    expect(await operator.configs()).toEqual([
      { role: 'dev', guarantees: { cpus: { value: 1 } }, limits: { cpus: { value: 2 } } },
    ]);
    const framework = await rig.subscribed({ roles: ['other'] });
    for (const agent of known.slice(0, 3)) await agent.subscribe();
    await rig.pass(30_000);
    expect(framework.offers).toEqual([]);
    await known[3]?.subscribe();
    expect(framework.offers.length).toBeGreaterThan(0);
  });

  it('offers go on after --allocator_recovery_timeout even if no agent is back', async () => {
    const { rig } = await restarted(5, '--allocator_recovery_timeout=2mins');
    const framework = await rig.subscribed({ roles: ['other'] });
    await rig.registered('cpus:2;mem:512');
    await rig.pass(110_000);
    expect(framework.offers).toEqual([]);
    await rig.pass(15_000);
    expect(framework.offers).toHaveLength(1);
  });

  it('nobody waits when there is no quota, or with --allocator_agent_recovery_factor=0', async () => {
    const { rig } = await restarted(2, '--allocator_agent_recovery_factor=0');
    const framework = await rig.subscribed({ roles: ['other'] });
    await rig.registered('cpus:2;mem:512');
    expect(framework.offers).toHaveLength(1);
    const operator = await QuotaOperator.of(rig);
    await operator.update([config('dev', {})]);
    await rig.restartMaster();
    await framework.subscribe();
    framework.events.fresh();
    await rig.registered('cpus:2;mem:512');
    expect(framework.offers.length).toBeGreaterThan(1);
  });
});
