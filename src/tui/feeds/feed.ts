// What every feed is: something that fills the view from one source until it is closed, comes back by itself when the source
// breaks, and says in its FeedRow how it is.
import type { World } from '../../world/world.ts';
import type { ViewSink } from '../view/sink.ts';

/** What feeds work with. */
export interface FeedContext {
  readonly world: Pick<World, 'clock' | 'random' | 'net' | 'disk'>;
  readonly sink: ViewSink;
  /** For the line above the key bar: what the person should know though nobody asked. */
  readonly announce: (tone: 'good' | 'warn' | 'bad', text: string) => void;
}

/** A feed that runs. Nothing is put into the view after `close`. */
export interface Feed {
  close(): void;
  /** Lets go of the present connection and makes another at once. */
  restart(): void;
}
