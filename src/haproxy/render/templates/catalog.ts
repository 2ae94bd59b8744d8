// Every template there is (haproxy.md 4): how its braces are read, which placeholders it may name, and whose built-in text it
// shares. Built-in texts are the files HAPROXY_<NAME> of templates/haproxy/ in the package.

/**
 * `formatted`: Python's braces. `verbatim`: as it is. `head`: as it is, but for placeholders it knows, so that heads written
 * for marathon-lb (`if { path /metrics }`) and ours can both be used.
 */
export type TemplateForm = 'formatted' | 'verbatim' | 'head';

interface TemplateKind {
  readonly form: TemplateForm;
  readonly placeholders: readonly string[];
  /** Template whose built-in text serves for this one too; `empty`: nothing; absent: a file of its own. */
  readonly builtIn?: string;
}

const HEALTH = [
  'healthCheckPortIndex',
  'healthCheckPort',
  'healthCheckProtocol',
  'healthCheckPath',
  'healthCheckTimeoutSeconds',
  'healthCheckIntervalSeconds',
  'healthCheckGracePeriodSeconds',
  'healthCheckMaxConsecutiveFailures',
  'healthCheckFalls',
  'healthCheckPortOptions',
  // Ours: for operators who want the checks to name the host (haproxy.md 7.8).
  'hostname',
];
const HOST = ['cleanedUpHostname', 'hostname', 'appId', 'backend'];
const HOST_AND_PATH = [...HOST, 'path'];
const WITH_AUTH = [...HOST_AND_PATH, 'realm'];

const formatted = (placeholders: readonly string[], builtIn?: string): TemplateKind => ({
  form: 'formatted',
  placeholders,
  ...(builtIn === undefined ? {} : { builtIn }),
});
const verbatim = (): TemplateKind => ({ form: 'verbatim', placeholders: [] });

