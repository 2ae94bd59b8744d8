// The templates of one service: its own labels first, then the operator's choice. Collects the lines of one part of the file.
import type { Service } from '../../model/model.ts';
import type { RawTextRules } from '../../model/raw-labels.ts';
import type { TemplateName } from '../templates/catalog.ts';
import type { Template, TemplateValues } from '../templates/template.ts';
import type { Templates } from '../templates/templates.ts';
import { LabelTemplate } from './label-template.ts';

/** Some lines of the config, each with its newline; `count` is how many. */
export interface Lines {
  readonly text: string;
  readonly count: number;
}

export const NO_LINES: Lines = { text: '', count: 0 };

/** A value that would break out of its line, or leave a line without its word. Grammar keeps them out long before this. */
export class UnrenderableError extends Error {
  override readonly name = 'UnrenderableError';
  readonly code = 'unrenderable';
}

/** Throws TemplateError at the first use of a label that is no template. */
export class ServiceTemplates {
  readonly #templates: Templates;
  readonly #rules: RawTextRules;
  readonly #overrides: ReadonlyMap<string, string>;

  constructor(service: Service, templates: Templates, rules: RawTextRules) {
    this.#templates = templates;
    this.#rules = rules;
    this.#overrides = service.overrides;
  }

  get(name: TemplateName): Template {
    if (this.#overrides.size === 0) return this.#templates.get(name);
    const text = this.#overrides.get(name);
    return text === undefined ? this.#templates.get(name) : new LabelTemplate(name, text, this.#rules);
  }

  /** Built-in rules of ports 80 and 443 are the same, and need to be made once only. */
  get areAllBuiltIn(): boolean {
    return this.#overrides.size === 0 && this.#templates.areAllBuiltIn;
  }

  isBuiltIn(name: TemplateName): boolean {
    return this.get(name).source === 'built-in';
  }
}

/** Fragments one below the other: blanks behind each are gone, each line ends in one newline (haproxy.md 4.2). */
export class LineWriter {
  readonly #parts: string[] = [];
  #allowedLines = 0;

  fill(template: Template, values: TemplateValues): void {
    if (template.lineCount === 0) return;
    template.fillInto(this.#parts, values);
    this.#parts.push('\n');
    this.#allowedLines += template.lineCount;
  }

  line(text: string): void {
    this.#parts.push(text, '\n');
    this.#allowedLines += 1;
  }

  /** Throws UnrenderableError when there are more lines than the templates have, so that a value must have brought one. */
  done(): Lines {
    if (this.#parts.length === 0) return NO_LINES;
    const text = this.#parts.join('');
    const count = countLines(text);
    if (count > this.#allowedLines) throw new UnrenderableError('a value holds a line break');
    return { text, count };
  }
}

/** How many newlines a text has. */
export function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
