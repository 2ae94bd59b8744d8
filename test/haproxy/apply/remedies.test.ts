import { expect, test } from 'vitest';
import { remedyFor } from '../../../src/haproxy/apply/check/remedies.ts';
import { renderServices, service } from '../render/made-services.ts';

const { config } = renderServices([service({ appId: '/web', virtualHosts: ['web.example'] })]).rendered;
const remedyOf = (bind: string) => {
  const line = config.split('\n').findIndex((one) => one.trim().startsWith(`bind ${bind}`)) + 1;
  expect(line).toBeGreaterThan(0);
  return remedyFor(config, line);
};

test.each([
  ['*:80', '--dont-bind-http-https'],
  ['*:443', '--ssl-certs none'],
  ['*:9091', '--app-id-port'],
  ['127.0.0.1:9090', '--stats-bind'],
])('whoever cannot have %s is told of %s', (bind, flag) => {
  expect(remedyOf(bind)).toContain(flag);
});

test("a section of the operator's own is named", () => {
  expect(remedyFor('frontend mine\n  bind *:1\n', 2)).toContain('"frontend mine"');
});