/** By name, without HAPROXY_. */
export const CATALOG = {
  HEAD: {
    form: 'head',
    placeholders: [
      'maxConnections',
      'frontendMaxConnections',
      'runtimeSocket',
      'hardStopAfter',
      'maxReloads',
      'serverStateFile',
      'loadServerState',
      'globalLog',
      'defaultOptions',
      'statsUsers',
      'statsBind',
      'statsAuth',
    ],
  },
  USERLIST_HEAD: formatted(['backend', 'user', 'passwd']),
  HTTP_FRONTEND_HEAD: verbatim(),
  // As it is when it was written for marathon-lb, which knows no placeholder here.
  HTTP_FRONTEND_APPID_HEAD: { form: 'head', placeholders: ['appIdPort'] },
  HTTPS_FRONTEND_HEAD: formatted(['sslCerts']),
  HTTPS_GROUPED_FRONTEND_HEAD: verbatim(),
  HTTPS_GROUPED_VHOST_FRONTEND_ACL: formatted(['backend', 'host']),
  HTTPS_GROUPED_VHOST_BACKEND_HEAD: formatted(['name']),
  HTTPS_GROUPED_VHOST_FRONTEND_HEAD: formatted(['name', 'sslCerts', 'bindOpts']),
  FRONTEND_HEAD: formatted(['backend', 'bindAddr', 'servicePort', 'sslCert', 'bindOptions', 'mode']),
  FRONTEND_BACKEND_GLUE: formatted(['backend']),
  BACKEND_HEAD: formatted(['backend', 'balance', 'mode']),
  HTTP_FRONTEND_ACL: formatted(HOST),
  HTTP_FRONTEND_ACL_ONLY: formatted(HOST),
  HTTP_FRONTEND_ROUTING_ONLY: formatted(HOST),
  HTTP_FRONTEND_ACL_WITH_PATH: formatted(HOST_AND_PATH),
  HTTP_FRONTEND_ACL_ONLY_WITH_PATH: formatted(HOST_AND_PATH),
  HTTP_FRONTEND_ROUTING_ONLY_WITH_PATH: formatted(HOST_AND_PATH),
  // Passwords are asked for in the backend (haproxy.md 6.4, 6.6), so those with auth are those without.
  HTTP_FRONTEND_ACL_WITH_AUTH: formatted(WITH_AUTH, 'HTTP_FRONTEND_ACL'),
  HTTP_FRONTEND_ACL_WITH_AUTH_AND_PATH: formatted(WITH_AUTH, 'HTTP_FRONTEND_ACL_WITH_PATH'),
  HTTP_FRONTEND_ACL_ONLY_WITH_PATH_AND_AUTH: formatted(WITH_AUTH, 'HTTP_FRONTEND_ACL_ONLY_WITH_PATH'),
  HTTP_FRONTEND_ROUTING_ONLY_WITH_AUTH: formatted(WITH_AUTH, 'HTTP_FRONTEND_ROUTING_ONLY'),
  HTTP_FRONTEND_ROUTING_ONLY_WITH_PATH_AND_AUTH: formatted(WITH_AUTH, 'HTTP_FRONTEND_ROUTING_ONLY_WITH_PATH'),
  // Port 443 goes by the Host header as port 80 does (haproxy.md 6.3).
  HTTPS_FRONTEND_ACL: formatted(WITH_AUTH, 'HTTP_FRONTEND_ACL'),
  HTTPS_FRONTEND_ACL_WITH_PATH: formatted(WITH_AUTH, 'HTTP_FRONTEND_ACL_WITH_PATH'),
  HTTPS_FRONTEND_ACL_WITH_AUTH: formatted(WITH_AUTH, 'HTTP_FRONTEND_ACL'),
  HTTPS_FRONTEND_ACL_WITH_AUTH_AND_PATH: formatted(WITH_AUTH, 'HTTP_FRONTEND_ACL_WITH_PATH'),
  HTTPS_FRONTEND_ACL_ONLY_WITH_PATH: formatted(WITH_AUTH, 'HTTP_FRONTEND_ACL_ONLY_WITH_PATH'),
  // Known and never used, as in the original.
  HTTPS_FRONTEND_AUTH_ACL_ONLY: formatted(WITH_AUTH, 'empty'),
  HTTPS_FRONTEND_AUTH_REQUEST_ONLY: formatted(WITH_AUTH, 'empty'),
  HTTPS_FRONTEND_ROUTING_ONLY_WITH_PATH_AND_AUTH: formatted(WITH_AUTH, 'empty'),
  MAP_HTTP_FRONTEND_ACL: formatted(['haproxy_dir']),
  MAP_HTTP_FRONTEND_ACL_ONLY: formatted(['haproxy_dir'], 'MAP_HTTP_FRONTEND_ACL'),
  MAP_HTTPS_FRONTEND_ACL: formatted(['haproxy_dir', 'hostname'], 'MAP_HTTP_FRONTEND_ACL'),
  HTTP_FRONTEND_APPID_ACL: formatted(['cleanedUpAppId', 'appId', 'backend', 'hostname']),
  MAP_HTTP_FRONTEND_APPID_ACL: formatted(['haproxy_dir']),
  BACKEND_REDIRECT_HTTP_TO_HTTPS: formatted([...HOST, 'bindAddr']),
  BACKEND_REDIRECT_HTTP_TO_HTTPS_WITH_PATH: formatted([...HOST_AND_PATH, 'bindAddr']),
  BACKEND_HSTS_OPTIONS: verbatim(),
  BACKEND_HTTP_OPTIONS: verbatim(),
  HTTP_BACKEND_PROXYPASS_GLUE: formatted(['hostname', 'proxypath']),
  HTTP_BACKEND_REVPROXY_GLUE: formatted(['hostname', 'rootpath', 'pathGroup']),
  HTTP_BACKEND_REDIR: formatted(['hostname', 'redirpath']),
  HTTP_BACKEND_NETWORK_ALLOWED_ACL: formatted(['network_allowed']),
  TCP_BACKEND_NETWORK_ALLOWED_ACL: formatted(['network_allowed'], 'HTTP_BACKEND_NETWORK_ALLOWED_ACL'),
  HTTP_BACKEND_ACL_ALLOW_DENY: verbatim(),
  TCP_BACKEND_ACL_ALLOW_DENY: verbatim(),
  BACKEND_STICKY_OPTIONS: verbatim(),
  BACKEND_HTTP_HEALTHCHECK_OPTIONS: formatted(HEALTH),
  BACKEND_TCP_HEALTHCHECK_OPTIONS: formatted(HEALTH, 'empty'),
  BACKEND_SERVER_HTTP_HEALTHCHECK_OPTIONS: formatted(HEALTH),
  BACKEND_SERVER_TCP_HEALTHCHECK_OPTIONS: formatted(HEALTH, 'BACKEND_SERVER_HTTP_HEALTHCHECK_OPTIONS'),
  BACKEND_SERVER_OPTIONS: formatted([
    'serverName',
    'host',
    'host_ipv4',
    'port',
    'serverId',
    'cookieOptions',
    'healthCheckOptions',
    'otherOptions',
  ]),
  // Ours, not in the original.
  BACKEND_AUTH_OPTIONS: formatted(['realm', 'backend']),
  BACKEND_RETRY_OPTIONS: verbatim(),
  HTTPS_REDIRECT_BACKEND: verbatim(),
  BRIDGE_HEAD: {
    form: 'head',
    placeholders: [
      'runtimeSocket',
      'hardStopAfter',
      'maxReloads',
      'serverStateFile',
      'loadServerState',
      'statsUsers',
      'statsBind',
      'statsAuth',
    ],
  },
} satisfies Readonly<Record<string, TemplateKind>>;

/** Name of a template, without HAPROXY_. */
export type TemplateName = keyof typeof CATALOG;

/** All of them, in the order above. */
export const TEMPLATE_NAMES = Object.keys(CATALOG) as readonly TemplateName[];

/** How a template is read. */
export function templateKind(name: TemplateName): TemplateKind {
  return CATALOG[name];
}

/** Whether a text names a template. */
export function isTemplateName(name: string): name is TemplateName {
  return Object.hasOwn(CATALOG, name);
}
