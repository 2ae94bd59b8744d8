// Server-sent events out of a stream of bytes: `event:` and `data:` lines, a blank line after each. Comments and everything
// else mean nothing here.

/** One event; `data` with its lines joined. */
export interface EventFrame {
  readonly event: string;
  readonly data: string;
}

/** A frame longer than the limit. */
export class EventFrameError extends Error {
  override readonly name = 'EventFrameError';
  readonly code = 'too-long';
}

/** Bytes in, whole frames out; what is not whole yet waits for the next bytes. */
export class EventFrames {
  readonly #decoder = new TextDecoder();
  readonly #maxCharacters: number;
  #rest = '';

  constructor(maxCharacters: number) {
    this.#maxCharacters = maxCharacters;
  }

  /** Throws EventFrameError when a frame does not end. */
  push(chunk: Uint8Array): EventFrame[] {
    this.#rest += this.#decoder.decode(chunk, { stream: true }).replaceAll('\r', '');
    const found: EventFrame[] = [];
    let begin = 0;
    for (let end = this.#rest.indexOf('\n\n'); end >= 0; end = this.#rest.indexOf('\n\n', begin)) {
      const frame = readFrame(this.#rest.slice(begin, end));
      if (frame !== undefined) found.push(frame);
      begin = end + 2;
    }
    if (begin > 0) this.#rest = this.#rest.slice(begin);
    if (this.#rest.length > this.#maxCharacters) {
      throw new EventFrameError(`an event is longer than ${this.#maxCharacters} characters`);
    }
    return found;
  }
}

/** Undefined for comments. */
function readFrame(text: string): EventFrame | undefined {
  let event = '';
  const data: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('event:')) event = line.slice(6).trim();
    else if (line.startsWith('data:')) data.push(line.slice(5).trimStart());
  }
  return data.length === 0 ? undefined : { event, data: data.join('\n') };
}
