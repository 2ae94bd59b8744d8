// Names of backends and ACLs, unique and legal (haproxy.md 5.3 to 5.5, 17.11). Services come in order, so the later of two
// that would be called the same gets the longer name.
import { hash } from 'node:crypto';
import type { Draft } from '../service-draft.ts';

const LONGEST_NAME = 200;
const LEGAL = /^[A-Za-z0-9_.:-]{1,200}$/;
const ILLEGAL = /[^A-Za-z0-9_.:-]/g;
const NOT_IN_HOSTS = /[^A-Za-z0-9-]/g;

/** Sets `name`, `hostAcl` and `appAcl` of all drafts. */
export function nameServices(drafts: readonly Draft[]): void {
  const backends = new Map<string, unknown>();
  const hostAcls = new Map<string, unknown>();
  const appAcls = new Map<string, unknown>();
  for (const draft of drafts) {
    const { service } = draft;
    const { appId, virtualHosts } = service;
    const app = appId.slice(1).replaceAll('/', '_');
    service.name = unused(backends, `${app}_${service.port}`, draft, '', appId);
    service.appAcl = unused(appAcls, `app__${app}`, appId, '', appId);
    const [host] = virtualHosts;
    if (host === undefined) continue;
    // An ACL that is repeated means "or": two services share one only when their hosts are the same.
    const hosts = virtualHosts.length === 1 ? host : virtualHosts.join(' ');
    service.hostAcl = unused(hostAcls, `host_${host.replace(NOT_IN_HOSTS, '_')}_${app}`, hosts, host, appId);
  }
}

/**
 * A name that no other has than who holds it for the same purpose, in `holders` from now on: as wanted, or with 6 hex digits
 * of the hash of host and app id.
 */
function unused(holders: Map<string, unknown>, wanted: string, purpose: unknown, host: string, appId: string): string {
  const legal = legalName(wanted);
  let name = legal;
  for (let round = 0; ; round += 1) {
    const holder = holders.get(name);
    if (holder === purpose) return name;
    if (holder === undefined) {
      holders.set(name, purpose);
      return name;
    }
    const mark = `${host} ${appId}${round === 0 ? '' : ` ${round}`}`.trimStart();
    name = `${legal.slice(0, LONGEST_NAME - 7)}_${hash('sha1', mark, 'hex').slice(0, 6)}`;
  }
}

function legalName(name: string): string {
  if (LEGAL.test(name)) return name;
  const clean = name.replace(ILLEGAL, '_');
  if (clean.length <= LONGEST_NAME) return clean;
  return `${clean.slice(0, LONGEST_NAME - 7)}_${hash('sha1', name, 'hex').slice(0, 6)}`;
}
