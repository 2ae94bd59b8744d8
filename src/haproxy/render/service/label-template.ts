// A template that an app wrote for itself. Its text came through the sandbox when the model was made; what it is filled with
// makes words, too, and so the sandbox is asked again of what is about to be written (haproxy.md 17.4).
import { rawPlaceOf } from '../../model/labels/service-overrides.ts';
import { type RawTextRules, refuseRawText } from '../../model/raw-labels.ts';
import type { TemplateName } from '../templates/catalog.ts';
import { Template, TemplateError, type TemplateValues } from '../templates/template.ts';

/** Filling it throws TemplateError for what the sandbox refuses. */
export class LabelTemplate extends Template {
  readonly #rules: RawTextRules;

  constructor(name: TemplateName, text: string, rules: RawTextRules) {
    super(name, 'label', text);
    this.#rules = rules;
  }

  override fillInto(parts: string[], values: TemplateValues): void {
    const own: string[] = [];
    super.fillInto(own, values);
    const filled = own.join('');
    const why = refuseRawText(filled, rawPlaceOf(this.name), this.#rules);
    if (why !== undefined) throw new TemplateError(this.name, this.source, `${why}, with its placeholders filled`);
    parts.push(filled);
  }
}
