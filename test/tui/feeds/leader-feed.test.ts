// Who might lead, as an election tells it.
import { describe, expect, it } from 'vitest';
import type { LeaderSource } from '../../../src/client/leader-source.ts';
import { LeadingMaster } from '../../../src/cluster/leading-master.ts';
import { startLeaderFeed } from '../../../src/tui/feeds/leader-feed.ts';
import { NetError } from '../../../src/world/net.ts';
import type { World } from '../../../src/world/world.ts';
import { FakeClock, middling, silentLog } from '../../client/support/fake-master.ts';
import { Watching } from './support.ts';

const info = (digit: number): string =>
  JSON.stringify({
    id: `M${digit}`,
    ip: 0,
    port: 5050,
    address: { hostname: `m${digit}`, ip: `10.0.0.${digit}`, port: 5050 },
  });

function setting() {
  const clock = new FakeClock();
  let standing: ((all: readonly { data: string; isLeader: boolean }[]) => void) | undefined;
  let lead: ((leader: { data: string } | undefined) => void) | undefined;
  const source: LeaderSource = new LeadingMaster({
    world: { clock, log: silentLog },
    where: 'zk://z/mesos',
    election: {
      observe: async (fn) => {
        lead = fn;
        return { stop: () => undefined };
      },
    },
    follow: (fn) => {
      standing = fn;
      return {
        stop: () => {
          standing = undefined;
        },
      };
    },
  });
  const net = {
    connect: async (host: string) => {
      if (host === '10.0.0.2') throw new NetError('refused', 'nobody');
    },
  };
  const watching = new Watching({ clock, random: middling, net } as unknown as World);
  const elected: string[] = [];
  const feed = startLeaderFeed(watching.context, { places: source, onElected: (address) => elected.push(address) });
  return {
    clock,
    watching,
    elected,
    feed,
    tell: async (...all: { data: string; isLeader: boolean }[]) => {
      lead?.(all.find(({ isLeader }) => isLeader));
      standing?.(all);
      await clock.advance(0);
    },
    isFollowed: () => standing !== undefined,
  };
}

describe('the leader feed', () => {
  it('has all who stand, the leader marked, and who cannot be reached', async () => {
    const { watching, tell, elected } = setting();
    await tell({ data: info(1), isLeader: true }, { data: info(2), isLeader: false }, { data: 'x', isLeader: false });
    expect(watching.view.leader.candidates).toEqual([
      { address: '10.0.0.1:5050', id: 'M1', isLeading: true, isReachable: true },
      { address: '10.0.0.2:5050', id: 'M2', isLeading: false, isReachable: false },
      { address: 'unreadable', id: undefined, isLeading: false, isReachable: undefined },
    ]);
    expect(elected).toEqual(['10.0.0.1:5050']);
  });

  it('says when another is elected, and follows nothing once it is closed', async () => {
    const { watching, tell, elected, feed, isFollowed, clock } = setting();
    await tell({ data: info(1), isLeader: true }, { data: info(3), isLeader: false });
    await tell({ data: info(3), isLeader: true });
    expect(watching.view.leader.candidates.map(({ address }) => address)).toEqual(['10.0.0.3:5050']);
    expect(elected).toEqual(['10.0.0.1:5050', '10.0.0.3:5050']);
    feed.close();
    expect(isFollowed()).toBe(false);
    const version = watching.view.version('leader');
    await clock.advance(60_000);
    expect(watching.view.version('leader')).toBe(version);
  });
});
