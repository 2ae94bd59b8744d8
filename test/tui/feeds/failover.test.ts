// The feeds together, on a simulated cluster whose leading master is killed under them.
import { describe, expect, it } from 'vitest';
import type { LeaderSource } from '../../../src/client/leader-source.ts';
import { type ProcessHandle, Simulation } from '../../../src/simulation/index.ts';
import {
  followLeader,
  MASTER_PORT,
  SimulatedMaster,
  startSimulatedAgent,
} from '../../../src/simulation/scenario/daemons.ts';
import { startFeeds } from '../../../src/tui/feeds/index.ts';
import { Watching } from './support.ts';

async function cluster(way: 'election' | 'addresses') {
  const simulation = new Simulation({ seed: 7 });
  const ensemble = simulation.ensemble({ sessionTimeoutMs: 4_000 });
  const masters = [1, 2, 3].map(
    (index) =>
      new SimulatedMaster(simulation.host(`master-${index}`, { address: `10.0.0.${index}` }), {}, [], ensemble),
  );
  const agents = [1, 2].map((index) =>
    startSimulatedAgent(simulation.host(`agent-${index}`, { address: `10.0.1.${index}` }), ensemble),
  );
  const person: ProcessHandle<Watching> = simulation
    .host('person', { address: '10.0.9.1' })
    .start('top', async (world, context) => {
      const watching = new Watching(world);
      const places: LeaderSource | string[] =
        way === 'election'
          ? followLeader(world, context, ensemble)
          : masters.map(({ address }) => `${address}:${MASTER_PORT}`);
      startFeeds(watching.context, {
        places,
        newMaster: () => watching.master(places),
        findMarathon: async () => undefined,
        findChronos: async () => undefined,
        haproxy: {},
      });
      return watching;
    });
  const until = async (what: string, predicate: () => boolean, limitMs = 120_000) => {
    expect(await simulation.runUntil(predicate, limitMs), what).toBe(true);
  };
  await until('a view', () => person.value !== undefined);
  const watching = person.value as Watching;
  const leader = () => masters.find((master) => master.mayAct);
  const follows = () => {
    const { view } = watching;
    return (
      view.leader.id === leader()?.core?.state.info.id &&
      watching.feed('master') === 'live' &&
      watching.feed('offers') === 'live'
    );
  };
  await until('a leader that is followed', () => follows() && watching.view.agents.size === 2);
  return { simulation, masters, agents, watching, until, leader, follows };
}

describe.each(['election', 'addresses'] as const)(
  'when the leading master dies, the feeds that know it by %s',
  (way) => {
    it('go to the next one, say so, and have its whole state', async () => {
      const { watching, leader, until, follows } = await cluster(way);
      const first = leader();
      first?.process.crash();
      await until('another leader that is followed', () => leader() !== undefined && leader() !== first && follows());
      await until('its agents', () => [...watching.view.agents.values()].every(({ state }) => state === 'active'));
      expect(watching.view.agents.size).toBe(2);
      expect(watching.view.leader.changes).toBe(1);
      // A redirect names the host, an election its address.
      const nameOf = (master: SimulatedMaster | undefined) => {
        const digit = master?.address.at(-1);
        return way === 'election' ? `10\\.0\\.0\\.${digit}` : `(10\\.0\\.0\\.|master-)${digit}`;
      };
      const sentence = `^warn: The master ${nameOf(leader())}:5050 leads now, after ${nameOf(first)}:5050\\.$`;
      expect(watching.said.at(-1)).toMatch(new RegExp(sentence));
      expect(watching.eventTexts('leader')).toHaveLength(1);
      const candidates = watching.view.leader.candidates.filter(({ isLeading }) => isLeading);
      expect(candidates.map(({ address }) => address)).toEqual([`${leader()?.address}:${MASTER_PORT}`]);
    });
  },
);

describe('candidates', () => {
  it('given by address are all there, and who cannot be reached is found out', async () => {
    const { watching, masters, leader, until } = await cluster('addresses');
    const standby = masters.find((master) => master !== leader());
    standby?.process.crash();
    const rowOf = () =>
      watching.view.leader.candidates.find(({ address }) => address === `${standby?.address}:${MASTER_PORT}`);
    await until('it is missed', () => rowOf()?.isReachable === false);
    expect(watching.view.leader.candidates).toHaveLength(3);
    expect(watching.view.leader.candidates.filter(({ isReachable }) => isReachable)).toHaveLength(2);
    expect(watching.feed('master')).toBe('live');
  });
});
