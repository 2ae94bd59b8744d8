import { describe, expect, test } from 'vitest';
import { splitConfigLine } from '../../../src/haproxy/model/labels/config-words.ts';
import { type RawPlace, type RawTextRules, refuseRawText } from '../../../src/haproxy/model/raw-labels.ts';
import fc from '../../fast-check.ts';
import { app, model, problemsOf, serviceOf } from './made-apps.ts';

const RULES: RawTextRules = {
  fileDirectories: ['/etc/haproxy/errors'],
  certificateDirectories: ['/etc/haproxy/certs'],
  files: ['/etc/haproxy/domain2backend.map'],
};
const LINES: RawPlace = { kind: 'lines' };
const refused = (text: string, place: RawPlace = LINES) => refuseRawText(text, place, RULES);

describe('harmless text passes', () => {
  test.each([
    '',
    '  # a comment about lua-load and /etc/shadow\n',
    '  http-request set-header X-Team "shop and more"\n  http-response del-header Server\n',
    "  acl static path_reg '^/static/.*\\.(css|js)$'\n",
    '  http-request deny if { path_beg /admin } !{ src 10.0.0.0/8 }',
    '  errorfile 503 /etc/haproxy/errors/503.http',
    '  acl blocked src -f /etc/haproxy/errors/blocked.lst',
    '  use_backend %[req.hdr(host),lower,map(/etc/haproxy/domain2backend.map)]',
    '  option httpchk GET /health\n  http-check expect status 200\n',
    '  log 127.0.0.1:514 local0\n  server b 10.0.0.1:1 backup check addr 10.0.0.2',
    '  timeout server 5m\n  retries 5\n  retry-on conn-failure',
    '  default-server inter 3s fall 2',
    '  errorfiles ours',
    '  http-request deny unless { req.hdr(x),jwt_verify(alg,"/etc/haproxy/certs/pub.pem") -m bool }',
    '  http-request return status 200 content-type text/plain string "hello"',
    '  stick-table type ip size 1m expire 10m\n  stick on src',
    '  http-request set-path %[path,regsub(^/a/,/)]',
  ])('%j', (text) => {
    expect(refused(text)).toBeUndefined();
  });
  test('in the rest of a bind line', () => {
    expect(refused(' ssl crt /etc/haproxy/certs/a.pem alpn h2,http/1.1', { kind: 'bind' })).toBeUndefined();
    expect(refused(' accept-proxy maxconn 100', { kind: 'bind' })).toBeUndefined();
  });
  test('in heads', () => {
    expect(refused('frontend web_1\n  bind *:1\n  mode tcp\n', { kind: 'head', section: 'frontend' })).toBeUndefined();
    expect(refused('\nbackend web_1\n  mode http', { kind: 'head', section: 'backend' })).toBeUndefined();
    expect(
      refused('userlist user_web_1\n  user bob password x', { kind: 'head', section: 'userlist' }),
    ).toBeUndefined();
  });
});

