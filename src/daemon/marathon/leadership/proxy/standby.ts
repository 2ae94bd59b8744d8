// What a Marathon answers that does not lead: whatever the leader does (marathon.md 1.3).
import type { HttpHandler, HttpRequest, HttpResponse } from '../../../../world/net.ts';
import type { World } from '../../../../world/world.ts';
import { refused } from '../../http/answers.ts';
import { apiRequest } from '../../http/request.ts';
import { rootRoute } from '../../http/routes/pages.ts';
import { Refusal } from '../../refusals.ts';
import { Forwarder, type ForwarderOptions } from './forwarder.ts';

/** How long it waits for the election to be clear about who leads. */
const LOOKS = 10;
const LOOK_MS = 250;

/** What a standby has to know. */
export interface StandbySetting {
  readonly world: Pick<World, 'net' | 'clock' | 'log'>;
  readonly options: ForwarderOptions;
  /** Our `host:port`. */
  readonly own: string;
  /** `host:port` of the leader as the election has it; this process while it does not act yet, or no more. */
  readonly leader: () => string | undefined;
  /** Who answers when this process has become the leader, or has ended, since the request came. */
  readonly ourselves: () => HttpHandler | undefined;
}

/** For requests that nobody answers here. */
export class Standby {
  readonly #setting: StandbySetting;
  readonly #forwarder: Forwarder;

  constructor(setting: StandbySetting) {
    this.#setting = setting;
    this.#forwarder = new Forwarder(setting.world, setting.options, setting.own);
  }

  /** Sends it on; streams of events are redirected, and the bare address leads to the UI on every node. */
  async answer(request: HttpRequest): Promise<HttpResponse> {
    const { segments, path } = apiRequest(request);
    if (segments.length === 0) return await rootRoute(apiRequest(request), []);
    for (let look = 0; ; look += 1) {
      const ourselves = this.#setting.ourselves();
      if (ourselves !== undefined) return await ourselves(request);
      const leader = this.#leader();
      if (leader !== undefined) {
        const isOfEvents = (segments[0] === 'v2' && segments[1] === 'events') || path.startsWith('/v2/events');
        if (isOfEvents) return { status: 302, headers: { location: `http://${leader}${request.target}` } };
        return await this.#forwarder.forward(request, leader);
      }
      if (look === LOOKS) return refused(new Refusal(502, 'Could not determine the current leader'));
      await this.#setting.world.clock.sleep(LOOK_MS);
    }
  }

  /** Somebody else, with an address. */
  #leader(): string | undefined {
    const leader = this.#setting.leader();
    return leader !== this.#setting.own && /^[^\s/@?#]+:\d+$/.test(leader ?? '') ? leader : undefined;
  }
}
