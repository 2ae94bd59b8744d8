// A command that goes into another's confinement is launched as root: its environment must reach nothing of ours.
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { joiningText } from '../../../../src/world/real/processes/confine-text.ts';

const env = { LD_PRELOAD: '/sandbox/evil.so', GLIBC_TUNABLES: 'x', GREETING: "it's me", 'with.dots': 'yes' };
const user = { uid: 1000, gid: 1000, groups: [] as number[] };

/** What the first program of the text would see of the environment, the text's own way to it replaced. */
function seenByNsenter(text: string): string {
  return execFileSync('/bin/sh', ['-c', text.replaceAll("'/usr/bin/nsenter'", "'/usr/bin/printenv' '-0' #")], {
    env: {},
    encoding: 'utf8',
  });
}

test("who enters as root does not see the environment of the command, with the host's root or another", () => {
  for (const hasOwnRoot of [false, true]) {
    const joins = { pid: 1, hasOwnRoot, limits: [], noNewPrivileges: false, capabilities: undefined } as never;
    const seen = seenByNsenter(joiningText({ argv: ['/bin/true'], cwd: '/', env, user, joins })).split('\0');
    expect(seen.filter((line) => /^(LD_|GLIBC_)/.test(line))).toEqual([]);
    expect(seen.some((line) => line.startsWith('GREETING='))).toBe(hasOwnRoot);
  }
});

test('a command that joins nothing gets its environment as it is', () => {
  const text = joiningText({ argv: ['/usr/bin/printenv', 'LD_PRELOAD', 'GREETING', 'with.dots'], cwd: '/', env, user });
  const seen = execFileSync('/bin/sh', ['-c', text], {
    env: {},
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  expect(seen).toBe("/sandbox/evil.so\nit's me\nyes\n");
});
