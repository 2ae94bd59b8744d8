// An event encoded at most once for each content type, however many subscribers it goes to.
import { encode, type MessageType, stringify } from '../../../mesos/codec.ts';
import { encodeRecord } from '../../../mesos/recordio.ts';
import { JSON_TYPE, type MessageContentType } from '../calls/media-types.ts';

/** What a stream can send: a RecordIO record in either content type. */
export interface EventRecord {
  record(contentType: MessageContentType): Uint8Array;
}

/** The event must not change once it is in here. */
export class EncodedEvent<E> implements EventRecord {
  readonly event: E;
  readonly #type: MessageType<E>;
  #json: Uint8Array | undefined;
  #protobuf: Uint8Array | undefined;

  constructor(type: MessageType<E>, event: E) {
    this.#type = type;
    this.event = event;
  }

  /** The RecordIO record; the same buffer for everyone who asks for the same type. */
  record(contentType: MessageContentType): Uint8Array {
    if (contentType === JSON_TYPE) {
      this.#json ??= encodeRecord(stringify(this.#type, this.event));
      return this.#json;
    }
    this.#protobuf ??= encodeRecord(encode(this.#type, this.event));
    return this.#protobuf;
  }
}
