// The end of a growing file on an agent, as lines: read once from near its end, then what is new.
import { type FilesClient, MAX_READ_BYTES } from '../../client/operator.ts';

/** Lines that are kept; older ones are forgotten. */
const MAX_LINES = 2000;
/** What comes faster than this between two looks is skipped, and said. */
const MAX_PIECES = 9;
const MAX_CATCH_UP_BYTES = (MAX_PIECES - 1) * MAX_READ_BYTES;
const MAX_LINE = 2000;

export class LogTail {
  readonly #files: FilesClient;
  readonly #path: string;
  #decoder = new TextDecoder();
  #offset: number | undefined;
  #rest = '';
  #lines: string[] = [];
  #forgotten = 0;

  constructor(files: FilesClient, path: string) {
    this.#files = files;
    this.#path = path;
  }

  /** With the last one, which may not have ended yet. */
  get lines(): readonly string[] {
    return this.#rest === '' ? this.#lines : [...this.#lines, this.#rest];
  }

  /** How many lines were before those that are kept. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** True when there was something new. Throws ApiError as FilesClient.read. */
  async refresh(): Promise<boolean> {
    let offset = this.#offset ?? (await this.#start());
    const before = this.#offset;
    let piece = await this.#files.read(this.#path, offset);
    if (piece.size < offset) {
      this.#forget(`[the file was cut from ${offset} to ${piece.size} bytes]`);
      offset = 0;
      piece = await this.#files.read(this.#path, offset);
    } else if (piece.size - offset > MAX_CATCH_UP_BYTES) {
      const kept = piece.size - MAX_READ_BYTES;
      this.#forget(`[${kept - offset} bytes left out]`);
      offset = kept;
      piece = await this.#files.read(this.#path, offset);
    }
    for (let pieces = 0; piece.data.length > 0 && pieces < MAX_PIECES; pieces += 1) {
      this.#take(this.#decoder.decode(piece.data, { stream: true }));
      offset += piece.data.length;
      if (offset >= piece.size) break;
      piece = await this.#files.read(this.#path, offset);
    }
    this.#offset = offset;
    return offset !== before;
  }

  /** Near the end; the first line read is most likely not whole, and left out. */
  async #start(): Promise<number> {
    const { size } = await this.#files.read(this.#path, 0);
    const from = Math.max(0, size - MAX_READ_BYTES);
    if (from === 0) return 0;
    const { data } = await this.#files.read(this.#path, from);
    const end = data.indexOf(10);
    return end < 0 ? from : from + end + 1;
  }

  #forget(note: string): void {
    this.#decoder = new TextDecoder();
    this.#rest = '';
    this.#lines.push(note);
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = (lines.pop() ?? '').slice(-MAX_LINE);
    for (const line of lines) this.#lines.push(line.slice(0, MAX_LINE).replace(/\r$/, ''));
    const excess = this.#lines.length - MAX_LINES;
    if (excess <= 0) return;
    this.#lines = this.#lines.slice(excess);
    this.#forgotten += excess;
  }
}
