// As whom, and with what around it, files are checked (haproxy.md 17.5, 23.24).
import { describe, expect, test } from 'vitest';
import { findCheckUser } from '../../../../src/haproxy/apply/check/check-user.ts';
import { checkPath, Validator } from '../../../../src/haproxy/apply/check/validate.ts';
import type { World } from '../../../../src/world/world.ts';

const HAPROXY = { name: 'haproxy', uid: 110, gid: 115, groups: [115, 200] };
const NOBODY = { name: 'nobody', uid: 65_534, gid: 65_534, groups: [] };
const CONFIG = '/etc/haproxy/haproxy.cfg';
type Parts = Pick<World, 'host' | 'disk' | 'processes'>;

/** `modes` of directories that root owns; 755 where nothing is said. */
function machine(users: readonly (typeof HAPROXY)[], modes: Record<string, number> = {}, isRoot = true, gid = 0) {
  const did: string[] = [];
  const ran: Record<string, unknown>[] = [];
  const world = {
    host: { isRoot, user: async (name: string) => users.find((user) => user.name === name) },
    disk: {
      stat: async (path: string) => ({ uid: 0, gid, mode: modes[path] ?? 0o755 }),
      remove: async (path: string) => void did.push(`remove ${path}`),
      writeFile: async (path: string, text: string, { mode }: { mode: number }) =>
        void did.push(`write ${path} ${mode.toString(8)} ${text.trim()}`),
      changeOwner: async (path: string, uid: number, group: number) => void did.push(`chown ${path} ${uid}:${group}`),
    },
    processes: {
      run: async (given: Record<string, unknown>) => {
        ran.push(given);
        return { exitCode: 0, stdout: '', stderr: '' };
      },
    },
  } as unknown as Parts;
  return { world, did, ran };
}

describe('the user', () => {
  const found = async (...given: Parameters<typeof machine>) =>
    findCheckUser(machine(...given).world, undefined, CONFIG);
  test('is haproxy, else nobody, and told to be root where there is neither', async () => {
    expect(await found([NOBODY, HAPROXY])).toEqual({ user: HAPROXY });
    expect(await found([NOBODY])).toEqual({ user: NOBODY });
    expect(await found([])).toMatchObject({ user: undefined, warning: expect.stringContaining('checked as root') });
  });
  test('is whom we are where that is not root, or where root is wanted', async () => {
    expect(await found([HAPROXY], {}, false)).toEqual({ user: undefined });
    expect(await findCheckUser(machine([HAPROXY]).world, 'root', CONFIG)).toEqual({ user: undefined });
  });
  test('must be able to enter the directory, by its group too', async () => {
    const closed = { '/etc/haproxy': 0o750 };
    expect(await found([HAPROXY], closed)).toEqual({
      user: undefined,
      warning:
        'files are checked as root, since /etc/haproxy cannot be entered by haproxy: chmod o+x it, or name another user',
    });
    expect(await found([HAPROXY], closed, true, 200)).toEqual({ user: HAPROXY });
  });
});

test('the check has no environment, little time and memory, that user’s rights, and leaves nothing behind', async () => {
  const { world, did, ran } = machine([HAPROXY]);
  const validator = new Validator(world, '/usr/sbin/haproxy', CONFIG);
  const maps = { 'domain2backend.map': 'a.example web\n' };
  const config = 'use_backend %[req.hdr(host),map(/etc/haproxy/domain2backend.map)]\n';
  expect(await validator.check({ config, maps, ranges: [] })).toEqual({ kind: 'valid' });
  expect(ran).toEqual([
    {
      argv: [
        ...['/bin/sh', '-c', 'ulimit -t 30; ulimit -v 1048576; exec "$@"', 'sh'],
        ...['/usr/sbin/haproxy', '-c', '-f', checkPath('/etc/haproxy', 'haproxy.cfg')],
      ],
      cwd: '/',
      env: {},
      ...{ uid: 110, gid: 115, timeoutMs: 30_000, maxOutputBytes: 4 * 2 ** 20 },
    },
  ]);
  const [file, map] = [checkPath('/etc/haproxy', 'haproxy.cfg'), checkPath('/etc/haproxy', 'domain2backend.map')];
  expect(did).toEqual([
    `remove ${map}`,
    `write ${map} 640 a.example web`,
    `chown ${map} 0:115`,
    `remove ${file}`,
    `write ${file} 640 use_backend %[req.hdr(host),map(${map})]`,
    `chown ${file} 0:115`,
    `remove ${map}`,
    `remove ${file}`,
  ]);
});
