// A real agent process whose tasks are in networks of their own: what the framework hears, what checks see, and what is
// left when the agent is killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ContainerInfo, ExecutorInfo, TaskInfo } from '../../src/mesos/generated/v1.ts';
import { Resources } from '../../src/mesos/resources.ts';
import { createRealWorld } from '../../src/world/real/index.ts';
import { FakeMaster } from '../daemon/agent/support/fake-master.ts';
import { FRAMEWORK, task as someTask } from '../daemon/agent/support/scene.ts';
import { freePortBlock } from '../ports.ts';
import { makeImage, missingForImages } from './image-fixture.ts';
import { ownSubnet, PLUGINS, serve, status, traces, whyNoNetworks } from './network-fixture.ts';

const PROGRAM = fileURLToPath(new URL('./agent-program.ts', import.meta.url));
const AGENT = '127.0.0.10';
/** A hundred from here on are the agent's. */
const { first: PORT } = await freePortBlock();
const world = createRealWorld({ log: { level: 'error' } });
const why = whyNoNetworks();
if (why !== undefined) console.log(`SKIPPED: tasks in networks of their own, because ${why}`);
const missing = missingForImages();
if (missing.length > 0) console.log(`SKIPPED: Docker's network modes, because ${missing.join(', ')} is missing`);

let master: FakeMaster;
let directory: string;
let own: Awaited<ReturnType<typeof ownSubnet>>;
let agent: ChildProcess | undefined;

