// The older bridge's style (haproxy.md 19.4): one `listen` a service port, nothing else. Two differences: addresses are
// written instead of host names, since a name that does not resolve would stop HAProxy; and no `daemon`.
import type { Problem, Service } from '../model/model.ts';
import type { BalancerOptions } from '../model/options.ts';
import { ConfigWriter } from './config-writer.ts';
import { headText } from './head.ts';
import type { Rendered } from './rendered.ts';
import type { Templates } from './templates/templates.ts';
import { addressWord } from './words.ts';

/**
 * No labels but those that make the model matter; no maps. Services whose labels say who may come in are left out: nothing
 * here could hold others back.
 */
export function renderBridge(
  services: readonly Service[],
  options: BalancerOptions,
  templates: Templates,
): { readonly rendered: Rendered; readonly problems: readonly Problem[] } {
  const writer = new ConfigWriter();
  const problems: Problem[] = [];
  writer.section(headText(templates.get('BRIDGE_HEAD'), options));
  for (const service of services) {
    if (!service.hasFrontend) continue;
    const guarded = guardingLabel(service);
    if (guarded !== undefined) {
      const { appId, portIndex } = service;
      const where = `HAPROXY_${portIndex}_${guarded}`;
      const message = "the bridge's style would let everybody in; use --style marathon-lb, or remove the label";
      problems.push({ appId, portIndex, where, effect: 'left-out', message });
      continue;
    }
    const lines = listen(service);
    writer.sectionOf(service.name, { text: `${lines.join('\n')}\n`, count: lines.length });
  }
  const maps = { 'domain2backend.map': '', 'app2backend.map': '', 'certificates.list': '' };
  return { rendered: { ...writer.done(), maps }, problems };
}

function guardingLabel({ auth, allowedNetworks }: Service): string | undefined {
  if (auth !== undefined) return 'AUTH';
  return allowedNetworks === undefined ? undefined : 'BACKEND_NETWORK_ALLOWED_ACL';
}

function listen(service: Service): string[] {
  const ending = `_${service.port}`;
  const app = service.name.endsWith(ending) ? service.name.slice(0, -ending.length) : service.name;
  const count = service.servers.length;
  return [
    `listen ${app}-${service.port}`,
    `  bind 0.0.0.0:${service.port}`,
    '  mode tcp',
    '  option tcplog',
    '  balance leastconn',
    ...service.servers.map(({ address, port, isDraining }, index) => {
      const state = isDraining ? ' disabled' : '';
      return `  server ${app}-${count - index} ${addressWord(address)}:${port} check${state}`;
    }),
  ];
}
