// All that fills the view, and how they hang together: who finds a new leader sends the others there too.

import type { ChronosClient } from '../../client/chronos.ts';
import { type MasterPlaces, namePlaces } from '../../client/leader-source.ts';
import type { MarathonClient } from '../../client/marathon.ts';
import type { MasterClient } from '../../client/operator.ts';
import { startChronosFeed } from './chronos-feed.ts';
import type { Feed, FeedContext } from './feed.ts';
import { type HaproxyFeedOptions, startHaproxyFeed } from './haproxy/haproxy-feed.ts';
import { startLeaderFeed } from './leader-feed.ts';
import { startMarathonFeed } from './marathon/marathon-feed.ts';
import { startMasterFeed } from './master/master-feed.ts';
import { startLiveFeed } from './offers/live-feed.ts';

/** What is to be shown. */
export interface FeedsOptions {
  readonly places: MasterPlaces;
  /** A client for each feed: each finds the leader by itself. */
  readonly newMaster: () => MasterClient;
  /** See MarathonFeedOptions. */
  readonly findMarathon: () => Promise<MarathonClient | undefined>;
  /** See ChronosFeedOptions. */
  readonly findChronos: () => Promise<ChronosClient | undefined>;
  readonly haproxy: HaproxyFeedOptions;
}

/** Until `stop`. */
export interface Feeds {
  stop(): void;
  /** The Marathon of the cluster, once one is known. */
  readonly marathon: MarathonClient | undefined;
  readonly chronos: ChronosClient | undefined;
}

/** Begins at once. */
export function startFeeds(context: FeedContext, options: FeedsOptions): Feeds {
  const { places, newMaster, findMarathon, findChronos, haproxy } = options;
  const where = namePlaces(places);
  /** Of the leader that answers, and all it is called by. */
  let names: ReadonlySet<string> = new Set();
  const offers = startLiveFeed(context, { master: newMaster(), where });
  const leader = startLeaderFeed(context, {
    places,
    // An election may name another one while the old one's streams are silent, but open.
    onElected: (elected) => {
      if (names.size === 0 || names.has(elected)) return;
      master.restart();
      offers.restart();
    },
  });
  const master: Feed = startMasterFeed(context, {
    master: newMaster(),
    where,
    onLeader: (found) => {
      if (names.size > 0) offers.restart();
      names = new Set([found]);
    },
    onNamed: (known) => {
      names = known;
      leader.led(known);
    },
  });
  const marathon = startMarathonFeed(context, { find: findMarathon });
  const chronos = startChronosFeed(context, { find: findChronos });
  const feeds: readonly Feed[] = [master, offers, leader, marathon, chronos, startHaproxyFeed(context, haproxy)];
  return {
    stop: () => {
      for (const feed of feeds) feed.close();
    },
    get marathon() {
      return marathon.marathon;
    },
    get chronos() {
      return chronos.chronos;
    },
  };
}
