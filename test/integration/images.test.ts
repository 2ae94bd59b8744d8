// Containers with an image, on this very machine: built of Debian's busybox, fetched and unpacked by skopeo and umoci.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ContainerConfig } from '../../src/daemon/agent/containers/containerizer.ts';
import type { ContainerInfo } from '../../src/mesos/generated/v1.ts';
import { type Fixture, makeFixture } from './containers-fixture.ts';
import { makeImage, missingForImages } from './image-fixture.ts';

const MEGABYTE = 2 ** 20;
const isRoot = process.getuid?.() === 0;
const missing = missingForImages();
if (!isRoot) console.log('SKIPPED: tests of images, because only root can give a container a root of its own');
if (missing.length > 0) console.log(`SKIPPED: tests of images, because this machine lacks ${missing.join(', ')}`);

/** Capabilities of root here, of root in a container of docker's, and of anybody else. */
const ALL = /CapBnd:.*/.exec(readFileSync('/proc/self/status', 'utf8'))?.[0] ?? '';
const DOCKERS = 'CapBnd:\t00000000a80425fb';
const CAPABILITIES_OF: Readonly<Record<string, string>> = {
  65534: 'CapEff:\t0000000000000000',
  1234: 'CapEff:\t0000000000000000',
};

let directory: string;
let fixture: Fixture;
const image = (name: string, more: object = {}): Partial<ContainerConfig> => ({
  info: { type: 'MESOS', mesos: { image: { type: 'DOCKER', docker: { name } } }, ...more } as ContainerInfo,
});
const docker = (name: string, more: object = {}): Partial<ContainerConfig> => ({
  info: { type: 'DOCKER', docker: { image: name, ...more } },
});
const none = { shell: false, value: '', arguments: [] };
async function start(changes: Parameters<typeof makeFixture>[0] = {}): Promise<void> {
  const options = {
    isolation: 'cgroups/cpu,cgroups/mem,filesystem/linux,docker/runtime,namespaces/pid',
    images: { registry: join(directory, 'images'), storeDirectory: join(directory, 'store') },
    takesDocker: true,
    ...changes,
  };
  fixture = await makeFixture(options, directory);
}
async function output(config: ContainerConfig): Promise<string> {
  const { status } = await fixture.run(config);
  if (status.kind !== 'exited' || status.code !== 0) {
    throw new Error(`${JSON.stringify(status)} ${await fixture.stderr(config)}`);
  }
  return fixture.stdout(config);
}
async function refusal(changes: Partial<ContainerConfig>): Promise<string> {
  const config = await fixture.config('true', changes);
  return fixture.containerizer.launch(config).then(
    () => 'launched',
    (error: Error) => error.message,
  );
}
/** What the containers' own roots have left on this machine. */
const provisioned = (): Promise<string[]> =>
  readdir(`${fixture.options.runtimeContainers}.provisioner`).catch(() => []);

