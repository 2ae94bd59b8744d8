// Talking with containers of an agent (mesos-api.md 7): a session beside a task's command, its output and its input, and
// waiting for its end. One agent's answers; whose container it is was found out before.
import { decode, encode } from '../../mesos/codec.ts';
import { Call, ProcessIO, Response } from '../../mesos/generated/agent.ts';
import type { CommandInfo, ContainerID, ContainerInfo, TTYInfo_WindowSize } from '../../mesos/generated/v1.ts';
import { encodeRecord, RecordDecoder } from '../../mesos/recordio.ts';
import { type ClientStream, type ClientUpload, type Net, NetError } from '../../world/net.ts';
import { ApiError, errorFromStatus } from '../api-error.ts';
import { whatItSays } from '../refusal.ts';

const PROTOBUF = 'application/x-protobuf';
const RECORDIO = 'application/recordio';
const HEAD_TIMEOUT_MS = 30_000;
/** A session may last; its end is waited for as long. */
const WAIT_TIMEOUT_MS = 2 ** 31 - 1;
const MAX_RECORD_BYTES = 16 * 2 ** 20;

/** What comes from a container. Called one after the other; a promise holds everything else up until it is settled. */
export interface ContainerListener {
  readonly output: (name: 'stdout' | 'stderr', bytes: Uint8Array) => Promise<void>;
  /** Everything was said (undefined), or the stream broke: why. */
  readonly ended: (why: string | undefined) => void;
  /** The agent says how often it is going to be heard at least. */
  readonly heartbeat?: (intervalMs: number) => void;
  /** Something has come (false), or is waited for (true). */
  readonly listening?: (isListening: boolean) => void;
}

/** Input on its way. */
export interface ContainerInput {
  write(bytes: Uint8Array): void;
  /** End of input; on a terminal, what Ctrl-D does. */
  end(): void;
  resize(size: TTYInfo_WindowSize): void;
  /** Not yet taken by the agent. */
  readonly bufferedBytes: number;
  /** Resolves when the agent takes no more: undefined when the container has ended, else why. Never rejects. */
  readonly over: Promise<InputRefusal | undefined>;
  close(): void;
}

/** `isTaken`: somebody else types there. */
export interface InputRefusal {
  readonly why: string;
  readonly isTaken: boolean;
}

/** Containers of one agent. */
export class ContainerClient {
  readonly #net: Net;
  readonly #address: string;
  readonly #timeoutMs: number;

  /** `address`: `http://host:port` of the agent. `timeoutMs`: for the beginning of an answer; default 30 s. */
  constructor(net: Net, address: string, timeoutMs = HEAD_TIMEOUT_MS) {
    this.#net = net;
    this.#address = address;
    this.#timeoutMs = timeoutMs;
  }

