// Reader of the operator event stream: watches the heartbeat, says why it ended. It does not subscribe again: the first event of a
// new stream is the whole state, and only the reader knows what to do with that.
import { CodecError } from '../../mesos/codec.ts';
import type { Event } from '../../mesos/generated/master.ts';
import { RecordIOError, RecordSplitter } from '../../mesos/recordio.ts';
import type { Clock, Timer } from '../../world/world.ts';
import { EventRecords } from './event-records.ts';
import type { MasterClient } from './master.ts';
import { ReadingTurns } from './reading-turns.ts';
import type { WholeStateListener } from './whole-state.ts';

/** Called one after the other, in the order of the stream. */
export interface OperatorEventsListener {
  event(event: Event): void;
  /** Hears the whole state that comes first piece by piece, instead of as an event: for those who keep little of it. */
  readonly state?: WholeStateListener;
  /** The stream is over, maybe in the middle of the state. Not called after `close`. */
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
  const { state } = listener;
  const stream = await master.subscribe(state === undefined ? 'application/json' : 'application/x-protobuf');
  const splitter = new RecordSplitter({ maxRecordBytes: MAX_RECORD_BYTES });
  let silenceMs = DEFAULT_HEARTBEAT_MS * MISSED_HEARTBEATS;
  let open = true;
  let watchdog: Timer = clock.setTimer(silenceMs, silent);
  const turns = new ReadingTurns(stream, clock);
  const records = new EventRecords({
    state,
    event: (event) => listener.event(event),
    heartbeatEvery: (seconds) => {
      silenceMs = seconds * 1000 * MISSED_HEARTBEATS;
    },
  });
  const whileOpen = {
    begin: (length: number) => open && records.begin(length),
    part: (bytes: Uint8Array) => open && records.part(bytes),
    end: () => open && records.end(),
  };

  function close(): void {
    open = false;
    watchdog.cancel();
    turns.cancel();
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
    const startedMs = clock.monotonicMs();
    try {
      splitter.push(chunk, whileOpen);
    } catch (error) {
      if (!(error instanceof CodecError) && !(error instanceof RecordIOError)) throw error;
      return end(`unreadable event stream: ${error.message}`);
    }
    watchdog.cancel();
    if (!open) return;
    watchdog = clock.setTimer(silenceMs, silent);
    if (records.isReadingState) turns.hasRead(startedMs);
  });
  stream.onEnd((error) => end(error?.message ?? 'the master ended the stream'));
  return { close };
}
