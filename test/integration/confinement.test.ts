// What containers are shut in with, on this very machine: namespaces, volumes, limits and privileges.
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ContainerConfig } from '../../src/daemon/agent/containers/containerizer.ts';
import type { ContainerInfo } from '../../src/mesos/generated/v1.ts';
import { Resources } from '../../src/mesos/resources.ts';
import { type Fixture, makeFixture } from './containers-fixture.ts';

const isRoot = process.getuid?.() === 0;
if (!isRoot) console.log('SKIPPED: tests of namespaces and privileges, because only root can set them up');

let fixture: Fixture;
const start = async (isolation: string, changes: Parameters<typeof makeFixture>[0] = {}): Promise<void> => {
  fixture = await makeFixture({ isolation, ...changes });
};
const asks = (info: Partial<ContainerInfo>): Partial<ContainerConfig> => ({ info: { type: 'MESOS', ...info } });
const run = async (script: string, info: Partial<ContainerInfo> = {}): Promise<string> => {
  const config = await fixture.config(script, asks(info));
  const { status } = await fixture.run(config);
  const errors = await fixture.stderr(config);
  if (status.kind !== 'exited' || status.code !== 0) throw new Error(`${JSON.stringify(status)} ${errors}`);
  return fixture.stdout(config);
};
const refusal = async (info: Partial<ContainerInfo>): Promise<string> => {
  const config = await fixture.config('true', asks(info));
  return fixture.containerizer.launch(config).then(
    () => 'launched',
    (error: Error) => error.message,
  );
};

