// Who gets a port or a host name that several services want, or that a rule of the operator keeps for others (haproxy.md
// 6.13, 10.6, 17.6). Whoever had it keeps it; without that knowledge the app that was changed least recently, then the first.
import { type BalancedApp, isMember } from '../balanced-app.ts';
import type { Known } from '../context.ts';
import type { Problem, Service } from '../model.ts';
import type { BalancerOptions, OwnershipPolicy } from '../options.ts';
import type { Draft } from '../service-draft.ts';
import { mayHavePort, refuseHost } from './policy.ts';

const ANY_ADDRESS: ReadonlySet<string> = new Set(['*', '0.0.0.0', '::']);

/** Who lost all ways in, and whether virtual hosts are one. */
interface Losses {
  readonly lost: Set<Draft>;
  readonly hostsServe: boolean;
  readonly problems: Problem[];
}

/** Takes from the drafts what they may not have, and leaves those out that have no way in any more. */
export function settleClaims(
  drafts: readonly Draft[],
  options: BalancerOptions,
  known: Known | undefined,
  problems: Problem[],
): Draft[] {
  const lost = new Set<Draft>();
  const losses: Losses = { lost, hostsServe: options.bindsHttp, problems };
  const own = ownPorts(options);
  const byPort = new Map<number, Draft | Draft[]>();
  const byHost = new Map<string, Draft | Draft[]>();
  for (const draft of drafts) {
    if (options.policy !== undefined) enforcePolicy(draft, options.policy, losses);
    if (draft.service.hasFrontend && own.has(draft.service.port)) {
      losePort(draft, 'is a port of the balancer itself; choose another with HAPROXY_{n}_PORT', losses);
    }
    if (draft.service.hasFrontend && !lost.has(draft)) addTo(byPort, draft.service.port, draft);
    // Where 80 and 443 are not served, hosts mean nothing, and nobody loses one.
    if (!options.bindsHttp || lost.has(draft)) continue;
    for (const claim of hostClaims(draft.service)) addTo(byHost, claim, draft);
  }
  for (const rivals of byPort.values()) if (Array.isArray(rivals)) settlePort(rivals, known, losses);
  for (const [claim, rivals] of byHost) if (Array.isArray(rivals)) settleHost(claim, rivals, known, losses);
  return drafts.filter((draft) => !lost.has(draft));
}

/** Keys of `Known.holders` that a service holds. */
export function claimsOf(service: Service): readonly string[] {
  return service.hasFrontend ? [portClaim(service), ...hostClaims(service)] : hostClaims(service);
}

function portClaim(service: Service): string {
  return `port ${service.bindAddress}:${service.port}`;
}

/** `host a.example /v1`; without PATH the whole host is one claim. */
function hostClaims(service: Service): readonly string[] {
  const { virtualHosts, path } = service;
  if (path === undefined) return virtualHosts.map((host) => `host ${host} `);
  return virtualHosts.flatMap((host) => path.prefixes.map((prefix) => `host ${host} ${prefix}`));
}

/** Ports that the balancer listens on for all (haproxy.md 17.2). */
export function ownPorts(options: BalancerOptions): ReadonlySet<number> {
  const stats = Number(options.statsBind.slice(options.statsBind.lastIndexOf(':') + 1));
  const { appIdPort, bindsHttp } = options;
  return new Set([
    ...(bindsHttp ? [80, 443] : []),
    ...(appIdPort === 'none' ? [] : [appIdPort]),
    ...[9090, 9092],
    ...(stats > 0 ? [stats] : []),
  ]);
}

function settlePort(rivals: readonly Draft[], known: Known | undefined, losses: Losses): void {
  const holders: Draft[] = [];
  for (const draft of byRight(rivals, (one) => portClaim(one.service), known)) {
    const { bindAddress } = draft.service;
    const holder = holders.find(
      (one) =>
        one.service.bindAddress === bindAddress ||
        ANY_ADDRESS.has(one.service.bindAddress) ||
        ANY_ADDRESS.has(bindAddress),
    );
    if (holder === undefined) holders.push(draft);
    else losePort(draft, `is taken by ${holder.app.id}; choose another with HAPROXY_{n}_PORT`, losses);
  }
}

function settleHost(claim: string, rivals: readonly Draft[], known: Known | undefined, losses: Losses): void {
  const [, host = '', path = ''] = claim.split(' ');
  // Who lost the host for another path of it, or its service, has no claim any more.
  const claimants = rivals.filter((draft) => !losses.lost.has(draft) && draft.service.virtualHosts.includes(host));
  const [holder, ...others] = byRight(claimants, () => claim, known);
  if (holder === undefined) return;
  const why = `${host}${path} is taken by ${holder.app.id}; choose another name or HAPROXY_{n}_PATH`;
  for (const draft of others) loseHost(draft, host, why, losses.problems);
}

/** Those with more right first. */
function byRight(rivals: readonly Draft[], claimOf: (draft: Draft) => string, known: Known | undefined): Draft[] {
  const ranked = rivals.map((draft, position) => {
    const holder = known?.holders[claimOf(draft)];
    return { draft, position, held: holder !== undefined && isMember(draft.app, holder), since: versionOf(draft.app) };
  });
  ranked.sort((a, b) => {
    if (a.held !== b.held) return a.held ? -1 : 1;
    if (a.since !== b.since) return a.since < b.since ? -1 : 1;
    return a.position - b.position;
  });
  return ranked.map((one) => one.draft);
}

/** Marathon's versions are ISO times and sort as text; an app without comes last. */
function versionOf(app: BalancedApp): string {
  return app.members.map((member) => member.app.version ?? '~').sort()[0] ?? '~';
}

/** A service behind virtual hosts goes on without a port of its own; any other has no way in. */
function losePort(draft: Draft, why: string, losses: Losses): void {
  const { service } = draft;
  const remains = service.virtualHosts.length > 0 && losses.hostsServe;
  service.hasFrontend = false;
  if (!remains) losses.lost.add(draft);
  losses.problems.push({
    appId: draft.app.id,
    portIndex: service.portIndex,
    effect: remains ? 'changed' : 'left-out',
    message: `port ${service.port} ${why.replace('{n}', String(service.portIndex))}`,
  });
}

function loseHost(draft: Draft, host: string, why: string, problems: Problem[]): void {
  const { service } = draft;
  service.virtualHosts = service.virtualHosts.filter((one) => one !== host);
  problems.push({
    appId: draft.app.id,
    portIndex: service.portIndex,
    where: `HAPROXY_${service.portIndex}_VHOST`,
    effect: 'changed',
    message: why.replace('{n}', String(service.portIndex)),
  });
}

function enforcePolicy(draft: Draft, policy: OwnershipPolicy, losses: Losses): void {
  const { service, app } = draft;
  for (const host of service.virtualHosts) {
    const why = refuseHost(policy, app, host);
    if (why !== undefined) loseHost(draft, host, why, losses.problems);
  }
  if (service.hasFrontend && !mayHavePort(policy, app, service.port)) {
    losePort(draft, "is kept for other apps by the operator's policy", losses);
  }
}

/** Few keys have rivals, so a list is made for the second only. */
function addTo<K>(map: Map<K, Draft | Draft[]>, key: K, draft: Draft): void {
  const there = map.get(key);
  if (there === undefined) map.set(key, draft);
  else if (Array.isArray(there)) there.push(draft);
  else map.set(key, [there, draft]);
}
