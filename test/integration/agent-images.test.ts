// A real agent process that runs tasks with images: what the framework hears is what it hears of any other task.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
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

const PROGRAM = fileURLToPath(new URL('./agent-program.ts', import.meta.url));
const world = createRealWorld({ log: { level: 'error' } });
const user = world.host.currentUser;
const missing = missingForImages();
const canRun = world.host.isRoot && missing.length === 0;
if (!canRun) console.log(`SKIPPED: tasks with images: they need root, and ${missing.join(', ') || 'nothing else'}`);

let master: FakeMaster;
let directory: string;
let agent: ChildProcess | undefined;

async function start(): Promise<void> {
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
    `--docker_registry=${directory}/images`,
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

async function until(what: string, isSo: () => boolean, limitMs = 40_000): Promise<void> {
  const deadlineMs = world.clock.monotonicMs() + limitMs;
  while (!isSo()) {
    if (world.clock.monotonicMs() > deadlineMs) throw new Error(`not within ${limitMs} ms: ${what}`);
    await world.clock.sleep(20);
  }
}

const MESOS: ContainerInfo = { type: 'MESOS', mesos: { image: { type: 'DOCKER', docker: { name: 'box' } } } };
const DOCKER: ContainerInfo = { type: 'DOCKER', docker: { image: 'box' } };
const resources = Resources.parse('cpus:0.5;mem:48').allocatedTo('*').toMessages();
const run = (id: string, value: string, container: ContainerInfo, more: Partial<TaskInfo> = {}): void =>
  master.run({ ...FRAMEWORK, user }, someTask(id, { command: { value }, container, resources, ...more }));
const last = (id: string) => master.updates(id).at(-1);
const hasEnded = (id: string) => () => /FINISHED|FAILED|KILLED/.test(last(id)?.state ?? '');

describe.skipIf(!canRun)('a task with an image', () => {
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'mctl-agent-'));
    mkdirSync(`${directory}/images`);
    await makeImage(`${directory}/images`, 'box', { config: { Cmd: ['true'] } });
    master = await FakeMaster.start(world, '127.0.0.1', 0);
    await start();
  });
  afterEach(async () => {
    await end('SIGUSR1');
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(directory);
    rmSync(directory, { recursive: true, force: true });
  });

  test.each([
    ['MESOS', MESOS],
    ['DOCKER', DOCKER],
  ])(
    'of the type %s is told of as a plain one: its end, its kill, out of memory',
    { timeout: 120_000 },
    async (_, box) => {
      run('good', 'test ! -e /usr && cat /etc/passwd', box);
      run('bad', 'exit 7', box);
      run('signal', 'kill -TERM $$', box);
      run('hog', 'dd if=/dev/zero of=/dev/shm/big bs=1M count=400; sleep 5', box);
      run('long', 'sleep 1000', box);
      run('default', '', box, { command: { shell: false } });
      run('none', 'true', {
        ...box,
        ...(box.docker ? { docker: { image: 'no' } } : {}),
        mesos: { image: { type: 'DOCKER', docker: { name: 'no' } } },
      });
      for (const id of ['good', 'bad', 'signal', 'hog', 'default', 'none'])
        await until(`${id} has ended`, hasEnded(id));
      expect(last('good')).toMatchObject({ state: 'TASK_FINISHED', message: 'Command exited with status 0' });
      expect(last('default')?.state).toBe('TASK_FINISHED');
      expect(last('bad')).toMatchObject({ state: 'TASK_FAILED', message: 'Command exited with status 7' });
      expect(last('signal')).toMatchObject({
        state: 'TASK_FAILED',
        message: 'Command terminated with signal Terminated',
      });
      expect(last('none')).toMatchObject({ state: 'TASK_FAILED', reason: 'REASON_CONTAINER_LAUNCH_FAILED' });
      expect(last('none')?.message).toContain("'no:latest.tar'");
      expect(last('hog')).toMatchObject({ state: 'TASK_FAILED', reason: 'REASON_CONTAINER_LIMITATION_MEMORY' });
      await until('long runs', () => master.states('long').includes('TASK_RUNNING'));
      await end('SIGKILL');
      await start();
      master.kill(FRAMEWORK, 'long');
      await until('long is killed', hasEnded('long'));
      expect(last('long')).toMatchObject({ state: 'TASK_KILLED' });
      await until(
        'nothing is left of them',
        () => readdirSync(`${directory}/work/provisioner/containers`).length === 0,
      );
    },
  );
});
