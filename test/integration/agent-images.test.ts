// A real agent process that runs tasks with images: what the framework hears is what it hears of any other task.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ContainerInfo, TaskInfo } from '../../src/mesos/generated/v1.ts';
import { Resources } from '../../src/mesos/resources.ts';
import { createRealWorld } from '../../src/world/real/index.ts';
import { FakeMaster } from '../daemon/agent/support/fake-master.ts';
import { FRAMEWORK, task as someTask } from '../daemon/agent/support/scene.ts';
import { makeImage, missingForImages } from './image-fixture.ts';
import { hasRegistry, Registry, SilentRegistry } from './registry-fixture.ts';

const PROGRAM = fileURLToPath(new URL('./agent-program.ts', import.meta.url));
const world = createRealWorld({ log: { level: 'error' } });
const user = world.host.currentUser;
const missing = missingForImages();
const canRun = world.host.isRoot && missing.length === 0;
if (!hasRegistry) console.log('SKIPPED: tasks with images from a registry: docker-registry is not installed');
if (!canRun) console.log(`SKIPPED: tasks with images: they need root, and ${missing.join(', ') || 'nothing else'}`);

let master: FakeMaster;
let directory: string;
let agent: ChildProcess | undefined;

/** `registry`: what --docker_registry says. */
async function start(registry: string): Promise<void> {
  const subscriptions = master.subscriptions.length;
  const flags = [
    `--master=127.0.0.1:${master.port}`,
    `--work_dir=${directory}/work`,
    `--runtime_dir=${directory}/run`,
    '--ip=127.0.0.1',
    '--port=0',
    '--hostname=agent',
    '--advertise_port=5051',
    '--registration_backoff_factor=50ms',
    '--resources=cpus:100;mem:10000;disk:1000',
    '--isolation=filesystem/linux,docker/runtime,namespaces/pid',
    '--containerizers=docker,mesos',
    '--image_providers=docker',
    `--docker_registry=${registry}`,
    '--fetcher_stall_timeout=1secs',
    `--cgroups_root=mctl-test-${directory.slice(-6)}`,
    '--cgroups_enable_cfs',
  ];
  agent = spawn(process.execPath, [PROGRAM, ...flags], { stdio: ['ignore', 'inherit', 'inherit'] });
  await until('the agent has registered', () => master.subscriptions.length > subscriptions);
}

async function end(signal: NodeJS.Signals): Promise<void> {
  const ending = agent;
  agent = undefined;
  if (ending === undefined || ending.exitCode !== null) return;
  await new Promise((resolve) => {
    ending.once('exit', resolve);
    ending.kill(signal);
  });
}

async function until(what: string, isSo: () => boolean, limitMs = 60_000): Promise<void> {
  const deadlineMs = world.clock.monotonicMs() + limitMs;
  while (!isSo()) {
    if (world.clock.monotonicMs() > deadlineMs) throw new Error(`not within ${limitMs} ms: ${what}`);
    await world.clock.sleep(20);
  }
}

const image = (name: string): Record<string, ContainerInfo> => ({
  MESOS: { type: 'MESOS', mesos: { image: { type: 'DOCKER', docker: { name } } } },
  DOCKER: { type: 'DOCKER', docker: { image: name } },
});
const resources = Resources.parse('cpus:0.5;mem:48').allocatedTo('*').toMessages();
const run = (id: string, value: string, container: ContainerInfo, more: Partial<TaskInfo> = {}): void =>
  master.run({ ...FRAMEWORK, user }, someTask(id, { command: { value }, container, resources, ...more }));
const last = (id: string) => master.updates(id).at(-1);
const hasEnded = (id: string) => () => /FINISHED|FAILED|KILLED/.test(last(id)?.state ?? '');
const provisioned = () => readdirSync(`${directory}/work/provisioner/containers`);

