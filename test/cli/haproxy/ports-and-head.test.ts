// Flags that decide which ports the balancer listens on for all, and what its head says.
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readGiven } from '../../../src/cli/haproxy/settings/read-given.ts';
import { balancerSettings } from '../../../src/cli/haproxy/settings/settings.ts';

const options = (flags: Record<string, unknown>) => balancerSettings(readGiven(flags, {})).options;

test('--app-id-port moves the frontend that goes by app id, or leaves it out', () => {
  expect(options({}).appIdPort).toBe(9091);
  expect(options({ 'app-id-port': '9191' }).appIdPort).toBe(9191);
  expect(options({ 'app-id-port': 'none' }).appIdPort).toBe('none');
  expect(() => options({ 'app-id-port': '0' })).toThrow(/--app-id-port/);
});

test.each([
  [{ 'app-id-port': '80' }, /--app-id-port: '80'/],
  [{ 'app-id-port': '9090' }, /--app-id-port: '9090'/],
  [{ 'stats-bind': '*:9091' }, /--stats-bind/],
])('no port is listened on for two things: %o', (flags, words) => {
  expect(() => options(flags)).toThrow(words);
});

test('port 80 is free for it where it is bound by nobody', () => {
  expect(options({ 'app-id-port': '80', 'dont-bind-http-https': true }).appIdPort).toBe(80);
});

test('old workers, kept states, retries and protocols are as said', () => {
  expect(options({})).toMatchObject({ maxReloads: 20, retriesRequests: false, alpn: [] });
  expect(options({}).serverStateFile).toBeUndefined();
  expect(
    options({
      'mworker-max-reloads': 'none',
      'server-state-file': '/var/lib/x',
      'retry-requests': true,
      alpn: ['h2,http/1.1'],
    }),
  ).toMatchObject({
    maxReloads: 'none',
    serverStateFile: '/var/lib/x',
    retriesRequests: true,
    alpn: ['h2', 'http/1.1'],
  });
  expect(() => options({ alpn: ['h2 crt /etc/shadow'] })).toThrow(/--alpn/);
});

test('HAProxy logs to the system log, where there is one', () => {
  expect(options({}).logsTo).toBe(existsSync('/dev/log') ? '/dev/log' : undefined);
  expect(options({ 'haproxy-log': 'none' }).logsTo).toBeUndefined();
  expect(options({ 'haproxy-log': '127.0.0.1:514' }).logsTo).toBe('127.0.0.1:514');
});

test("the bridge's style has service ports only: 80 and 9091 are for whoever wants them", () => {
  expect(options({ style: 'bridge' })).toMatchObject({ bindsHttp: false, appIdPort: 'none' });
});
