import { describe, expect, it } from 'vitest';
import { masterInfo, publishedInfo } from '../../../src/daemon/master/master-info.ts';
import { task } from './support/fake-framework.ts';
import { Rig, text } from './support/rig.ts';
import { OTHER, ScriptedElection } from './support/scripted-election.ts';

async function leading(...flags: string[]) {
  const election = new ScriptedElection();
  const rig = await Rig.candidate(election, ...flags);
  election.detect();
  election.elect();
  await rig.untilServing();
  const { world } = await rig.world();
  return { election, rig, world };
}

async function candidate() {
  const election = new ScriptedElection();
  const rig = await Rig.candidate(election);
  const { world } = await rig.world();
  const get = (target: string) => rig.request(world, 'GET', target);
  return { election, rig, world, get };
}

it('a master publishes its MasterInfo as detectors read it: keys sorted, ip little-endian (mesos-api.md 15)', () => {
  const info = masterInfo({ id: 'an-id', ip: '10.0.0.1', port: 5050, hostname: 'h', domain: undefined });
  expect(publishedInfo(info)).toBe(
    '{"address":{"hostname":"h","ip":"10.0.0.1","port":5050},"capabilities":[{"type":"AGENT_UPDATE"},' +
      '{"type":"AGENT_DRAINING"},{"type":"QUOTA_V2"}],"hostname":"h","id":"an-id","ip":16777226,' +
      '"pid":"master@10.0.0.1:5050","port":5050,"version":"1.12.0"}',
  );
});

describe('a master that does not lead', () => {
  it('answers 503 to what only a leader answers while it knows of none', async () => {
    const { get, rig, world } = await candidate();
    const scheduler = await rig.request(world, 'POST', '/api/v1/scheduler', '{}');
    for (const answer of [await get('/state'), await get('/redirect'), scheduler]) {
      expect([answer.status, text(answer)]).toEqual([503, 'No leader elected']);
    }
  });

  it('sends everybody to the leader with path and query, and says itself what concerns itself', async () => {
    const { election, rig, world, get } = await candidate();
    election.detect(OTHER);
    await rig.pass(10);
    for (const [method, target] of [
      ['GET', '/state'],
      ['GET', '/master/state-summary?jsonp=f'],
      ['GET', '/tasks?limit=1'],
      ['POST', '/api/v1'],
      ['POST', '/api/v1/scheduler'],
      ['POST', '/mctl/agent'],
      ['POST', '/teardown'],
      ['PUT', '/weights'],
    ] as const) {
      const answer = await rig.request(world, method, target);
      expect([target, answer.status, answer.headers.location]).toEqual([target, 307, `//other:5050${target}`]);
    }
    const redirect = await get('/redirect');
    expect([redirect.status, redirect.headers.location]).toEqual([307, '//other:5050']);
    for (const target of ['/health', '/flags', '/version', '/metrics/snapshot', '/files/debug', '/system/stats.json']) {
      expect([target, (await get(target)).status]).toEqual([target, 200]);
    }
    expect(JSON.parse(text(await get('/metrics/snapshot')))['master/elected']).toBe(0);
  });

  it('does not lead because its node was made, but because it is seen to lead', async () => {
    const { election, rig, get } = await candidate();
    election.elect(7);
    await rig.pass(100);
    expect([rig.master.value?.isLeading, (await get('/state')).status]).toEqual([false, 503]);
    election.detect();
    await rig.untilServing();
    expect([rig.master.value?.isLeading, (await get('/state')).status]).toEqual([true, 200]);
  });

  it('sends nobody to itself when it is seen to lead before it knows', async () => {
    const { election, rig, get } = await candidate();
    election.detect();
    await rig.pass(10);
    expect((await get('/state')).status).toBe(503);
  });

  it('is as if nobody led when the leader published something that is no MasterInfo', async () => {
    const { election, rig, get } = await candidate();
    for (const data of ['', '{}', 'master@10.0.0.9:5050', '{"id":1}']) {
      election.detect(data);
      await rig.pass(10);
      expect((await get('/state')).status).toBe(503);
    }
  });

  it('stands again when its wish for the lead comes to nothing, and goes on', async () => {
    const { election, rig } = await candidate();
    election.lose();
    await rig.pass(2_100);
    expect(election.campaigns).toHaveLength(2);
    election.isCertain = true;
    election.detect();
    election.elect(9);
    await rig.untilServing();
    expect(rig.master.value?.mayAct).toBe(true);
  });

  it('waits until it has read the registry, which it claims for its epoch first', async () => {
    const { election, rig, world, get } = await candidate();
    election.detect();
    election.elect(5);
    // Elected, and recovering still.
    const early = world.net.request({ method: 'POST', url: `${rig.masterUrl}/api/v1/scheduler`, body: '{}' });
    await rig.untilServing();
    await rig.settle(early);
    const { elected_time: electedTime, start_time: startTime } = JSON.parse(text(await get('/state')));
    expect(electedTime).toBeGreaterThan(startTime);
    const registry = rig.simulation.host('master').states.store('/master');
    expect(registry.newestFence).toBe(5);
    // What an earlier leader still has under way gets in no more.
    expect(() => registry.apply([{ kind: 'delete', key: 'registry/x' }], { fence: 4 })).toThrow('epoch 4 is over');
  });
});