  /** Launches a command beside that of the container it is nested in; it ends when the stream is closed. Throws ApiError. */
  launchSession(
    session: { readonly id: ContainerID; readonly command: CommandInfo; readonly container?: ContainerInfo },
    listener: ContainerListener,
  ): Promise<{ close(): void }> {
    const { id, command, container } = session;
    return this.#listen(
      {
        type: 'LAUNCH_NESTED_CONTAINER_SESSION',
        launch_nested_container_session: { container_id: id, command, ...(container && { container }) },
      },
      listener,
    );
  }

  /** What a container writes from now on. Throws ApiError. */
  attachOutput(id: ContainerID, listener: ContainerListener): Promise<{ close(): void }> {
    return this.#listen({ type: 'ATTACH_CONTAINER_OUTPUT', attach_container_output: { container_id: id } }, listener);
  }

  /** A way to type there. */
  attachInput(id: ContainerID): ContainerInput {
    const upload = this.#net.openUpload({
      method: 'POST',
      url: `${this.#address}/api/v1`,
      headers: { 'content-type': RECORDIO, 'message-content-type': PROTOBUF, accept: PROTOBUF },
    });
    const send = (input: NonNullable<Call['attach_container_input']>): void =>
      upload.write(encodeRecord(encode(Call, { type: 'ATTACH_CONTAINER_INPUT', attach_container_input: input })));
    const type = (bytes: Uint8Array): void => {
      const data = Buffer.from(bytes).toString('base64');
      send({ type: 'PROCESS_IO', process_io: { type: 'DATA', data: { type: 'STDIN', data } } });
    };
    send({ type: 'CONTAINER_ID', container_id: id });
    return {
      // An empty record would be the end.
      write: (bytes) => bytes.length > 0 && type(bytes),
      end: () => type(new Uint8Array(0)),
      resize: (window_size) =>
        send({
          type: 'PROCESS_IO',
          process_io: { type: 'CONTROL', control: { type: 'TTY_INFO', tty_info: { window_size } } },
        }),
      get bufferedBytes() {
        return upload.bufferedBytes;
      },
      over: endOfUpload(upload),
      close: () => upload.close(),
    };
  }

  /** Raw status of wait(2) of a nested container that runs or is remembered; undefined when the agent does not know it. */
  async wait(id: ContainerID): Promise<number | undefined> {
    const call: Call = { type: 'WAIT_NESTED_CONTAINER', wait_nested_container: { container_id: id } };
    const response = await this.#post(call);
    if (response.status === 404) return undefined;
    if (response.status !== 200) throw this.#refused(call, response.status, response.body);
    return decode(Response, response.body).wait_nested_container?.exit_status;
  }

  async #post(call: Call) {
    try {
      return await this.#net.request({
        method: 'POST',
        url: `${this.#address}/api/v1`,
        headers: { 'content-type': PROTOBUF, accept: PROTOBUF },
        body: encode(Call, call),
        timeoutMs: WAIT_TIMEOUT_MS,
      });
    } catch (cause) {
      throw this.#unreachable(cause);
    }
  }

  async #listen(call: Call, listener: ContainerListener): Promise<{ close(): void }> {
    let stream: ClientStream;
    try {
      stream = await this.#net.openStream({
        method: 'POST',
        url: `${this.#address}/api/v1`,
        headers: { 'content-type': PROTOBUF, accept: RECORDIO, 'message-accept': PROTOBUF },
        body: encode(Call, call),
        timeoutMs: this.#timeoutMs,
      });
    } catch (cause) {
      throw this.#unreachable(cause);
    }
    if (stream.status !== 200) throw this.#refused(call, stream.status, await whatItSays(stream));
    follow(stream, listener);
    return { close: () => stream.close() };
  }

  #refused({ type }: Call, status: number, said: Uint8Array): ApiError {
    return errorFromStatus(this.#address, `POST /api/v1 ${type}`, status, new TextDecoder().decode(said).trim());
  }

  #unreachable(cause: unknown): unknown {
    if (!(cause instanceof NetError)) return cause;
    const message = `${this.#address} cannot be reached: ${cause.message}`;
    return new ApiError('unreachable', this.#address, message, { cause });
  }
}

/** Hands records on one at a time; the agent is held back meanwhile. */
function follow(stream: ClientStream, listener: ContainerListener): void {
  const decoder = new RecordDecoder({ maxRecordBytes: MAX_RECORD_BYTES });
  let work: Promise<void> = Promise.resolve();
  let waiting = 0;
  let isOver = false;
  const end = (why: string | undefined): void => {
    if (isOver) return;
    isOver = true;
    stream.close();
    listener.ended(why);
  };
  stream.onChunk((chunk) => {
    stream.pause();
    listener.listening?.(false);
    waiting += 1;
    work = work.then(async () => {
      try {
        for (const record of decoder.push(chunk)) await take(decode(ProcessIO, record), listener);
      } catch (error) {
        end(error instanceof Error ? error.message : String(error));
      }
      waiting -= 1;
      if (waiting > 0 || isOver) return;
      stream.resume();
      listener.listening?.(true);
    });
  });
  stream.onEnd((error) => {
    work = work.then(() => end(error?.message));
  });
}

async function take({ data, control }: ProcessIO, listener: ContainerListener): Promise<void> {
  const interval = control?.heartbeat?.interval;
  if (interval !== undefined) listener.heartbeat?.(interval.nanoseconds / 1e6);
  if (data === undefined || data.type === 'STDIN') return;
  const bytes = Buffer.from(data.data ?? '', 'base64');
  if (bytes.length > 0) await listener.output(data.type === 'STDERR' ? 'stderr' : 'stdout', bytes);
}

async function endOfUpload({ response }: ClientUpload): Promise<InputRefusal | undefined> {
  try {
    const { status, body } = await response;
    if (status === 200) return undefined;
    const said = new TextDecoder().decode(body).trim();
    return { why: said || `HTTP status ${status}`, isTaken: status === 409 };
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error), isTaken: false };
  }
}
