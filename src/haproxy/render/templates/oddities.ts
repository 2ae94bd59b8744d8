// What is odd about an operator's template, and will not do what its author had in mind (haproxy.md 4.3, 4.4, 23.22).
import { insteadOfRemoved } from '../../grammar/removed-keywords.ts';
import { splitConfigLine } from '../../model/labels/config-words.ts';
import { isTemplateName, TEMPLATE_NAMES } from './catalog.ts';
import type { Template } from './template.ts';

/** One line each; nothing for built-in templates. */
export function oddities(template: Template): string[] {
  if (template.source === 'built-in') return [];
  const found: string[] = [];
  const say = (what: string) => found.push(`template HAPROXY_${template.name} (${template.source}): ${what}`);
  const lines = template.text.split('\n').map((line) => splitConfigLine(line).words);
  const keywords = new Set(lines.map(([keyword]) => keyword));
  for (const keyword of keywords) {
    const instead = insteadOfRemoved(lines.find(([first]) => first === keyword) ?? []);
    if (instead !== undefined) say(`HAProxy no longer has "${keyword}"; use ${instead}`);
  }
  if (template.name === 'HEAD' || template.name === 'BRIDGE_HEAD') {
    if (keywords.has('daemon')) say('"daemon" does not go with master-worker mode; leave it out');
    if (!template.text.includes('expose-fd listeners')) {
      say('no stats socket has "expose-fd listeners": reloads without a master process will lose connections');
    }
    if (!/\{runtimeSocket\}/.test(template.text)) {
      say('it does not name {runtimeSocket}: changes at run time need a stats socket at that path');
    }
  }
  return found;
}

/** Files named like templates that none is called; `names` without HAPROXY_. */
export function unknownNames(names: Iterable<string>): string[] {
  return [...names]
    .filter((name) => !isTemplateName(name))
    .map(
      (name) => `there is no template HAPROXY_${name}; there are ${TEMPLATE_NAMES.length}, among them ${nearest(name)}`,
    );
}

/** Up to three that share most words with it. */
function nearest(name: string): string {
  const words = new Set(name.split('_'));
  const score = (other: string) => other.split('_').filter((word) => words.has(word)).length;
  return [...TEMPLATE_NAMES]
    .sort((a, b) => score(b) - score(a))
    .slice(0, 3)
    .map((one) => `HAPROXY_${one}`)
    .join(', ');
}
