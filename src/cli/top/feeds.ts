// Which sources fill the live view: the master's events, its offers and shares, Marathon, the balancer; Chronos is not there yet.

import { type MasterPlaces, namePlaces } from '../../client/leader-source.ts';
import type { MarathonClient } from '../../client/marathon.ts';
import { MasterClient } from '../../client/operator.ts';
import type { RunningFeeds, TopOptions } from '../../tui/app/run-top.ts';
import type { Feed, FeedContext } from '../../tui/feeds/feed.ts';
import { startHaproxyFeed } from '../../tui/feeds/haproxy/haproxy-feed.ts';
import { startMarathonFeed } from '../../tui/feeds/marathon/marathon-feed.ts';
import { startMasterFeed } from '../../tui/feeds/master/master-feed.ts';
import { startLiveFeed } from '../../tui/feeds/offers/live-feed.ts';

const REQUEST_MS = 10_000;
/** A cluster that has no Marathon may get one. */
const LOOK_FOR_MARATHON_MS = 10_000;

/** Where the sources are. */
export interface Sources {
  readonly world: FeedContext['world'];
  readonly places: MasterPlaces;
  readonly marathon: () => Promise<MarathonClient | undefined>;
  /** State file of `mctl haproxy`, and the balancer's statistics socket. */
  readonly haproxyStatus: string | undefined;
  readonly haproxySocket: string | undefined;
}

export function feedsOf({ world, places, marathon, haproxyStatus, haproxySocket }: Sources): TopOptions['startFeeds'] {
  return (sink, announce): RunningFeeds => {
    const context: FeedContext = { world, sink, announce };
    const where = namePlaces(places);
    /** Each follows the leader by itself. */
    const newMaster = (): MasterClient =>
      new MasterClient({ net: world.net, addresses: places, timeoutMs: REQUEST_MS });
    const live = startLiveFeed(context, { master: newMaster(), where });
    const services = startMarathonFeed(context, { find: marathon });
    const feeds: Feed[] = [
      startMasterFeed(context, { master: newMaster(), where, onLeader: () => live.restart() }),
      live,
      services,
      startHaproxyFeed(context, { statusFile: haproxyStatus, socket: haproxySocket }),
    ];
    sink.setFeed({ name: 'chronos', state: 'absent', address: undefined, why: 'There is no Chronos in this cluster.' });
    const looks = world.clock.every(LOOK_FOR_MARATHON_MS, () => {
      if (services.marathon === undefined) services.restart();
    });
    return {
      stop() {
        looks.cancel();
        for (const feed of feeds) feed.close();
      },
      get marathon() {
        return services.marathon;
      },
    };
  };
}
