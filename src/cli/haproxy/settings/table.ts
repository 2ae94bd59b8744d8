// Everything that can be said about a balancer, by name: a flag, a member of the config file and an environment variable
// each (haproxy.md 18). The names are marathon-lb's where it has the same thing.

/**
 * How a setting is written: one text, several (repeated, or with commas), yes and no. Paths become absolute: cron's
 * directory is not the one a person stands in.
 */
export type SettingKind = 'text' | 'path' | 'list' | 'paths' | 'switch';

/** One setting. */
export interface Setting {
  readonly kind: SettingKind;
  readonly summary: string;
  readonly char?: 'm' | 'c' | 'd' | 'H';
  readonly value?: string;
  /** Other names of the flag and of the member. */
  readonly aliases?: readonly string[];
  /** The original's environment variable, beside MCTL_HAPROXY_<NAME>. */
  readonly env?: string;
}

const SOURCE = {
  marathon: {
    kind: 'list',
    char: 'm',
    value: '<url,…>',
    summary:
      'Marathons of one cluster, tried in this order (MCTL_MARATHON); default: that of the context or local cluster.',
  },
  'marathons-file': {
    kind: 'path',
    value: '<file>',
    summary: 'Marathons from a file, one host:port or URL a line, as the older bridge keeps them.',
  },
  'marathon-auth-credential-file': {
    kind: 'path',
    value: '<file>',
    summary: 'Basic auth for Marathon: a file with user:password.',
    aliases: ['auth-file'],
  },
  'token-file': {
    kind: 'path',
    value: '<file>',
    summary: 'Token for Marathon (Authorization: token=…): a file with it.',
  },
  'marathon-ca-cert': {
    kind: 'path',
    value: '<file>',
    summary: 'Certificates (PEM) to trust for https Marathons, beside those of the system.',
  },
  insecure: { kind: 'switch', summary: 'Take any certificate of an https Marathon.' },
} as const satisfies Record<string, Setting>;

