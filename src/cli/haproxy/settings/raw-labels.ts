// --raw-labels: whose labels may write configuration (haproxy.md 17.4).
import type { BalancerOptions } from '../../../haproxy/model/options.ts';
import type { Given } from './given.ts';

/** `deny`, `allow-all`, or `allow:` and app id prefixes. Throws Problem `usage`. */
export function rawLabelsOf(given: Given): BalancerOptions['rawLabels'] {
  const said = given.list('raw-labels') ?? ['deny'];
  const [first = 'deny', ...others] = said;
  if (others.length === 0 && (first === 'deny' || first === 'allow-all')) return { kind: first };
  const prefixes = [first.replace(/^allow:/, ''), ...others];
  if (!first.startsWith('allow:') || !prefixes.every((prefix) => prefix.startsWith('/'))) {
    throw given.wrong('raw-labels', 'Write deny, allow-all, or allow:/team/edge,/team/other (prefixes of app ids).');
  }
  return { kind: 'allow', prefixes };
}
