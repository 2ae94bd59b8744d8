// The backend of one service (haproxy.md 5.10): who may come in first, then what is done to requests, then the servers.
import type { Server, Service, ServiceHealthCheck } from '../../model/model.ts';
import { addressWord, configWord, hostPattern, isWildcard, lineFulls, logFormatWord, regexWord } from '../words.ts';
import { type Lines, LineWriter, type ServiceTemplates } from './service-templates.ts';

/** Networks and passwords come before everything else, the redirect of `/` before prefixes are taken away. */
export function backendLines(service: Service, templates: ServiceTemplates, retriesRequests = false): Lines {
  const lines = new LineWriter();
  const isHttp = service.mode === 'http';
  const { name: backend, mode, balance } = service;
  lines.fill(templates.get('BACKEND_HEAD'), { backend, balance, mode });
  if (service.allowedNetworks !== undefined) {
    const template = templates.get(isHttp ? 'HTTP_BACKEND_NETWORK_ALLOWED_ACL' : 'TCP_BACKEND_NETWORK_ALLOWED_ACL');
    for (const networks of lineFulls(service.allowedNetworks)) {
      lines.fill(template, { network_allowed: networks.join(' ') });
    }
    lines.fill(templates.get(isHttp ? 'HTTP_BACKEND_ACL_ALLOW_DENY' : 'TCP_BACKEND_ACL_ALLOW_DENY'), {});
  }
  if (isHttp) httpLines(service, templates, lines);
  if (isHttp && retriesRequests) lines.fill(templates.get('BACKEND_RETRY_OPTIONS'), {});
  if (service.healthCheck !== undefined) {
    const name = isHttpCheck(service) ? 'BACKEND_HTTP_HEALTHCHECK_OPTIONS' : 'BACKEND_TCP_HEALTHCHECK_OPTIONS';
    const port = service.healthCheck.port;
    lines.fill(
      templates.get(name),
      healthValues(service, service.healthCheck, port === undefined ? '' : ` port ${port}`),
    );
  }
  serverLines(service, templates, lines);
  return lines.done();
}

function httpLines(service: Service, templates: ServiceTemplates, lines: LineWriter): void {
  const { auth, name: backend } = service;
  if (auth !== undefined) lines.fill(templates.get('BACKEND_AUTH_OPTIONS'), { realm: auth.realm, backend });
  if (service.usesHsts) lines.fill(templates.get('BACKEND_HSTS_OPTIONS'), {});
  lines.fill(templates.get('BACKEND_HTTP_OPTIONS'), {});
  const hostname = firstHost(service);
  if (service.redirectPath !== undefined) {
    const template = templates.get('HTTP_BACKEND_REDIR');
    const redirpath = logFormatWord(service.redirectPath);
    // Without names of its own the service has whatever name it is called by.
    const hosts = service.virtualHosts.length === 0 ? ['-m found'] : service.virtualHosts.map(hostPattern);
    for (const host of hosts) lines.fill(template, { hostname: host, redirpath });
  }
  if (service.proxyPassPath !== undefined) {
    lines.fill(templates.get('HTTP_BACKEND_PROXYPASS_GLUE'), {
      // Without a name to set, the one that came stays.
      hostname: hostname ?? '%[req.hdr(host)]',
      proxypath: regexWord(withoutSlash(service.proxyPassPath)),
    });
  }
  if (service.reverseProxyPath !== undefined) {
    const hosts = hostsRegex(service);
    lines.fill(templates.get('HTTP_BACKEND_REVPROXY_GLUE'), {
      hostname: hosts.regex,
      rootpath: logFormatWord(withoutSlash(service.reverseProxyPath)),
      pathGroup: String(3 + hosts.groups),
    });
  }
  if (service.isSticky) lines.fill(templates.get('BACKEND_STICKY_OPTIONS'), {});
}

function serverLines(service: Service, templates: ServiceTemplates, lines: LineWriter): void {
  const template = templates.get('BACKEND_SERVER_OPTIONS');
  const hasCookie = service.isSticky && service.mode === 'http';
  const ownPortCheck = serverCheck(service, templates, undefined);
  const checkOf = ({ isUnchecked, checkPort }: Server): string => {
    if (isUnchecked === true) return '';
    return checkPort === undefined ? ownPortCheck : serverCheck(service, templates, checkPort);
  };
  // One object for all: there are tens of thousands of servers.
  const values: Record<string, string> = {};
  for (const server of service.servers) {
    values.serverName = server.name;
    values.host = server.host;
    values.host_ipv4 = addressWord(server.address);
    values.port = String(server.port);
    values.serverId = String(server.id);
    values.cookieOptions = hasCookie ? ` cookie ${server.cookie}` : '';
    values.healthCheckOptions = checkOf(server);
    values.otherOptions = otherOptions(server);
    lines.fill(template, values);
  }
}

function otherOptions(server: Server): string {
  return (server.weight === undefined ? '' : ` weight ${server.weight}`) + (server.isDraining ? ' disabled' : '');
}

function serverCheck(service: Service, templates: ServiceTemplates, port: number | undefined): string {
  const check = service.healthCheck;
  if (check === undefined) return '';
  const isHttp = isHttpCheck(service);
  const name = isHttp ? 'BACKEND_SERVER_HTTP_HEALTHCHECK_OPTIONS' : 'BACKEND_SERVER_TCP_HEALTHCHECK_OPTIONS';
  const tls = isHttp && check.kind === 'https' ? ' check-ssl verify none' : '';
  const options = (port === undefined ? '' : ` port ${port}`) + tls;
  const text = templates
    .get(name)
    .fill(healthValues(service, check, options))
    .trim();
  return text === '' ? '' : ` ${text}`;
}

/** haproxy.md 7.2. */
function isHttpCheck(service: Service): boolean {
  return service.mode === 'http' && service.healthCheck !== undefined && service.healthCheck.kind !== 'tcp';
}

function healthValues(service: Service, check: ServiceHealthCheck, portOptions: string): Record<string, string> {
  return {
    healthCheckPortIndex: check.portIndex === undefined ? '' : String(check.portIndex),
    healthCheckPort: check.port === undefined ? '' : String(check.port),
    healthCheckProtocol: check.protocol,
    healthCheckPath: configWord(check.path),
    healthCheckTimeoutSeconds: seconds(check.timeoutSeconds),
    healthCheckIntervalSeconds: seconds(check.intervalSeconds),
    healthCheckGracePeriodSeconds: seconds(check.gracePeriodSeconds),
    healthCheckMaxConsecutiveFailures: String(check.maxConsecutiveFailures),
    healthCheckFalls: String(check.maxConsecutiveFailures + 1),
    healthCheckPortOptions: portOptions,
    hostname: firstHost(service) ?? '',
  };
}

/** HAProxy takes neither fractions nor 0. */
function seconds(value: number): string {
  return String(Math.max(1, Math.ceil(value)));
}

function firstHost(service: Service): string | undefined {
  return service.virtualHosts.find((host) => !isWildcard(host));
}

/** What matches the service's own names in a URL, and how many groups that takes. */
function hostsRegex(service: Service): { regex: string; groups: number } {
  const regexes = service.virtualHosts.map((host) =>
    isWildcard(host) ? `[^/:]+${regexWord(host.slice(1))}` : regexWord(host),
  );
  if (regexes.length > 1) return { regex: `(${regexes.join('|')})`, groups: 1 };
  // No host is called "-": without names of its own, only a Location without host is the service's own.
  return { regex: regexes[0] ?? '-', groups: 0 };
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '');
}
