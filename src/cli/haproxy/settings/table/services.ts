// Settings: what of Marathon's apps is served, and how labels are read (haproxy.md 2.5, 3, 17).
import type { Setting } from './setting.ts';

/** For everything that renders. */
export const SERVICES = {
  group: {
    kind: 'list',
    value: '<name>',
    summary: 'Groups to serve, by the label HAPROXY_GROUP; needed to serve anything; * is everything.',
  },
  'strict-mode': { kind: 'switch', summary: 'Serve only ports with the label HAPROXY_{n}_ENABLED.' },
  'strict-compat': { kind: 'switch', summary: 'Read labels as marathon-lb does where we read them otherwise.' },
  health: { kind: 'text', value: 'all|any', summary: "Serve tasks only when all, or any, of Marathon's checks pass." },
  'health-check': { kind: 'switch', char: 'H', summary: 'The same as --health all (with --strict-compat: any).' },
  'omit-empty': { kind: 'switch', summary: 'Leave services without tasks out, instead of answering 503.' },
  'haproxy-map': { kind: 'switch', summary: 'Look virtual hosts up in map files.' },
  'dont-bind-http-https': {
    kind: 'switch',
    summary: 'No frontends on ports 80 and 443; that of --app-id-port and those of service ports stay.',
  },
  'app-id-port': {
    kind: 'text',
    value: '<port>|none',
    summary: 'Port where the header X-Marathon-App-Id names the app; default 9091; none: no such frontend.',
  },
  'group-https-by-vhost': { kind: 'switch', summary: 'A frontend of its own for the TLS of each virtual host.' },
  'ssl-certs': {
    kind: 'paths',
    value: '<path,…>',
    summary: 'Certificates of port 443; default /etc/ssl/cert.pem, if there; none: no port 443.',
  },
  alpn: {
    kind: 'list',
    value: '<name,…>',
    summary: 'Protocols to offer on port 443, such as h2,http/1.1; default: what HAProxy does by itself.',
  },
  'certs-dir': {
    kind: 'path',
    value: '<dir>',
    summary: 'Labels HAPROXY_{n}_SSL_CERT must lead in here; default /etc/haproxy/certs.',
  },
  'raw-labels': {
    kind: 'list',
    value: 'deny|allow:<prefix>|allow-all',
    summary: 'Apps whose labels may replace templates. They write configuration: default deny.',
  },
  'raw-label-dir': { kind: 'paths', value: '<dir>', summary: 'Directories that raw labels may name files in.' },
  policy: { kind: 'path', value: '<file>', summary: 'Who may claim which virtual hosts and ports (YAML or JSON).' },
  'command-checks': {
    kind: 'text',
    value: 'none|tcp',
    summary: 'What becomes of COMMAND health checks; default none.',
  },
  'framework-name': {
    kind: 'text',
    value: '<app id>',
    env: 'FRAMEWORK_NAME',
    summary: "The balancer's own app, which it does not serve.",
  },
  'min-serv-port-ip-per-task': {
    kind: 'text',
    value: '<port>',
    summary: 'First port for IP-per-task apps without one; default 10050.',
  },
  'max-serv-port-ip-per-task': {
    kind: 'text',
    value: '<port>',
    summary: 'Last port for IP-per-task apps without one; default 10100.',
  },
} as const satisfies Record<string, Setting>;
