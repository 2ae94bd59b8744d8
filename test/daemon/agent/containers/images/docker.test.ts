import { expect, test } from 'vitest';
import { dockerWish } from '../../../../../src/daemon/agent/containers/images/docker.ts';

const wish = (...parameters: [key: string, value: string][]) =>
  dockerWish({ image: 'box', parameters: parameters.map(([key, value]) => ({ key, value })) });

test('parameters of docker that can be kept are', () => {
  expect(
    wish(
      ['env', 'A=b=c'],
      ['workdir', '/w'],
      ['entrypoint', '/e'],
      ['user', 'u'],
      ['hostname', 'h'],
      ['read-only', 'true'],
    ),
  ).toMatchObject({
    environment: { A: 'b=c' },
    workingDirectory: '/w',
    entrypoint: ['/e'],
    user: 'u',
    hostname: 'h',
    isReadOnly: true,
  });
  expect(wish(['ulimit', 'nofile=10:20'], ['ulimit', 'core=-1']).limits).toEqual([
    { name: 'nofile', soft: 10, hard: 20 },
    { name: 'core', soft: undefined, hard: undefined },
  ]);
});

test('capabilities start with those of docker, go up and down, and are all there when it is privileged', () => {
  expect(wish().capabilities).toContain('net_raw');
  expect(wish().capabilities).not.toContain('sys_admin');
  expect(wish(['cap-drop', 'ALL'], ['cap-add', 'CAP_KILL']).capabilities).toEqual(['kill']);
  expect(dockerWish({ image: 'box', privileged: true }).capabilities).toBeUndefined();
});

test.each([
  ['volume', '/:/host'],
  ['pid', 'host'],
  ['security-opt', 'seccomp=unconfined'],
  ['device', '/dev/vda'],
  ['cap-add', 'all'],
  ['ulimit', 'nofile'],
  ['workdir', 'relative'],
  ['env', 'NAME'],
])('the parameter %s=%s is refused by name', (key, value) => {
  expect(() => wish([key, value])).toThrow(expect.objectContaining({ code: 'launch' }));
});
