// Names of backends and ACLs, unique and legal (haproxy.md 5.3 to 5.5, 17.11). Services come in order, so the later of two
// that would be called the same gets the longer name.
import { hash } from 'node:crypto';
import type { Draft } from '../service-draft.ts';

const LONGEST_NAME = 200;

/** Sets `name`, `hostAcl` and `appAcl` of all drafts. */
export function nameServices(drafts: readonly Draft[]): void {
  const backends = new Set<string>();
  const hostAcls = new Map<string, string>();
  const appAcls = new Map<string, string>();
  for (const { service } of drafts) {
    const app = service.appId.slice(1).replaceAll('/', '_');
    service.name = unused(legal(`${app}_${service.port}`), service.appId, (name) => !backends.has(name));
    backends.add(service.name);
    service.appAcl = unused(legal(`app_${service.appId.replaceAll('/', '_')}`), service.appId, (name) => {
      return (appAcls.get(name) ?? service.appId) === service.appId;
    });
    appAcls.set(service.appAcl, service.appId);
    const [host] = service.virtualHosts;
    if (host === undefined) continue;
    // An ACL that is repeated means "or": two services share one only when their hosts are the same.
    const hosts = service.virtualHosts.join(' ');
    const wanted = legal(`host_${host.replace(/[^A-Za-z0-9-]/g, '_')}_${app}`);
    service.hostAcl = unused(wanted, `${host} ${service.appId}`, (name) => (hostAcls.get(name) ?? hosts) === hosts);
    hostAcls.set(service.hostAcl, hosts);
  }
}

/** The name, or the name with 6 hex digits of the hash of what it is for, again and again until it is free. */
function unused(wanted: string, what: string, isFree: (name: string) => boolean): string {
  let name = wanted;
  for (let round = 0; !isFree(name); round += 1) {
    const mark = hash('sha1', round === 0 ? what : `${what} ${round}`, 'hex').slice(0, 6);
    name = `${wanted.slice(0, LONGEST_NAME - 7)}_${mark}`;
  }
  return name;
}

function legal(name: string): string {
  const clean = name.replace(/[^A-Za-z0-9_.:-]/g, '_');
  if (clean.length <= LONGEST_NAME) return clean;
  return `${clean.slice(0, LONGEST_NAME - 7)}_${hash('sha1', name, 'hex').slice(0, 6)}`;
}
