// Files beside the config: which backend a host or an app id leads to (haproxy.md 6.9), and certificates that are too many
// for a line.
import type { BalancerOptions } from '../model/options.ts';
import { certificateList } from './certificates.ts';
import type { Rendered } from './rendered.ts';
import type { ServiceText } from './service/service-text.ts';

/**
 * Maps are empty without --haproxy-map, so that old ones are emptied. Of equal keys HAProxy takes the first line, and so only
 * that is there.
 */
export function mapContents(texts: readonly ServiceText[], options: BalancerOptions): Rendered['maps'] {
  const domains = new Map<string, string>();
  const apps = new Map<string, string>();
  if (options.usesMaps) {
    for (const { service, isMapped } of texts) {
      if (isMapped) for (const host of service.virtualHosts) setFirst(domains, host, service.name);
      // The lookup is made with lower case.
      if (service.mode === 'http') setFirst(apps, service.appId.toLowerCase(), service.name);
    }
  }
  return {
    'domain2backend.map': mapText(domains),
    'app2backend.map': mapText(apps),
    'certificates.list': options.bindsHttp ? certificateList(options) : '',
  };
}

function setFirst(map: Map<string, string>, key: string, value: string): void {
  if (!map.has(key)) map.set(key, value);
}

function mapText(map: ReadonlyMap<string, string>): string {
  let text = '';
  for (const [key, value] of map) text += `${key} ${value}\n`;
  return text;
}
