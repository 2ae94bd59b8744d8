// A cgroup v2 file system as far as the isolator uses it, for machines whose kernel has another one: directories come
// with their control files, writes are kept, and only childless directories can be removed.
import { type Disk, DiskError, type FileStat } from '../../../../../src/world/disk.ts';
import type { World } from '../../../../../src/world/world.ts';

export interface FakeCgroupfs {
  readonly world: World;
  /** Path → content of every control file. */
  readonly files: Map<string, string>;
  readonly directories: Set<string>;
  /** Called for each write, after it. */
  onWrite: (path: string, value: string) => void;
}

const CONTROL_FILES: Readonly<Record<string, string>> = {
  'cgroup.procs': '',
  'cgroup.events': 'populated 0\nfrozen 0\n',
  'cgroup.subtree_control': '',
  'cgroup.kill': '',
  'cpu.weight': '100\n',
  'cpu.max': 'max 100000\n',
  'cpu.stat': 'usage_usec 0\nuser_usec 0\nsystem_usec 0\nnr_periods 0\nnr_throttled 0\nthrottled_usec 0\n',
  'memory.low': '0\n',
  'memory.max': 'max\n',
  'memory.current': '0\n',
  'memory.peak': '0\n',
  'memory.swap.current': '0\n',
  'memory.events': 'low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\n',
  'memory.stat': 'anon 0\nfile 0\nfile_mapped 0\nunevictable 0\n',
};

export function fakeCgroupfs(base: World, mount: string, controllers: string): FakeCgroupfs {
  const files = new Map<string, string>([
    ['/proc/self/cgroup', '0::/\n'],
    ['/proc/self/mounts', `cgroup2 ${mount} cgroup2 rw 0 0\n`],
    [`${mount}/cgroup.controllers`, `${controllers}\n`],
    [`${mount}/cgroup.subtree_control`, ''],
  ]);
  const directories = new Set([mount]);
  const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));
  const childrenOf = (path: string): string[] => [...directories].filter((other) => parentOf(other) === path);
  const notFound = (path: string): DiskError => new DiskError('not-found', path, `ENOENT: ${path}`);
  const fake: FakeCgroupfs = { world: base, files, directories, onWrite: () => undefined };

  /** A controller's files are there only when the parent hands it down. */
  function make(path: string): void {
    if (directories.has(path)) return;
    if (!directories.has(parentOf(path))) make(parentOf(path));
    directories.add(path);
    const handedDown = files.get(`${parentOf(path)}/cgroup.subtree_control`) ?? '';
    for (const [name, content] of Object.entries(CONTROL_FILES)) {
      const controller = name.slice(0, name.indexOf('.'));
      if (controller === 'cgroup' || handedDown.includes(`+${controller}`)) files.set(`${path}/${name}`, content);
    }
  }

  const disk: Partial<Disk> = {
    async makeDirectory(path) {
      make(path);
    },
    async readText(path) {
      const content = files.get(path);
      if (content === undefined) throw notFound(path);
      return content;
    },
    async writeFile(path, data) {
      if (!files.has(path)) throw new DiskError('forbidden', path, `EACCES: ${path}`);
      files.set(path, String(data));
      fake.onWrite(path, String(data));
    },
    async stat(path) {
      if (directories.has(path)) return { kind: 'directory', nlink: 2 + childrenOf(path).length } as FileStat;
      return files.has(path) ? ({ kind: 'file', nlink: 1 } as FileStat) : undefined;
    },
    async list(path) {
      return childrenOf(path).map((child) => child.slice(path.length + 1));
    },
    async removeDirectory(path) {
      if (!directories.has(path)) throw notFound(path);
      if (childrenOf(path).length > 0) throw new DiskError('io', path, `EBUSY: ${path}`);
      directories.delete(path);
      for (const file of files.keys()) if (parentOf(file) === path) files.delete(file);
    },
  };
  const host = Object.create(base.host, { isRoot: { value: true } });
  const processes = { ...base.processes, run: async () => ({ exitCode: 0, stderr: '', stdout: '' }) };
  return Object.assign(fake, { world: { ...base, disk, host, processes } as unknown as World });
}
