// Whoever may create an app writes text that ends up in a file of root's (haproxy.md 17, 22.14). Whatever that text is, each
// line of the file is a line of a template with values of a known shape in it, and HAProxy takes the file.
import { expect, test } from 'vitest';
import { readApps } from '../../../src/haproxy/discovery/read-apps.ts';
import { buildModel } from '../../../src/haproxy/model/build-model.ts';
import type { BalancerOptions } from '../../../src/haproxy/model/options.ts';
import { render } from '../../../src/haproxy/render/render.ts';
import { TEMPLATE_NAMES, templateKind } from '../../../src/haproxy/render/templates/catalog.ts';
import fc from '../../fast-check.ts';
import { BUILT_IN, OPTIONS } from './made-services.ts';
import { complaints, MISSING } from './real-haproxy.ts';

const NAME = '[A-Za-z0-9_.:-]+';
const PATH_WORD = "/(?:[A-Za-z0-9._~%!&()+,;=:@/?*-]|\\\\')*";
const REGEX_WORD = "/(?:[A-Za-z0-9/_~%!&,;=:@-]|\\[(?:[.()+?*]|\\\\')\\])*";
const HOST_REGEX = '(?:\\[\\^/:\\]\\+)?(?:[a-z0-9_-]|\\[\\.\\])+';
/** What each placeholder may come to, as a regular expression. */
const SHAPES: Readonly<Record<string, string>> = {
  backend: NAME,
  cleanedUpHostname: NAME,
  cleanedUpAppId: NAME,
  hostname: `-m found|(?:-m end )?[a-z0-9._-]+|%\\[req\\.hdr\\(host\\)\\]|${HOST_REGEX}|\\(${HOST_REGEX}(?:\\|${HOST_REGEX})+\\)`,
  appId: '/[A-Za-z0-9._/-]+',
  bindAddr: '\\*|[0-9.]+|\\[[0-9a-f:.]+\\]',
  servicePort: '\\d+',
  appIdPort: '\\d+',
  sslCert: '(?: ssl crt /etc/haproxy/certs/[A-Za-z0-9_.+@/-]+)?',
  bindOptions: '',
  mode: 'tcp|http',
  balance: '[a-z-]+(?:\\([\\w.-]+\\))?(?: [\\w.-]+)*',
  user: '[\\w.@-]+',
  passwd: '[$./=,A-Za-z0-9]+',
  realm: '[\\w .@-]+',
  path: `(?:-i )?${PATH_WORD}(?: ${PATH_WORD})*`,
  proxypath: `(?:${REGEX_WORD})?`,
  rootpath: `(?:${PATH_WORD})?`,
  redirpath: PATH_WORD,
  pathGroup: '[34]',
  network_allowed: '[0-9a-f.:/]+(?: [0-9a-f.:/]+)*',
  healthCheckPath: PATH_WORD,
  healthCheckTimeoutSeconds: '\\d+',
  healthCheckIntervalSeconds: '\\d+',
  healthCheckFalls: '\\d+',
  healthCheckPortOptions: '(?: port \\d+)?(?: check-ssl verify none)?',
  serverName: NAME,
  host_ipv4: '[0-9.]+|\\[[0-9a-f:.]+\\]',
  port: '\\d+',
  serverId: '\\d+',
  healthCheckOptions: '(?: check inter \\d+s fall \\d+(?: port \\d+)?(?: check-ssl verify none)?)?',
  cookieOptions: '(?: cookie [0-9a-f]{10})?',
  otherOptions: '(?: weight \\d+)?(?: disabled)?',
  host: '(?:-m end )?[a-z0-9._-]+',
  name: NAME,
  bindOpts: '',
  sslCerts: 'crt /etc/haproxy/certs/[A-Za-z0-9_.+@/-]+',
  haproxy_dir: '/etc/haproxy',
};

const literal = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

function knownLines(): RegExp {
  const lines = new Set<string>();
  for (const name of TEMPLATE_NAMES) {
    if (name === 'HEAD' || name === 'BRIDGE_HEAD') continue;
    for (const line of BUILT_IN.get(name).text.split('\n')) {
      const isFormatted = templateKind(name).form !== 'verbatim';
      lines.add(
        line
          .split(isFormatted ? /(\{\{|\}\}|\{\w+\})/ : /(?!)/)
          .map((part) => {
            if (!isFormatted) return literal(part);
            if (part === '{{' || part === '}}') return literal(part[0] as string);
            const placeholder = /^\{(\w+)\}$/.exec(part)?.[1];
            return placeholder === undefined ? literal(part) : `(?:${SHAPES[placeholder] ?? 'no shape'})`;
          })
          .join(''),
      );
    }
  }
  const found =
    '(?: if \\{ req\\.hdr\\(host\\),field\\(1,:\\),lower,map\\(/etc/haproxy/domain2backend\\.map\\) -m found \\})?';
  return new RegExp(`^(?:${[...lines].join('|')})${found}$`);
}

