// Carries events to whoever listens. An event becomes text once, however many listen, and not at all when nobody wants it.
import type { Clock, Log } from '../../../world/world.ts';
import type { EventBus, Unsubscribe } from '../core.ts';
import type { MarathonEvent } from './event.ts';
import { eventText, type RenderApp } from './event-json.ts';

/** What the bus needs of the rest. */
export interface EventsParts {
  readonly world: { readonly clock: Clock; readonly log: Log };
  readonly renderApp: RenderApp;
}

/** Gets each event as a frame of server-sent events, in the order of their publication. Shared: not to be changed. */
export interface EventListener {
  wants(type: MarathonEvent['type']): boolean;
  deliver(frame: Uint8Array): void;
}

/** Cost of an event: constant when nobody wants it, else one rendering and one call for each listener. */
export class Events implements EventBus {
  readonly #parts: EventsParts;
  readonly #listeners = new Set<EventListener>();

  constructor(parts: EventsParts) {
    this.#parts = parts;
  }

  /** From now on; listeners may come and go while an event is delivered. */
  listen(listener: EventListener): Unsubscribe {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  publish(event: MarathonEvent): void {
    if (this.#listeners.size === 0) return;
    const listeners = [...this.#listeners].filter((listener) => listener.wants(event.type));
    if (listeners.length === 0) return;
    const { world, renderApp } = this.#parts;
    try {
      const frame = frameOf(event.type, eventText(event, world.clock.nowMs(), renderApp));
      for (const listener of listeners) listener.deliver(frame);
    } catch (error) {
      // What listeners are told must never stop what they are told about.
      world.log.error('an event could not be told', { type: event.type, error });
    }
  }
}

/** Lines end as the original ends them: old clients split at CRLF (marathon.md 9.1). */
function frameOf(type: string, text: string): Uint8Array {
  return Buffer.from(`event: ${type}\r\ndata: ${text}\r\n\r\n`);
}
