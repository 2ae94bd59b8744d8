// A view that is filled over a simulated network, by the real feeds, from whatever a test has started there.
import { MasterClient } from '../../../src/client/operator.ts';
import type { Feed, FeedContext } from '../../../src/tui/feeds/feed.ts';
import { createViewStore, type ViewStore } from '../../../src/tui/view/store.ts';
import type { World } from '../../../src/world/world.ts';

export class Watching {
  readonly view: ViewStore;
  readonly said: string[] = [];
  readonly context: FeedContext;
  readonly feeds: Feed[] = [];

  constructor(world: World) {
    this.view = createViewStore(() => world.clock.nowMs());
    this.context = { world, sink: this.view, announce: (tone, text) => this.said.push(`${tone}: ${text}`) };
  }

  master(addresses: ConstructorParameters<typeof MasterClient>[0]['addresses']): MasterClient {
    return new MasterClient({ net: this.context.world.net, addresses, timeoutMs: 3_000 });
  }

  start(feed: (context: FeedContext) => Feed): Feed {
    const started = feed(this.context);
    this.feeds.push(started);
    return started;
  }

  /** `live`, or with the reason. */
  feed(name: 'master' | 'offers' | 'marathon' | 'chronos' | 'haproxy'): string {
    const row = this.view.feeds.get(name);
    return row === undefined ? 'none' : row.why === undefined ? row.state : `${row.state}: ${row.why}`;
  }

  eventTexts(kind?: string): string[] {
    return this.view.events.filter((event) => kind === undefined || event.kind === kind).map(({ text }) => text);
  }
}
