// The file as it grows: sections with an empty line between them, and which lines are whose.
import type { Rendered } from './rendered.ts';
import { countLines, type Lines } from './service/service-templates.ts';

/** Order of calls is order of lines. */
export class ConfigWriter {
  readonly #parts: string[] = [];
  readonly #ranges: { service: string; from: number; to: number }[] = [];
  #lines = 0;

  /** Starts a section with its head, which may lack the newline at its end. */
  section(head: string): void {
    this.#separate();
    this.#push(head, countLines(head));
    if (!head.endsWith('\n')) this.#push('\n', 1);
  }

  /** A whole section of one service; nothing for one without lines. */
  sectionOf(service: string, lines: Lines): void {
    if (lines.count === 0) return;
    this.#separate();
    this.linesOf(service, lines);
  }

  linesOf(service: string, lines: Lines): void {
    if (lines.count === 0) return;
    const from = this.#lines + 1;
    this.#push(lines.text, lines.count);
    const last = this.#ranges.at(-1);
    if (last !== undefined && last.service === service && last.to === from - 1) last.to = this.#lines;
    else this.#ranges.push({ service, from, to: this.#lines });
  }

  /** Lines that are nobody's alone, below what stands already. */
  lines(text: string): void {
    this.#push(`${text}\n`, countLines(text) + 1);
  }

  done(): Pick<Rendered, 'config' | 'ranges'> {
    return { config: this.#parts.join(''), ranges: this.#ranges };
  }

  #separate(): void {
    if (this.#lines > 0) this.#push('\n', 1);
  }

  #push(text: string, count: number): void {
    this.#parts.push(text);
    this.#lines += count;
  }
}