const SERVICES = {
  group: { kind: 'list', value: '<name>', summary: 'Groups to serve, by the label HAPROXY_GROUP; * is everything.' },
  'strict-mode': { kind: 'switch', summary: 'Serve only ports with the label HAPROXY_{n}_ENABLED.' },
  'strict-compat': { kind: 'switch', summary: 'Read labels as marathon-lb does where we read them otherwise.' },
  health: { kind: 'text', value: 'all|any', summary: "Serve tasks only when all, or any, of Marathon's checks pass." },
  'health-check': { kind: 'switch', char: 'H', summary: 'The same as --health all (with --strict-compat: any).' },
  'omit-empty': { kind: 'switch', summary: 'Leave services without tasks out, instead of answering 503.' },
  'haproxy-map': { kind: 'switch', summary: 'Look virtual hosts up in map files.' },
  'dont-bind-http-https': { kind: 'switch', summary: 'No frontends on ports 80 and 443.' },
  'group-https-by-vhost': { kind: 'switch', summary: 'A frontend of its own for the TLS of each virtual host.' },
  'ssl-certs': {
    kind: 'paths',
    value: '<path,…>',
    summary: 'Certificates of port 443; default /etc/ssl/cert.pem, if there; none: no port 443.',
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

const CONFIG = {
  style: {
    kind: 'text',
    value: 'marathon-lb|bridge',
    summary: "What the config looks like; default marathon-lb; bridge: the older bridge's.",
  },
  'templates-dir': { kind: 'path', value: '<dir>', summary: 'Files HAPROXY_<NAME> here replace built-in templates.' },
  'stats-bind': {
    kind: 'text',
    value: '<address:port>',
    summary: 'Where HAProxy shows statistics and metrics; default 127.0.0.1:9090.',
  },
  'stats-auth-file': { kind: 'path', value: '<file>', summary: 'user:password for the statistics: a file with it.' },
  'hard-stop-after': {
    kind: 'text',
    value: '<time>',
    summary: 'How long old workers may finish their connections; default 10m.',
  },
  'global-default-options': {
    kind: 'list',
    value: '<name,…>',
    env: 'HAPROXY_GLOBAL_DEFAULT_OPTIONS',
    summary: 'option lines of the defaults section.',
  },
  maxconn: {
    kind: 'text',
    value: '<number>',
    summary: 'Connections of the whole balancer; default 50000, or what its limit of open files allows.',
  },
  'haproxy-log': {
    kind: 'text',
    value: '<target>',
    summary: 'Where HAProxy logs to, such as /dev/log or 127.0.0.1:514.',
  },
} as const satisfies Record<string, Setting>;

/** For commands that put configs into force. */
export const APPLYING = {
  'haproxy-config': {
    kind: 'path',
    value: '<file>',
    summary: 'The config that is written; default /etc/haproxy/haproxy.cfg.',
  },
  'haproxy-bin': {
    kind: 'path',
    value: '<file>',
    summary: 'HAProxy itself, for validation; default /usr/sbin/haproxy.',
  },
  'reload-cmd': {
    kind: 'text',
    char: 'c',
    value: '<command>',
    aliases: ['command'],
    summary: 'Reload by this command, run by sh.',
  },
  'systemd-unit': {
    kind: 'text',
    value: '<unit>',
    summary: 'Reload this unit; without another way to reload: haproxy.service.',
  },
  'master-socket': { kind: 'path', value: '<socket>', summary: "Reload through the master's socket (haproxy -S)." },
  'start-pidfile': {
    kind: 'path',
    value: '<file>',
    summary: 'Without a master: start HAProxy anew each time; it takes over from the processes of this pid file.',
  },
  pidfile: { kind: 'path', value: '<file>', summary: 'Reload by SIGUSR2 to the master of this pid file.' },
  'runtime-socket': {
    kind: 'path',
    value: '<socket>',
    summary: "HAProxy's stats socket; default /run/mctl-haproxy/admin.sock.",
  },
  runtime: { kind: 'switch', summary: 'Change servers without a reload where that can be done.' },
  'min-reload-interval': { kind: 'text', value: '<time>', summary: 'Reloads are at least this far apart; default 5s.' },
  'max-removal': {
    kind: 'text',
    value: '<percent>',
    summary: 'Losing more servers or services than this needs a second look, 30 s later; default 50.',
  },
  'archive-versions': { kind: 'text', value: '<number>', summary: 'Previous configs that are kept; default 5.' },
  'check-user': { kind: 'text', value: '<user>', summary: 'As root: haproxy -c runs as this user.' },
  'skip-validation': { kind: 'switch', summary: 'Do not ask haproxy -c first.' },
  'state-dir': {
    kind: 'path',
    value: '<dir>',
    summary: 'What one run leaves to the next; default /var/lib/mctl-haproxy.',
  },
  'lock-wait': { kind: 'text', value: '<time>', summary: 'Wait this long for another run to end; default not at all.' },
} as const satisfies Record<string, Setting>;

const RUNNING = {
  splay: {
    kind: 'text',
    value: '<time>',
    summary: 'Begin after a random delay of up to this, so that many balancers do not ask at once.',
  },
  'metrics-file': { kind: 'path', value: '<file>', summary: 'Write metrics there, in the text format of Prometheus.' },
  syslog: { kind: 'switch', summary: 'Say what was done, and what failed, in the system log too.' },
} as const satisfies Record<string, Setting>;

/** For `watch` alone. */
export const WATCHING = {
  listen: {
    kind: 'text',
    value: '<address:port>',
    summary: 'Where watch itself shows config, maps and metrics; default 127.0.0.1:9092; off: nowhere.',
  },
  'signal-token-file': { kind: 'path', value: '<file>', summary: 'POST /_mlb_signal/… needs the token in this file.' },
} as const satisfies Record<string, Setting>;

/** For everything that looks at Marathon and renders. */
export const RENDERING = {
  ...SOURCE,
  ...SERVICES,
  ...CONFIG,
  'haproxy-config': APPLYING['haproxy-config'],
  'runtime-socket': APPLYING['runtime-socket'],
  'state-dir': APPLYING['state-dir'],
};
/** For looking at what runs left, and at what they wrote. */
export const LOOKING = {
  'haproxy-config': APPLYING['haproxy-config'],
  'runtime-socket': APPLYING['runtime-socket'],
  'master-socket': APPLYING['master-socket'],
  'state-dir': APPLYING['state-dir'],
};
export const SYNCING = { ...SOURCE, ...SERVICES, ...CONFIG, ...APPLYING, ...RUNNING };
/** All of them. */
export const SETTINGS = { ...SOURCE, ...SERVICES, ...CONFIG, ...APPLYING, ...RUNNING, ...WATCHING };

/** For `watch`: it does not begin at the full minute as all of cron's do, so nothing is to be spread. */
export const KEEPING = {
  ...SOURCE,
  ...SERVICES,
  ...CONFIG,
  ...APPLYING,
  'metrics-file': RUNNING['metrics-file'],
  syslog: RUNNING.syslog,
  ...WATCHING,
};

export type SettingName = keyof typeof SETTINGS;