describe('refused, even from apps that may write raw text', () => {
  test.each([
    // leaving the section
    ...'global defaults frontend backend listen userlist peers program resolvers mailers cache ring http-errors fcgi-app log-forward'
      .split(' ')
      .map((word) => [`  option httplog\n${word} x`, `section ${word}`]),
    ['"glo"bal', 'section global'],
    ["'global'", 'section global'],
    ['\\global', 'section global'],
    ['\\x67lobal', 'section global'],
    ['  .if defined(X)\n  mode tcp', 'preprocessor'],
    // running and reading
    ['  lua-load /tmp/x.lua', 'lua-load'],
    ['  lua-load-per-thread /tmp/x.lua', 'lua-load-per-thread'],
    ['  lu"a-lo"ad /tmp/x.lua', 'lua-load'],
    ['  insecure-fork-wanted', 'insecure-fork-wanted'],
    ['  insecure-setuid-wanted', 'insecure-setuid-wanted'],
    ['  external-check', 'external-check'],
    ['  option external-check', 'external-check'],
    ['  no option external-check', 'external-check'],
    ['  chroot /', 'chroot'],
    ['  user root', 'user'],
    ['  group root', 'group'],
    ['  setenv A B', 'setenv'],
    ['  presetenv A B', 'presetenv'],
    ['  http-request return status 200 content-type text/plain file /etc/shadow', 'after file'],
    ['  http-request return status 200 content-type text/plain lf-file /etc/shadow', 'after lf-file'],
    ['  http-request return status 200 content-type text/plain file /etc/haproxy/errors/../haproxy.cfg', 'after file'],
    ['  http-request return status 200 content-type text/plain file', 'after file'],
    ['  http-request return status 200 content-type text/plain f\\ile /etc/shadow', 'after file'],
    ['  errorfile 503 /etc/shadow', 'after errorfile'],
    ['  http-request return status 200 errorfile /etc/shadow', 'after errorfile'],
    ['  http-request return errorfile /etc/shadow /etc/haproxy/errors/503.http', 'after errorfile'],
    ['  http-request deny unless { req.hdr(x),jwt_verify(alg,"/root/key.pem") -m bool }', 'names a key'],
    ['  filter spoe engine x config /tmp/spoe.conf', 'after config'],
    ['  acl x src -f /etc/shadow', 'after -f'],
    ['  acl x src "-f" /etc/shadow', 'after -f'],
    ['  http-request deny if { src -f /etc/shadow }', 'after -f'],
    ['  http-request set-header X %[src,map(/etc/passwd)]', 'map'],
    ['  http-request set-header X %[src,map_ip("/etc/passwd",x)]', 'map'],
    ['  http-request set-header X \'%[src,map_str_int("/etc/passwd")]\'', 'map'],
    ['  http-request set-map(/etc/haproxy/domain2backend.map) a b', 'changes a map'],
    ['  http-request del-acl(/etc/haproxy/domain2backend.map) a', 'changes a map'],
    ['  http-request set-header X %[env(SECRET)]', 'environment'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as HAProxy writes it
    ['  http-request set-header X "${SECRET}"', 'environment'],
    ['  http-request set-header X "a$SECRET"', 'environment'],
    ['  bind *:1 ssl crt /root/key.pem', 'after crt'],
    ['  server x 10.0.0.1:1 ssl ca-file /root/ca.pem', 'after ca-file'],
    ['  server x 10.0.0.1:1 ssl ca-file /etc/haproxy/errors/x', 'after ca-file'],
    // sockets
    ['  stats socket /tmp/x level admin', 'stats socket'],
    ['  stats   "socket" /tmp/x', 'stats socket'],
    ['  stats admin if TRUE', 'stats admin'],
    ['  bind unix@/tmp/x', 'local socket'],
    ['  bind abns@x', 'local socket'],
    ['  bind *:1,unix@/tmp/x', 'local socket'],
    ['  bind /tmp/x', 'local socket'],
    ['  bind *:1,/tmp/x', 'local socket'],
    ['  bind fd@3', 'local socket'],
    ['  server x unix@/run/docker.sock', 'local socket'],
    ['  server x /run/docker.sock', 'local socket'],
    ['  server-template x 3 /run/docker.sock', 'local socket'],
    ['  server x 10.0.0.1:1 check addr /run/docker.sock', 'local socket'],
    ['  server x 10.0.0.1:1 agent-check agent-addr ./x', 'local socket'],
    ['  log /run/docker.sock local0', 'local socket'],
    // what would break the file
    ['  http-request set-header X "open', 'open quote'],
    ["  http-request set-header X 'open", 'open quote'],
    ['  mode tcp\\', 'ends in a backslash'],
    ['  mode\u0000tcp', 'control'],
    ['  mode\u001btcp', 'control'],
    ['  mode\u000btcp', 'control'],
    ['  mode\rtcp', 'control'],
    [`  acl x src ${'1.1.1.1 '.repeat(70)}`, 'more than 64 words'],
    [`  # ${'x'.repeat(3000)}`, 'longer than'],
    [`${'  mode tcp\n'.repeat(101)}`, 'more than 100 lines'],
    // words of former versions
    ['  rspadd X:\\ y', 'http-response set-header X y'],
    ['  reqadd X:y', 'http-request set-header X y'],
    ['  reqirep ^a b', 'replace-path'],
    ['  rspirep ^a b', 'replace-header'],
    ['  contimeout 5000', 'timeout connect'],
    ['  clitimeout 5000', 'timeout client'],
    ['  srvtimeout 5000', 'timeout server'],
  ])('%j', (text, words) => {
    const why = refused(text ?? '');
    expect(why).toContain(words);
    expect(why).not.toMatch(/\n/);
  });
  test('a bind line stays one line', () => {
    expect(refused('ssl\n  mode tcp', { kind: 'bind' })).toContain('one line');
  });
  test.each([
    'backend web\n',
    '  mode tcp\nfrontend web_1',
    'frontend a b\n',
    'frontend a\nbackend b\n',
    'frontend "a$B"',
    '',
  ])('head %j', (text) => {
    expect(refused(text, { kind: 'head', section: 'frontend' })).toBeDefined();
  });
});

describe('raw labels of an app', () => {
  const OPTIONS_LABEL = { HAPROXY_0_MODE: 'http', HAPROXY_0_BACKEND_HTTP_OPTIONS: '  option forwardfor\r\n' };
  const allowed = { rawLabels: { kind: 'allow-all' } } as const;
  const overrides = (labels: Record<string, string>, options = {}) =>
    Object.fromEntries(serviceOf(labels, {}, { ...allowed, ...options }).overrides);

  test('are not taken unless the operator says so, and that is told', () => {
    const labels = { ...OPTIONS_LABEL, HAPROXY_0_BIND_OPTIONS: 'accept-proxy' };
    expect(serviceOf(labels).overrides.size).toBe(0);
    expect(serviceOf(labels)).not.toHaveProperty('bindOptions');
    expect(problemsOf(labels).problems.map((one) => one.effect)).toEqual(['changed', 'changed']);
  });
  test('are taken from all, or from apps below a prefix', () => {
    expect(overrides(OPTIONS_LABEL)).toEqual({ BACKEND_HTTP_OPTIONS: '  option forwardfor\n' });
    const only = (prefix: string) => overrides(OPTIONS_LABEL, { rawLabels: { kind: 'allow', prefixes: [prefix] } });
    expect(only('/web')).not.toEqual({});
    expect(only('/we')).toEqual({});
    expect(only('/')).not.toEqual({});
  });
  test('are refused one by one, and the service goes on', () => {
    const labels = { ...OPTIONS_LABEL, HAPROXY_0_BACKEND_STICKY_OPTIONS: '  stats socket /tmp/x' };
    expect(overrides(labels)).toEqual({ BACKEND_HTTP_OPTIONS: '  option forwardfor\n' });
    const { problems } = problemsOf(labels, {}, allowed);
    expect(problems).toEqual([
      {
        appId: '/web',
        portIndex: 0,
        where: 'HAPROXY_0_BACKEND_STICKY_OPTIONS',
        effect: 'changed',
        message: 'says stats socket; the service goes on without it',
      },
    ]);
  });
  test('may not make words of placeholders', () => {
    const tries: Record<string, string>[] = [
      { HAPROXY_0_HTTP_FRONTEND_ACL: '  x\n{hostname}\n  lua-loadx y', HAPROXY_0_VHOST: 'global' },
      { HAPROXY_0_HTTP_FRONTEND_ACL: '  http-request return {hostname} /etc/shadow', HAPROXY_0_VHOST: 'a,file' },
      { HAPROXY_0_FRONTEND_HEAD: 'frontend {backend}\n  bind {bindAddr}:{servicePort}\nglo{sslCert}bal\n' },
      { HAPROXY_0_HTTP_FRONTEND_ACL_WITH_PATH: '  http-request return file {path}', HAPROXY_0_PATH: '/etc/shadow' },
      { HAPROXY_0_BACKEND_HTTP_HEALTHCHECK_OPTIONS: '  http-request return file {healthCheckPath}' },
      { HAPROXY_0_FRONTEND_HEAD: 'frontend other\n  bind *:1' },
      { HAPROXY_0_BACKEND_HEAD: 'backend {backend}\n  mode http\nbackend evil' },
    ];
    for (const labels of tries)
      expect(overrides({ HAPROXY_0_MODE: 'http', ...labels }), JSON.stringify(labels)).toEqual({});
  });
  test('may use them as they are meant', () => {
    const labels = {
      HAPROXY_0_FRONTEND_HEAD:
        '\nfrontend {backend}\n  bind {bindAddr}:{servicePort}{sslCert}{bindOptions}\n  mode {mode}\n',
      HAPROXY_0_BACKEND_HEAD: 'backend {backend}\n  balance {balance}\n  mode {mode}\n',
      HAPROXY_0_USERLIST_HEAD: 'userlist user_{backend}\n  user {user} password {passwd}\n',
      HAPROXY_0_MAP_HTTP_FRONTEND_ACL: '  use_backend %[req.hdr(host),lower,map({haproxy_dir}/domain2backend.map)]',
      HAPROXY_0_HTTPS_FRONTEND_ACL: '  use_backend {backend} if {{ ssl_fc_sni {hostname} }}',
      HAPROXY_0_BACKEND_SERVER_OPTIONS:
        '  server {serverName} {host_ipv4}:{port} id {serverId}{cookieOptions}{healthCheckOptions}{otherOptions}\n',
    };
    expect(Object.keys(overrides({ HAPROXY_0_VHOST: 'a.example', ...labels }))).toHaveLength(6);
  });
  test('of a deployment group need all its apps to be allowed', () => {
    const labels = { ...OPTIONS_LABEL, HAPROXY_DEPLOYMENT_GROUP: 'shop' };
    const apps = [app('/shop/blue', { labels }), app('/evil', { labels })];
    const { services } = model(apps, { rawLabels: { kind: 'allow', prefixes: ['/shop'] } });
    expect(services[0]?.overrides.size).toBe(0);
  });
});

test('whatever the text, the sandbox answers, and what it lets through opens no section', () => {
  const words = [
    'global',
    'lua-load',
    '"',
    "'",
    '\\',
    '#',
    ' ',
    '\n',
    '  ',
    'file',
    '/etc/shadow',
    '{x}',
    '$',
    'stats',
    'socket',
    'a',
  ];
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.constantFrom(...words)).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (given) => {
      if (refused(given) !== undefined) return;
      for (const line of given.split('\n')) {
        const { words: found } = splitConfigLine(line);
        expect(['global', 'lua-load']).not.toContain(found[0]);
      }
    }),
    { numRuns: 500 },
  );
});

test('words are split as HAProxy splits them', () => {
  expect(splitConfigLine('  a "b c" \'d # e\' f\\ g \\x41 # rest').words).toEqual(['a', 'b c', 'd # e', 'f g', 'A']);
  expect(splitConfigLine("'$A' $B").expandsEnvironment).toBe(false);
  expect(splitConfigLine('""').words).toEqual(['']);
});
