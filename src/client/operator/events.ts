// Reader of the operator event stream: decodes, watches the heartbeat, says why it ended. It does not subscribe again:
// the first event of a new stream is the whole state, and only the reader knows what to do with that.
import { parseJson } from '../../mesos/codec.ts';
import { Event } from '../../mesos/generated/master.ts';
import { RecordDecoder } from '../../mesos/recordio.ts';
import type { Clock, Timer } from '../../world/world.ts';
import type { MasterClient } from './master.ts';

/** Called one after the other, in the order of the stream. */
export interface OperatorEventsListener {
  event(event: Event): void;
  /** The stream is over. Not called after `close`. */
  ended(why: string): void;
}

/** A running subscription. */
export interface OperatorEvents {
  close(): void;
}

const MISSED_HEARTBEATS = 5;
const DEFAULT_HEARTBEAT_MS = 15_000;
/** SUBSCRIBED carries the whole state. */
const MAX_RECORD_BYTES = 256 * 1024 * 1024;

/** Subscribes to the master's events. Throws ApiError when there is no stream to be had. */
export async function openOperatorEvents(
  master: MasterClient,
  clock: Clock,
  listener: OperatorEventsListener,
): Promise<OperatorEvents> {
  const stream = await master.subscribe();
  const decoder = new RecordDecoder({ maxRecordBytes: MAX_RECORD_BYTES });
  let silenceMs = DEFAULT_HEARTBEAT_MS * MISSED_HEARTBEATS;
  let open = true;
  let watchdog: Timer = clock.setTimer(silenceMs, silent);

  function close(): void {
    open = false;
    watchdog.cancel();
    stream.close();
  }
  function end(why: string): void {
    if (!open) return;
    close();
    listener.ended(why);
  }
  function silent(): void {
    end(`nothing heard from the master for ${Math.round(silenceMs / 1000)} s`);
  }

  stream.onChunk((chunk) => {
    let events: Event[];
    try {
      events = decoder.push(chunk).map((record) => parseJson(Event, record));
    } catch (error) {
      return end(`unreadable event stream: ${error instanceof Error ? error.message : String(error)}`);
    }
    for (const event of events) {
      if (!open) return;
      const seconds = event.subscribed?.heartbeat_interval_seconds;
      if (seconds !== undefined && seconds > 0) silenceMs = seconds * 1000 * MISSED_HEARTBEATS;
      listener.event(event);
    }
    watchdog.cancel();
    if (open) watchdog = clock.setTimer(silenceMs, silent);
  });
  stream.onEnd((error) => end(error?.message ?? 'the master ended the stream'));
  return { close };
}
