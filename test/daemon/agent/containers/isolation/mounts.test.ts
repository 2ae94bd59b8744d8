// Where the kernel's mount table says the cgroups are.
import { describe, expect, test } from 'vitest';
import { parseMounts, parseOwn } from '../../../../../src/daemon/agent/containers/isolation/mounts.ts';

describe('the mount table', () => {
  test('of a hybrid machine: v1 controllers each at its place, and v2 beside them', () => {
    const table = `proc /proc proc rw 0 0
cgroup2 /sys/fs/cgroup/unified cgroup2 rw,nsdelegate 0 0
cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,relatime,cpu,cpuacct 0 0
cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0
cgroup /elsewhere/memory cgroup rw,memory 0 0
`;
    const { v1, v2 } = parseMounts(table, '/sys/fs/cgroup');
    expect(v2).toBe('/sys/fs/cgroup/unified');
    expect(v1.get('cpu')).toBe('/sys/fs/cgroup/cpu,cpuacct');
    expect(v1.get('cpuacct')).toBe('/sys/fs/cgroup/cpu,cpuacct');
    expect(v1.get('memory')).toBe('/sys/fs/cgroup/memory');
    expect(v1.get('freezer')).toBeUndefined();
  });

  test('of a v2 machine, also with odd characters in the path', () => {
    expect(parseMounts('cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n', '/sys/fs/cgroup/')).toEqual({
      v1: new Map(),
      v2: '/sys/fs/cgroup',
    });
    expect(parseMounts('cgroup2 /my\\040groups cgroup2 rw 0 0', '/my groups').v2).toBe('/my groups');
    expect(parseMounts('cgroup2 /sys/fs/cgroupish cgroup2 rw 0 0', '/sys/fs/cgroup').v2).toBeUndefined();
  });
});

test('our own cgroups are known by controller', () => {
  expect(parseOwn('9:name=systemd:/\n4:memory:/part/of/it\n2:cpu,cpuacct:/x/\n0::/y\n')).toEqual(
    new Map([
      ['name=systemd', ''],
      ['memory', '/part/of/it'],
      ['cpu', '/x'],
      ['cpuacct', '/x'],
    ]),
  );
});
