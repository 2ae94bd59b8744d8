// How much is served, and how much changes. Pure.
import type { BalancerModel } from '../model/model.ts';
import { countServers, readConfig, type Section } from '../plan/config-text.ts';
import type { Counts } from './memory/guard.ts';
import type { ChangeCounts } from './report.ts';

/** Of what is to be served. */
export function countsOf({ services }: BalancerModel): Counts {
  return { services: services.length, servers: services.reduce((sum, service) => sum + service.servers.length, 0) };
}

/** Of a config that somebody else may have written; backends without servers are no services. */
export function countsOnDisk(config: string): Counts {
  const counts = [...countServers(readConfig(config)).values()].filter((servers) => servers > 0);
  return { services: counts.length, servers: counts.reduce((sum, servers) => sum + servers, 0) };
}

/** Backends and servers that came and went. */
export function changesBetween(before: string, after: string): ChangeCounts {
  const [olds, news] = [backends(before), backends(after)];
  return {
    backendsAdded: missing(news, olds),
    backendsRemoved: missing(olds, news),
    serversAdded: missingServers(news, olds),
    serversRemoved: missingServers(olds, news),
  };
}

function backends(config: string): Map<string, Section['servers']> {
  const sections = readConfig(config).filter(({ kind }) => kind === 'backend');
  return new Map(sections.map(({ name, servers }) => [name, servers]));
}

const missing = (these: ReadonlyMap<string, unknown>, those: ReadonlyMap<string, unknown>): number =>
  [...these.keys()].filter((name) => !those.has(name)).length;

function missingServers(
  these: ReadonlyMap<string, Section['servers']>,
  those: ReadonlyMap<string, Section['servers']>,
): number {
  let count = 0;
  for (const [name, servers] of these) count += missing(servers, those.get(name) ?? new Map());
  return count;
}
