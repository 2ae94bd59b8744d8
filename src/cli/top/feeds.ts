// Which sources fill the live view: the master's events, its offers and shares, Marathon, Chronos, the balancer.

import type { ChronosClient } from '../../client/chronos.ts';
import type { MasterPlaces } from '../../client/leader-source.ts';
import type { MarathonClient } from '../../client/marathon.ts';
import { MasterClient } from '../../client/operator.ts';
import type { TopOptions } from '../../tui/app/run-top.ts';
import type { FeedContext } from '../../tui/feeds/feed.ts';
import type { HaproxyFeedOptions } from '../../tui/feeds/haproxy/haproxy-feed.ts';
import { startFeeds } from '../../tui/feeds/index.ts';

const REQUEST_MS = 10_000;

/** Where the sources are. */
export interface Sources {
  readonly world: FeedContext['world'];
  readonly places: MasterPlaces;
  readonly marathon: () => Promise<MarathonClient | undefined>;
  readonly chronos: () => Promise<ChronosClient | undefined>;
  readonly haproxy: HaproxyFeedOptions;
}

export function feedsOf({ world, places, marathon, chronos, haproxy }: Sources): TopOptions['startFeeds'] {
  return (sink, announce) =>
    startFeeds(
      { world, sink, announce },
      {
        places,
        newMaster: () => new MasterClient({ net: world.net, addresses: places, timeoutMs: REQUEST_MS }),
        findMarathon: marathon,
        findChronos: chronos,
        haproxy,
      },
    );
}
