// Where masters and agents stand, and who may be offered what is far away (mesos-semantics.md 3.5, 14).
import { describe, expect, it } from 'vitest';
import type { DomainInfo } from '../../../src/mesos/generated/v1.ts';
import type { FakeAgent } from './support/fake-agent.ts';
import { Rig } from './support/rig.ts';
import { OTHER, ScriptedElection } from './support/scripted-election.ts';

const domain = (region: string, zone = 'a'): DomainInfo => ({
  fault_domain: { region: { name: region }, zone: { name: zone } },
});
const flag = (region: string): string => `--domain=${JSON.stringify(domain(region))}`;
const withDomain = (agent: FakeAgent, of: DomainInfo) => ({ agent_info: { ...agent.report.agent_info, domain: of } });

describe('an agent of another region', () => {
  it('is for REGION_AWARE frameworks; one of our own, of another zone or without a domain is for all', async () => {
    const rig = await Rig.start(flag('eu'));
    const [far, near, plain] = [await rig.agent(), await rig.agent(), await rig.agent()];
    await far.subscribe(withDomain(far, domain('us')));
    await near.subscribe(withDomain(near, domain('eu', 'b')));
    await plain.subscribe();
    const local = await rig.subscribed();
    await rig.pass(3_000);
    expect(local.offers.map((offer) => offer.domain).sort()).toEqual([domain('eu', 'b'), undefined]);
    const aware = await rig.subscribed({ capabilities: [{ type: 'MULTI_ROLE' }, { type: 'REGION_AWARE' }] });
    expect(aware.offers.map((offer) => offer.domain)).toEqual([domain('us')]);
  });

  it('is what an agent becomes that is given a domain, and all are told where it is', async () => {
    const rig = await Rig.start(flag('eu'));
    const agent = await rig.registered();
    const local = await rig.subscribed();
    expect(local.offers).toHaveLength(1);
    agent.disconnect();
    await rig.pass(500);
    await agent.subscribe(withDomain(agent, domain('us')));
    await rig.pass(3_000);
    expect(local.offers).toEqual([]);
    const { world } = await rig.world();
    const { body } = await rig.request(world, 'GET', '/slaves');
    expect(JSON.parse(new TextDecoder().decode(body)).slaves).toMatchObject([{ domain: domain('us') }]);
  });
});

describe('an agent that is not registered', () => {
  it.each([
    ['has a domain and its master none', [], domain('eu')],
    ['has no domain and --require_agent_domain is set', [flag('eu'), '--require_agent_domain'], undefined],
  ])('%s', async (_, flags, of) => {
    const rig = await Rig.start(...flags);
    const agent = await rig.agent();
    await agent.subscribe(of && withDomain(agent, of)).catch(() => undefined);
    await rig.pass(1_000);
    expect(rig.core.state.agents.registered.size).toBe(0);
  });
});

describe('a master that joins', () => {
  const joining = async (flags: string[], leaders: DomainInfo | undefined): Promise<Rig> => {
    const election = new ScriptedElection();
    const rig = await Rig.candidate(election, ...flags);
    election.detect(JSON.stringify({ ...JSON.parse(OTHER), ...(leaders && { domain: leaders }) }));
    await rig.pass(3_000);
    return rig;
  };

  it('ends when the leader is in another region, and says where to start it', async () => {
    const rig = await joining([flag('us')], domain('eu', 'b'));
    expect(rig.outcome).toEqual({ code: 1, reason: expect.stringMatching(/one region.*eu\/b.*us\/a.*--domain in eu/) });
  });

  it.each([
    ['another zone', [flag('eu')], domain('eu', 'b')],
    ['no domain, as while domains are introduced', [flag('eu')], undefined],
    ['a domain that it has not got yet', [], domain('eu')],
  ])('stays beside a leader of %s', async (_, flags, leaders) => {
    expect((await joining(flags, leaders)).master.state).toBe('running');
  });
});

it.each(['{}', '{"fault_domain":{"region":{"name":"eu"}}}', '{"region":"eu"'])('%s is no domain', async (text) => {
  await expect(Rig.start(`--domain=${text}`)).rejects.toThrow();
});
