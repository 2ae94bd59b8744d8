// Tasks as lines of text for load balancer bridges (marathon.md 6.2).
import type { Instances } from '../../core.ts';
import type { App, PortMapping } from '../../model/app.ts';
import type { Instance } from '../../model/instance.ts';
import { ipAddressesOf } from '../../model/ip-addresses.ts';
import { safePath } from '../../model/path-id.ts';

/** `networks`: container networks whose ports without a host port are shown by the task's own address; `*` = all. */
export function tasksText(
  apps: Iterable<App>,
  instances: Pick<Instances, 'ofApp'>,
  networks: ReadonlySet<string>,
): string {
  let text = '';
  for (const app of apps) {
    const running = instances.ofApp(app.id).filter(({ condition }) => condition === 'Running');
    text += appLines(app, running, networks);
  }
  return text;
}

function appLines(app: App, running: readonly Instance[], networks: ReadonlySet<string>): string {
  const name = safePath(app.id);
  const ports = portsOf(app);
  if (ports.length === 0) return line(name, ' ', running.map(hostOf));
  let hostPortIndex = 0;
  let text = '';
  for (const [i, { servicePort, mapping }] of ports.entries()) {
    if (mapping === undefined || mapping.hostPort !== undefined) {
      const index = hostPortIndex++;
      const endpoints = running.flatMap((instance) => {
        const port = instance.task?.hostPorts[index];
        return port === undefined ? [] : [`${hostOf(instance)}:${port}`];
      });
      text += line(name, String(servicePort), endpoints);
    } else if (isIncluded(app, mapping, networks)) {
      const endpoints = running.flatMap((instance) => {
        const address = ipAddressesOf(instance.task?.status)[0];
        const port = instance.task?.containerPorts?.[i] ?? mapping.containerPort;
        return address === undefined ? [] : [`${address.ipAddress}:${port}`];
      });
      text += line(name, String(servicePort), endpoints);
    }
  }
  return text;
}

function portsOf(app: App): { readonly servicePort: number; readonly mapping?: PortMapping }[] {
  if (app.portDefinitions !== undefined) return app.portDefinitions.map(({ port }) => ({ servicePort: port }));
  return (app.container?.portMappings ?? []).map((mapping) => ({ servicePort: mapping.servicePort, mapping }));
}

function isIncluded(app: App, { networkNames }: PortMapping, networks: ReadonlySet<string>): boolean {
  if (networks.has('*')) return true;
  const names = networkNames.length > 0 ? networkNames : app.networks.flatMap(({ name }) => name ?? []);
  return names.some((name) => networks.has(name));
}

function hostOf(instance: Instance): string {
  return instance.agent?.host ?? '';
}

// The tab at the end is part of the form: bridges split on it.
function line(name: string, port: string, endpoints: readonly string[]): string {
  return `${[name, port, ...endpoints].join('\t')}\t\n`;
}