describe.skipIf(!canRun)('a task with an image', () => {
  let registry: Registry | SilentRegistry | undefined;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'mctl-agent-'));
    mkdirSync(`${directory}/images`);
    await makeImage(`${directory}/images`, 'box', { config: { Cmd: ['true'] } });
    master = await FakeMaster.start(world, '127.0.0.1', 0);
  });
  afterEach(async () => {
    await end('SIGUSR1');
    await registry?.stop();
    registry = undefined;
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(directory);
    rmSync(directory, { recursive: true, force: true });
  });

  const fromRegistry = async (): Promise<string> => {
    const real = await Registry.start(directory);
    registry = real;
    real.push(`${directory}/images/box.tar`, 'box:latest');
    return real.url;
  };

  const sources: readonly (readonly [from: string, source: () => Promise<string>])[] = [
    ['a directory', async () => `${directory}/images`],
    ['a tarball', async () => `${directory}/images/box.tar`],
    ...(hasRegistry ? [['a registry', fromRegistry] as const] : []),
  ];
  test.each(sources)(
    'from %s is told of as a plain one, whatever its type: its end, its kill, out of memory',
    { timeout: 120_000 },
    async (_, source) => {
      const from = await source();
      await start(from);
      for (const [type, box] of Object.entries(image('box'))) {
        run(`${type}-good`, 'test ! -e /usr && cat /etc/passwd', box);
        run(`${type}-bad`, 'exit 7', box);
        run(`${type}-signal`, 'kill -TERM $$', box);
        run(`${type}-hog`, 'dd if=/dev/zero of=/dev/shm/big bs=1M count=400; sleep 5', box);
        run(`${type}-default`, '', box, { command: { shell: false } });
        run(`${type}-long`, 'sleep 1000', box, {
          health_check: { type: 'COMMAND', command: { value: 'test "$(id -u)" = 0' }, delay_seconds: 0 },
        });
      }
      const exited = (status: number) => `Command exited with status ${status}`;
      for (const type of ['MESOS', 'DOCKER']) {
        for (const id of ['good', 'bad', 'signal', 'hog', 'default']) {
          await until(`${type}-${id} has ended`, hasEnded(`${type}-${id}`));
        }
        expect(last(`${type}-good`)).toMatchObject({ state: 'TASK_FINISHED', message: exited(0) });
        expect(last(`${type}-default`)?.state).toBe('TASK_FINISHED');
        expect(last(`${type}-bad`)).toMatchObject({ state: 'TASK_FAILED', message: exited(7) });
        const signalled = { state: 'TASK_FAILED', message: 'Command terminated with signal Terminated' };
        expect(last(`${type}-signal`)).toMatchObject(signalled);
        const overrun = { state: 'TASK_FAILED', reason: 'REASON_CONTAINER_LIMITATION_MEMORY' };
        expect(last(`${type}-hog`)).toMatchObject(overrun);
        await until(`${type}-long is healthy`, () => last(`${type}-long`)?.healthy === true);
      }
      await end('SIGKILL');
      await start(from);
      for (const type of ['MESOS', 'DOCKER']) {
        master.kill(FRAMEWORK, `${type}-long`);
        await until(`${type}-long is killed`, hasEnded(`${type}-long`));
        expect(last(`${type}-long`)).toMatchObject({ state: 'TASK_KILLED' });
      }
      await until('nothing is left of them', () => provisioned().length === 0);
    },
  );

  test('that cannot be had fails with the reason, and harms nobody', async () => {
    const images = `${directory}/images`;
    await makeImage(images, 'cut');
    truncateSync(`${images}/cut.tar`, 100_000);
    writeFileSync(`${images}/rubbish.tar`, 'rubbish');
    await makeImage(images, 'foreign', { architecture: 's390x' });
    await start(images);
    run('runs', 'sleep 1000', image('box').MESOS ?? { type: 'MESOS' });
    const expected = {
      cut: 'cannot be fetched',
      rubbish: 'cannot be fetched',
      foreign: 's390x',
      none: "'none:latest.tar'",
    };
    for (const [name, why] of Object.entries({ ...expected, '../box': 'cannot be the name' })) {
      for (const [type, asked] of Object.entries(image(name)))
        run(`${type} ${name.replace('../', '')}-`, 'true', asked);
      for (const type of ['MESOS', 'DOCKER']) {
        const id = `${type} ${name.replace('../', '')}-`;
        await until(`${id} has ended`, hasEnded(id));
        expect(last(id)).toMatchObject({ state: 'TASK_FAILED', reason: 'REASON_CONTAINER_LAUNCH_FAILED' });
        expect(last(id)?.message).toContain(why);
      }
    }
    await until('the other one runs', () => last('runs')?.state === 'TASK_RUNNING');
    expect(provisioned()).toHaveLength(1);
    expect(readdirSync(`${directory}/work/store/docker/rootfs`)).toHaveLength(1);
    expect(readdirSync(`${directory}/work/store/docker/staging`)).toEqual([]);
  });

  test('from a registry that does not answer can be killed, and fails by itself', async () => {
    const silent = await SilentRegistry.start();
    registry = silent;
    await start(silent.url);
    const box = image('box').MESOS ?? { type: 'MESOS' };
    run('killed', 'true', box);
    await until('the registry is asked', () => silent.waiting === 1);
    master.kill(FRAMEWORK, 'killed');
    await until('it is killed', hasEnded('killed'));
    expect(last('killed')?.state).toBe('TASK_KILLED');
    await until('the registry is left alone', () => silent.waiting === 0);
    run('failed', 'true', box);
    await until('it has failed', hasEnded('failed'));
    expect(last('failed')).toMatchObject({ state: 'TASK_FAILED', reason: 'REASON_CONTAINER_LAUNCH_FAILED' });
    expect(last('failed')?.message).toContain('nothing came for 1 seconds');
    expect(readdirSync(`${directory}/work/store/docker/staging`)).toEqual([]);
  });
});
