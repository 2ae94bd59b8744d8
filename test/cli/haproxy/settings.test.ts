import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readGiven } from '../../../src/cli/haproxy/settings/read-given.ts';
import { balancerSettings } from '../../../src/cli/haproxy/settings/settings.ts';
import { Problem } from '../../../src/cli/problem.ts';
import type { BalancerOptions } from '../../../src/haproxy/model/options.ts';

const directory = mkdtempSync(join(tmpdir(), 'mctl-haproxy-settings-'));
let files = 0;

function file(text: string, name = `${files++}.yaml`): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

const settings = (flags: Record<string, unknown>, env: Record<string, string> = {}) =>
  balancerSettings(readGiven(flags, env));
const options = (flags: Record<string, unknown>, env: Record<string, string> = {}): BalancerOptions =>
  settings(flags, env).options;

function problemOf(act: () => unknown): Problem {
  try {
    act();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('it was fine');
}

describe('where settings come from', () => {
  test('flags come before the environment, and that before the config file', () => {
    const config = file('group: [file]\nmaxconn: 3\nstrict-mode: true\n');
    const env = { MCTL_HAPROXY_GROUP: 'env', MCTL_HAPROXY_MAXCONN: '2' };
    expect(options({ 'config-file': config }, {})).toMatchObject({
      groups: ['file'],
      maxConnections: 3,
      strictMode: true,
    });
    expect(options({ 'config-file': config }, env)).toMatchObject({ groups: ['env'], maxConnections: 2 });
    expect(options({ 'config-file': config, group: ['flag'], 'strict-mode': false }, env)).toMatchObject({
      groups: ['flag'],
      maxConnections: 2,
      strictMode: false,
    });
  });

  test("the original's names do where they apply", () => {
    const env = { FRAMEWORK_NAME: 'marathon-lb', HAPROXY_GLOBAL_DEFAULT_OPTIONS: 'redispatch, dontlognull' };
    expect(options({}, env)).toMatchObject({ ownAppId: 'marathon-lb', defaultOptions: ['redispatch', 'dontlognull'] });
    expect(options({ 'health-check': true }).health).toBe('all');
    expect(options({ 'health-check': true, 'strict-compat': true }).health).toBe('any');
    expect(options({ 'config-file': file('haproxy_map: true\n') }).usesMaps).toBe(true);
  });

  test('lists are repeated flags or commas', () => {
    expect(options({ group: ['a,b', 'c'] }).groups).toEqual(['a', 'b', 'c']);
  });

  test('paths of a config file are meant from where it lies', () => {
    const path = file('haproxy-config: haproxy.cfg\nssl-certs: [a.pem, /b.pem]\n');
    expect(options({ 'config-file': path })).toMatchObject({
      configPath: join(directory, 'haproxy.cfg'),
      certificates: [join(directory, 'a.pem'), '/b.pem'],
    });
  });

  test('what flags and environment said is told to cron as flags, with absolute paths', () => {
    const given = readGiven(
      { group: ['a', 'b'], 'haproxy-config': 'x.cfg', runtime: false },
      { MCTL_HAPROXY_MAXCONN: '4' },
    );
    expect(given.commandLine).toEqual([
      '--group',
      'a,b',
      '--maxconn',
      '4',
      '--haproxy-config',
      join(process.cwd(), 'x.cfg'),
      '--no-runtime',
    ]);
  });
});

describe('what cannot be used is refused, with where it was said', () => {
  test.each([
    ['health', 'some', 'all, any'],
    ['maxconn', '0', 'number from 1'],
    ['stats-bind', '9090', 'address:port'],
    ['stats-bind', '0.0.0.0:99999', 'address:port'],
    ['hard-stop-after', '10m\n  stats socket /x', 'Write 30s'],
    ['raw-labels', ['allow:shop'], 'prefixes'],
    ['global-default-options', ['redispatch\n  lua-load x'], 'names of HAProxy options'],
    ['haproxy-config', '/etc/x\n.cfg', 'control characters'],
    ['max-serv-port-ip-per-task', '4', 'below the first port'],
  ])('--%s', (name, value, why) => {
    const problem = problemOf(() => settings({ [name]: value }));
    expect(problem.exitCode).toBe(2);
    expect(problem.message).toContain(`--${name}`);
    expect(problem.text.why).toContain(why);
  });

  test('environment and file are named', () => {
    expect(problemOf(() => settings({}, { MCTL_HAPROXY_STRICT_MODE: 'maybe' })).message).toContain(
      'MCTL_HAPROXY_STRICT_MODE',
    );
    const path = file('grup: external\n');
    const problem = problemOf(() => settings({ 'config-file': path }));
    expect(problem.message).toContain(path);
    expect(problem.text.why).toBe('Did you mean group?');
    expect(problemOf(() => settings({ 'config-file': file('strict-mode: 3\n') })).message).toContain(
      'strict-mode is true or false',
    );
    expect(problemOf(() => settings({ 'config-file': file('- a\n') })).text.why).toContain('map');
    expect(problemOf(() => settings({ 'config-file': '/nowhere.yaml' })).text.why).toBe('There is no such file.');
  });
});

describe('what is said to people', () => {
  test('without a group nothing is served', () => {
    expect(settings({}).notes.join('\n')).toContain('--group');
    expect(settings({ group: ['*'] }).notes).toEqual([]);
  });

  test('where certificates were looked for is known, unless there are to be none', () => {
    expect(options({})).toMatchObject({ certificates: [], missingCertificates: ['/etc/ssl/cert.pem'] });
    expect(options({ 'ssl-certs': ['none'] }).missingCertificates).toBeUndefined();
    expect(options({ 'ssl-certs': ['/a.pem'] }).missingCertificates).toBeUndefined();
  });

  test("the bridge's style serves everything", () => {
    expect(options({ style: 'bridge' }).groups).toEqual(['*']);
  });
});

describe('policy', () => {
  test('hosts and ports', () => {
    const path = file(
      "vhosts:\n  - { pattern: '*.Shop.example', apps: [/shop] }\nports:\n  - { range: 8000-8099, apps: [/shop, /edge] }\n  - { range: 53, apps: [/dns] }\n",
    );
    expect(options({ policy: path }).policy).toEqual({
      virtualHosts: [{ pattern: '*.shop.example', apps: ['/shop'] }],
      ports: [
        { first: 8000, last: 8099, apps: ['/shop', '/edge'] },
        { first: 53, last: 53, apps: ['/dns'] },
      ],
    });
  });

  test('faults are told with their lines', () => {
    const path = file('vhosts:\n  - pattern: "a b"\n    apps: [/x]\nports:\n  - range: 9-8\n    apps: [x]\n');
    const why = problemOf(() => settings({ policy: path })).text.why ?? '';
    expect(why).toContain(`${path}:2`);
    expect(why).toContain('ports.0.range');
    expect(why).toContain('begins with /');
  });
});

test('a file with a secret that everyone can read is told', () => {
  const path = file('a token\n');
  chmodSync(path, 0o644);
  expect(settings({ group: ['a'], 'ssl-certs': ['none'], 'token-file': path }).notes).toEqual([
    `--token-file: everyone on the machine can read ${path}. Try: chmod o-rwx ${path}`,
  ]);
  chmodSync(path, 0o640);
  expect(settings({ group: ['a'], 'ssl-certs': ['none'], 'token-file': path }).notes).toEqual([]);
});