const KNOWN_LINES = knownLines();

const ATTACKS = [
  'a.example\n  stats socket /tmp/x level admin',
  'x\r\n  lua-load /tmp/x',
  'a\u0000b',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: HAProxy would expand it.
  '"${SECRET}"',
  "'; del server",
  '#comment',
  '\\',
  'a\\\n b',
  '{backend}',
  '{{ env(HOME) }}',
  '%[env(HOME)]',
  '%[src]',
  '$(id)',
  '`id`',
  '-f /etc/shadow',
  '-m reg .*',
  '/x -f /etc/shadow',
  '/a) || { always_true }',
  'unix@/tmp/x',
  'abns@x',
  '*:80 ssl crt /etc/shadow',
  'first\tsecond',
  'a\u2028b',
  'a\u0085b',
  'ａ.example',
  '../../etc/shadow',
  '/etc/haproxy/certs/../../shadow',
  'x'.repeat(5000),
  '/'.repeat(3000),
  'true\n',
  '1e3',
  '0x50',
  '-1',
  '65536',
];
const VALID: Readonly<Record<string, readonly string[]>> = {
  VHOST: ['a.example', '*.b.example,c.example', 'A.example , d.example,,'],
  PATH: ['/v1', "-i /v1 /it's", '/a%20b /c'],
  PORT: ['8000', '9000'],
  MODE: ['http', 'tcp', 'HTTP'],
  BALANCE: ['leastconn', 'hdr(x)', 'uri len 5', 'source'],
  AUTH: ['Realm one:bob:$5$abc$def;eve:$6$a$b'],
  STICKY: ['true'],
  REDIRECT_TO_HTTPS: ['true'],
  USE_HSTS: ['yes'],
  SSL_CERT: ['/etc/haproxy/certs/a.pem'],
  BIND_ADDR: ['127.0.0.1', '::1', '*'],
  BIND_OPTIONS: ['alpn h2'],
  HTTP_BACKEND_PROXYPASS_PATH: ['/app', "/a.b(c)'"],
  HTTP_BACKEND_REVPROXY_PATH: ['/app', '/100%'],
  HTTP_BACKEND_REDIR: ['/app', '/100%'],
  BACKEND_NETWORK_ALLOWED_ACL: ['10.0.0.0/8 192.0.2.7 fd00::/8'],
  BACKEND_WEIGHT: ['5'],
  BACKEND_HEALTHCHECK_PORT_INDEX: ['0', '1'],
  TRAFFIC_WEIGHT: ['5'],
  EXPOSE_PORT: ['false'],
  ENABLED: ['true'],
  BACKEND_HEAD: ['backend {backend}\n  mode tcp'],
  BACKEND_HTTP_OPTIONS: ['  http-request return status 200 file /etc/shadow'],
};

const anyText = fc.oneof(
  fc.constantFrom(...ATTACKS),
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.tuple(fc.constantFrom(...Object.values(VALID).flat()), fc.constantFrom(...ATTACKS)).map(([a, b]) => a + b),
);
const label = fc.constantFrom(...Object.keys(VALID)).chain((name) =>
  fc.tuple(
    fc.integer({ min: 0, max: 1 }).map((index) => `HAPROXY_${index}_${name}`),
    fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...(VALID[name] ?? [])) }, { weight: 2, arbitrary: anyText }),
  ),
);
const wellOr = <T>(well: T) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant<unknown>(well) }, { weight: 1, arbitrary: anyText });

