// What a scheduler answers that does not lead: whatever the leader does (marathon.md 1.3).
import type { HttpHandler, HttpRequest, HttpResponse } from '../../../../world/net.ts';
import type { World } from '../../../../world/world.ts';
import type { Duty, Office } from '../office.ts';
import { Forwarder, type ForwarderOffice } from './forwarder.ts';

/** How long it waits for the election to be clear about who leads. */
const LOOKS = 10;
const LOOK_MS = 250;

/** What a standby has to know. */
export interface StandbySetting {
  readonly world: Pick<World, 'net' | 'clock' | 'log'>;
  readonly office: ForwarderOffice & Pick<Office<Duty>, 'answersAlone' | 'isRedirected'>;
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
    this.#forwarder = new Forwarder(setting.world, setting.office, setting.own);
  }

  /** Sends it on; what stays open is redirected, and some things are said on every node. */
  async answer(request: HttpRequest): Promise<HttpResponse> {
    const { office, world } = this.#setting;
    const alone = await office.answersAlone(request, 'standby');
    if (alone !== undefined) return alone;
    for (let look = 0; ; look += 1) {
      const ourselves = this.#setting.ourselves();
      if (ourselves !== undefined) return await ourselves(request);
      const leader = this.#leader();
      if (leader !== undefined) {
        if (office.isRedirected(request))
          return { status: 302, headers: { location: `http://${leader}${request.target}` } };
        return await this.#forwarder.forward(request, leader);
      }
      if (look === LOOKS) {
        const leaderless = await office.answersAlone(request, 'leaderless');
        return leaderless ?? office.refused(502, 'Could not determine the current leader');
      }
      await world.clock.sleep(LOOK_MS);
    }
  }

  /** Somebody else, with an address. */
  #leader(): string | undefined {
    const leader = this.#setting.leader();
    return leader !== this.#setting.own && /^[^\s/@?#]+:\d+$/.test(leader ?? '') ? leader : undefined;
  }
}
