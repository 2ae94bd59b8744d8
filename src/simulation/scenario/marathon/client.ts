// A client of Marathon's API in the simulator: one request at a time, and an ear at the event stream.
import type { World } from '../../../world/world.ts';

/** Without a status there was no answer: it may have been done or not. */
export interface Answer {
  readonly status: number | undefined;
  /** The body as JSON; undefined when there is none. */
  readonly body: unknown;
}

const TIMEOUT_MS = 10_000;
const REOPEN_MS = 1_000;

export class MarathonClient {
  readonly #world: World;
  readonly #url: string;

  constructor(world: World, url: string) {
    this.#world = world;
    this.#url = url;
  }

  /** Never throws. */
  async ask(method: string, path: string, body?: unknown): Promise<Answer> {
    try {
      const response = await this.#world.net.request({
        method,
        url: `${this.#url}${path}`,
        timeoutMs: TIMEOUT_MS,
        headers: { accept: 'application/json', 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = Buffer.from(response.body).toString('utf8');
      return { status: response.status, body: text === '' ? undefined : parsed(text) };
    } catch (error) {
      this.#world.log.debug('no answer', { method, path, error });
      return { status: undefined, body: undefined };
    }
  }

  /**
   * Tells of every event by its type, and of every refusal by its status; opens the stream again when it breaks. A standby
   * sends it on to the leader (`location`).
   */
  listen(onEvent: (type: string, data: unknown) => void, onRefused: (status: number) => void, location?: string): void {
    const again = () => {
      this.#world.clock.setTimer(REOPEN_MS, () => this.listen(onEvent, onRefused));
    };
    const url = location ?? `${this.#url}/v2/events`;
    const headers = { accept: 'text/event-stream' };
    this.#world.net.openStream({ method: 'GET', url, headers, timeoutMs: TIMEOUT_MS }).then((stream) => {
      const { location: leader } = stream.headers;
      if (stream.status === 302 && leader !== undefined && location === undefined) {
        stream.close();
        this.listen(onEvent, onRefused, leader);
        return;
      }
      if (stream.status !== 200) onRefused(stream.status);
      const decoder = new TextDecoder();
      let text = '';
      stream.onChunk((chunk) => {
        text += decoder.decode(chunk, { stream: true });
        const blocks = text.split('\r\n\r\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) {
          const [, type] = /^event: (.*?)\r?$/m.exec(block) ?? [];
          const [, data] = /^data: (.*?)\r?$/m.exec(block) ?? [];
          if (type !== undefined && data !== undefined) onEvent(type, parsed(data));
        }
      });
      stream.onEnd(again);
    }, again);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return { notJson: text, why: String(error) };
  }
}
