import { expect, test } from 'vitest';
import { insteadOfRemoved } from '../../../src/haproxy/grammar/removed-keywords.ts';
import { splitConfigLine } from '../../../src/haproxy/model/labels/config-words.ts';

test.each([
  ['rspadd X-Team:\\ shop', 'http-response set-header X-Team shop'],
  ['rspadd "X: a b"', 'http-response set-header X a\\ b'],
  ['reqadd nonsense"', 'http-request set-header <name> <value>'],
  ['reqadd X:%[env(A)]', 'http-request set-header <name> <value>'],
  ['srvtimeout 5000', 'timeout server <time>'],
  ['http-request deny', undefined],
  ['constructor', undefined],
  ['', undefined],
])('%s: %s', (line, instead) => {
  expect(insteadOfRemoved(splitConfigLine(line).words)).toBe(instead);
});
