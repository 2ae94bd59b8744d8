// Marathon's apps and deployments: its events say what has changed, that is asked for anew. Nothing is asked for per event: what
// events make old is gathered, and looked at by a clock.
import type { MarathonClient } from '../../../client/marathon.ts';
import { openMarathonEvents } from '../../../client/marathon.ts';
import type { Feed, FeedContext } from '../feed.ts';
import { type Attempt, Keeper } from '../keeper.ts';
import { hostOf } from '../master/master-feed.ts';
import { streamEnd } from '../stream-end.ts';
import { effectOf } from './events.ts';
import { MarathonLooks } from './looks.ts';

/** How often what has changed is looked at. */
const LOOK_MS = 500;
const LOOK_FOR_IT_MS = 10_000;

export interface MarathonFeedOptions {
  /** Where Marathon is: an address, or what the cluster says. Undefined when it has none: asked again. */
  readonly find: () => Promise<MarathonClient | undefined>;
}

/** `marathon`: the one that was found last. */
export interface MarathonFeed extends Feed {
  readonly marathon: MarathonClient | undefined;
}

/** Looks at once. */
export function startMarathonFeed(context: FeedContext, { find }: MarathonFeedOptions): MarathonFeed {
  const { sink, world } = context;
  let marathon: MarathonClient | undefined;
  let address: string | undefined;
  let isKnownBroken = false;
  sink.setFeed({ name: 'marathon', state: 'connecting', address, why: undefined });

  async function run(attempt: Attempt): Promise<void> {
    const found = await findAtLast(attempt);
    if (found === undefined || attempt.isOver) return;
    marathon = found;
    address = hostOf(found.api.address);
    const looks = new MarathonLooks(context, found, attempt);
    const end = streamEnd();
    const events = await openMarathonEvents(found, world.clock, [], {
      event: (event) => {
        if (attempt.isOver) return;
        const effect = effectOf(event);
        looks.noteOld(effect);
        if (effect.line !== undefined) sink.addEvent({ source: 'marathon', kind: event.type, ...effect.line });
      },
      ended: end.ended,
    });
    if (attempt.isOver) {
      events.close();
      return;
    }
    attempt.onOver(() => events.close());
    address = hostOf(found.api.address);
    // After the stream is open: nothing that changes is missed between the two.
    await Promise.race([looks.all(), end.over]);
    if (attempt.isOver) return;
    sink.setFeed({ name: 'marathon', state: 'live', address, why: undefined });
    attempt.succeeded();
    if (isKnownBroken) sink.addEvent({ source: 'top', kind: 'marathon-back', text: 'Marathon answers', tone: 'good' });
    isKnownBroken = false;
    await Promise.race([lookOn(looks, attempt), end.over]);
  }

  /** A cluster that has none may get one. Undefined when the attempt is over. */
  async function findAtLast(attempt: Attempt): Promise<MarathonClient | undefined> {
    while (!attempt.isOver) {
      const found = await find();
      if (found !== undefined || attempt.isOver) return found;
      sink.setFeed({ name: 'marathon', state: 'absent', address: undefined, why: 'this cluster has no Marathon' });
      await world.clock.sleep(LOOK_FOR_IT_MS);
    }
    return undefined;
  }

  async function lookOn(looks: MarathonLooks, attempt: Attempt): Promise<void> {
    while (!attempt.isOver) {
      await looks.whatIsOld();
      await world.clock.sleep(LOOK_MS);
    }
  }

  const keeper = new Keeper(world, {
    run,
    failed: (why) => {
      sink.setFeed({ name: 'marathon', state: 'broken', address, why });
      if (!isKnownBroken) sink.addEvent({ source: 'top', kind: 'marathon-lost', text: why, tone: 'bad' });
      isKnownBroken = true;
    },
  });
  return {
    close: () => keeper.close(),
    restart: () => keeper.restart(),
    get marathon() {
      return marathon;
    },
  };
}
