// Whatever the labels say, the model is made, and what is in it is within its grammar (haproxy.md 22.2, 22.14).
import { expect, test } from 'vitest';
import type { BalancerModel } from '../../../src/haproxy/model/model.ts';
import fc from '../../fast-check.ts';
import { app, httpCheck, type Json, model, task } from './made-apps.ts';

const NAMES = [
  'GROUP',
  '0_GROUP',
  '0_ENABLED',
  '0_VHOST',
  '0_PATH',
  '0_BACKEND_WEIGHT',
  '0_PORT',
  '0_BIND_ADDR',
  '0_BIND_OPTIONS',
  '0_SSL_CERT',
  '0_MODE',
  '0_BALANCE',
  '0_STICKY',
  '0_REDIRECT_TO_HTTPS',
  '0_USE_HSTS',
  '0_AUTH',
  '0_HTTP_BACKEND_PROXYPASS_PATH',
  '0_HTTP_BACKEND_REVPROXY_PATH',
  '0_HTTP_BACKEND_REDIR',
  '0_BACKEND_NETWORK_ALLOWED_ACL',
  '0_BACKEND_HEALTHCHECK_PORT_INDEX',
  '0_EXPOSE_PORT',
  '0_TRAFFIC_WEIGHT',
  '0_BACKEND_HTTP_OPTIONS',
  '0_FRONTEND_HEAD',
  'DEPLOYMENT_GROUP',
  'DEPLOYMENT_STARTED_AT',
  'DEPLOYMENT_TARGET_INSTANCES',
  'DEPLOYMENT_NEW_INSTANCES',
  '1_VHOST',
  '00_VHOST',
  '__proto__',
  '0_constructor',
];
const GOOD = [
  'external',
  'true',
  'a.example,*.b.example',
  '/a /b',
  '-i /x',
  '5',
  '8000',
  '10.0.0.1',
  '::1',
  'http',
  'tcp',
  'random(2)',
  'realm:bob:$5$a$b',
  '10.0.0.0/8 ::/0',
  '/in',
  'cart',
  '2026-01-01T00:00:00',
  '/etc/haproxy/certs/x.pem',
  '  mode http\n',
];
const nasty = fc
  .array(
    fc.constantFrom(
      '\n',
      '\r',
      '\0',
      ' ',
      '"',
      "'",
      '\\',
      '#',
      '$',
      '{',
      '}',
      '%',
      ';',
      ':',
      '/',
      '..',
      ',',
      'a',
      '1',
      'global',
      '\u2028',
      'é',
      '[',
      '*',
    ),
  )
  .map((parts) => parts.join(''));
const value = fc.oneof(
  fc.constantFrom(...GOOD),
  nasty,
  fc.tuple(fc.constantFrom(...GOOD), nasty).map((parts) => parts.join('')),
  fc.string({ unit: 'binary' }),
  fc.string({ minLength: 3000, maxLength: 5000 }),
);
const labels = fc.array(fc.tuple(fc.constantFrom(...NAMES), value), { maxLength: 8 }).map((pairs) => {
  const entries = pairs.map(([name, text]): [string, string] => [`HAPROXY_${name}`, text]);
  return Object.fromEntries(entries);
});
const strange = fc.oneof(nasty, fc.constantFrom('agent1.example', '10.0.0.11', '::1'), fc.string({ unit: 'binary' }));
const tasks = fc.array(
  fc.record({
    id: fc.string({ minLength: 1 }),
    host: strange,
    ports: fc.array(fc.integer({ min: -1, max: 70_000 }), { maxLength: 2 }),
    path: strange,
  }),
  { maxLength: 3 },
);
const apps = fc.array(fc.tuple(labels, tasks), { minLength: 1, maxLength: 4 }).map((list) =>
  list.map(([given, made], index): Json => {
    const checks = made.slice(0, 1).map(({ path }) => httpCheck({ path, intervalSeconds: '5; rm' }));
    return app(`/app${index}`, {
      labels: given,
      healthChecks: checks,
      tasks: made.map(({ id, host, ports }) => task(id, { host, ports })),
    });
  }),
);

function expectWithinGrammar({ services, problems }: BalancerModel): void {
  const word = /^[A-Za-z0-9._~%!&'()+,;=:@/-]*$/;
  const name = /^[A-Za-z0-9_.:-]{1,200}$/;
  const address = /^[0-9a-f.:]+$/;
  for (const service of services) {
    expect(service.name).toMatch(name);
    expect(service.appAcl).toMatch(name);
    if (service.virtualHosts.length > 0) expect(service.hostAcl).toMatch(name);
    for (const host of service.virtualHosts) expect(host).toMatch(/^(\*\.)?[a-z0-9_.-]{1,253}$/);
    for (const prefix of service.path?.prefixes ?? []) expect(prefix).toMatch(word);
    for (const path of [service.proxyPassPath, service.reverseProxyPath, service.redirectPath]) {
      if (path !== undefined) expect(path).toMatch(word);
    }
    if (service.healthCheck !== undefined)
      expect(service.healthCheck.path).toMatch(/^\/[A-Za-z0-9._~%!&()+,;=:@/?*-]*$/);
    expect(service.balance).toMatch(/^[a-z_-]+(\([\w.-]+\))?( [\w.-]+)*$/);
    if (service.bindAddress !== '*') expect(service.bindAddress).toMatch(address);
    if (service.certificate !== undefined) expect(service.certificate).toMatch(/^\/etc\/haproxy\/certs[\w/.+@-]*$/);
    for (const network of service.allowedNetworks ?? []) expect(network).toMatch(/^[0-9a-f.:]+(\/\d+)?$/);
    if (service.auth !== undefined) {
      expect(service.auth.realm).toMatch(/^[\w .@-]+$/);
      for (const user of service.auth.users)
        expect(`${user.name}:${user.hash}`).toMatch(/^[\w.@-]+:[./$=,A-Za-z0-9]+$/);
    }
    expect(Number.isInteger(service.port) && service.port > 0 && service.port < 65_536).toBe(true);
    expect(service.weight).toBeGreaterThanOrEqual(-1);
    for (const server of service.servers) {
      expect(server.name).toMatch(/^[A-Za-z0-9_-]{1,200}$/);
      expect(server.address).toMatch(address);
      expect(server.host).toMatch(/^[A-Za-z0-9._:-]+$/);
      expect(server.id > 0 && server.id < 32_767).toBe(true);
    }
  }
  expect(new Set(services.map((service) => service.name)).size).toBe(services.length);
  for (const problem of problems) expect(`${problem.where}${problem.message}`).not.toMatch(/[\n\r\0\u2028]/);
}

test('random labels never throw and never yield a value outside its grammar', () => {
  fc.assert(
    fc.property(apps, fc.boolean(), (given, isCompat) => {
      const options = { strictCompat: isCompat, rawLabels: { kind: 'allow-all' } as const };
      expectWithinGrammar(model(given, options));
    }),
    { numRuns: 600 },
  );
});

test('the order of apps and tasks makes no difference', () => {
  fc.assert(
    fc.property(apps, (given) => {
      const turned = given.map((one) => ({ ...one, tasks: [...(one.tasks as Json[])].reverse() })).reverse();
      expect(model(turned).services).toEqual(model(given).services);
    }),
    { numRuns: 200 },
  );
});