async function start(...more: string[]): Promise<void> {
  const subscriptions = master.subscriptions.length;
  const flags = [
    `--master=127.0.0.1:${master.port}`,
    `--work_dir=${directory}/work`,
    `--runtime_dir=${directory}`,
    `--ip=${AGENT}`,
    '--port=0',
    '--hostname=agent',
    '--advertise_port=5051',
    '--registration_backoff_factor=50ms',
    `--resources=cpus:100;mem:10000;disk:1000;ports:[${PORT}-${PORT + 99}]`,
    '--containerizers=docker,mesos',
    '--image_providers=docker',
    '--isolation=cgroups/cpu,cgroups/mem,network/cni',
    `--docker_registry=${directory}/images`,
    `--cgroups_root=mctl-test-${directory.slice(-6)}`,
    `--bridge_network_subnet=${own.text}`,
    ...more,
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

const resources = (port: number) =>
  Resources.parse(`cpus:0.1;mem:64;disk:10;ports:[${port}-${port}]`).allocatedTo('*').toMessages();
const bridged = (host_port: number, container_port: number): ContainerInfo => ({
  type: 'MESOS',
  network_infos: [{ name: 'mesos-bridge', ip_addresses: [{}], port_mappings: [{ host_port, container_port }] }],
});
const task = (id: string, value: string, port: number, more: Partial<TaskInfo> = {}): TaskInfo =>
  someTask(id, { command: { value }, resources: resources(port), ...more });
const framework = { ...FRAMEWORK, user: world.host.currentUser };
const run = (...told: Parameters<typeof task>): void => master.run(framework, task(...told));
const last = (id: string) => master.updates(id).at(-1);
const isIn = (id: string, state: string) => () => last(id)?.state === state;
const addressOf = (id: string) => last(id)?.container_status?.network_infos?.[0]?.ip_addresses?.[0]?.ip_address ?? '';

describe.skipIf(why !== undefined)('a task in a network of its own', () => {
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'mctl-agent-'));
    own = await ownSubnet();
    master = await FakeMaster.start(world, '127.0.0.1', 0);
  });
  afterEach(async () => {
    await end('SIGUSR1');
    const left = () => traces(own, directory);
    await until('nothing is left', () => left().length === 0).catch(() => undefined);
    expect(left()).toEqual([]);
    rmSync(directory, { recursive: true, force: true });
  });

  test('is reported with its address, and looked at from inside', async () => {
    await start();
    const times = { delay_seconds: 0, interval_seconds: 0.1, timeout_seconds: 5 };
    const inside = serve(8080).replace('0.0.0.0', '127.0.0.1');
    const container = bridged(PORT, 8080);
    run('http', inside, PORT, { container, health_check: { type: 'HTTP', http: { port: 8080 }, ...times } });
    run('tcp', inside, PORT + 1, {
      container: bridged(PORT + 1, 8080),
      check: { type: 'TCP', tcp: { port: 8080 }, ...times },
    });
    await until('it is healthy', () => last('http')?.healthy === true);
    await until('it is connected to', () => last('tcp')?.check_status?.tcp?.succeeded === true);
    expect(last('http')?.container_status?.network_infos).toEqual([
      {
        name: 'mesos-bridge',
        port_mappings: [{ host_port: PORT, container_port: 8080 }],
        ip_addresses: [{ protocol: 'IPv4', ip_address: addressOf('http') }],
      },
    ]);
    expect(addressOf('http').startsWith(own.prefix)).toBe(true);
    master.kill(framework, 'http');
    await until('it is killed', isIn('http', 'TASK_KILLED'));
  });

  test('goes on when its agent is killed, and is looked after by the next one', async () => {
    await start();
    run('web', serve(80), PORT + 2, { container: bridged(PORT + 2, 80) });
    run('other', 'sleep 1000', PORT + 3, { container: bridged(PORT + 3, 80) });
    for (const id of ['web', 'other']) await until(`${id} runs`, isIn(id, 'TASK_RUNNING'));
    await expect.poll(() => status(`http://${AGENT}:${PORT + 2}/`), { timeout: 30_000 }).toBe(200);
    await end('SIGKILL');
    expect(status(`http://${AGENT}:${PORT + 2}/`)).toBe(200);
    await start();
    expect(status(`http://${AGENT}:${PORT + 2}/`)).toBe(200);
    master.kill(framework, 'other');
    await until('it is killed', isIn('other', 'TASK_KILLED'));
    expect(status(`http://${AGENT}:${PORT + 2}/`)).toBe(200);
    expect(addressOf('other').startsWith(own.prefix)).toBe(true);
    master.kill(framework, 'web');
    await until('it is killed', isIn('web', 'TASK_KILLED'));
  });

  test('that was joining when its agent was killed is undone by the next one, when the plugin is done', async () => {
    mkdirSync(`${directory}/cni`);
    const config = { cniVersion: '0.4.0', name: 'mesos-bridge', plugins: [{ type: 'slow' }] };
    writeFileSync(`${directory}/cni/net.conflist`, JSON.stringify(config));
    const script = `#!/bin/sh
      cat >/dev/null; echo $CNI_COMMAND >>${directory}/log
      [ $CNI_COMMAND = DEL ] || while [ ! -e ${directory}/goon ]; do sleep 0.05; done
      echo "$CNI_COMMAND done" >>${directory}/log; echo '{"ips": []}'`;
    writeFileSync(`${directory}/cni/slow`, script);
    chmodSync(`${directory}/cni/slow`, 0o755);
    const flags = [`--network_cni_config_dir=${directory}/cni`, `--network_cni_plugins_dir=${directory}/cni`];
    await start(...flags);
    run('web', 'sleep 1000', PORT + 4, { container: bridged(PORT + 4, 80) });
    await until('it joins', () => existsSync(`${directory}/log`));
    await end('SIGKILL');
    const later = start(...flags);
    await world.clock.sleep(300);
    writeFileSync(`${directory}/goon`, '');
    await later;
    await until('it is over', () => /LOST|DROPPED|FAILED/.test(last('web')?.state ?? ''));
    const { stdout } = await world.processes.run({ argv: ['cat', `${directory}/log`] });
    expect(stdout).toBe('ADD\nADD done\nDEL\nDEL done\n');
  });

  test('fails in plain words when it cannot have it, and the agent goes on', async () => {
    await start(`--network_cni_plugins_dir=${PLUGINS}:/nowhere`);
    run('unknown', 'true', PORT + 5, { container: { type: 'MESOS', network_infos: [{ name: 'nobody-knows' }] } });
    run('foreign', 'true', PORT + 6, { container: bridged(PORT + 7, 80) });
    for (const id of ['unknown', 'foreign']) await until(`${id} failed`, isIn(id, 'TASK_FAILED'));
    expect(last('unknown')).toMatchObject({ reason: 'REASON_CONTAINER_LAUNCH_FAILED' });
    expect(last('unknown')?.message).toContain(
      "there is no network 'nobody-knows' on this agent (it has mesos-bridge)",
    );
    expect(last('foreign')?.message).toContain(`the host port ${PORT + 7} is not within the ports of its resources`);
    run('good', 'true', PORT + 8, { container: bridged(PORT + 8, 80) });
    await until('the next one is done', isIn('good', 'TASK_FINISHED'));
  });

  test('of a group shares it with the others: they meet at localhost, and are reached together', async () => {
    await start();
    const executor: ExecutorInfo = {
      executor_id: { value: 'pod' },
      framework_id: { value: framework.id?.value ?? '' },
      type: 'DEFAULT',
      container: bridged(PORT + 9, 8080),
      resources: Resources.parse('cpus:0.1;mem:32;disk:10').allocatedTo('*').toMessages(),
    };
    const client = 'until curl -sf -o /dev/null http://localhost:8080/; do sleep 0.1; done; echo $MESOS_CONTAINER_IP';
    master.runGroup(framework, executor, [
      { ...task('server', serve(8080), PORT + 9), executor },
      { ...task('client', `${client}; sleep 1000`, PORT + 10), executor },
    ]);
    for (const id of ['server', 'client']) await until(`${id} runs`, isIn(id, 'TASK_RUNNING'));
    expect(addressOf('client')).toBe(addressOf('server'));
    expect(addressOf('client').startsWith(own.prefix)).toBe(true);
    await expect.poll(() => status(`http://${AGENT}:${PORT + 9}/`), { timeout: 30_000 }).toBe(200);
    master.kill(framework, 'client');
    await until('both are killed', () => ['server', 'client'].every((id) => last(id)?.state === 'TASK_KILLED'));
  });

  test.skipIf(missing.length > 0)('of the type DOCKER has the modes of Docker', { timeout: 120_000 }, async () => {
    mkdirSync(`${directory}/images`);
    await makeImage(`${directory}/images`, 'box');
    await start();
    const docker = (network: 'BRIDGE' | 'NONE' | 'HOST', more = {}): ContainerInfo => ({
      type: 'DOCKER',
      docker: { image: 'box', network, ...more },
    });
    const tell = 'cat /etc/hosts /proc/net/dev; sleep 1000';
    run('bridge', tell, PORT + 11, {
      container: docker('BRIDGE', { port_mappings: [{ host_port: PORT + 11, container_port: 80 }] }),
    });
    run('none', 'test "$(grep -c : /proc/net/dev)" = 1', PORT + 12, { container: docker('NONE') });
    run('host', 'sleep 1000', PORT + 13, { container: docker('HOST') });
    for (const id of ['bridge', 'host']) await until(`${id} runs`, isIn(id, 'TASK_RUNNING'));
    await until('none is done', isIn('none', 'TASK_FINISHED'));
    expect(addressOf('bridge').startsWith(own.prefix)).toBe(true);
    expect(addressOf('host')).toBe(AGENT);
    for (const id of ['bridge', 'host']) master.kill(framework, id);
    for (const id of ['bridge', 'host']) await until(`${id} is killed`, isIn(id, 'TASK_KILLED'));
  });
});
