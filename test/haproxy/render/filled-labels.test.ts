// Labels that replace templates pass the sandbox as they are written; here they pass it only until values make words of them
// (haproxy.md 17.4). Values come from other labels of the app, from its health checks, and from agents.
import { describe, expect, test } from 'vitest';
import { readApps } from '../../../src/haproxy/discovery/read-apps.ts';
import { buildModel } from '../../../src/haproxy/model/build-model.ts';
import { render } from '../../../src/haproxy/render/render.ts';
import { BUILT_IN, OPTIONS } from './made-services.ts';
import { complaints, MISSING } from './real-haproxy.ts';

interface Given {
  readonly labels: Readonly<Record<string, string>>;
  readonly host?: string;
  readonly check?: Readonly<Record<string, unknown>>;
}

const OPTIONS_OF_OPEN = { ...OPTIONS, rawLabels: { kind: 'allow-all' } as const };

function rendered({ labels, host = 'agent1', check }: Given) {
  const ports = { networks: [{ mode: 'host' }], portDefinitions: [{ port: 10_000 }] };
  const app = {
    id: '/own',
    instances: 1,
    labels: {
      HAPROXY_GROUP: 'external',
      ...Object.fromEntries(Object.entries(labels).map(([name, text]) => [`HAPROXY_0_${name}`, text])),
    },
    ...ports,
    healthChecks: check === undefined ? [] : [check],
    tasks: [{ id: 't1', host, ports: [31_000], state: 'TASK_RUNNING' }],
  };
  const other = { ...app, id: '/zz', labels: { HAPROXY_GROUP: 'external' }, portDefinitions: [{ port: 10_001 }] };
  const addresses = new Map([[host, '10.0.0.11']]);
  const model = buildModel(readApps({ apps: [app, other] }, 'http://m1:8080'), OPTIONS_OF_OPEN, { addresses });
  const { rendered: result, problems } = render(model, OPTIONS_OF_OPEN, BUILT_IN);
  return { ...result, problems: [...model.problems, ...problems] };
}

const WEB = { VHOST: 'own.example' };

describe('what values make of a label is refused', () => {
  test.each<[name: string, given: Given]>([
    [
      'the name of a balance parameter that opens a file',
      {
        labels: {
          ...WEB,
          BALANCE: 'url_param -f',
          BACKEND_HEAD: 'backend {backend}\n  mode http\n  balance roundrobin\n  acl a {balance} /etc/shadow',
        },
      },
    ],
    [
      'an agent that is called as a keyword',
      {
        host: 'file',
        labels: {
          ...WEB,
          BACKEND_SERVER_OPTIONS:
            '  server {serverName} {host_ipv4}:{port} id {serverId}\n  http-request return status 200 content-type text/plain {host} /etc/shadow',
        },
      },
    ],
    [
      'an agent whose name ends a keyword',
      {
        host: 'shadow',
        labels: {
          BACKEND_SERVER_OPTIONS:
            '  server {serverName} {host_ipv4}:{port} id {serverId} ssl ca-file /etc/haproxy/certs/../../{host}',
        },
      },
    ],
    [
      'two labels that make one word',
      {
        labels: {
          ...WEB,
          AUTH: 'lua:-load:$5$abcdefgh$yb2VqDtJ4Gz',
          PATH: '/x',
          HTTP_FRONTEND_ACL_WITH_AUTH_AND_PATH: '  {realm}-load {path}',
          HTTPS_FRONTEND_ACL_WITH_AUTH_AND_PATH: '  {realm}-load {path}',
        },
      },
    ],
    [
      'a hash between double quotes, where the dollar is the environment',
      {
        labels: {
          ...WEB,
          AUTH: 'r:bob:$5$abc$def',
          USERLIST_HEAD: 'userlist user_{backend}\n  user {user} password "{passwd}"',
        },
      },
    ],
  ])('%s', (_, given) => {
    const { config, problems } = rendered(given);
    expect(config).not.toMatch(/shadow \/|\/etc\/shadow|lua-load|"\$5|certs\/\.\./);
    expect(problems).toContainEqual(expect.objectContaining({ appId: '/own' }));
    expect(config).toContain('backend zz_10001');
  });
});

describe('what values make of a label is written when it is harmless', () => {
  test.each<[name: string, given: Given, line: string]>([
    [
      'a whole head',
      {
        labels: {
          ...WEB,
          FRONTEND_HEAD:
            'frontend {backend}\n  bind {bindAddr}:{servicePort}{sslCert}{bindOptions}\n  mode {mode}\n  timeout client 5m',
          SSL_CERT: '/etc/haproxy/certs/own.pem',
          BIND_OPTIONS: 'alpn h2',
        },
      },
      'bind *:10000 ssl crt /etc/haproxy/certs/own.pem alpn h2',
    ],
    [
      'checks over TLS',
      {
        check: { protocol: 'HTTPS', path: '/it', portIndex: 0, intervalSeconds: 5, timeoutSeconds: 2 },
        labels: {
          ...WEB,
          STICKY: 'true',
          BACKEND_SERVER_OPTIONS:
            '  server {serverName} {host_ipv4}:{port} id {serverId}{healthCheckOptions}{cookieOptions}{otherOptions} maxconn 5',
          BACKEND_HTTP_HEALTHCHECK_OPTIONS: '  option httpchk HEAD {healthCheckPath}',
        },
      },
      'check-ssl verify none cookie',
    ],
    [
      'rules with paths and users',
      {
        labels: {
          ...WEB,
          AUTH: 'The realm:bob:$5$abc$def',
          PATH: "-i /it's /b",
          USERLIST_HEAD: 'userlist user_{backend}\n  user {user} password {passwd}',
          HTTP_FRONTEND_ACL_WITH_AUTH_AND_PATH:
            '  acl h hdr(host) -i {hostname}\n  acl p path_beg {path}\n  use_backend {backend} if h p',
        },
      },
      "acl p path_beg -i /it\\'s /b",
    ],
  ])('%s', (_, given, line) => {
    const result = rendered(given);
    expect(result.config).toContain(line);
    expect(result.problems).toEqual([]);
    if (MISSING === undefined) expect(complaints(result)).toBe('');
  });
});

test("a label cannot replace what closes a backend to other networks: that is the operator's", () => {
  const { problems, config } = rendered({
    labels: { ...WEB, BACKEND_NETWORK_ALLOWED_ACL: '10.0.0.0/8', HTTP_BACKEND_ACL_ALLOW_DENY: '  # let all in' },
  });
  expect(config).toContain('http-request deny unless network_allowed');
  expect(config).not.toContain('let all in');
  expect(problems.map(({ where }) => where)).toContain('HAPROXY_0_HTTP_BACKEND_ACL_ALLOW_DENY');
});
