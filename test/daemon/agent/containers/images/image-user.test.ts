import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { imageUser } from '../../../../../src/daemon/agent/containers/images/image-user.ts';
import { createRealWorld } from '../../../../../src/world/real/index.ts';

const world = createRealWorld({ log: { level: 'silent' } });
const user = (text: string) => imageUser(world.disk, root, text);
let directory: string;
let root: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mctl-users-'));
  root = join(directory, 'root');
  await mkdir(join(root, 'etc'), { recursive: true });
  await writeFile(join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\nweb:x:33:34::/srv:/bin/sh\nodd:x:x:y::/:\n');
  await writeFile(join(root, 'etc/group'), 'web:x:34:\nlogs:x:50:other,web\nstaff:x:60:webmaster\n');
});
afterAll(async () => {
  await world.close();
  await rm(directory, { recursive: true, force: true });
});

describe('the user of an image', () => {
  test.each([
    ['', { uid: 0, gid: 0, groups: [0], home: '/root' }],
    ['web', { uid: 33, gid: 34, groups: [34, 50], home: '/srv' }],
    ['33', { uid: 33, gid: 34, groups: [34, 50], home: '/srv' }],
    ['web:staff', { uid: 33, gid: 60, groups: [60], home: '/srv' }],
    ['4000', { uid: 4000, gid: 0, groups: [0], home: '/' }],
    ['4000:4001', { uid: 4000, gid: 4001, groups: [4001], home: '/' }],
  ])("called '%s' is whom the image knows by it", async (text, known) => {
    expect(await user(text)).toEqual(known);
  });

  test.each(['nobody', 'web:nogroup', 'odd', '-1', '1e3', '4294967295', ':web'])(
    "is nobody when it is '%s'",
    async (text) => {
      await expect(user(text)).rejects.toThrow(/the image has no (user|group)|of the image has no group/);
    },
  );

  test('is not looked up in files of this machine', async () => {
    const other = join(directory, 'other');
    await mkdir(join(other, 'etc'), { recursive: true });
    await symlink('/etc/passwd', join(other, 'etc/passwd.old'));
    await symlink('../../../../../etc/passwd.old', join(other, 'etc/passwd'));
    await rm(join(other, 'etc/passwd.old'));
    await expect(imageUser(world.disk, other, 'root')).rejects.toThrow("no user 'root'");
  });
});
