// Sends the calls of one subscription, strictly one after the other: the master promises no order between connections
// (mesos-api.md 4.2), so the next call leaves only when the previous one has been answered.
import type { ClientResponse, HttpHeaders, Net } from '../../world/net.ts';
import { NetError } from '../../world/net.ts';
import type { Clock } from '../../world/world.ts';
import { type CallOutcome, SchedulerError } from './errors.ts';

/** A leader that has lost sight of the election for a moment says so with a 503: it keeps our subscription. */
const NOT_CERTAIN = 'Not certain to lead';
const NOT_CERTAIN_PAUSE_MS = 250;

/** The subscription the calls belong to. */
export interface CallSenderOptions {
  readonly net: Net;
  readonly clock: Clock;
  readonly url: string;
  /** With Mesos-Stream-Id and Content-Type. */
  readonly headers: HttpHeaders;
  readonly timeoutMs: number;
  readonly maxQueued: number;
  /** The master does not have us (any more): the subscription is of no use. */
  readonly onLost: (why: string) => void;
}

interface Waiting {
  readonly body: string | Uint8Array;
  readonly settle: (outcome: CallOutcome) => void;
}

/** Bounded: more than `maxQueued` calls waiting and the next is refused. Over when the subscription is. */
export class CallSender {
  readonly #options: CallSenderOptions;
  readonly #queue: Waiting[] = [];
  #sending = false;
  #closed: SchedulerError | undefined;

  constructor(options: CallSenderOptions) {
    this.#options = options;
  }

  send(body: string | Uint8Array): Promise<CallOutcome> {
    if (this.#closed !== undefined) return Promise.resolve({ ok: false, error: this.#closed });
    if (this.#queue.length >= this.#options.maxQueued) {
      const error = new SchedulerError('too-many-calls', `${this.#queue.length} calls are waiting to be sent already`);
      return Promise.resolve({ ok: false, error });
    }
    return new Promise((settle) => {
      this.#queue.push({ body, settle });
      if (!this.#sending) void this.#sendAll();
    });
  }

  /** What has not been sent never will be. The call on its way still gets its answer. */
  close(error: SchedulerError): void {
    this.#closed ??= error;
    for (const waiting of this.#queue.splice(0)) waiting.settle({ ok: false, error });
  }

  async #sendAll(): Promise<void> {
    this.#sending = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      next.settle(await this.#exchange(next.body));
    }
    this.#sending = false;
  }

  async #exchange(body: string | Uint8Array): Promise<CallOutcome> {
    const { net, clock, url, headers, timeoutMs, onLost } = this.#options;
    const untilMs = clock.monotonicMs() + timeoutMs;
    try {
      let response: ClientResponse;
      let text: string;
      for (;;) {
        response = await net.request({ method: 'POST', url, headers, body, timeoutMs });
        if (response.status === 200 || response.status === 202) return { ok: true };
        text = new TextDecoder().decode(response.body).trim();
        const isPassing = response.status === 503 && text.startsWith(NOT_CERTAIN) && clock.monotonicMs() < untilMs;
        if (!isPassing) break;
        await clock.sleep(NOT_CERTAIN_PAUSE_MS);
        if (this.#closed !== undefined) return { ok: false, error: this.#closed };
      }
      const said = `${response.status}${text === '' ? '' : `: ${text}`}`;
      if (forgotUs(response.status, text)) {
        onLost(`the master answered ${said}`);
        return failure('not-connected', `The master does not have this framework (${said})`, response.status);
      }
      return failure(
        response.status === 401 ? 'forbidden' : 'refused',
        `The master refused the call (${said})`,
        response.status,
      );
    } catch (error) {
      if (!(error instanceof NetError)) throw error;
      if (error.code !== 'refused' && error.code !== 'unresolved') {
        return { ok: false, error: new SchedulerError('unknown-outcome', error.message, { cause: error }) };
      }
      onLost(error.message);
      return { ok: false, error: new SchedulerError('not-connected', error.message, { cause: error }) };
    }
  }
}

/** Not the leader (307, 503), framework not subscribed (403) or not known (400), see mesos-api.md 4.1. */
function forgotUs(status: number, text: string): boolean {
  return status === 307 || status === 503 || status === 403 || (status === 400 && text === 'Framework cannot be found');
}

function failure(code: 'not-connected' | 'forbidden' | 'refused', message: string, status: number): CallOutcome {
  return { ok: false, error: new SchedulerError(code, message, { status }) };
}
