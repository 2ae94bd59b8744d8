// Nobody listens beyond loopback by accident.
import { expect, test } from 'vitest';
import { guardListening, isLoopback } from '../../../src/cli/daemon/listen-guard.ts';

test('without an address a daemon listens on loopback', () => {
  expect(guardListening(['--port=1'], {})).toEqual(['--port=1', '--ip=127.0.0.1', '--hostname=127.0.0.1']);
  expect(guardListening(['--hostname', 'h'], {})).toEqual(['--hostname', 'h', '--ip=127.0.0.1']);
});
test('an address of loopback is taken as it is', () => {
  expect(guardListening(['--ip', '127.0.0.9'], {})).toEqual(['--ip', '127.0.0.9']);
  expect(guardListening([], { MESOS_IP: '::1' })).toEqual([]);
});
test.each([
  [['--ip=0.0.0.0'], {}],
  [['--ip', '10.0.0.5'], {}],
  [[], { MESOS_IP: '10.0.0.5' }],
])('%j %j is refused', (args, env) => {
  expect(() => guardListening(args, env)).toThrow(expect.objectContaining({ exitCode: 9 }));
});
test('--insecure-no-auth, in either spelling, allows it', () => {
  expect(guardListening(['--ip=0.0.0.0', '--insecure-no-auth'], {})).toEqual(['--ip=0.0.0.0']);
  expect(guardListening(['--ip=0.0.0.0', '--insecure_no_auth'], {}, true)).toEqual([
    '--ip=0.0.0.0',
    '--insecure_no_auth',
  ]);
});
test('127.0.0.1.example.org is not loopback', () => {
  expect([isLoopback('127.0.0.1.example.org'), isLoopback('127.9.9.9'), isLoopback('128.0.0.1')]).toEqual([
    false,
    true,
    false,
  ]);
});
