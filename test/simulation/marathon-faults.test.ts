import { describe, expect, test } from 'vitest';
import { type Rig, startRig } from './marathon-rig.ts';

/** Until a silent agent is given up: three pings of three seconds, and what is under way. */
const GIVEN_UP_MS = 15_000;
const FOR_GOOD_MS = 1e9;

type Unreachable = 'disabled' | { readonly inactiveAfterSeconds: number; readonly expungeAfterSeconds: number };

/** Five instances, all on the first of three agents. */
async function fiveOnOne(unreachableStrategy?: Unreachable): Promise<Rig> {
  const rig = await startRig({ agents: 3 });
  const [, ...others] = rig.cluster.agents;
  const registered = () => [...(rig.cluster.core?.state.agents.registered.values() ?? [])];
  await rig.until('three agents', () => registered().length === 3);
  for (const agent of others) agent.crash();
  await rig.until('one agent', () => registered().filter(({ connected }) => connected).length === 1);
  const more = unreachableStrategy === undefined ? {} : { unreachableStrategy };
  await rig.request('POST', '/v2/apps', {
    id: '/web',
    cmd: 'sleep 1000000',
    cpus: 0.1,
    mem: 16,
    instances: 5,
    ...more,
  });
  await rig.settled('/web', 5);
  for (const agent of others) agent.restart();
  await rig.until('three agents again', () => registered().filter(({ connected }) => connected).length === 3);
  return rig;
}

const first = (rig: Rig) => {
  const [host] = rig.cluster.agentHosts;
  if (host === undefined) throw new Error('there are no agents');
  return host;
};
const ids = (rig: Rig) => rig.tasksOf('/web').map(({ taskId }) => taskId);
const hostNames = (rig: Rig) => [...new Set(rig.tasksOf('/web').map(({ host }) => host.name))].sort();
const inBook = (rig: Rig) => [...(rig.cluster.marathon?.instances.all() ?? [])].map(({ condition }) => condition);

describe('an agent machine that is lost', () => {
  test('has its five instances elsewhere as soon as it is given up', async () => {
    const rig = await fiveOnOne();
    first(rig).reboot(FOR_GOOD_MS);
    await rig.settled('/web', 5, GIVEN_UP_MS + 10_000);
    expect(hostNames(rig)).not.toContain('agent-1');
  });

  test('has them elsewhere too when Marathon was away meanwhile', async () => {
    const rig = await fiveOnOne();
    rig.cluster.process.crash();
    first(rig).reboot(FOR_GOOD_MS);
    await rig.simulation.run({ forMs: 60_000 });
    expect(rig.tasksOf('/web')).toEqual([]);
    rig.cluster.process.restart();
    await rig.settled('/web', 5, 30_000);
  });

  test('is waited for as long as the strategy says, then replaced, then forgotten', async () => {
    const rig = await fiveOnOne({ inactiveAfterSeconds: 60, expungeAfterSeconds: 120 });
    first(rig).reboot(FOR_GOOD_MS);
    await rig.simulation.run({ forMs: GIVEN_UP_MS + 40_000 });
    expect(inBook(rig)).toEqual(Array(5).fill('Unreachable'));
    await rig.until('replaced', () => rig.tasksOf('/web').length === 5, 20_000);
    expect(inBook(rig).filter((condition) => condition === 'UnreachableInactive')).toHaveLength(5);
    await rig.settled('/web', 5, 75_000);
    expect(rig.cluster.ledger.launches).toBe(10);
  });

  test('is waited for for ever where the strategy is disabled', async () => {
    const rig = await fiveOnOne('disabled');
    first(rig).reboot(FOR_GOOD_MS);
    await rig.simulation.run({ forMs: 3_600_000 });
    expect(inBook(rig)).toEqual(Array(5).fill('Unreachable'));
    expect(rig.cluster.ledger.launches).toBe(5);
  });
});

describe('an agent process that is killed and started again', () => {
  test('moves nothing', async () => {
    const rig = await fiveOnOne();
    const before = ids(rig);
    const [agent] = rig.cluster.agents;
    agent?.crash();
    await rig.simulation.run({ forMs: 4_000 });
    agent?.restart();
    await rig.simulation.run({ forMs: 120_000 });
    expect(ids(rig)).toEqual(before);
    expect(rig.cluster.ledger.launches).toBe(5);
    await rig.settled('/web', 5, 1_000);
  });
});

describe('an agent that comes back', () => {
  /** Cut off for that long, then back; the time to act on it has passed. */
  async function awayFor(rig: Rig, ms: number): Promise<void> {
    rig.simulation.network.partition([first(rig)]);
    await rig.simulation.run({ forMs: ms });
    rig.simulation.network.heal();
    await rig.simulation.run({ forMs: 60_000 });
  }

  test('after it was given up: what it still runs is killed, the replacements stay', async () => {
    const rig = await fiveOnOne();
    await awayFor(rig, 45_000);
    await rig.settled('/web', 5, 1_000);
    expect(hostNames(rig)).not.toContain('agent-1');
    expect(rig.cluster.ledger.launches).toBe(10);
  });

  test('in time keeps its tasks, and nothing was started in their place', async () => {
    const rig = await fiveOnOne({ inactiveAfterSeconds: 60, expungeAfterSeconds: 120 });
    const before = ids(rig);
    await awayFor(rig, 45_000);
    await rig.settled('/web', 5, 1_000);
    expect(ids(rig)).toEqual(before);
    expect(rig.cluster.ledger.launches).toBe(5);
  });

  test.each([
    ['once its instances were replaced', 100_000],
    ['once they were forgotten', 200_000],
  ])('%s: the surplus is killed', async (_when, ms) => {
    const rig = await fiveOnOne({ inactiveAfterSeconds: 60, expungeAfterSeconds: 120 });
    await awayFor(rig, ms);
    await rig.settled('/web', 5, 1_000);
    expect(rig.cluster.ledger.launches).toBe(10);
  });

  test('however late finds its tasks in place where the strategy is disabled', async () => {
    const rig = await fiveOnOne('disabled');
    const before = ids(rig);
    await awayFor(rig, 1_800_000);
    await rig.settled('/web', 5, 1_000);
    expect(ids(rig)).toEqual(before);
  });
});