describe.skipIf(!isRoot)('a container', () => {
  afterEach(async () => {
    try {
      // What ends by itself while it is destroyed goes a little later.
      await expect.poll(() => fixture.leftoverCgroups()).toEqual([]);
      expect(await readFile('/proc/self/mounts', 'utf8')).not.toContain(fixture.directory);
    } finally {
      await fixture.dispose();
    }
  });

  describe('with namespaces/pid and namespaces/ipc', () => {
    beforeEach(() => start('namespaces/pid,namespaces/ipc'));

    test('sees its own processes and shared memory only', async () => {
      const script = 'ls /proc | grep -c "^[0-9]"; readlink /proc/self/ns/ipc; df --output=target /dev/shm | tail -1';
      const [processes, ipc, shm] = (await run(script)).split('\n');
      expect(Number(processes)).toBeLessThan(7);
      expect(ipc).not.toBe(await fixture.world.disk.readLink('/proc/self/ns/ipc'));
      expect(shm).toBe('/dev/shm');
      const sized = await run('df -k --output=size /dev/shm | tail -1', { linux_info: { shm_size: 8 } });
      expect(sized.trim()).toBe('8192');
    });

    test('ends, is signalled and destroyed as any other', async () => {
      for (const [script, status] of [
        ['exit 143', { kind: 'exited', code: 143 }],
        ['kill -TERM $$', { kind: 'signaled', signal: 15 }],
        ['kill -SEGV $$', { kind: 'signaled', signal: 11 }],
        ['sleep 1000 & exit 0', { kind: 'exited', code: 0 }],
      ] as const) {
        expect((await fixture.run(await fixture.config(script))).status).toEqual(status);
      }
      const polite = await fixture.config('trap "echo bye; exit 5" TERM; echo ready; while :; do sleep 0.05; done');
      await fixture.containerizer.launch(polite);
      await expect.poll(() => fixture.stdout(polite)).toBe('ready\n');
      await fixture.containerizer.signal(polite.containerId, 'SIGTERM');
      expect((await fixture.exitOf(polite.containerId)).status).toEqual({ kind: 'exited', code: 5 });
      const stubborn = await fixture.config('trap "" TERM; setsid sleep 1000');
      const { process } = await fixture.containerizer.launch(stubborn);
      await fixture.containerizer.destroy(stubborn.containerId);
      expect((await fixture.exitOf(stubborn.containerId)).status.kind).toBe('unknown');
      // It has ended; whoever adopted it may take a moment to notice.
      await expect.poll(async () => process && (await fixture.world.processes.usage(process))).toBeUndefined();
    });

    test('shares the namespace of the agent when it asks for it, unless that is not allowed', async () => {
      const script = 'readlink /proc/self/ns/pid';
      const ours = await fixture.world.disk.readLink('/proc/self/ns/pid');
      expect(await run(script, { linux_info: { share_pid_namespace: true } })).toBe(`${ours}\n`);
      await fixture.dispose();
      await start('namespaces/pid', { disallowSharingAgentPidNamespace: true });
      expect(await refusal({ linux_info: { share_pid_namespace: true } })).toContain(
        '--disallow_sharing_agent_pid_namespace',
      );
    });

    test('a probe sees what the container sees', async () => {
      const config = await fixture.config('sleep 1000');
      await fixture.containerizer.launch(config);
      const end = await fixture.containerizer.probe(config.containerId, {
        name: 'check',
        command: { shell: true, value: 'exit $(ls /proc | grep -c "^[0-9]")', arguments: [] },
        environment: config.environment,
        timeoutMs: 5_000,
      });
      expect(end).toMatchObject({ kind: 'exited' });
      expect(end.kind === 'exited' && end.code).toBeLessThan(8);
      await fixture.containerizer.destroy(config.containerId);
    });
  });

  describe('nested in that of a task group, with namespaces/pid and namespaces/ipc', () => {
    const group = async (info: Partial<ContainerInfo> = {}) => {
      const config = await fixture.config('', { ...asks(info), wants: 'cpus:0.5;mem:256' });
      const { command: _, ...rest } = config;
      const outer = { ...rest, command: undefined };
      await fixture.containerizer.launch(outer);
      return outer;
    };
    const nestedIn = async (outer: ContainerConfig, script: string, linux_info: ContainerInfo['linux_info'] = {}) => {
      const config = await fixture.config(script, { ...asks({ linux_info }), sharesLimits: true });
      const containerId = `${outer.containerId}.${config.containerId}`;
      return { ...config, containerId, runtimeDirectory: join(fixture.options.runtimeContainers, containerId) };
    };
    const namespaces = 'for n in pid ipc; do readlink /proc/self/ns/$n; done';
    const shared = { share_pid_namespace: true, ipc_mode: 'SHARE_PARENT' } as const;
    const ours = async () => {
      const links = ['pid', 'ipc'].map((name) => fixture.world.disk.readLink(`/proc/self/ns/${name}`));
      return `${(await Promise.all(links)).join('\n')}\n`;
    };

    test('shares its namespaces and its shared memory with those that ask for it too, and with nobody else', async () => {
      await start('namespaces/pid,namespaces/ipc', {
        disallowSharingAgentPidNamespace: true,
        disallowSharingAgentIpcNamespace: true,
      });
      const outer = await group();
      const script = `${namespaces}; echo hello >/dev/shm/word; pwd; exec sleep 1000`;
      const server = await nestedIn(outer, script, shared);
      const client = await nestedIn(outer, `${namespaces}; cat /dev/shm/word; pgrep -x sleep | wc -l`, shared);
      const stranger = await nestedIn(outer, `${namespaces}; cat /dev/shm/word || pgrep -x sleep`, {});
      await fixture.containerizer.launch(server);
      await expect.poll(() => fixture.stdout(server)).toContain('sandboxes');
      const served = (await fixture.stdout(server)).split('\n');
      expect(served[2]).toBe(server.sandbox);
      expect(served.slice(0, 2).join('\n')).not.toContain((await ours()).split('\n')[0]);
      expect((await fixture.run(client)).status).toEqual({ kind: 'exited', code: 0 });
      // The one that holds the namespaces waits by sleeping too.
      expect(await fixture.stdout(client)).toBe(`${served[0]}\n${served[1]}\nhello\n2\n`);
      expect((await fixture.run(stranger)).status).toEqual({ kind: 'exited', code: 1 });
      const strange = (await fixture.stdout(stranger)).split('\n');
      expect(strange.slice(0, 2)).not.toContain(served[0]);
      expect(strange.slice(0, 2)).not.toContain(served[1]);
      const probe = { shell: true, value: 'cat /dev/shm/word; exit $(pgrep -x sleep | wc -l)', arguments: [] };
      const { environment } = server;
      const seen = { name: 'check' as const, command: probe, environment, timeoutMs: 5_000 };
      expect(await fixture.containerizer.probe(server.containerId, seen)).toEqual({ kind: 'exited', code: 2 });
      const beside = await fixture.config(namespaces, {
        containerId: `${server.containerId}.beside`,
        runtimeDirectory: join(fixture.options.runtimeContainers, `${server.containerId}.beside`),
        isDebug: true,
        sharesLimits: true,
      });
      await fixture.run(beside);
      expect(await fixture.stdout(beside)).toBe(`${served[0]}\n${served[1]}\n`);
      await fixture.containerizer.signal(server.containerId, 'SIGTERM');
      expect((await fixture.exitOf(server.containerId)).status).toEqual({ kind: 'signaled', signal: 15 });
      await fixture.containerizer.destroy(outer.containerId);
    });

    test('has one of them shared and the other of its own, as it asks', async () => {
      await start('namespaces/pid,namespaces/ipc');
      const outer = await group();
      const namespacesOf = async (linux_info: ContainerInfo['linux_info']) => {
        const config = await nestedIn(outer, `${namespaces}; ls /proc | grep -c "^[0-9]"`, linux_info);
        expect((await fixture.run(config)).status).toEqual({ kind: 'exited', code: 0 });
        return (await fixture.stdout(config)).split('\n');
      };
      const [pid, ipc] = await namespacesOf(shared);
      const pidOnly = await namespacesOf({ share_pid_namespace: true });
      expect([pidOnly[0] === pid, pidOnly[1] === ipc]).toEqual([true, false]);
      const ipcOnly = await namespacesOf({ ipc_mode: 'SHARE_PARENT' });
      expect([ipcOnly[0] === pid, ipcOnly[1] === ipc]).toEqual([false, true]);
      expect(Number(ipcOnly[2])).toBeLessThan(7);
      await fixture.containerizer.destroy(outer.containerId);
    });

    test('has those of the agent where the group itself shares them, which that may not be allowed', async () => {
      await start('namespaces/pid,namespaces/ipc');
      const outer = await group({ linux_info: shared });
      const config = await nestedIn(outer, namespaces, shared);
      await fixture.run(config);
      expect(await fixture.stdout(config)).toBe(await ours());
      await fixture.containerizer.destroy(outer.containerId);
      await fixture.dispose();
      await start('namespaces/ipc', { disallowSharingAgentIpcNamespace: true });
      await expect(group({ linux_info: shared })).rejects.toThrow('--disallow_sharing_agent_ipc_namespace');
    });

    test('goes on to share them with a later agent, and nothing is left of them when the group ends', async () => {
      await start('posix/cpu,posix/mem,namespaces/pid');
      const outer = await group();
      const script = 'readlink /proc/self/ns/pid; exec sleep 1000';
      const before = await nestedIn(outer, script, { share_pid_namespace: true });
      const launched = await fixture.containerizer.launch(before);
      await expect.poll(() => fixture.stdout(before)).toContain('pid:');
      const known = await Promise.all([
        fixture.checkpoint(outer, { process: undefined }),
        fixture.checkpoint(before, launched),
      ]);
      await fixture.containerizer.close();
      await fixture.world.close();
      fixture = await makeFixture({ ...fixture.options }, fixture.directory);
      await fixture.containerizer.recover(known);
      const after = await nestedIn(outer, script, { share_pid_namespace: true });
      await fixture.containerizer.launch(after);
      await expect.poll(() => fixture.stdout(after)).toBe(await fixture.stdout(before));
      const [, holder] = (await readFile(join(outer.runtimeDirectory, 'holder'), 'utf8')).split(' ');
      await fixture.containerizer.destroy(outer.containerId);
      // It has ended; whoever adopted it may take a moment to notice.
      await expect.poll(() => fixture.world.disk.stat(`/proc/${holder}`)).toBeUndefined();
    });
  });

  describe('with filesystem/linux', () => {
    beforeEach(async () => {
      const directory = await mkdtemp(join(tmpdir(), 'mctl-containers-'));
      allowed = join(directory, 'allowed');
      await mkdir(join(allowed, 'data'), { recursive: true });
      await writeFile(join(allowed, 'data', 'file'), 'hello\n');
      await symlink('/etc', join(allowed, 'escape'));
      fixture = await makeFixture({ isolation: 'filesystem/linux', allowedHostPaths: [allowed] }, directory);
    });
    let allowed: string;
    const volume = (host_path: string, mode: 'RO' | 'RW' = 'RO', container_path = 'in') => ({
      volumes: [{ container_path, host_path, mode }],
    });

    test('sees an allowed host path in its sandbox, read-only if so asked for', async () => {
      const data = join(allowed, 'data');
      expect(await run('cat in/file; echo x 2>/dev/null >in/other || echo read-only', volume(data))).toBe(
        'hello\nread-only\n',
      );
      await run('echo more >in/written', volume(data, 'RW'));
      expect(await readFile(join(data, 'written'), 'utf8')).toBe('more\n');
      expect(await run('cat /mnt/file', volume(data, 'RO', '/mnt'))).toBe('hello\n');
    });

    test('has a host path made for it where that is allowed, not through a link that leads out', async () => {
      const made = join(allowed, 'data', 'a', 'b');
      expect(await refusal(volume(made))).toContain('is not there');
      await fixture.dispose();
      const directory = await mkdtemp(join(tmpdir(), 'mctl-containers-'));
      allowed = join(directory, 'allowed');
      await mkdir(join(allowed, 'data'), { recursive: true });
      await symlink(directory, join(allowed, 'data', 'out'));
      const creatable = [join(allowed, 'data'), join(directory, 'not-allowed')];
      fixture = await makeFixture(
        { isolation: 'filesystem/linux', allowedHostPaths: [allowed], hostPathVolumeForceCreation: creatable },
        directory,
      );
      await run('echo hello >in/file', volume(join(allowed, 'data', 'a', 'b'), 'RW'));
      expect(await readFile(join(allowed, 'data', 'a', 'b', 'file'), 'utf8')).toBe('hello\n');
      expect(await refusal(volume(join(allowed, 'data', 'out', 'x')))).toContain('is not there');
      expect(await refusal(volume(join(allowed, 'x')))).toContain('is not there');
      await mkdir(join(directory, 'not-allowed'));
      expect(await refusal(volume(join(directory, 'not-allowed', 'x')))).toContain('--allowed_host_paths');
    });

    test('sees what is mounted below a host path that it may write to', async () => {
      const below = join(allowed, 'data', 'below');
      await mkdir(below);
      execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', below]);
      try {
        await writeFile(join(below, 'deep'), 'deep\n');
        expect(await run('cat in/below/deep', volume(join(allowed, 'data'), 'RW'))).toBe('deep\n');
        expect(await run('ls in/below', volume(join(allowed, 'data')))).toBe('');
      } finally {
        execFileSync('umount', [below]);
      }
    });

    test('is refused a host path beyond the allowed ones, also through a symlink, and by default any', async () => {
      expect(await refusal(volume('/etc'))).toContain('--allowed_host_paths');
      expect(await refusal(volume(`${allowed}-not`))).toContain('is not there');
      expect(await refusal(volume(join(allowed, 'escape')))).toContain(
        `'${join(allowed, 'escape')}', with links and '..' followed, is not below what --allowed_host_paths of this agent names: ${allowed}`,
      );
      expect(await refusal(volume(join(allowed, '..')))).toContain('--allowed_host_paths');
      expect(await refusal(volume(join(allowed, 'none')))).toContain('is not there');
      expect(await refusal(volume(allowed, 'RO', '../out'))).toContain('leaves the sandbox');
    });
  });

  test('has the resource limits it asks for, and impossible ones are refused', async () => {
    await start('posix/rlimits');
    const limit = (soft?: number, hard?: number) => ({
      rlimit_info: {
        rlimits: [{ type: 'RLMT_NOFILE' as const, ...(soft && { soft }), ...(hard && { hard }) }],
      },
    });
    expect(await run('ulimit -Sn; ulimit -Hn', limit(100, 200))).toBe('100\n200\n');
    expect(await refusal(limit(100))).toContain('both a soft and a hard value, or neither');
    expect(await refusal(limit(300, 200))).toContain('more than the hard one');
    expect(await refusal(limit(1, 2 ** 40))).toContain('Failed to launch container');
  });

  test('has the capabilities of the agent or its own within those, and nothing beyond', async () => {
    await start('linux/capabilities,linux/nnp', { boundingCapabilities: ['net_raw', 'chown', 'kill'] });
    const of = (name: string) => `grep ${name}: /proc/self/status | cut -f2`;
    const chown = { capabilities: ['CHOWN' as const] };
    const script = `${of('CapEff')}; ${of('CapBnd')}; ${of('NoNewPrivs')}`;
    expect(await run(script, { linux_info: { effective_capabilities: chown } })).toBe(
      '0000000000000001\n0000000000002021\n1\n',
    );
    expect(await run(of('CapBnd'))).toBe('0000000000002021\n');
    const ofNobody = await fixture.config(`${of('CapEff')}; ${of('CapPrm')}; ${of('CapBnd')}; id -un`, {
      ...asks({ linux_info: { effective_capabilities: chown } }),
      user: 'nobody',
    });
    await fixture.run(ofNobody);
    expect(await fixture.stdout(ofNobody)).toBe('0000000000000001\n0000000000000001\n0000000000002021\nnobody\n');
    const more = { effective_capabilities: { capabilities: ['SYS_ADMIN' as const] } };
    expect(await refusal({ linux_info: more })).toContain('SYS_ADMIN are not within those that are allowed');
  });

  test('that listens on a port it does not have is killed, and one that has it is not', async () => {
    await start('cgroups/cpu,cgroups/mem,network/ports', {
      enforceContainerPorts: true,
      containerPortsWatchIntervalMs: 100,
    });
    const listen = `exec python3 -c 'import socket,time;s=socket.socket();s.bind(("127.0.0.1",0));s.listen();print(s.getsockname()[1],flush=True);time.sleep(600)'`;
    const config = await fixture.config(listen, { wants: 'cpus:0.1;mem:64;ports:[1-2]' });
    const { limitation } = await fixture.run(config);
    const port = Number(await fixture.stdout(config));
    expect(limitation).toMatchObject({
      kind: 'ports',
      message: `Container is listening on unallocated port(s): ${port}`,
      resources: [{ name: 'ports', ranges: { range: [{ begin: port, end: port }] } }],
    });
    const rightful = await fixture.config(listen, { wants: 'cpus:0.1;mem:64;ports:[1024-65535]' });
    await fixture.containerizer.launch(rightful);
    await expect.poll(() => fixture.stdout(rightful), { timeout: 30_000 }).not.toBe('');
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(fixture.containerizer.find(rightful.containerId)?.phase).toBe('running');
    // As when an executor is given another task.
    const resources = Resources.parse('cpus:0.1;mem:64;ports:[3-4]').toMessages();
    await fixture.containerizer.update(rightful.containerId, { resources, limits: {} });
    expect((await fixture.exitOf(rightful.containerId)).limitation?.kind).toBe('ports');
  });

  test('whose sandbox is measured is killed for its size only when that is enforced', async () => {
    const wants = { wants: 'cpus:0.1;mem:64;disk:2' };
    await start('disk/du', { containerDiskWatchIntervalMs: 100 });
    const config = await fixture.config('head -c 5000000 /dev/zero >big; sleep 1000', wants);
    await fixture.containerizer.launch(config);
    const used = async (): Promise<number> =>
      (await fixture.containerizer.usage(config.containerId))?.disk_used_bytes ?? 0;
    await expect.poll(used, { timeout: 30_000 }).toBeGreaterThan(5_000_000 - 1);
    expect(fixture.containerizer.find(config.containerId)?.phase).toBe('running');
    await fixture.containerizer.destroy(config.containerId);
    await fixture.dispose();
    await start('disk/du', { containerDiskWatchIntervalMs: 100, enforceContainerDiskQuota: true });
    const { limitation } = await fixture.run(await fixture.config('head -c 5000000 /dev/zero >big; sleep 1000', wants));
    expect(limitation).toMatchObject({ kind: 'disk', message: expect.stringContaining('exceeds quota (2MB)') });
  });

  test('has read-only directories of its sandbox, mounted, where volumes can be', async () => {
    const own = (mode: 'RO' | 'RW', container_path: string) => ({
      mode,
      container_path,
      source: { type: 'SANDBOX_PATH' as const, sandbox_path: { type: 'SELF' as const, path: 'data' } },
    });
    await start('filesystem/linux');
    const volumes = [own('RW', 'rw'), own('RO', 'ro'), own('RO', '/mnt')];
    const script =
      'echo hello >rw/file; cat ro/file /mnt/file data/file; echo x 2>/dev/null >ro/file || echo read-only';
    expect(await run(script, { volumes })).toBe('hello\nhello\nhello\nread-only\n');
    await fixture.dispose();
    await start('posix/cpu,posix/mem');
    expect(await run('echo hello >rw/file; cat data/file; readlink rw', { volumes: [own('RW', 'rw')] })).toMatch(
      /^hello\n\/.*\/data\n$/,
    );
    expect(await refusal({ volumes: [own('RO', '/mnt')] })).toContain('--isolation=filesystem/linux');
  });

  test('has a persistent volume as a link, and as a mount at another place or to be read only', async () => {
    await start('filesystem/linux');
    const source = join(fixture.directory, 'persistent');
    await mkdir(source);
    const at = (containerPath: string, isReadOnly = false) => ({ source, containerPath, isReadOnly, isShared: true });
    const config = await fixture.config(
      'echo hello >rw/file; cat in/ro/file /mnt/file; readlink rw; echo x 2>/dev/null >in/ro/file || echo read-only; echo more >/mnt/file',
      { persistentVolumes: [at('rw'), at('in/ro', true), at('/mnt')] },
    );
    expect((await fixture.run(config)).status).toEqual({ kind: 'exited', code: 0 });
    expect(await fixture.stdout(config)).toBe(`hello\nhello\n${source}\nread-only\n`);
    expect(await readFile(join(source, 'file'), 'utf8')).toBe('more\n');
  });

  test('is refused by name what the agent was not told to do', async () => {
    await start('cgroups/cpu,cgroups/mem');
    const volumes = [{ container_path: '/mnt', host_path: '/tmp', mode: 'RO' as const }];
    expect(await refusal({ volumes })).toContain('--isolation=filesystem/linux');
    expect(await refusal({ rlimit_info: { rlimits: [{ type: 'RLMT_CORE' }] } })).toContain('posix/rlimits');
    expect(await refusal({ linux_info: { effective_capabilities: { capabilities: [] } } })).toContain(
      'linux/capabilities',
    );
    expect(await refusal({ linux_info: { seccomp: { profile_name: 'x' } } })).toContain('seccomp');
    expect(await refusal({ linux_info: { shm_size: 8 } })).toContain('namespaces/ipc');
  });
});
