// What the operator's policy keeps for whom (haproxy.md 17.6). All apps behind a service must be allowed, since a colour can
// join any deployment group.
import { liesBelow } from '../../grammar/app-id.ts';
import type { BalancedApp } from '../balanced-app.ts';
import type { OwnershipPolicy } from '../options.ts';

/** Why the app may not have the virtual host, or undefined when it may. */
export function refuseHost(policy: OwnershipPolicy, app: BalancedApp, host: string): string | undefined {
  const rule = strongestRule(policy, host);
  if (rule !== undefined ? isAllowed(app, rule.apps) : !coversOthers(policy, app, host)) return undefined;
  return `${host} ${rule === undefined ? 'covers names that are' : 'is'} kept for other apps by the operator's policy`;
}

/** Of rules that overlap any may allow it. */
export function mayHavePort(policy: OwnershipPolicy, app: BalancedApp, port: number): boolean {
  const rules = policy.ports.filter((range) => range.first <= port && port <= range.last);
  return rules.length === 0 || rules.some((rule) => isAllowed(app, rule.apps));
}

/** A name itself before its domains, narrow domains before wide ones. */
function strongestRule(policy: OwnershipPolicy, host: string): OwnershipPolicy['virtualHosts'][number] | undefined {
  let strongest: OwnershipPolicy['virtualHosts'][number] | undefined;
  for (const rule of policy.virtualHosts) {
    if (!matches(rule.pattern.toLowerCase(), host)) continue;
    if (rule.pattern.toLowerCase() === host) return rule;
    if (strongest === undefined || rule.pattern.length > strongest.pattern.length) strongest = rule;
  }
  return strongest;
}

/** A wildcard of which no rule speaks would be given what rules keep below it, as long as nobody serves that. */
function coversOthers(policy: OwnershipPolicy, app: BalancedApp, host: string): boolean {
  if (!host.startsWith('*.')) return false;
  const domain = host.slice(1);
  return policy.virtualHosts.some((rule) => rule.pattern.toLowerCase().endsWith(domain) && !isAllowed(app, rule.apps));
}

function matches(pattern: string, host: string): boolean {
  return pattern === host || pattern === '*' || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)));
}

function isAllowed(app: BalancedApp, prefixes: readonly string[]): boolean {
  return app.members.every((member) => liesBelow(member.app.id, prefixes));
}
