// Which rule of the shared frontends comes first (haproxy.md 5.2, 6.14, 6.15).
import type { Service } from '../model/model.ts';
import type { ServiceText } from './service/service-text.ts';
import type { VirtualHostRule } from './service/virtual-host-rules.ts';

export interface OrderedRule {
  readonly service: Service;
  readonly rule: VirtualHostRule;
}

/**
 * Exact names before wildcards, larger weights first, among equal weights longer wildcards and longer prefixes first
 * (the latter not in strict compatibility), else as the services stand.
 */
export function orderedRules(texts: readonly ServiceText[], strictCompat: boolean): OrderedRule[] {
  const rules: OrderedRule[] = [];
  for (const { service, rules: own } of texts) for (const rule of own) rules.push({ service, rule });
  return rules.sort(
    ({ rule: a }, { rule: b }) =>
      Number(a.isWildcard) - Number(b.isWildcard) ||
      b.weight - a.weight ||
      b.wildcardLength - a.wildcardLength ||
      (strictCompat ? 0 : b.pathLength - a.pathLength),
  );
}
