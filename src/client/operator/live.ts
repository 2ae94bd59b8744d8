// Reader of what mctl's own master streams beside the operator events: offers as they go, fair shares, agents that are away
// for a while. Decodes, watches for silence, says why it ended. It does not come back by itself: what comes first is the whole.
import type { ClientStream } from '../../world/net.ts';
import type { Clock, Timer } from '../../world/world.ts';
import { EventFrameError, EventFrames } from '../event-frames.ts';
import { LiveMessageError, liveMessage } from './live-messages.ts';
import type { MasterClient } from './master.ts';

/** Amounts: cpus and gpus in units, memory and disk in MB. */
export interface LiveAmounts {
  readonly cpus: number;
  readonly mem: number;
  readonly disk: number;
  readonly gpus: number;
}

/** An outstanding offer. */
export interface LiveOffer extends LiveAmounts {
  readonly id: string;
  readonly frameworkId: string;
  readonly agentId: string;
  readonly role: string;
  /** `31000-31009, 31012`. */
  readonly ports: string;
  /** In ms since 1970, by the master's clock. */
  readonly sentMs: number | undefined;
}

/** The end of an offer. */
export interface LiveOfferEnd extends Omit<LiveOffer, 'sentMs'> {
  readonly how: 'accepted' | 'declined' | 'rescinded' | 'withdrawn';
  readonly atMs: number;
  readonly refuseSeconds: number | undefined;
  /** `LAUNCH 2 tasks`. */
  readonly operations: string | undefined;
}

/** What a role is promised, may have at most, and has of it, offered to it or reserved for it included: name → units. */
export interface LiveQuota {
  readonly guarantees: Readonly<Record<string, number>>;
  readonly limits: Readonly<Record<string, number>>;
  readonly consumed: Readonly<Record<string, number>>;
}

/** A role of the fair-share tree, or a framework in one; see ShareRow of the live view for what the members mean. */
export interface LiveShare extends LiveAmounts {
  readonly kind: 'role' | 'framework';
  readonly role: string;
  readonly frameworkId: string | undefined;
  readonly weight: number;
  readonly dominantShare: number;
  readonly dominantResource: string | undefined;
  readonly isSuppressed: boolean;
  readonly filters: number;
  readonly nextFilterEndsMs: number | undefined;
  readonly position: number | undefined;
  readonly reason: string;
  /** Of roles that have one. */
  readonly quota: LiveQuota | undefined;
}

/** An agent; those that are registered and not named are active. */
export interface LiveAgent {
  readonly id: string;
  readonly state: 'active' | 'disconnected' | 'deactivated' | 'draining' | 'drained' | 'unreachable' | 'gone';
  readonly reregisteredMs: number | undefined;
}

/** What may be asked for. */
export type LiveTopic = 'offers' | 'shares' | 'agents';

/** Called one after the other, in the order of the stream. */
export interface LiveListener {
  /** All that are outstanding, before anything else of them; `total` counts those left out too. */
  offers(offers: readonly LiveOffer[], total: number): void;
  offered(offer: LiveOffer): void;
  offerEnded(end: LiveOfferEnd): void;
  /** The whole tree in allocation order; `total` counts those left out too. */
  shares(shares: readonly LiveShare[], total: number): void;
  /** First all that are not active (`isAll`), then each that changes. */
  agents(agents: readonly LiveAgent[], isAll: boolean): void;
  /** The stream is over. Not called after `close`. */
  ended(why: string): void;
}

/** A running subscription. */
export interface Live {
  close(): void;
}

/** Masters send something every 15 s. */
const SILENCE_MS = 60_000;
/** What comes first has all offers. */
const MAX_EVENT_CHARACTERS = 64 * 1024 * 1024;

/** Throws ApiError when there is no stream to be had: `not-found` from masters that are none of mctl's. */
export async function openLive(
  master: MasterClient,
  clock: Clock,
  topics: readonly LiveTopic[],
  listener: LiveListener,
): Promise<Live> {
  const stream: ClientStream = await master.api.openStream({
    method: 'GET',
    path: `/mctl/v1/live?topics=${topics.join(',')}`,
    headers: { accept: 'text/event-stream' },
  });
  const frames = new EventFrames(MAX_EVENT_CHARACTERS);
  let isOpen = true;
  let silence: Timer | undefined;

  function close(): void {
    isOpen = false;
    silence?.cancel();
    stream.close();
  }
  function end(why: string): void {
    if (!isOpen) return;
    close();
    listener.ended(why);
  }
  function heard(): void {
    silence?.cancel();
    silence = clock.setTimer(SILENCE_MS, () => end(`nothing heard from the master for ${SILENCE_MS / 1000} s`));
  }

  heard();
  stream.onChunk((chunk) => {
    heard();
    try {
      for (const frame of frames.push(chunk)) if (isOpen) liveMessage(frame, listener);
    } catch (error) {
      if (!(error instanceof EventFrameError) && !(error instanceof LiveMessageError)) throw error;
      end(`unreadable event stream: ${error.message}`);
    }
  });
  stream.onEnd((error) => end(error?.message ?? 'the master ended the stream'));
  return { close };
}
