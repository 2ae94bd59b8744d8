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
  /** Pieces of a frame that has not ended. */
  #parts: string[] = [];
  #length = 0;
  #last = '';

  constructor(maxCharacters: number) {
    this.#maxCharacters = maxCharacters;
  }

  /** Throws EventFrameError when a frame does not end. */
  push(chunk: Uint8Array): EventFrame[] {
    const piece = this.#decoder.decode(chunk, { stream: true }).replaceAll('\r', '');
    // A long frame comes in many pieces: only the new one is searched, and they are put together once.
    const isEnd = `${this.#last}${piece}`.includes('\n\n');
    this.#keep(piece);
    const found = isEnd ? this.#takeWhole() : [];
    if (this.#length > this.#maxCharacters) {
      throw new EventFrameError(`an event is longer than ${this.#maxCharacters} characters`);
    }
    return found;
  }

  #takeWhole(): EventFrame[] {
    const text = this.#parts.join('');
    const found: EventFrame[] = [];
    let begin = 0;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n', begin)) {
      const frame = readFrame(text.slice(begin, end));
      if (frame !== undefined) found.push(frame);
      begin = end + 2;
    }
    this.#parts = [];
    this.#length = 0;
    this.#last = '';
    this.#keep(text.slice(begin));
    return found;
  }

  #keep(piece: string): void {
    if (piece === '') return;
    this.#parts.push(piece);
    this.#length += piece.length;
    this.#last = piece.slice(-1);
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
