// Services as the model would make them, for tests of rendering alone.
import type { BalancerModel, Server, Service } from '../../../src/haproxy/model/model.ts';
import { type BalancerOptions, DEFAULT_OPTIONS } from '../../../src/haproxy/model/options.ts';
import { type Rendering, render } from '../../../src/haproxy/render/render.ts';
import { TEMPLATE_NAMES } from '../../../src/haproxy/render/templates/catalog.ts';
import { loadTemplates } from '../../../src/haproxy/render/templates/load-templates.ts';
import { composeTemplates } from '../../../src/haproxy/render/templates/templates.ts';
import { createRealWorld } from '../../../src/world/real/index.ts';

export const OPTIONS: BalancerOptions = {
  ...DEFAULT_OPTIONS,
  groups: ['external'],
  certificates: ['/etc/haproxy/certs/default.pem'],
};

const world = createRealWorld();
export const disk = world.disk;
export const BUILT_IN = await loadTemplates(disk);

export function service(given: Partial<Service> & { appId: string }): Service {
  const port = given.port ?? 10_000;
  const id = given.appId.slice(1).replaceAll('/', '_');
  const hosts = given.virtualHosts ?? [];
  return {
    portIndex: 0,
    port,
    name: `${id}_${port}`,
    mode: hosts.length > 0 ? 'http' : 'tcp',
    bindAddress: '*',
    hasFrontend: true,
    balance: 'roundrobin',
    isSticky: false,
    virtualHosts: hosts,
    hostAcl: `host_${(hosts[0] ?? '').replace(/[^A-Za-z0-9-]/g, '_')}_${id}`,
    appAcl: `app_${given.appId.replaceAll('/', '_')}`,
    weight: given.path === undefined ? 0 : 1,
    redirectsToHttps: false,
    usesHsts: false,
    servers: [server(31_000)],
    overrides: new Map(),
    ...given,
  };
}

export function server(port: number, given: Partial<Server> = {}): Server {
  const address = given.address ?? '10.0.0.11';
  const name = `${address.replaceAll(/[.:]/g, '_')}_${port}`;
  return {
    name,
    id: port % 32_767,
    taskId: name,
    host: address,
    address,
    port,
    cookie: 'c00c1e',
    isDraining: false,
    ...given,
  };
}

export function model(...services: Service[]): BalancerModel {
  return { services, problems: [] };
}

/** The operator's own texts by name without HAPROXY_, before the built-in ones. */
export function withTemplates(own: Record<string, string>) {
  const builtIn = new Map(TEMPLATE_NAMES.map((name) => [name as string, BUILT_IN.get(name).text]));
  return composeTemplates(builtIn, new Map(Object.entries(own)), new Map());
}

export function renderServices(services: readonly Service[], options: Partial<BalancerOptions> = {}): Rendering {
  return render(model(...services), { ...OPTIONS, ...options }, BUILT_IN);
}

/** Lines of the section that starts with this line, without it and without indentation; undefined when there is none. */
export function section(config: string, head: string): string[] | undefined {
  const found = config.split('\n\n').find((text) => text.split('\n')[0] === head);
  return found
    ?.trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
}
