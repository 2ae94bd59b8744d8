// ATTACH_CONTAINER_INPUT: a request whose body is a stream of records, the first names the container, those after it are what
// is typed, and the size of the window (mesos-api.md 7).
import { CodecError } from '../../../mesos/codec.ts';
import type { Call, ProcessIO } from '../../../mesos/generated/agent.ts';
import { RecordDecoder, RecordIOError } from '../../../mesos/recordio.ts';
import { validateAgentCall } from '../../../mesos/validation/calls/agent-call.ts';
import type { HttpResponse, RequestStream } from '../../../world/net.ts';
import type { Clock, Timer } from '../../../world/world.ts';
import { type MessageContentType, RECORDIO_TYPE } from '../../serving/calls/media-types.ts';
import { badRequest, conflict, ok, refusal, unsupportedMediaType } from '../../serving/http/responses.ts';
import type { ContainerStreams } from '../containers/io/streams.ts';
import { readCall } from './process-io.ts';

const MAX_RECORD_BYTES = 2 ** 20;
/** What the container has not read; the client waits meanwhile. */
const MAX_UNREAD_BYTES = 256 * 1024;
const UNREAD_POLL_MS = 20;
/** Who says nothing at all is not waited for. */
const FIRST_RECORD_MS = 30_000;

/** What an input stream reaches. */
export interface InputTargets {
  readonly clock: Clock;
  /** The streams of the container, or why there are none. */
  streams(call: Call): ContainerStreams | HttpResponse;
  /** Those that somebody speaks to already. */
  readonly taken: WeakSet<ContainerStreams>;
}

/** Resolves when the input is over: 200 when it was ended properly, or the container was. */
export function attachInput(
  targets: InputTargets,
  body: RequestStream,
  contentType: MessageContentType,
): Promise<HttpResponse> {
  return new InputSession(targets, body, contentType).answer;
}

class InputSession {
  readonly answer: Promise<HttpResponse>;
  readonly #targets: InputTargets;
  readonly #body: RequestStream;
  readonly #contentType: MessageContentType;
  readonly #decoder = new RecordDecoder({ maxRecordBytes: MAX_RECORD_BYTES });
  readonly #settle: (response: HttpResponse) => void;
  readonly #firstRecord: Timer;
  #poll: Timer | undefined;
  #streams: ContainerStreams | undefined;
  #isOver = false;
  #stopListening: () => void = () => undefined;

  constructor(targets: InputTargets, body: RequestStream, contentType: MessageContentType) {
    this.#targets = targets;
    this.#body = body;
    this.#contentType = contentType;
    const { promise, resolve } = Promise.withResolvers<HttpResponse>();
    this.answer = promise;
    this.#settle = resolve;
    this.#firstRecord = targets.clock.setTimer(FIRST_RECORD_MS, () =>
      this.#finish(refusal(408, 'No record was received in time')),
    );
    body.onChunk((chunk) => this.#chunk(chunk));
    body.onEnd((isWhole) => this.#ended(isWhole));
  }

  #chunk(chunk: Uint8Array): void {
    if (this.#isOver) return;
    try {
      for (const record of this.#decoder.push(chunk)) {
        const refusal = this.#isOver ? undefined : this.#record(readCall(record, this.#contentType));
        if (refusal !== undefined) this.#finish(refusal);
      }
    } catch (cause) {
      if (!(cause instanceof RecordIOError || cause instanceof CodecError)) throw cause;
      this.#finish(badRequest(cause.message));
    }
    this.#pace();
  }

  /** Why the input is refused; undefined when it goes on. */
  #record(call: Call): HttpResponse | undefined {
    const problem = validateAgentCall(call);
    if (problem !== undefined) return badRequest(`Failed to validate agent::Call: ${problem}`);
    if (call.type !== 'ATTACH_CONTAINER_INPUT') {
      return unsupportedMediaType(`Streaming 'Content-Type' ${RECORDIO_TYPE} is not supported for ${call.type} call`);
    }
    const { type, process_io } = call.attach_container_input ?? {};
    if (this.#streams === undefined) {
      if (type === 'CONTAINER_ID') return this.#attach(call);
      return badRequest("Expecting 'attach_container_input.type' to be CONTAINER_ID");
    }
    if (type !== 'PROCESS_IO') return badRequest("Expecting 'attach_container_input.type' to be PROCESS_IO");
    const wrong = processIoProblem(process_io);
    if (wrong !== undefined) return badRequest(`Failed to validate agent::Call: ${wrong}`);
    if (process_io !== undefined) pass(this.#streams, process_io);
    return undefined;
  }

  #attach(call: Call): HttpResponse | undefined {
    const found = this.#targets.streams(call);
    if ('status' in found) return found;
    if (this.#targets.taken.has(found)) return conflict('Multiple input connections are not allowed');
    this.#firstRecord.cancel();
    this.#streams = found;
    this.#targets.taken.add(found);
    this.#stopListening = found.onClosed(() => this.#finish(ok()));
    return undefined;
  }

  #pace(): void {
    this.#poll?.cancel();
    if (this.#isOver) return;
    if ((this.#streams?.unreadBytes ?? 0) <= MAX_UNREAD_BYTES) {
      this.#body.resume();
      return;
    }
    this.#body.pause();
    this.#poll = this.#targets.clock.setTimer(UNREAD_POLL_MS, () => this.#pace());
  }

  #ended(isWhole: boolean): void {
    if (this.#streams === undefined) this.#finish(badRequest('Received EOF while reading request body'));
    else if (isWhole && !this.#decoder.atBoundary) this.#finish(badRequest('The last record is not complete'));
    else this.#finish(ok());
  }

  /** Whatever still comes is dropped. */
  #finish(response: HttpResponse): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#firstRecord.cancel();
    this.#poll?.cancel();
    this.#body.resume();
    this.#stopListening();
    if (this.#streams !== undefined) this.#targets.taken.delete(this.#streams);
    this.#settle(response);
  }
}

function pass(streams: ContainerStreams, { data, control }: ProcessIO): void {
  if (control?.tty_info?.window_size !== undefined) streams.resize(control.tty_info.window_size);
  if (data === undefined) return;
  const bytes = Buffer.from(data.data ?? '', 'base64');
  if (bytes.length === 0) streams.endInput();
  else streams.write(bytes);
}

const FIELD = 'attach_container_input.process_io';

function processIoProblem(io: ProcessIO | undefined): string | undefined {
  if (io === undefined) return `Expecting '${FIELD}' to be present`;
  if (io.type === undefined) return `Expecting '${FIELD}.type' to be present`;
  if (io.type === 'UNKNOWN') return `'${FIELD}.type' is unknown`;
  if (io.type === 'DATA') {
    if (io.data === undefined) return `Expecting '${FIELD}.data' to be present`;
    return io.data.type === 'STDIN' ? undefined : `Expecting '${FIELD}.data.type' to be STDIN`;
  }
  if (io.control === undefined) return `Expecting '${FIELD}.control' to be present`;
  const { type, tty_info } = io.control;
  if (type === undefined) return `Expecting '${FIELD}.control.type' to be present`;
  if (type === 'UNKNOWN') return `'${FIELD}.control.type' is unknown`;
  if (type !== 'TTY_INFO') return undefined;
  if (tty_info === undefined) return `Expecting '${FIELD}.control.tty_info' to be present`;
  return tty_info.window_size === undefined
    ? `Expecting '${FIELD}.control.tty_info.window_size' to be present`
    : undefined;
}
