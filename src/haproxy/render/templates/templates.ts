// The operator's choice of templates: environment before file before built-in (haproxy.md 4). Labels come on top of these,
// per service.
import { TEMPLATE_NAMES, type TemplateName, templateKind } from './catalog.ts';
import { oddities, unknownNames } from './oddities.ts';
import { Template } from './template.ts';

/** Every template by name, compiled. One value for the life of a process, so that what was rendered can be kept for it. */
export interface Templates {
  get(name: TemplateName): Template;
  /** Nothing is the operator's own. */
  readonly areAllBuiltIn: boolean;
  /** What is odd about the operator's own, in one line each (haproxy.md 4.3, 4.4). */
  readonly warnings: readonly string[];
}

/** Texts by name without HAPROXY_. */
export type TemplateTexts = ReadonlyMap<string, string>;

/**
 * Puts them together and checks them all. Throws TemplateError for the first that cannot be read: with another text than the
 * operator wrote, the balancer might be open where it must not be.
 */
export function composeTemplates(builtIn: TemplateTexts, files: TemplateTexts, environment: TemplateTexts): Templates {
  const all = new Map<TemplateName, Template>();
  for (const name of TEMPLATE_NAMES) {
    const fromEnvironment = environment.get(name);
    const fromFile = files.get(name);
    if (fromEnvironment !== undefined) all.set(name, new Template(name, 'environment', fromEnvironment));
    else if (fromFile !== undefined) all.set(name, new Template(name, 'file', fromFile));
    else all.set(name, new Template(name, 'built-in', builtInText(builtIn, name)));
  }
  const warnings = [...unknownNames(files.keys()), ...[...all.values()].flatMap(oddities)];
  return {
    get: (name) => all.get(name) as Template,
    areAllBuiltIn: [...all.values()].every(({ source }) => source === 'built-in'),
    warnings,
  };
}

function builtInText(texts: TemplateTexts, name: TemplateName): string {
  const from = templateKind(name).builtIn ?? name;
  if (from === 'empty') return '';
  const text = texts.get(from);
  if (text === undefined) throw new Error(`the built-in template HAPROXY_${from} is missing`);
  return text;
}
