// Settings: what the config looks like whatever the apps are (haproxy.md 4, 9).
import type { Setting } from './setting.ts';

/** For everything that renders. */
export const CONFIG = {
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
  'mworker-max-reloads': {
    kind: 'text',
    value: '<number>|none',
    summary: 'The master ends old workers after this many reloads, whatever they still do; default 20.',
  },
  'server-state-file': {
    kind: 'path',
    value: '<file>',
    summary: 'Keeps over reloads which servers are down: written before each, read by HAProxy; default: none.',
  },
  'retry-requests': {
    kind: 'switch',
    summary: 'GET, HEAD and OPTIONS that a server took and then died over are sent to another one.',
  },
  'global-default-options': {
    kind: 'list',
    value: '<name,…>',
    env: 'HAPROXY_GLOBAL_DEFAULT_OPTIONS',
    summary: 'option lines of the defaults section; default redispatch,http-server-close,dontlognull.',
  },
  maxconn: {
    kind: 'text',
    value: '<number>',
    summary: 'Connections of the whole balancer; default 50000, or what its limit of open files allows.',
  },
  'haproxy-log': {
    kind: 'text',
    value: '<target>',
    summary: 'Where HAProxy logs to, such as 127.0.0.1:514; default /dev/log, if there; none: nowhere.',
  },
} as const satisfies Record<string, Setting>;
