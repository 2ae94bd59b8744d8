// `mctl events`: the operator event stream on the terminal; subscribes again when it breaks.
import { type MasterClient, openOperatorEvents } from '../../client/operator.ts';
import { toJson } from '../../mesos/codec.ts';
import { Event } from '../../mesos/generated/master.ts';
import type { Clock } from '../../world/world.ts';
import { problemFrom } from '../failures.ts';
import { printableJson } from '../output/printable.ts';
import type { Terminal } from '../output/terminal.ts';
import type { OutputFormat } from '../output/view.ts';
import { eventLine } from '../views/events.ts';

const RETRY_MS = 1000;

/** Until the process ends, or for `durationMs`. Throws when the first subscription fails. */
export async function printEvents(
  master: MasterClient,
  clock: Clock,
  terminal: Terminal,
  format: OutputFormat,
  durationMs: number | undefined,
): Promise<void> {
  const { promise: isOver, resolve: end } = Promise.withResolvers<true>();
  if (durationMs !== undefined) clock.setTimer(durationMs, () => end(true));
  for (let isFirst = true; ; isFirst = false) {
    const { promise: broken, resolve: breaks } = Promise.withResolvers<string>();
    try {
      const stream = await openOperatorEvents(master, clock, {
        event: (event) => print(event, clock, terminal, format),
        ended: breaks,
      });
      const outcome = await Promise.race([broken, isOver]);
      stream.close();
      if (outcome === true) return;
      terminal.say(`The event stream broke (${outcome}); subscribing again.`);
    } catch (error) {
      if (isFirst) throw error;
      terminal.say(`${problemFrom(error).message} Trying again.`);
    }
    if ((await Promise.race([clock.sleep(RETRY_MS), isOver])) === true) return;
  }
}

function print(event: Event, clock: Clock, terminal: Terminal, format: OutputFormat): void {
  if (format === 'json' || format === 'yaml') {
    terminal.data(printableJson(JSON.stringify(toJson(Event, event))));
    return;
  }
  const line = eventLine(event, clock.nowMs(), terminal.style);
  if (line !== undefined) terminal.data(format === 'name' ? (event.type ?? '') : line);
}
