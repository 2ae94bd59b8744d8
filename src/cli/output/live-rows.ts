// Several lines on stderr that are drawn again in place, on a terminal only.
import { clip } from './render.ts';
import type { Terminal } from './terminal.ts';

/** Draws over what it drew before; other words must not come in between without `leave`. */
export class LiveRows {
  readonly #terminal: Terminal;
  #drawn = 0;
  #columns = 0;
  #text = '';

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** At most as many as the screen has, less one: the cursor must find back to the first. */
  async draw(lines: readonly string[]): Promise<void> {
    const { errorColumns: columns, errorRows: rows } = this.#terminal;
    const shown = lines.slice(0, Math.max(1, rows - 1)).map((line) => clip(line, columns));
    // In a window of another width the old lines are broken anew; they stay, and we begin below.
    const isSame = this.#columns === columns && this.#drawn > 0;
    const text = shown.join('\n');
    if (isSame && text === this.#text) return;
    const start = isSame ? `\u001b[${this.#drawn}A\r\u001b[J` : '';
    await this.#terminal.rawError(`${start}${text}\n`);
    this.#drawn = shown.length;
    this.#columns = columns;
    this.#text = text;
  }

  /** What is drawn stays; the next draw begins below it. */
  leave(): void {
    this.#drawn = 0;
  }
}
