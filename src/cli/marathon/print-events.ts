// `mctl marathon events`: the event stream on the terminal; subscribes again when it breaks.
import { type MarathonClient, type MarathonEvent, openMarathonEvents } from '../../client/marathon.ts';
import type { Clock } from '../../world/world.ts';
import { problemFrom } from '../failures.ts';
import { printableJson } from '../output/printable.ts';
import type { Terminal } from '../output/terminal.ts';
import type { OutputFormat } from '../output/view.ts';
import { eventLine } from './views/system.ts';

const RETRY_MS = 1000;

/** What is wanted of the stream. */
export interface EventsOptions {
  readonly marathon: MarathonClient;
  readonly clock: Clock;
  readonly terminal: Terminal;
  readonly format: OutputFormat;
  /** None = all. */
  readonly types: readonly string[];
  readonly durationMs: number | undefined;
}

/** Until the process ends, or for `durationMs`. Throws when the first subscription fails. */
export async function printEvents({
  marathon,
  clock,
  terminal,
  format,
  types,
  durationMs,
}: EventsOptions): Promise<void> {
  const { promise: isOver, resolve: end } = Promise.withResolvers<true>();
  if (durationMs !== undefined) clock.setTimer(durationMs, () => end(true));
  const print = (event: MarathonEvent): void => {
    if (format === 'json' || format === 'yaml')
      terminal.data(printableJson(JSON.stringify({ eventType: event.type, ...event.data })));
    else terminal.data(format === 'name' ? event.type : eventLine(event, clock.nowMs(), terminal.style));
  };
  for (let isFirst = true; ; isFirst = false) {
    const { promise: broken, resolve: breaks } = Promise.withResolvers<string>();
    try {
      const stream = await openMarathonEvents(marathon, clock, types, { event: print, ended: breaks });
      const outcome = await Promise.race([broken, isOver]);
      stream.close();
      if (outcome === true) return;
      terminal.say(`The event stream broke (${outcome}); subscribing again. What happened meanwhile is not told.`);
    } catch (error) {
      if (isFirst) throw error;
      terminal.say(`${problemFrom(error).message} Trying again.`);
    }
    if ((await Promise.race([clock.sleep(RETRY_MS), isOver])) === true) return;
  }
}