const app = (index: number) =>
  fc.record({
    id: wellOr(`/g_${index}/app.${index}`),
    instances: fc.constant(1),
    labels: fc
      .array(label, { maxLength: 9 })
      .map((labels) => ({ HAPROXY_GROUP: 'external', ...Object.fromEntries(labels) })),
    networks: fc.constantFrom([{ mode: 'host' }], [{ mode: 'container' }]),
    portDefinitions: fc.constant([{ port: 10_000 + 2 * index }, { port: 10_001 + 2 * index }]),
    healthChecks: fc.array(
      fc.record({
        protocol: wellOr('HTTP'),
        path: wellOr('/health?a=1'),
        portIndex: wellOr(0),
        gracePeriodSeconds: wellOr(1),
        intervalSeconds: wellOr(5),
        timeoutSeconds: wellOr(2),
        maxConsecutiveFailures: wellOr(3),
      }),
      { maxLength: 1 },
    ),
    tasks: fc.array(
      fc.record({
        id: wellOr(`task.${index}`),
        host: wellOr('agent1'),
        ports: fc.constant([31_000 + index, 31_500 + index]),
        state: fc.constant('TASK_RUNNING'),
        ipAddresses: fc.array(fc.record({ ipAddress: wellOr('9.0.0.5') }), { maxLength: 1 }),
        version: anyText,
      }),
      { maxLength: 2 },
    ),
  });

const options = fc.record({
  usesMaps: fc.boolean(),
  groupsHttpsByVirtualHost: fc.boolean(),
  strictCompat: fc.boolean(),
});

function rendered(apps: readonly unknown[], given: Partial<BalancerOptions>) {
  const all = { ...OPTIONS, ...given };
  const model = buildModel(readApps({ apps }, 'http://m1:8080'), all, {
    addresses: new Map([['agent1', '10.0.0.11']]),
  });
  return render(model, all, BUILT_IN).rendered;
}

const HEAD_LINES = render({ services: [], problems: [] }, OPTIONS, BUILT_IN).rendered.config.split('\n').length;
const HEALTHY = { id: '/zz', instances: 1, labels: { HAPROXY_GROUP: 'external' }, ...plain(20_000) };
const apps = fc.tuple(app(0), app(1), app(2), fc.constant(HEALTHY));

test('each line comes from a template, its values are of their shape, and it has at most 60 words', () => {
  let services = 0;
  fc.assert(
    fc.property(apps, options, (given, how) => {
      const { config, maps } = rendered(given, how);
      for (const line of config.split('\n').slice(HEAD_LINES - 1)) {
        if (line === '') continue;
        if (!KNOWN_LINES.test(line)) throw new Error(`no template has this line: ${JSON.stringify(line)}`);
        if (line.trim().split(/\s+/).length > 60) throw new Error(`too many words: ${line.slice(0, 200)}`);
        if (line.startsWith('backend ')) services += 1;
      }
      expect(maps['domain2backend.map']).toMatch(/^(?:[a-z0-9._-]+ [\w.:-]+\n)*$/);
      expect(maps['app2backend.map']).toMatch(/^(?:\/[a-z0-9._/-]+ [\w.:-]+\n)*$/);
    }),
    { numRuns: 400 },
  );
  // Were all apps refused, this would say nothing.
  expect(services).toBeGreaterThan(400);
});

test.skipIf(MISSING !== undefined)('a real HAProxy takes what came of hostile apps, without a warning', () => {
  fc.assert(
    fc.property(apps, options, (given, how) => {
      const result = rendered(given, how);
      const said = complaints(result);
      if (said !== '') throw new Error(`${said}\n${result.config}`);
    }),
    { numRuns: 40 },
  );
});

test('every attack in every label leaves the other apps as they were', () => {
  const alone = rendered([HEALTHY], {}).config.split('\n').slice(HEAD_LINES);
  for (const name of Object.keys(VALID)) {
    for (const attack of ATTACKS) {
      const labels = { HAPROXY_GROUP: 'external', HAPROXY_0_VHOST: 'a.example', [`HAPROXY_0_${name}`]: attack };
      const { config } = rendered([{ id: '/evil', instances: 1, labels, ...plain(20_001) }, HEALTHY], {});
      for (const line of alone) if (!config.includes(line)) throw new Error(`${name}=${attack}: ${line} is gone`);
      for (const line of config.split('\n').slice(HEAD_LINES - 1)) {
        if (line !== '' && !KNOWN_LINES.test(line)) throw new Error(`${name}=${JSON.stringify(attack)}: ${line}`);
      }
    }
  }
});

function plain(port: number) {
  return {
    networks: [{ mode: 'host' }],
    portDefinitions: [{ port }],
    tasks: [{ id: `t${port}`, host: '10.0.0.1', ports: [31_000], state: 'TASK_RUNNING' }],
  };
}
