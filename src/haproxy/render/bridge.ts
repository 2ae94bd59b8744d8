// The older bridge's style (haproxy.md 19.4): one `listen` a service port, nothing else. Two differences: addresses are
// written instead of host names, since a name that does not resolve would stop HAProxy; and no `daemon`.
import type { Service } from '../model/model.ts';
import type { BalancerOptions } from '../model/options.ts';
import { ConfigWriter } from './config-writer.ts';
import { headText } from './head.ts';
import type { Rendered } from './rendered.ts';
import type { Templates } from './templates/templates.ts';
import { addressWord } from './words.ts';

/** No labels but those that make the model matter; no maps. */
export function renderBridge(services: readonly Service[], options: BalancerOptions, templates: Templates): Rendered {
  const writer = new ConfigWriter();
  writer.section(headText(templates.get('BRIDGE_HEAD'), options));
  for (const service of services) {
    const lines = listen(service);
    writer.sectionOf(service.name, { text: `${lines.join('\n')}\n`, count: lines.length });
  }
  return { ...writer.done(), maps: { 'domain2backend.map': '', 'app2backend.map': '', 'certificates.list': '' } };
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