describe('a leader that cannot be certain', () => {
  it('answers 503 to what only a leader answers, and keeps everything else going', async () => {
    const { election, rig, world } = await leading();
    election.suspend();
    for (const [method, target] of [
      ['GET', '/state'],
      ['POST', '/api/v1'],
      ['POST', '/api/v1/scheduler'],
      ['POST', '/mctl/agent'],
      ['GET', '/weights'],
    ] as const) {
      const answer = await rig.request(world, method, target);
      expect([target, answer.status, text(answer).slice(0, 19)]).toEqual([target, 503, 'Not certain to lead']);
    }
    expect((await rig.request(world, 'GET', '/health')).status).toBe(200);
    election.resume();
    expect((await rig.request(world, 'GET', '/state')).status).toBe(200);
  });

  it('offers nothing, and goes on with it afterwards', async () => {
    const { election, rig } = await leading();
    const framework = await rig.subscribed();
    const agent = await rig.registered();
    await framework.call({
      type: 'DECLINE',
      decline: { offer_ids: [framework.offer.id], filters: { refuse_seconds: 1 } },
    });
    framework.events.fresh();
    election.suspend();
    await rig.pass(10_000);
    expect(framework.events.fresh().filter(({ type }) => type === 'OFFERS')).toEqual([]);
    election.resume();
    await rig.pass(2_000);
    expect(framework.events.fresh().filter(({ type }) => type === 'OFFERS')).toHaveLength(1);
    expect(framework.offer.agent_id.value).toBe(agent.id);
  });

  it('keeps its framework although the stream broke and its failover timeout passed, until it is certain again', async () => {
    const { election, rig } = await leading();
    const agent = await rig.registered();
    const framework = await rig.subscribed({ failover_timeout: 1 });
    await framework.launch(framework.offer, task(framework.offer, 't1'));
    agent.events.fresh();
    election.suspend();
    framework.stream?.close();
    await rig.pass(8_000);
    expect(rig.core.state.frameworks.get(framework.id)?.state).toBe('CONNECTED');
    expect(agent.events.fresh().filter(({ type }) => type !== 'PING')).toEqual([]);
    election.resume();
    // Its time begins now.
    await rig.pass(500);
    expect(rig.core.state.frameworks.get(framework.id)?.state).toBe('DISCONNECTED');
    await rig.pass(1_000);
    expect(rig.core.state.frameworks.has(framework.id)).toBe(false);
  });

  it('loses no task of a framework without checkpoints because an agent went away meanwhile', async () => {
    const { election, rig } = await leading();
    const agent = await rig.registered();
    const framework = await rig.subscribed({ checkpoint: false });
    await framework.launch(framework.offer, task(framework.offer, 't1'));
    framework.events.fresh();
    election.suspend();
    agent.disconnect();
    await rig.pass(5_000);
    expect(framework.events.fresh().filter(({ type }) => type === 'UPDATE')).toEqual([]);
  });

  it('keeps a known agent that comes back waiting until it is certain again, and sends a new one away', async () => {
    const { election, rig } = await leading();
    const agent = await rig.registered();
    const stranger = await rig.agent();
    agent.disconnect();
    await rig.pass(100);
    election.suspend();
    expect((await stranger.subscribe()).status).toBe(503);
    const startedMs = agent.world.clock.monotonicMs();
    rig.simulation.after(5_000, () => election.resume());
    expect((await agent.subscribe()).status).toBe(200);
    expect(agent.world.clock.monotonicMs() - startedMs).toBeGreaterThan(5_000);
    expect(rig.core.state.agents.registered.get(agent.id)?.connected).toBe(true);
  });

  it('notices by the clock, before anybody tells', async () => {
    const { election, rig, world } = await leading();
    election.isCertain = false;
    expect((await rig.request(world, 'GET', '/state')).status).toBe(503);
    await rig.pass(1_000);
    election.isCertain = true;
    expect((await rig.request(world, 'GET', '/state')).status).toBe(200);
  });

  it('tells nobody of a write that became durable meanwhile before it is certain again', async () => {
    const { election, rig } = await leading();
    const agent = await rig.agent();
    // In the midst of the write.
    const look = (): void => {
      if (rig.core.state.agents.admitting.size > 0) election.suspend();
      else rig.simulation.after(0.5, look);
    };
    look();
    await agent.subscribe();
    await rig.pass(3_000);
    expect(agent.events.ofType('SUBSCRIBED')).toEqual([]);
    election.resume();
    await rig.pass(500);
    expect(agent.events.ofType('SUBSCRIBED')).toHaveLength(1);
  });
});

describe('a leader that is none any more', () => {
  it.each([
    ['its session is lost', (election: ScriptedElection) => election.lose(), 'the session was lost'],
    [
      'another one is seen to lead',
      (election: ScriptedElection) => election.detect(OTHER),
      'master@10.0.0.9:5050 leads',
    ],
    ['nobody is seen to lead', (election: ScriptedElection) => election.detectNobody(), 'no master leads any more'],
  ])('ends with code 1 when %s, and at once although the election hangs', async (_why, happen, reason) => {
    const { election, rig } = await leading();
    election.isDead = true;
    happen(election);
    await rig.pass(100);
    expect(rig.master.state).toBe('ended');
    expect(rig.outcome).toEqual({ code: 1, reason: `Lost leadership: ${reason}` });
  });

  it('writes nothing and decides nothing from then on', async () => {
    const { election, rig } = await leading('--agent_ping_timeout=1secs', '--max_agent_ping_timeouts=1');
    const agent = await rig.registered();
    agent.answersPings = false;
    election.suspend();
    await rig.pass(2_500);
    const before = rig.simulation.host('master').states.store('/master').read('');
    election.lose();
    await rig.pass(5_000);
    expect(rig.simulation.host('master').states.store('/master').read('')).toEqual(before);
  });

  it('says goodbye when it is stopped, but does not wait for it for long', async () => {
    const { election, rig } = await leading();
    election.isDead = true;
    const stopped = rig.master.value?.stop();
    await rig.pass(1_100);
    await stopped;
    expect(election.hasWithdrawn).toBe(true);
    expect([rig.master.state, rig.outcome.code]).toEqual(['ended', 0]);
  });
});
