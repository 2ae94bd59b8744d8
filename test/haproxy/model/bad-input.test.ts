// The table of haproxy.md 21.5, row by row: what must come out of bad input.
import { expect, test } from 'vitest';
import { app, httpCheck, type Json, model } from './made-apps.ts';

const GOOD = app('/good', { portDefinitions: [{ port: 10_900 }] });
const RAW = { rawLabels: { kind: 'allow-all' } } as const;

const rows: { row: string; labels?: Json; given?: Json; isServed: boolean; says: string }[] = [
  { row: 'AUTH of two parts', labels: { HAPROXY_0_AUTH: 'realm:bob' }, isServed: false, says: 'exactly three parts' },
  { row: 'PORT that is a word', labels: { HAPROXY_0_PORT: 'http' }, isServed: false, says: '1 to 65535' },
  {
    row: 'VHOST with a line of its own',
    labels: { HAPROXY_0_VHOST: 'a.example\n  stats socket /tmp/x level admin' },
    isServed: false,
    says: 'no host name',
  },
  {
    row: 'MODE tcp with VHOST',
    labels: { HAPROXY_0_VHOST: 'a.example', HAPROXY_0_MODE: 'tcp' },
    isServed: false,
    says: 'does not go with a VHOST',
  },
  {
    row: 'raw text that serves a file',
    labels: {
      HAPROXY_0_BACKEND_HTTP_OPTIONS: '  http-request return status 200 content-type text/plain file /etc/shadow\n',
    },
    isServed: true,
    says: 'names a file',
  },
  {
    row: 'raw text of former versions',
    labels: { HAPROXY_0_BACKEND_HTTP_OPTIONS: '  rspadd X:\\ y\n' },
    isServed: true,
    says: 'http-response set-header X y',
  },
  {
    row: 'a check path with a server of its own',
    labels: { HAPROXY_0_MODE: 'http' },
    given: { healthChecks: [httpCheck({ path: '/h\n  server evil 6.6.6.6:80' })] },
    isServed: true,
    says: 'the check only connects',
  },
  {
    row: 'STICKY 1',
    labels: { HAPROXY_0_VHOST: 'a.example', HAPROXY_0_STICKY: '1' },
    isServed: true,
    says: 'counts as false',
  },
  { row: 'BALANCE fastest', labels: { HAPROXY_0_BALANCE: 'fastest' }, isServed: false, says: 'must be one of' },
];

test.each(rows)('$row', ({ labels = {}, given = {}, isServed, says }) => {
  const { services, problems } = model([app('/bad', { ...given, labels }), GOOD], RAW);
  expect(services.map((service) => service.appId)).toEqual(isServed ? ['/bad', '/good'] : ['/good']);
  expect(problems.map((problem) => problem.message).join('\n')).toContain(says);
  expect(problems.every((problem) => problem.appId === '/bad')).toBe(true);
});

test('two apps with one PORT: the first holder keeps it, the second is reported', () => {
  const labels = { HAPROXY_0_PORT: '8000' };
  const { services, problems } = model([app('/one', { labels }), app('/two', { labels })]);
  expect(services.map((service) => service.appId)).toEqual(['/one']);
  expect(problems).toMatchObject([{ appId: '/two', effect: 'left-out' }]);
});
