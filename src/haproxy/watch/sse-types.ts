// Which events a stream of server-sent events tells of (haproxy.md 14.2). Events are hints, and what they say is read from
// Marathon anyway: so only their types are taken, and a line may be as long as it likes without being kept.

/** Of a line this much is looked at; names of events are short. */
const MAX_LINE_CHARACTERS = 256;

/** Type of an event that came without one. */
export const UNNAMED_EVENT = '';

/** Reads one stream, chunk by chunk. Lines end with LF, CRLF or CR; an empty one ends an event. */
export class EventTypeReader {
  readonly #decoder = new TextDecoder();
  /** Beginning of the line that goes on. */
  #line = '';
  #type = UNNAMED_EVENT;
  #hasData = false;
  /** The last character was CR: a LF now belongs to it. */
  #isAfterReturn = false;

  /** Types of the events that are complete with this chunk, in order. Comments and empty frames are no events. */
  push(chunk: Uint8Array): string[] {
    const text = this.#decoder.decode(chunk, { stream: true });
    const types: string[] = [];
    let from = this.#isAfterReturn && text.startsWith('\n') ? 1 : 0;
    if (text !== '') this.#isAfterReturn = false;
    while (from < text.length) {
      const end = endOfLine(text, from);
      this.#append(text, from, end);
      if (end === text.length) break;
      this.#endLine(types);
      const isReturn = text[end] === '\r';
      from = end + (isReturn && text[end + 1] === '\n' ? 2 : 1);
      if (isReturn && end + 1 === text.length) this.#isAfterReturn = true;
    }
    return types;
  }

  #append(text: string, from: number, to: number): void {
    const room = MAX_LINE_CHARACTERS - this.#line.length;
    if (room > 0) this.#line += text.slice(from, Math.min(to, from + room));
  }

  #endLine(types: string[]): void {
    const line = this.#line;
    this.#line = '';
    if (line === '') {
      if (this.#hasData) types.push(this.#type);
      this.#type = UNNAMED_EVENT;
      this.#hasData = false;
    } else if (line.startsWith('event:')) this.#type = line.slice('event:'.length).trim();
    else if (line.startsWith('data:') && line.length > 'data:'.length) this.#hasData = true;
  }
}

function endOfLine(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === 10 || character === 13) return at;
  }
  return text.length;
}
