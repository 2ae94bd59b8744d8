// As much of a terminal as is needed to say what it shows: text, moves of the cursor, erasing. Colours are passed over.

const ESC = '\u001b';
const SEQUENCE = new RegExp(
  `^${ESC}(?:\\[([<=>?]?)([\\d;]*)([@-~])|\\][^\u0007${ESC}]*(?:\u0007|${ESC}\\\\)|[()][A-Z0-9]|[=>78cDEHM])`,
);

export class Screen {
  readonly rows: number;
  readonly #columns: number;
  readonly #cells: string[][];
  #row = 0;
  #column = 0;
  #rest = '';
  /** Grows with everything that is written. */
  version = 0;

  constructor(columns: number, rows: number) {
    this.#columns = columns;
    this.rows = rows;
    this.#cells = Array.from({ length: rows }, () => blank(columns));
  }

  /** A row as text, without blanks at its end. */
  line(row: number): string {
    return (this.#cells[row] ?? []).join('').trimEnd();
  }

  get text(): string {
    return this.#cells.map((_, row) => this.line(row)).join('\n');
  }

  write(output: string): void {
    this.version += 1;
    let text = this.#rest + output;
    this.#rest = '';
    while (text !== '') {
      if (!text.startsWith(ESC)) {
        const end = text.indexOf(ESC);
        for (const character of end < 0 ? text : text.slice(0, end)) this.#put(character);
        text = end < 0 ? '' : text.slice(end);
        continue;
      }
      const found = SEQUENCE.exec(text);
      if (found === null) {
        this.#rest = text;
        return;
      }
      if (found[3] !== undefined && found[1] === '') this.#control(found[3], found[2] ?? '');
      text = text.slice(found[0].length);
    }
  }

  #put(character: string): void {
    if (character === '\r') this.#column = 0;
    else if (character === '\n') this.#down();
    else if (character >= ' ') {
      const cells = this.#cells[this.#row];
      if (cells !== undefined && this.#column < this.#columns) cells[this.#column] = character;
      this.#column += 1;
    }
  }

  #down(): void {
    if (this.#row < this.rows - 1) {
      this.#row += 1;
      return;
    }
    this.#cells.shift();
    this.#cells.push(blank(this.#columns));
  }

  #control(final: string, numbers: string): void {
    const [first, second] = numbers.split(';').map(Number);
    const count = Math.max(1, first ?? 1);
    switch (final) {
      case 'A':
      case 'F':
        this.#row = Math.max(0, this.#row - count);
        if (final === 'F') this.#column = 0;
        return;
      case 'B':
      case 'E':
        this.#row = Math.min(this.rows - 1, this.#row + count);
        if (final === 'E') this.#column = 0;
        return;
      case 'C':
        this.#column = Math.min(this.#columns - 1, this.#column + count);
        return;
      case 'D':
        this.#column = Math.max(0, this.#column - count);
        return;
      case 'G':
        this.#column = count - 1;
        return;
      case 'H':
        this.#row = count - 1;
        this.#column = Math.max(1, second ?? 1) - 1;
        return;
      case 'J':
        this.#erase(first ?? 0);
        return;
      case 'K':
        this.#eraseInLine(first ?? 0);
        return;
    }
  }

  #erase(how: number): void {
    if (how === 0) this.#eraseInLine(0);
    for (const [row, cells] of this.#cells.entries()) {
      if (how === 2 || how === 3 || (how === 0 && row > this.#row)) cells.fill(' ');
    }
  }

  #eraseInLine(how: number): void {
    const cells = this.#cells[this.#row] ?? [];
    if (how === 0) cells.fill(' ', this.#column);
    else if (how === 1) cells.fill(' ', 0, this.#column + 1);
    else cells.fill(' ');
  }
}

function blank(columns: number): string[] {
  return Array.from({ length: columns }, () => ' ');
}
