// A master played by a test: a Net whose exchanges the test answers by hand, and a clock that it moves.
import { parseJson, stringify } from '../../../src/mesos/codec.ts';
import { Call, Event } from '../../../src/mesos/generated/scheduler.ts';
import { encodeRecord } from '../../../src/mesos/recordio.ts';
import {
  type ClientRequest,
  type ClientResponse,
  type ClientStream,
  type Net,
  NetError,
} from '../../../src/world/net.ts';
import type { Clock, Log, Random, Timer } from '../../../src/world/world.ts';

export class FakeClock implements Clock {
  #now = 0;
  #timers: { at: number; fn: () => void }[] = [];
  nowMs(): number {
    return this.#now;
  }
  monotonicMs(): number {
    return this.#now;
  }
  setTimer(delayMs: number, fn: () => void): Timer {
    const entry = { at: this.#now + delayMs, fn };
    this.#timers.push(entry);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((timer) => timer !== entry);
      },
    };
  }
  every(intervalMs: number, fn: () => void): Timer {
    let timer = this.setTimer(intervalMs, tick);
    const { setTimer } = { setTimer: this.setTimer.bind(this) };
    function tick(): void {
      timer = setTimer(intervalMs, tick);
      fn();
    }
    return { cancel: () => timer.cancel() };
  }
  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.setTimer(delayMs, resolve));
  }
  get pending(): number {
    return this.#timers.length;
  }
  /** Fires what is due, in order, letting promises settle in between. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#now = Math.max(this.#now, due.at);
      due.fn();
      await settle();
    }
    this.#now = end;
    await settle();
  }
}

export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

export class FakeStream implements ClientStream {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  closed = false;
  paused = false;
  #onChunk: ((chunk: Uint8Array) => void) | undefined;
  #onEnd: ((error: NetError | undefined) => void) | undefined;
  #early: Uint8Array[] = [];
  #end: { error: NetError | undefined } | undefined;
  constructor(status: number, headers: Readonly<Record<string, string>>) {
    this.status = status;
    this.headers = headers;
  }
  onChunk(fn: (chunk: Uint8Array) => void): void {
    this.#onChunk = fn;
    queueMicrotask(() => {
      for (const chunk of this.#early.splice(0)) fn(chunk);
    });
  }
  onEnd(fn: (error: NetError | undefined) => void): void {
    this.#onEnd = fn;
    const end = this.#end;
    if (end !== undefined) queueMicrotask(() => !this.closed && fn(end.error));
  }
  /** What is delivered meanwhile was on its way already. */
  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
  }
  close(): void {
    this.closed = true;
  }
  deliver(chunk: Uint8Array): void {
    if (this.closed) return;
    if (this.#onChunk === undefined) this.#early.push(chunk);
    else this.#onChunk(chunk);
  }
  send(event: Event): void {
    this.deliver(encodeRecord(stringify(Event, event)));
  }
  subscribed(frameworkId: string, heartbeatSeconds = 15): void {
    const subscribed = { framework_id: { value: frameworkId }, heartbeat_interval_seconds: heartbeatSeconds };
    this.send({ type: 'SUBSCRIBED', subscribed });
  }
  finish(error?: NetError): void {
    if (this.closed) return;
    this.#end = { error };
    this.#onEnd?.(error);
  }
}

export interface ReceivedCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly call: Call;
  answer(response: Partial<ClientResponse> | NetError): Promise<void>;
}

export interface ReceivedSubscribe extends Omit<ReceivedCall, 'answer'> {
  /** 200 with a stream, or another status with a body. */
  accept(streamId?: string): Promise<FakeStream>;
  refuse(status: number, text?: string, headers?: Record<string, string>): Promise<void>;
  fail(error: NetError): Promise<void>;
}

/** Collects what the client sends; the test answers. */
export class FakeMaster implements Net {
  readonly subscribes: ReceivedSubscribe[] = [];
  readonly calls: ReceivedCall[] = [];

  listen(): never {
    throw new Error('not expected');
  }

  openUpload(): never {
    throw new Error('not expected');
  }

  connect(): never {
    throw new Error('not expected');
  }

  exchange(): never {
    throw new Error('not expected');
  }

  request(request: ClientRequest): Promise<ClientResponse> {
    return new Promise((resolve, reject) => {
      this.calls.push({
        url: request.url,
        headers: request.headers ?? {},
        call: parseJson(Call, request.body ?? ''),
        answer: async (response) => {
          if (response instanceof NetError) reject(response);
          else resolve({ status: 202, headers: {}, body: new Uint8Array(), ...response });
          await settle();
        },
      });
    });
  }

  openStream(request: ClientRequest): Promise<ClientStream> {
    return new Promise((resolve, reject) => {
      this.subscribes.push({
        url: request.url,
        headers: request.headers ?? {},
        call: parseJson(Call, request.body ?? ''),
        accept: async (streamId = 'stream-1') => {
          const stream = new FakeStream(200, { 'mesos-stream-id': streamId });
          resolve(stream);
          await settle();
          return stream;
        },
        refuse: async (status, text = '', headers = {}) => {
          const stream = new FakeStream(status, headers);
          resolve(stream);
          stream.deliver(new TextEncoder().encode(text));
          await settle();
          stream.finish();
          await settle();
        },
        fail: async (error) => {
          reject(error);
          await settle();
        },
      });
    });
  }

  get lastSubscribe(): ReceivedSubscribe {
    const last = this.subscribes.at(-1);
    if (last === undefined) throw new Error('nobody subscribed');
    return last;
  }

  get lastCall(): ReceivedCall {
    const last = this.calls.at(-1);
    if (last === undefined) throw new Error('no call came');
    return last;
  }
}

export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
};

/** Always the middle. */
export const middling: Random = {
  float: () => 0.5,
  integer: (below) => Math.floor(below / 2),
  bytes: (count) => new Uint8Array(count),
  uuid: () => '00000000-0000-4000-8000-000000000000',
  shuffle: (items) => items,
};
