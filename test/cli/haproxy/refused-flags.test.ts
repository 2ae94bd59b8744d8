// What the original's tools know and we do not: named, with the reason (haproxy.md 16.9, 18).
import { type Interfaces, Parser } from '@oclif/core';
import { describe, expect, test } from 'vitest';
import { BASE_FLAGS, durationFlag } from '../../../src/cli/base-command.ts';
import { BLUEGREEN_FLAGS } from '../../../src/cli/haproxy/bluegreen/flags.ts';
import { refusedFlag } from '../../../src/cli/haproxy/refused-flags.ts';
import { readGiven } from '../../../src/cli/haproxy/settings/read-given.ts';
import HaproxyRender from '../../../src/commands/haproxy/render.ts';
import HaproxySync from '../../../src/commands/haproxy/sync.ts';

/** Flags of marathon-lb 1.15. */
const ORIGINAL =
  'marathon haproxy-config group command max-reload-retries reload-interval strict-mode sse archive-versions health-check ' +
  'lru-cache-capacity haproxy-map dont-bind-http-https group-https-by-vhost ssl-certs skip-validation skip-config-cleanup dry ' +
  'min-serv-port-ip-per-task max-serv-port-ip-per-task max-backoff syslog-socket log-format log-level ' +
  'marathon-auth-credential-file auth-credentials dcos-auth-credentials marathon-ca-cert';
/** Of the specification. */
const OURS =
  'health omit-empty max-removal force raw-labels policy reload-cmd systemd-unit master-socket pidfile runtime-socket runtime ' +
  'strict-compat min-reload-interval state-dir lock-wait splay quiet json haproxy-bin certs-dir stats-bind insecure print ' +
  'strict-exit stats-auth';

const known = new Set(
  Object.entries({ ...HaproxySync.baseFlags, ...HaproxySync.flags }).flatMap(([name, { aliases = [] }]) => [
    name,
    ...aliases,
  ]),
);

async function unknown(argv: string[], flags: Interfaces.FlagInput = HaproxySync.flags): Promise<unknown> {
  return Parser.parse(argv, { flags, strict: true }).then(
    () => undefined,
    (error: unknown) => error,
  );
}

test.each(`${ORIGINAL} ${OURS}`.split(' '))('--%s is there, or refused with a reason', async (name) => {
  if (known.has(name)) return;
  const problem = refusedFlag(await unknown([`--${name}`]), 'haproxy:sync');
  expect(problem).toMatchObject({ exitCode: 2, text: { what: `There is no flag --${name} here.` } });
  expect(problem?.text.why).toMatch(/\.$/);
});

describe('flags', () => {
  test('of sync that another command would not heed are told apart from those that nobody has', async () => {
    const ofOthers = refusedFlag(await unknown(['--master-socket', '/x'], HaproxyRender.flags), 'haproxy:render');
    expect(ofOthers?.text.why).toContain('sync and watch');
    expect(refusedFlag(await unknown(['--nonsense']), 'haproxy:sync')).toBeUndefined();
    expect(refusedFlag(new Error('x'))).toBeUndefined();
  });

  test("of zdd are told in bluegreen's words", async () => {
    expect(refusedFlag(await unknown(['-j', 'x.json'], BLUEGREEN_FLAGS), 'haproxy:bluegreen')?.text.next).toBe(
      '-f <file>',
    );
    expect(refusedFlag(await unknown(['--force'], BLUEGREEN_FLAGS), 'haproxy:bluegreen')?.text.next).toBe('--yes');
    const back = refusedFlag(await unknown(['--dry-run'], HaproxyRender.flags), 'haproxy:rollback');
    expect(back?.text.next).toContain('history');
  });

  test('in a config file are refused for the same reasons', () => {
    const file = `${import.meta.dirname}/support/with-unknown-setting.yaml`;
    expect(() => readGiven({ 'config-file': file }, {})).toThrow('taken back');
  });

  test('with a value that is none say which flag it was', async () => {
    const flags = { ...BASE_FLAGS, 'max-age': durationFlag() };
    expect(await unknown(['--max-age', 'x'], flags)).toMatchObject({
      exitCode: 2,
      text: { what: "--max-age: 'x' is not a duration." },
    });
    expect(await unknown(['-n', '0'], BLUEGREEN_FLAGS)).toMatchObject({
      exitCode: 2,
      text: { what: "--new-instances: '0' is not a number that fits here." },
    });
  });
});
