// One template, compiled once: literal text and placeholders in turn. The braces are Python's (`{name}`, `{{`, `}}`), and
// nothing else of Python's format language is known (haproxy.md 4, 4.1).
import { type TemplateName, templateKind } from './catalog.ts';

/** Where a text comes from; the operator's own are told apart because some rules hold for built-in ones only. */
export type TemplateSource = 'label' | 'environment' | 'file' | 'built-in';

/** Values by placeholder; those the template does not name do not matter. */
export type TemplateValues = Readonly<Record<string, string>>;

/** A text that cannot be read as a template; `message` says what and where, in one line. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly code = 'template-invalid';
  readonly template: TemplateName;
  constructor(template: TemplateName, source: TemplateSource, message: string) {
    super(source === 'label' ? message : `template HAPROXY_${template} (${source}), ${message}`);
    this.template = template;
  }
}

/** Ready to be filled in any number of times. */
export class Template {
  readonly name: TemplateName;
  readonly source: TemplateSource;
  /** As it is read: line ends are `\n`, blank lines before and all blanks behind are gone. */
  readonly text: string;
  readonly lineCount: number;
  /** One more literal than placeholders. */
  readonly #literals: readonly string[];
  readonly #placeholders: readonly string[];

  /** Throws TemplateError for a brace that stands alone and a placeholder that the template does not have. */
  constructor(name: TemplateName, source: TemplateSource, text: string) {
    this.name = name;
    this.source = source;
    this.text = text
      .replaceAll('\r\n', '\n')
      .replace(/^(?:[ \t]*\n)+/, '')
      .trimEnd();
    this.lineCount = this.text === '' ? 0 : this.text.split('\n').length;
    const { form, placeholders } = templateKind(name);
    const parts =
      form === 'formatted'
        ? parseBraces(name, source, this.text, placeholders)
        : form === 'head'
          ? findKnown(this.text, placeholders)
          : { literals: [this.text], placeholders: [] };
    this.#literals = parts.literals;
    this.#placeholders = parts.placeholders;
  }

  /** The text with its values, without newlines or blanks at its end. */
  fill(values: TemplateValues): string {
    const parts: string[] = [];
    this.fillInto(parts, values);
    return parts.join('');
  }

  /** The same in pieces: joining once what many templates gave is several times faster. */
  fillInto(parts: string[], values: TemplateValues): void {
    const from = parts.length;
    parts.push(this.#literals[0] as string);
    for (let index = 0; index < this.#placeholders.length; index += 1) {
      const value = values[this.#placeholders[index] as string];
      if (value !== undefined && value !== '') parts.push(value);
      const literal = this.#literals[index + 1] as string;
      if (literal !== '') parts.push(literal);
    }
    while (parts.length > from) {
      const last = parts[parts.length - 1] as string;
      const trimmed = last.trimEnd();
      if (trimmed === last && last !== '') return;
      parts.pop();
      if (trimmed !== '') parts.push(trimmed);
    }
  }
}

interface Parts {
  readonly literals: string[];
  readonly placeholders: string[];
}

function parseBraces(name: TemplateName, source: TemplateSource, text: string, known: readonly string[]): Parts {
  const literals: string[] = [];
  const placeholders: string[] = [];
  const refusal = (at: number, what: string) => {
    const line = text.slice(0, at).split('\n').length;
    return new TemplateError(name, source, `line ${line} ${what}; a brace that is meant as text is doubled`);
  };
  const braces = /[{}]/g;
  let literal = '';
  let at = 0;
  for (let match = braces.exec(text); match !== null; match = braces.exec(text)) {
    const { index } = match;
    const brace = match[0];
    literal += text.slice(at, index);
    at = index + 1;
    if (text[at] === brace) {
      literal += brace;
      at += 1;
    } else if (brace === '}') {
      throw refusal(index, 'has a single "}"');
    } else {
      const end = text.indexOf('}', at);
      if (end === -1) throw refusal(index, 'has a "{" that is not closed');
      const placeholder = text.slice(at, end);
      if (!known.includes(placeholder)) {
        throw refusal(
          index,
          `has ${shown(placeholder)}, which is none of ${known.map((one) => `{${one}}`).join(', ')}`,
        );
      }
      literals.push(literal);
      placeholders.push(placeholder);
      literal = '';
      at = end + 1;
    }
    braces.lastIndex = at;
  }
  literals.push(literal + text.slice(at));
  return { literals, placeholders };
}

function shown(placeholder: string): string {
  return JSON.stringify(`{${placeholder.length > 40 ? `${placeholder.slice(0, 40)}…` : placeholder}}`);
}

function findKnown(text: string, known: readonly string[]): Parts {
  const literals: string[] = [];
  const placeholders: string[] = [];
  let at = 0;
  for (const match of text.matchAll(/\{(\w+)\}/g)) {
    const placeholder = match[1] as string;
    if (!known.includes(placeholder)) continue;
    literals.push(text.slice(at, match.index));
    placeholders.push(placeholder);
    at = match.index + match[0].length;
  }
  literals.push(text.slice(at));
  return { literals, placeholders };
}
