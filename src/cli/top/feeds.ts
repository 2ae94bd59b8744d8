// Which sources fill the live view: the master's events, its offers and shares, Marathon, the balancer.
import { type MasterPlaces, namePlaces } from '../../client/leader-source.ts';
import type { MarathonClient } from '../../client/marathon.ts';
import { MasterClient } from '../../client/operator.ts';
import type { RunningFeeds, TopOptions } from '../../tui/app/run-top.ts';
import type { Feed, FeedContext } from '../../tui/feeds/feed.ts';
import { startMasterFeed } from '../../tui/feeds/master/master-feed.ts';
import type { TopQuestion } from './run.ts';

const REQUEST_MS = 10_000;

export function feedsOf({ world }: TopQuestion, places: MasterPlaces): TopOptions['startFeeds'] {
  return (sink, announce): RunningFeeds => {
    const context: FeedContext = { world, sink, announce };
    const marathon: MarathonClient | undefined = undefined;
    /** Each follows the leader by itself. */
    const newMaster = (): MasterClient =>
      new MasterClient({ net: world.net, addresses: places, timeoutMs: REQUEST_MS });
    const feeds: Feed[] = [startMasterFeed(context, { master: newMaster(), where: namePlaces(places) })];
    return {
      stop: () => {
        for (const feed of feeds) feed.close();
      },
      get marathon() {
        return marathon;
      },
    };
  };
}
