// Map files: which backend a host or an app id leads to (haproxy.md 6.9).
import type { Rendered } from './rendered.ts';
import type { ServiceText } from './service/service-text.ts';

/** Both empty without maps, so that old ones are emptied. Of equal keys HAProxy takes the first line, and so only that is there. */
export function mapContents(texts: readonly ServiceText[], usesMaps: boolean): Rendered['maps'] {
  const domains = new Map<string, string>();
  const apps = new Map<string, string>();
  if (usesMaps) {
    for (const { service, isMapped } of texts) {
      if (isMapped) for (const host of service.virtualHosts) setFirst(domains, host, service.name);
      // The lookup is made with lower case.
      if (service.mode === 'http') setFirst(apps, service.appId.toLowerCase(), service.name);
    }
  }
  return { 'domain2backend.map': mapText(domains), 'app2backend.map': mapText(apps) };
}

function setFirst(map: Map<string, string>, key: string, value: string): void {
  if (!map.has(key)) map.set(key, value);
}

function mapText(map: ReadonlyMap<string, string>): string {
  let text = '';
  for (const [key, value] of map) text += `${key} ${value}\n`;
  return text;
}
