// Reader of the operator event stream: decodes, watches the heartbeat, says why it ended. It does not subscribe again:
// the first event of a new stream is the whole state, and only the reader knows what to do with that.
import { CodecError, decode, parseJson } from '../../mesos/codec.ts';
import { Event } from '../../mesos/generated/master.ts';
import { RecordDecoder, RecordIOError } from '../../mesos/recordio.ts';
import type { Clock, Timer } from '../../world/world.ts';
import type { MasterClient } from './master.ts';
import { heartbeatSeconds, type WholeState, wholeState } from './whole-state.ts';

/** Called one after the other, in the order of the stream. */
export interface OperatorEventsListener {
  event(event: Event): void;
  /**
   * The whole state that comes first, piece by piece as it is walked through, instead of an event: for those who keep little of
   * it. A piece that cannot be read ends the stream; its CodecError goes through the reader.
   */
  state?(state: WholeState): void;
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
  const isPiecewise = listener.state !== undefined;
  const stream = await master.subscribe(isPiecewise ? 'application/x-protobuf' : 'application/json');
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
  function heartbeatEvery(seconds: number | undefined): void {
    if (seconds !== undefined && seconds > 0) silenceMs = seconds * 1000 * MISSED_HEARTBEATS;
  }
  function tell(record: Uint8Array): void {
    const state = isPiecewise ? wholeState(record) : undefined;
    if (state !== undefined) {
      heartbeatEvery(heartbeatSeconds(record));
      listener.state?.(state);
      return;
    }
    const event = isPiecewise ? decode(Event, record) : parseJson(Event, record);
    heartbeatEvery(event.subscribed?.heartbeat_interval_seconds);
    listener.event(event);
  }

  stream.onChunk((chunk) => {
    try {
      for (const record of decoder.push(chunk)) if (open) tell(record);
    } catch (error) {
      if (!(error instanceof CodecError) && !(error instanceof RecordIOError)) throw error;
      return end(`unreadable event stream: ${error.message}`);
    }
    watchdog.cancel();
    if (open) watchdog = clock.setTimer(silenceMs, silent);
  });
  stream.onEnd((error) => end(error?.message ?? 'the master ended the stream'));
  return { close };
}