describe.skipIf(!isRoot || missing.length > 0)('a container with an image', () => {
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mctl-containers-'));
    await mkdir(join(directory, 'images'));
    await makeImage(join(directory, 'images'), 'box', {
      config: {
        Env: ['PATH=/bin', 'COLOUR=blue', 'SHAPE=round'],
        Entrypoint: ['/bin/env'],
        Cmd: ['pwd'],
        WorkingDir: '/tmp',
      },
    });
    await start();
  });
  afterEach(async () => {
    try {
      // What ends by itself while it is destroyed goes a little later.
      await expect.poll(async () => [await fixture.leftoverCgroups(), await provisioned()]).toEqual([[], []]);
      expect(await readFile('/proc/self/mounts', 'utf8')).not.toContain(directory);
    } finally {
      await fixture.dispose();
    }
  });

  test('has its own root and nothing of ours, its sandbox, and the environment of both', async () => {
    const script = 'pwd; ls /; echo $COLOUR $SHAPE $PATH $MESOS_SANDBOX; cat /mnt/mesos/sandbox/given; echo x >/made';
    const config = await fixture.config(script, {
      ...image('box'),
      environment: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', SHAPE: 'square' },
    });
    const environment = { ...config.environment, MESOS_SANDBOX: config.sandbox };
    await writeFile(join(config.sandbox, 'given'), 'here\n');
    expect(await output({ ...config, environment })).toBe(
      '/tmp\nbin\ndev\netc\nmnt\nproc\nsys\ntmp\nblue square /bin /mnt/mesos/sandbox\nhere\n',
    );
    // What one has written the next does not see.
    expect(await output(await fixture.config('ls /', image('box')))).not.toContain('made');
  });

  test('of a group sees the processes and the shared memory of the others when it asks for them', async () => {
    await fixture.dispose();
    directory = await mkdtemp(join(tmpdir(), 'mctl-containers-'));
    await mkdir(join(directory, 'images'));
    await makeImage(join(directory, 'images'), 'box', { config: { Env: ['PATH=/bin'] } });
    await start({ isolation: 'filesystem/linux,docker/runtime,namespaces/pid,namespaces/ipc' });
    const outer = { ...(await fixture.config('', { wants: 'cpus:0.5;mem:256' })), command: undefined };
    await fixture.containerizer.launch(outer);
    const shared = { linux_info: { share_pid_namespace: true, ipc_mode: 'SHARE_PARENT' as const } };
    const nestedIn = async (script: string, changes: Partial<ContainerConfig>) => {
      const config = await fixture.config(script, { ...changes, sharesLimits: true });
      const containerId = `${outer.containerId}.${config.containerId}`;
      return { ...config, containerId, runtimeDirectory: join(fixture.options.runtimeContainers, containerId) };
    };
    const plain = await nestedIn('echo word >/dev/shm/said; exec sleep 1234', { info: { type: 'MESOS', ...shared } });
    await fixture.containerizer.launch(plain);
    const script = 'until cat /dev/shm/said; do sleep 0.1; done 2>/dev/null; ps | grep -c "[s]leep 1234"; ls -d /usr';
    const boxed = await nestedIn(`${script} || true`, image('box', shared));
    expect(await output(boxed)).toBe('word\n1\n');
    await fixture.containerizer.destroy(outer.containerId);
  });

  test('has no way out to our files by what is left of us in there', async () => {
    const ways =
      'for way in /proc/1/cwd /proc/1/root /proc/self/cwd /proc/self/root; do ls $way/ $way/../../../../..; done';
    const said = await output(await fixture.config(ways, image('box')));
    expect(said.split('\n')).toContain('bin');
    for (const ours of ['usr', 'lib64', 'root', 'stdout']) expect(said.split('\n')).not.toContain(ours);
  });

  test('runs what the image says when the task says nothing, with the arguments of the task when it has some', async () => {
    expect(await output(await fixture.config('', { ...image('box'), command: none }))).toBe('/tmp\n');
    const command = { ...none, arguments: ['id', '-u'] };
    expect(await output(await fixture.config('', { ...image('box'), command }))).toBe('0\n');
  });

  test('its exit, a signal, a kill and running out of memory are told as of any other', async () => {
    const wants = { wants: 'cpus:0.5;mem:48' };
    expect((await fixture.run(await fixture.config('exit 9', image('box')))).status).toEqual({
      kind: 'exited',
      code: 9,
    });
    expect((await fixture.run(await fixture.config('kill -TERM $$', image('box')))).status).toEqual({
      kind: 'signaled',
      signal: 15,
    });
    const hog = 'dd if=/dev/zero of=/dev/shm/big bs=1M count=400; sleep 5';
    const overrun = await fixture.run(await fixture.config(hog, { ...image('box'), ...wants }));
    expect(overrun.limitation).toMatchObject({ kind: 'memory' });
    expect(overrun.limitation?.message).toContain('Memory limit exceeded: Requested: 48MB');
    const long = await fixture.config('sleep 1000', { ...image('box'), ...wants });
    await fixture.containerizer.launch(long);
    const usage = await fixture.containerizer.usage(long.containerId);
    expect(usage).toMatchObject({ cpus_soft_limit: 0.5, mem_limit_bytes: 48 * MEGABYTE });
    const end = await fixture.containerizer.probe(long.containerId, {
      name: 'health',
      command: { shell: true, value: 'test -x /bin/busybox && ! test -e /usr', arguments: [] },
      environment: { PATH: '/bin' },
      timeoutMs: 5_000,
    });
    expect(end).toEqual({ kind: 'exited', code: 0 });
    await fixture.containerizer.destroy(long.containerId);
    expect((await fixture.exitOf(long.containerId)).status.kind).toBe('unknown');
  });

  test('runs as the user of the task, with volumes at places of the image', async () => {
    const data = join(directory, 'data');
    await mkdir(data);
    await writeFile(join(data, 'file'), 'shared\n');
    await fixture.containerizer.close();
    await start({ allowedHostPaths: [data] });
    const volumes = [{ container_path: '/var/data', host_path: data, mode: 'RO' }];
    const config = await fixture.config('id -u; cat /var/data/file; echo x >/mnt/mesos/sandbox/x && echo wrote', {
      ...image('box', { volumes }),
      user: 'nobody',
    });
    expect(await output(config)).toBe('65534\nshared\nwrote\n');
  });

  test('has persistent volumes in its sandbox and at places of the image', async () => {
    const source = join(directory, 'persistent');
    await mkdir(source);
    const at = (containerPath: string, isReadOnly = false) => ({ source, containerPath, isReadOnly, isShared: false });
    const persistentVolumes = [at('in/rw'), at('/var/lib/rw'), at('ro', true)];
    const script =
      'cd /mnt/mesos/sandbox; echo hello >in/rw/file; cat /var/lib/rw/file ro/file; echo x 2>/dev/null >ro/file || echo read-only';
    const config = await fixture.config(script, { ...image('box'), persistentVolumes, user: 'nobody' });
    expect(await output(config)).toBe('hello\nhello\nread-only\n');
    expect(await readFile(join(source, 'file'), 'utf8')).toBe('hello\n');
  });

  test('lives through a death of the agent, and leaves nothing when it ends after that', async () => {
    const config = await fixture.config('sleep 1000', image('box'));
    const { process } = await fixture.containerizer.launch(config);
    const checkpoint = await fixture.checkpoint(config, { process });
    await fixture.containerizer.close();
    await start();
    await fixture.containerizer.recover([checkpoint]);
    expect(await provisioned()).toEqual([config.containerId]);
    // What it has stays, whoever says that it is not to.
    await fixture.containerizer.pruneImages([]);
    expect(await readdir(join(directory, 'store', 'rootfs'))).toHaveLength(1);
    await fixture.containerizer.signal(config.containerId, 'SIGTERM');
    expect((await fixture.exitOf(config.containerId)).status).toEqual({ kind: 'signaled', signal: 15 });
    await fixture.containerizer.pruneImages(['box:latest']);
    expect(await readdir(join(directory, 'store', 'rootfs'))).toHaveLength(1);
    await fixture.containerizer.pruneImages([]);
    for (const part of ['rootfs', 'images', 'blobs/sha256', 'staging']) {
      expect(await readdir(join(directory, 'store', part))).toEqual([]);
    }
  });

  test.each([
    ['MESOS', image('box')],
    ['DOCKER', docker('box')],
    ['DOCKER, as another user,', { ...docker('box'), user: 'nobody' }],
  ])('of the type %s can be looked into with what it has itself, and no more', async (_, asked) => {
    const outer = await fixture.config('echo runs; sleep 1000', asked);
    await fixture.containerizer.launch(outer);
    await expect.poll(() => fixture.stdout(outer)).toBe('runs\n');
    const containerId = `${outer.containerId}.look`;
    const debug = {
      ...(await fixture.config('echo $SHAPE; ls /; pwd; grep CapBnd /proc/self/status; ls /proc | grep -c "^[0-9]"')),
      containerId,
      runtimeDirectory: join(fixture.options.runtimeContainers, containerId),
      isDebug: true,
      sharesLimits: true,
      environment: {},
    };
    const said = (await output(debug)).split('\n');
    expect(said.slice(0, 2)).toEqual(['round', 'bin']);
    expect(said).not.toContain('usr');
    expect(said).toContain('/tmp');
    if (asked.info?.type === 'DOCKER' && asked.user === undefined) expect(said).toContain('CapBnd:\t00000000a80425fb');
    expect(Number(said.at(-2))).toBeLessThan(8);
    await fixture.containerizer.destroy(outer.containerId);
  });

  test.each([
    ['MESOS', 'somebody', { ...image('box'), user: 'nobody' }, ['65534', ALL]],
    ['MESOS', 'root', image('box'), ['0', ALL]],
    ['DOCKER', 'root', { ...docker('box'), user: 'nobody' }, ['0', DOCKERS]],
    ['DOCKER', 'a user of the image', docker('box', { parameters: [{ key: 'user', value: 'guest' }] }), ['1234', '']],
    ['DOCKER', 'root with all there is', docker('box', { privileged: true }), ['0', ALL]],
  ])('of the type %s that runs as %s is looked at and into as that', async (_, __, asked, [uid = '', bounds]) => {
    const outer = await fixture.config('id -u; grep CapBnd /proc/self/status; sleep 1000', asked);
    await fixture.containerizer.launch(outer);
    await expect.poll(() => fixture.stdout(outer)).toContain('CapBnd');
    const [itsUid, itsBounds = ''] = (await fixture.stdout(outer)).split('\n');
    expect(itsUid).toBe(uid);
    if (bounds !== '') expect(itsBounds).toBe(bounds);
    const isSame = `test $(id -u) = ${uid} && test "$(grep CapEff /proc/self/status)" = "${CAPABILITIES_OF[uid] ?? bounds?.replace('Bnd', 'Eff')}"`;
    const probe = {
      name: 'health' as const,
      command: {
        shell: true,
        value: `${isSame} && test "$PWD" = /tmp && ! test -e /usr && test "$COLOUR" = red`,
        arguments: [],
      },
      environment: { PATH: '/bin', COLOUR: 'red' },
      timeoutMs: 10_000,
    };
    expect(await fixture.containerizer.probe(outer.containerId, probe)).toEqual({ kind: 'exited', code: 0 });
    const nothing = { ...probe, command: { ...probe.command, value: 'exit 3' } };
    expect(await fixture.containerizer.probe(outer.containerId, nothing)).toEqual({ kind: 'exited', code: 3 });
    const containerId = `${outer.containerId}.look`;
    const debug = {
      ...(await fixture.config('id -u')),
      containerId,
      runtimeDirectory: join(fixture.options.runtimeContainers, containerId),
      isDebug: true,
      sharesLimits: true,
      environment: {},
    };
    expect(await output(debug)).toBe(`${uid}\n`);
    await fixture.containerizer.destroy(outer.containerId);
  });

  test('has no way out by those who look at it and into it', async () => {
    const seek = 'for way in /proc/[0-9]*/root; do test -e $way/usr/bin && echo out; done';
    const outer = await fixture.config(`echo runs; while :; do ${seek}; done`, docker('box'));
    await fixture.containerizer.launch(outer);
    await expect.poll(() => fixture.stdout(outer)).toBe('runs\n');
    const command = { shell: true, value: 'true', arguments: [] };
    const probe = { name: 'health' as const, command, environment: {}, timeoutMs: 10_000 };
    for (let times = 0; times < 25; times++) {
      expect(await fixture.containerizer.probe(outer.containerId, probe)).toEqual({ kind: 'exited', code: 0 });
    }
    for (let times = 0; times < 8; times++) {
      const containerId = `${outer.containerId}.look${times}`;
      const runtimeDirectory = join(fixture.options.runtimeContainers, containerId);
      const asked = { containerId, runtimeDirectory, isDebug: true, sharesLimits: true, environment: {} };
      expect(await output({ ...(await fixture.config('echo in')), ...asked })).toBe('in\n');
    }
    expect(await fixture.stdout(outer)).toBe('runs\n');
    await fixture.containerizer.destroy(outer.containerId);
  });

  test.each([
    { whose: 'no capabilities', isolation: [], effective: '0000000000000000' },
    { whose: 'some', isolation: ['linux/capabilities', 'linux/nnp'], effective: '0000000000002000' },
  ])('has no way out by those of its user, with $whose, that start beside it in its process tree', async (asked) => {
    await fixture.containerizer.close();
    const isolation = ['filesystem/linux,docker/runtime,namespaces/pid', ...asked.isolation].join(',');
    await start({ isolation, effectiveCapabilities: ['net_raw'] });
    const outer = { ...(await fixture.config('', { wants: 'cpus:0.5;mem:256' })), command: undefined };
    await fixture.containerizer.launch(outer);
    const nestedIn = async (script: string) => {
      const info = image('box', { linux_info: { share_pid_namespace: true } });
      const config = await fixture.config(script, { ...info, user: 'nobody', sharesLimits: true });
      const containerId = `${outer.containerId}.${config.containerId}`;
      return { ...config, containerId, runtimeDirectory: join(fixture.options.runtimeContainers, containerId) };
    };
    // Our root, and where it is for a moment when theirs has taken its place.
    const seek =
      'for way in /proc/[0-9]*/root; do for at in $way $way/.mctl*; do test -e $at/usr/bin && echo out; done; done';
    const seeker = await nestedIn(`echo runs; while :; do ${seek}; done`);
    await fixture.containerizer.launch(seeker);
    await expect.poll(() => fixture.stdout(seeker)).toBe('runs\n');
    for (let times = 0; times < 5; times++) {
      const beside = await nestedIn('id -u; umask; grep CapEff /proc/$$/status; ls -d /proc/self/root/bin');
      expect(await output(beside)).toBe(`65534\n0022\nCapEff:\t${asked.effective}\n/proc/self/root/bin\n`);
    }
    expect(await fixture.stdout(seeker)).toBe('runs\n');
    await fixture.containerizer.destroy(outer.containerId);
  });

  test('may be nested in one without, and shares a directory with those beside it', async () => {
    const outer = await fixture.config('', { wants: 'cpus:0.2;mem:64' });
    const { command: _, ...group } = outer;
    await fixture.containerizer.launch({ ...group, command: undefined });
    const nested = async (name: string, script: string, asked: Partial<ContainerConfig>) => {
      const containerId = `${outer.containerId}.${name}`;
      const sandbox = join(outer.sandbox, 'containers', name);
      await mkdir(sandbox, { recursive: true });
      const runtimeDirectory = join(fixture.options.runtimeContainers, containerId);
      const config = await fixture.config(script, { ...asked, sharesLimits: true });
      return output({ ...config, containerId, sandbox, runtimeDirectory });
    };
    const source = { type: 'SANDBOX_PATH', sandbox_path: { type: 'PARENT', path: 'shared' } };
    const volumes = [{ container_path: 'both', mode: 'RW', source }];
    const writes = 'pwd; echo hello >/mnt/mesos/sandbox/both/file; test ! -e /usr && echo image';
    expect(await nested('a', writes, image('box', { volumes }))).toBe('/tmp\nimage\n');
    expect(await nested('b', 'cat /mnt/mesos/sandbox/both/file', image('box', { volumes }))).toBe('hello\n');
    await fixture.containerizer.destroy(outer.containerId);
  });

  test('of the type DOCKER runs as docker would: entrypoint kept, few capabilities, the user of the image', async () => {
    const script = 'grep CapBnd /proc/self/status; id -u';
    expect(await output(await fixture.config(script, docker('box')))).toBe('CapBnd:\t00000000a80425fb\n0\n');
    const parameters = [
      { key: 'user', value: 'guest' },
      { key: 'env', value: 'COLOUR=red' },
      { key: 'hostname', value: 'inside' },
    ];
    const command = { ...none, value: 'sh', arguments: ['-c', 'id -u; echo $COLOUR; cat /proc/sys/kernel/hostname'] };
    expect(await output(await fixture.config('', { ...docker('box', { parameters }), command }))).toBe(
      '1234\nred\ninside\n',
    );
    expect(await refusal(docker('box', { parameters: [{ key: 'volume', value: '/:/host' }] }))).toContain("'volume'");
    await fixture.containerizer.close();
    await start({ takesDocker: false });
    expect(await refusal(docker('box'))).toContain('--containerizers');
  });

  test('comes from an OCI layout, or from a file, and is fetched again only when asked for', async () => {
    const oci = join(directory, 'layouts', 'other');
    await mkdir(join(directory, 'layouts'));
    const archive = join(directory, 'images', 'box.tar');
    execFileSync('skopeo', ['copy', '-q', '--insecure-policy', `docker-archive:${archive}`, `oci:${oci}:v1`]);
    await fixture.containerizer.close();
    await start({ images: { registry: join(directory, 'layouts'), storeDirectory: join(directory, 'store') } });
    expect(await output(await fixture.config('echo $SHAPE', image('other:v1')))).toBe('round\n');
    await fixture.containerizer.close();
    await start({ images: { registry: archive, storeDirectory: join(directory, 'store') } });
    expect(await output(await fixture.config('echo $SHAPE', image('box')))).toBe('round\n');
    await truncate(archive, 100);
    expect(await output(await fixture.config('echo $SHAPE', image('box')))).toBe('round\n');
    expect(await refusal(docker('box', { force_pull_image: true }))).toContain('cannot be fetched');
    expect(await output(await fixture.config('echo $SHAPE', image('box')))).toBe('round\n');
  });

  test('that is missing, corrupt or misnamed is refused with a reason, and nothing is left of it', async () => {
    expect(await refusal(image('nowhere'))).toContain("neither an archive 'nowhere:latest.tar'");
    expect(await refusal(image('../../etc'))).toContain('cannot be the name of an image');
    expect(
      await refusal(image('box', { volumes: [{ container_path: '/x', host_path: '/etc', mode: 'RO' }] })),
    ).toContain('--allowed_host_paths');
    await writeFile(join(directory, 'images', 'rubbish.tar'), 'this is no archive\n'.repeat(1000));
    expect(await refusal(image('rubbish'))).toContain("the image 'rubbish' cannot be fetched");
    const cut = await makeImage(join(directory, 'images'), 'cut');
    await truncate(cut, Math.floor((await stat(cut)).size / 2));
    expect(await refusal(image('cut'))).toContain("the image 'cut' cannot be fetched");
    expect(await readdir(join(directory, 'store', 'rootfs'))).toHaveLength(1);
    await fixture.containerizer.close();
    await start({ images: undefined });
    expect(await refusal(image('box'))).toContain('--image_providers=docker');
  });

  test('that is hostile harms nobody', async () => {
    const outside = join(directory, 'outside');
    await mkdir(outside);
    await makeImage(join(directory, 'images'), 'climber', {
      fill: async (layer) => {
        await symlink(outside, join(layer, 'mnt'));
        await symlink('../../../../../../../..', join(layer, 'up'));
      },
      tar: ['-P', `--transform=s,^./etc/passwd,../../../../../..${outside}/planted,`],
    });
    // A sandbox behind a symlink of the image is not mounted anywhere else.
    expect(await refusal(image('climber'))).toContain('a symlink of the image is in the way of /mnt');
    expect(await readdir(outside)).toEqual([]);
    await makeImage(join(directory, 'images'), 'linked', {
      fill: async (layer) => symlink('/../../..//etc', join(layer, 'config')),
    });
    const volumes = [{ container_path: '/config/volume', host_path: 'sub', mode: 'RW' }];
    const config = await fixture.config('echo x >/etc/volume/file; ls /etc', image('linked', { volumes }));
    expect(await output(config)).toBe('hostname\nhosts\npasswd\nresolv.conf\nvolume\n');
    expect(await readFile(join(config.sandbox, 'sub', 'file'), 'utf8')).toBe('x\n');
    await makeImage(join(directory, 'images'), 'devices', {
      fill: async (layer) => void execFileSync('mknod', ['-m', '666', join(layer, 'zero'), 'c', '1', '5']),
    });
    const script = 'head -c 1 /zero || echo no device; head -c 1 /dev/zero | wc -c';
    expect(await output(await fixture.config(script, image('devices')))).toBe('no device\n1\n');
  });
});
