// Reader of /v2/events (marathon.md 9): server-sent events, one JSON document each. It does not subscribe again: nothing is
// replayed, and only the reader knows what it missed.
import type { Clock, Timer } from '../../world/world.ts';
import { ApiError } from '../api-error.ts';
import type { MarathonClient } from './client.ts';
import { marathonError } from './error.ts';

/** One event: `type` as in marathon.md 9.2, `data` with all its members. */
export interface MarathonEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Called one after the other, in the order of the stream. */
export interface MarathonEventsListener {
  event(event: MarathonEvent): void;
  /** The stream is over. Not called after `close`. */
  ended(why: string): void;
}

/** A running subscription. */
export interface MarathonEvents {
  close(): void;
}

/** Marathon sends something every 10 s. */
const SILENCE_MS = 60_000;
const MAX_EVENT_CHARACTERS = 16 * 1024 * 1024;

/** Subscribes; no `types` means all. Throws MarathonError when there is no stream to be had. */
export async function openMarathonEvents(
  marathon: MarathonClient,
  clock: Clock,
  types: readonly string[],
  listener: MarathonEventsListener,
): Promise<MarathonEvents> {
  const query = types.map((type) => `event_type=${encodeURIComponent(type)}`).join('&');
  const stream = await marathon.api
    .openStream({
      method: 'GET',
      path: `/v2/events${query && `?${query}`}`,
      headers: { accept: 'text/event-stream' },
    })
    .catch((error: unknown) => {
      throw error instanceof ApiError ? marathonError(error) : error;
    });
  const decoder = new TextDecoder();
  let rest = '';
  let silence: Timer | undefined;
  const close = (): void => {
    silence?.cancel();
    stream.close();
  };
  const end = (why: string): void => {
    close();
    listener.ended(why);
  };
  const heard = (): void => {
    silence?.cancel();
    silence = clock.setTimer(SILENCE_MS, () => end(`nothing came for ${SILENCE_MS / 1000} s`));
  };
  heard();
  stream.onChunk((chunk) => {
    heard();
    rest += decoder.decode(chunk, { stream: true }).replaceAll('\r', '');
    const frames = rest.split('\n\n');
    rest = frames.pop() ?? '';
    for (const frame of frames) {
      const event = readFrame(frame);
      if (event !== undefined) listener.event(event);
    }
    if (rest.length > MAX_EVENT_CHARACTERS) end('an event was too long');
  });
  stream.onEnd((error) => {
    silence?.cancel();
    listener.ended(error?.message ?? 'Marathon closed the stream');
  });
  return { close };
}

/** Undefined for heartbeats, and for what is no event. */
function readFrame(frame: string): MarathonEvent | undefined {
  let type = '';
  const data: string[] = [];
  for (const line of frame.split('\n')) {
    if (line.startsWith('event:')) type = line.slice(6).trim();
    else if (line.startsWith('data:')) data.push(line.slice(5).trim());
  }
  if (data.length === 0) return undefined;
  try {
    const value: unknown = JSON.parse(data.join('\n'));
    if (typeof value !== 'object' || value === null) return undefined;
    const content: Record<string, unknown> = { ...value };
    return { type: type || String(content.eventType ?? ''), data: content };
  } catch {
    return undefined; // a frame that is no JSON tells nothing; the stream goes on
  }
}
