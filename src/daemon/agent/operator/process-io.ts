// What goes over the wire between a container's streams and those who are attached to it: ProcessIO records (mesos-api.md 7).
import { decode, encode, parseJson, stringify } from '../../../mesos/codec.ts';
import { Call, ProcessIO } from '../../../mesos/generated/agent.ts';
import { encodeRecord } from '../../../mesos/recordio.ts';
import type { HttpResponse, StreamWriter } from '../../../world/net.ts';
import type { Clock, Timer } from '../../../world/world.ts';
import { JSON_TYPE, type MessageContentType, RECORDIO_TYPE } from '../../serving/calls/media-types.ts';
import type { ContainerStreams, OutputListener, OutputName } from '../containers/io/streams.ts';

/** Unread by the client; the container waits meanwhile. */
const MAX_UNREAD_BYTES = 256 * 1024;

/** How the output of a container is to be sent. */
export interface OutputForm {
  readonly contentType: MessageContentType;
  /** The client asked for RecordIO by name; else the content type is that of the messages. */
  readonly isRecordIo: boolean;
}

/** Who reads, and for how long it may keep the container waiting. */
export interface OutputOptions {
  readonly clock: Clock;
  readonly heartbeatIntervalMs: number;
  readonly patienceMs: number;
  /** The client is gone, or everything was said. */
  readonly onOver: () => void;
}

/** 200 with everything that the container writes from now on. */
export function outputResponse(streams: ContainerStreams, form: OutputForm, options: OutputOptions): HttpResponse {
  const headers: Record<string, string> = form.isRecordIo
    ? { 'content-type': RECORDIO_TYPE, 'message-content-type': form.contentType }
    : { 'content-type': form.contentType };
  return { status: 200, headers, body: { start: (writer) => new OutputStream(streams, writer, form, options) } };
}

class OutputStream implements OutputListener {
  readonly patienceMs: number;
  readonly #writer: StreamWriter;
  readonly #contentType: MessageContentType;
  readonly #heartbeats: Timer;

  constructor(streams: ContainerStreams, writer: StreamWriter, form: OutputForm, options: OutputOptions) {
    const { clock, heartbeatIntervalMs, patienceMs, onOver } = options;
    this.patienceMs = patienceMs;
    this.#writer = writer;
    this.#contentType = form.contentType;
    const interval = { nanoseconds: Math.round(heartbeatIntervalMs * 1e6) };
    this.#heartbeats = clock.every(heartbeatIntervalMs, () => {
      // Who does not read does not need to be told that we are there.
      if (!this.isFull) this.#send({ type: 'CONTROL', control: { type: 'HEARTBEAT', heartbeat: { interval } } });
    });
    const stopListening = streams.listen(this);
    writer.onClose(() => {
      this.#heartbeats.cancel();
      stopListening();
      onOver();
    });
  }

  get isFull(): boolean {
    return this.#writer.isOpen && this.#writer.bufferedBytes > MAX_UNREAD_BYTES;
  }

  output(name: OutputName, bytes: Uint8Array): void {
    const type = name === 'stdout' ? 'STDOUT' : 'STDERR';
    this.#send({ type: 'DATA', data: { type, data: Buffer.from(bytes).toString('base64') } });
  }

  cutOff(): void {
    this.#writer.abort();
  }

  ended(): void {
    this.#heartbeats.cancel();
    this.#writer.end();
  }

  #send(message: ProcessIO): void {
    const isJson = this.#contentType === JSON_TYPE;
    this.#writer.write(encodeRecord(isJson ? stringify(ProcessIO, message) : encode(ProcessIO, message)));
  }
}

/** One record of an input stream. Throws CodecError. */
export function readCall(record: Uint8Array, contentType: MessageContentType): Call {
  return contentType === JSON_TYPE ? parseJson(Call, record) : decode(Call, record);
}
