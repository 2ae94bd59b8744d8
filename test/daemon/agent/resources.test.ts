// Operations on an agent's resources: reservations, and volumes whose data outlives everything (mesos-semantics.md 4).
import { describe, expect, test } from 'vitest';
import type { Offer_Operation, Operation, Resource } from '../../../src/mesos/generated/v1.ts';
import { Resources } from '../../../src/mesos/resources.ts';
import type { Disk } from '../../../src/world/disk.ts';
import { EXECUTOR, FakeExecutor, hosted } from './support/fake-executor.ts';
import { AWARE, FRAMEWORK, Scene, task } from './support/scene.ts';

const reserved = (name: string, value: number, role = 'eng'): Resource => ({
  name,
  type: 'SCALAR',
  scalar: { value },
  reservations: [{ type: 'DYNAMIC', role }],
});
const volume = (value: number, id = 'v1', more: Partial<Resource> = {}): Resource => ({
  ...reserved('disk', value),
  disk: { persistence: { id }, volume: { container_path: 'data', mode: 'RW' } },
  ...more,
});
const reserve = (...resources: Resource[]): Offer_Operation => ({ type: 'RESERVE', reserve: { resources } });
const create = (...volumes: Resource[]): Offer_Operation => ({ type: 'CREATE', create: { volumes } });
const destroy = (...volumes: Resource[]): Offer_Operation => ({ type: 'DESTROY', destroy: { volumes } });

const RECORD = '/var/lib/mesos/agent/meta/resources/resources_and_operations.json';
const VOLUME = '/var/lib/mesos/agent/volumes/roles/eng/v1';

const onDisk = <T>(scene: Scene, act: (disk: Disk) => Promise<T>): Promise<T> =>
  scene.simulation.settle(act(scene.agent.world.disk));

let uuids = 0;

/** The master sends it, as it would be sent. */
function apply(scene: Scene, info: Offer_Operation, id?: string): Operation {
  uuids += 1;
  const operation: Operation = {
    framework_id: { value: 'M-0000' },
    agent_id: { value: 'M-S0' },
    info: id === undefined ? info : { ...info, id: { value: id } },
    latest_status: { state: 'OPERATION_PENDING' },
    uuid: { value: Buffer.from(String(uuids).padStart(16)).toString('base64') },
  };
  scene.master.send({ type: 'APPLY_OPERATION', apply_operation: { operation } });
  return operation;
}

const told = (scene: Scene): Operation[] =>
  scene.master.calls.flatMap(({ update_operation }) => update_operation?.operation ?? []);

async function untilTold(scene: Scene, count: number): Promise<Operation[]> {
  await scene.until(() => told(scene).length >= count, 5_000);
  return told(scene);
}

const total = (scene: Scene): string => Resources.of(scene.master.subscriptions.at(-1)?.total_resources).format();

const MADE =
  'cpus:3; mem:2048; disk:3996; ports:[31000-31999]; cpus(reservations: [(DYNAMIC,eng)]):1; disk(reservations: [(DYNAMIC,eng)]):36; disk(reservations: [(DYNAMIC,eng)])[v1:data]:64';

async function withVolume(scene: Scene): Promise<void> {
  apply(scene, reserve(reserved('cpus', 1), reserved('disk', 100)));
  apply(scene, create(volume(64)));
  await untilTold(scene, 2);
}

describe('an operation', () => {
  test('is carried out, durable, told once, and outlives the agent process', async () => {
    const scene = await Scene.set();
    await withVolume(scene);
    expect(told(scene).map(({ latest_status }) => [latest_status.state, latest_status.uuid])).toEqual([
      ['OPERATION_FINISHED', undefined],
      ['OPERATION_FINISHED', undefined],
    ]);
    expect((await onDisk(scene, (disk) => disk.stat(VOLUME)))?.kind).toBe('directory');
    const shown = JSON.parse((await scene.get('/state')).text);
    expect(shown.reserved_resources.eng).toMatchObject({ cpus: 1, disk: 100 });
    expect(shown.reserved_resources_full.eng).toHaveLength(3);
    await scene.restart();
    await scene.until(() => scene.agent.value?.state === 'RUNNING');
    expect(total(scene)).toBe(MADE);
  });

  test('that cannot be carried out is told as failed, and then what there really is', async () => {
    const scene = await Scene.set();
    apply(scene, reserve(reserved('cpus', 9)), 'a');
    const [failed] = await untilTold(scene, 1);
    expect(failed?.latest_status).toMatchObject({ state: 'OPERATION_FAILED', operation_id: { value: 'a' } });
    await scene.pass(100);
    const told = scene.master.calls.flatMap(({ update_agent }) => update_agent ?? []);
    expect(Resources.of(told[0]?.total_resources).format()).toBe('cpus:4; mem:2048; disk:4096; ports:[31000-31999]');
  });

  test('with feedback is told until that is acknowledged, also by the agent after one that was killed', async () => {
    const scene = await Scene.set();
    const operation = apply(scene, reserve(reserved('cpus', 1)), 'a');
    await scene.pass(31_000);
    expect(told(scene)).toHaveLength(3);
    const status_uuid = told(scene)[0]?.latest_status.uuid ?? { value: '' };
    expect(told(scene).map(({ latest_status }) => latest_status.uuid)).toEqual(Array(3).fill(status_uuid));
    await scene.restart();
    await untilTold(scene, 4);
    expect(scene.master.subscriptions.at(-1)?.operations?.map(({ uuid }) => uuid)).toEqual([operation.uuid]);
    const acknowledge_operation = { operation_uuid: operation.uuid, status_uuid };
    scene.master.send({ type: 'ACKNOWLEDGE_OPERATION', acknowledge_operation });
    await scene.pass(60_000);
    await scene.restart();
    await scene.until(() => scene.agent.value?.state === 'RUNNING');
    await scene.pass(15_000);
    expect(told(scene)).toHaveLength(4);
  });

  test('that never came is told as dropped until that is acknowledged', async () => {
    const scene = await Scene.set();
    const operation = apply(scene, reserve(reserved('cpus', 1)), 'a');
    await untilTold(scene, 1);
    const lost = { ...operation, uuid: { value: Buffer.from('lost'.padStart(16)).toString('base64') } };
    scene.master.subscribed = { dropped_operations: [lost, operation] };
    scene.master.hangUp();
    await untilTold(scene, 3);
    await scene.pass(1_000);
    const states = told(scene).map(
      ({ uuid, latest_status }) => `${uuid.value === lost.uuid.value} ${latest_status.state}`,
    );
    expect(new Set(states)).toEqual(new Set(['false OPERATION_FINISHED', 'true OPERATION_DROPPED']));
  });

  test('is remembered when it is carried out, and not with another that came before it', async () => {
    const scene = await Scene.set();
    apply(scene, reserve(reserved('cpus', 1), reserved('disk', 100)));
    apply(scene, create(volume(64)));
    apply(scene, reserve(reserved('cpus', 1)));
    const { tree } = scene.simulation.host('agent').disk;
    let looks = 0;
    await scene.until(() => {
      if (tree.stat(RECORD) !== undefined) {
        const file = tree.file(RECORD);
        const isRemembered = new TextDecoder().decode(file.read(0, file.size)).includes('persistence');
        // An agent that is killed now tells the master of what is remembered.
        expect(isRemembered && tree.stat(VOLUME) === undefined).toBe(false);
        looks += 1;
      }
      return told(scene).length === 3;
    }, 5_000);
    expect(looks).toBeGreaterThan(1);
    await scene.restart();
    await scene.until(() => scene.agent.value?.state === 'RUNNING');
    expect(total(scene)).toContain('cpus(reservations: [(DYNAMIC,eng)]):2; ');
    expect(total(scene)).toContain('[v1:data]:64');
  });

  test('that destroys a volume takes its data, also when the agent was killed before it was through', async () => {
    const scene = await Scene.set();
    await withVolume(scene);
    await onDisk(scene, (disk) => disk.writeAtomic(`${VOLUME}/kept`, 'x'));
    apply(scene, destroy(volume(64)));
    await untilTold(scene, 3);
    expect(await onDisk(scene, (disk) => disk.stat(VOLUME))).toBeUndefined();
    apply(scene, create(volume(64)));
    await untilTold(scene, 4);
    await onDisk(scene, (disk) => disk.writeAtomic(`${VOLUME}/kept`, 'x'));
    // What was remembered before the data went.
    const { resources, ...rest } = JSON.parse(await onDisk(scene, (disk) => disk.readText(RECORD)));
    await onDisk(scene, (disk) =>
      disk.writeAtomic(RECORD, JSON.stringify({ ...rest, resources: [], removing: [VOLUME] })),
    );
    expect(resources).not.toEqual([]);
    await scene.restart();
    await scene.until(() => scene.agent.value?.state === 'RUNNING');
    expect(await onDisk(scene, (disk) => disk.stat(VOLUME))).toBeUndefined();
  });
});

describe('volumes', () => {
  test('are there for the next agent of another id, which tells of them', async () => {
    const scene = await Scene.set();
    await withVolume(scene);
    await onDisk(scene, (disk) => disk.writeAtomic(`${VOLUME}/kept`, 'x'));
    await onDisk(scene, (disk) => disk.remove('/var/lib/mesos/agent/meta/slaves/latest'));
    await scene.restart();
    await scene.until(() => scene.master.subscriptions.length > 1);
    expect(scene.master.subscriptions.at(-1)?.agent_info.id).toBeUndefined();
    expect(total(scene)).toBe(MADE);
    expect(await onDisk(scene, (disk) => disk.readText(`${VOLUME}/kept`))).toBe('x');
  });

  test('keep an agent from starting with less than they were made of', async () => {
    const scene = await Scene.set();
    await withVolume(scene);
    await onDisk(scene, (disk) => disk.remove('/var/lib/mesos/agent/meta/slaves/latest'));
    scene.flags = ['--resources=cpus:4;mem:2048;disk:50;ports:[31000-31999]'];
    await scene.restart();
    expect(scene.agent.state).toBe('failed');
    expect(String(scene.agent.outcome)).toContain('disk:64 is missing: start it with as much');
  });

  test('of PATH and MOUNT disks are below the roots of those', async () => {
    const disk = (type: 'PATH' | 'MOUNT', root: string, size: number) => ({
      name: 'disk',
      type: 'SCALAR',
      scalar: { value: size },
      disk: { source: { type, [type.toLowerCase()]: { root } } },
    });
    const json = [
      { name: 'cpus', type: 'SCALAR', scalar: { value: 1 } },
      disk('PATH', '/mnt/path', 100),
      disk('MOUNT', '/mnt/mount', 200),
    ];
    const scene = await Scene.set({ flags: [`--resources=${JSON.stringify(json)}`] });
    const on = (type: 'PATH' | 'MOUNT', size: number, id: string): Resource => {
      const source = { type, [type.toLowerCase()]: { root: `/mnt/${type.toLowerCase()}` } };
      return volume(size, id, { disk: { ...volume(size, id).disk, source } });
    };
    const plain = ({ disk: whole, ...rest }: Resource): Resource => ({
      ...rest,
      disk: { source: whole?.source ?? { type: 'RAW' } },
    });
    const [path, mount] = [on('PATH', 40, 'p'), on('MOUNT', 200, 'm')];
    apply(scene, reserve(plain(path), plain(mount)));
    apply(scene, create(path, mount));
    await untilTold(scene, 2);
    expect((await onDisk(scene, (disk) => disk.stat('/mnt/path/volumes/roles/eng/p')))?.kind).toBe('directory');
    await onDisk(scene, (disk) => disk.writeAtomic('/mnt/mount/kept', 'x'));
    apply(scene, destroy(mount));
    await untilTold(scene, 3);
    expect(await onDisk(scene, (disk) => disk.list('/mnt/mount'))).toEqual([]);
  });
});

describe('a custom executor', () => {
  test('is launched with the volumes of its first tasks, and later ones find theirs in its sandbox', async () => {
    const scene = await Scene.set();
    apply(scene, reserve(reserved('cpus', 1), reserved('disk', 100)));
    apply(scene, create(volume(64), volume(10, 'v2')));
    const { resources: _none, ...executor } = EXECUTOR;
    const uses = (taskId: string, ...resources: Resource[]) => ({
      ...hosted(taskId, executor),
      resources: resources.map((one) => ({ ...one, allocation_info: { role: 'eng' } })),
    });
    scene.master.run(FRAMEWORK, uses('t1', reserved('cpus', 0.1), volume(64)));
    await scene.until(() => scene.machine.containers.size === 1);
    const [container] = scene.machine.containers.values();
    expect(container?.config.persistentVolumes).toMatchObject([{ source: VOLUME, containerPath: 'data' }]);
    const program = new FakeExecutor(scene);
    await program.subscribe();
    const elsewhere = { persistence: { id: 'v2' }, volume: { container_path: 'more/data', mode: 'RW' as const } };
    scene.master.run(FRAMEWORK, uses('t2', reserved('cpus', 0.1), { ...volume(10, 'v2'), disk: elsewhere }));
    await scene.until(() => program.events.some(({ launch }) => launch?.task.task_id.value === 't2'));
    const place = `${container?.config.sandbox}/more/data`;
    expect(await onDisk(scene, (disk) => disk.readLink(place))).toBe('/var/lib/mesos/agent/volumes/roles/eng/v2');
  });
});

test('a task of a group reaches the volume of its executor through the sandbox of that one', async () => {
  const scene = await Scene.set();
  apply(scene, reserve(reserved('cpus', 1), reserved('disk', 100)));
  apply(scene, create(volume(64)));
  const held = { ...volume(64), allocation_info: { role: 'eng' } };
  const inParent = (path: string, container_path: string) => ({
    mode: 'RW' as const,
    container_path,
    source: { type: 'SANDBOX_PATH' as const, sandbox_path: { type: 'PARENT' as const, path } },
  });
  const executor = { ...EXECUTOR, type: 'DEFAULT' as const, resources: [...(EXECUTOR.resources ?? []), held] };
  const { command: _none, ...group } = executor;
  const volumes = [inParent('./data/', 'mine'), inParent('other', 'other')];
  scene.master.runGroup(FRAMEWORK, group, [task('g1', { container: { type: 'MESOS', volumes } })]);
  await scene.untilState('g1', 'TASK_RUNNING');
  const [outer, nested] = [...scene.machine.containers.values()].map(({ config }) => config);
  expect(outer?.persistentVolumes).toMatchObject([{ source: VOLUME, containerPath: 'data' }]);
  expect(nested?.persistentVolumes).toMatchObject([{ source: VOLUME, containerPath: 'mine' }]);
  expect(nested?.info?.volumes).toEqual([inParent('other', 'other')]);
});

describe('a task', () => {
  const using = (...resources: Resource[]) => ({
    resources: resources.map((one) => ({ ...one, allocation_info: { role: 'eng' } })),
  });

  test('that comes with the operations for its volume waits for them and is launched with it', async () => {
    const scene = await Scene.set();
    apply(scene, reserve(reserved('cpus', 1), reserved('disk', 100)));
    apply(scene, create(volume(64)));
    scene.master.run(FRAMEWORK, task('t1', using(reserved('cpus', 1), volume(64))));
    await scene.untilState('t1', 'TASK_RUNNING');
    expect(scene.machine.of('t1').config.persistentVolumes).toEqual([
      { source: VOLUME, containerPath: 'data', isReadOnly: false, isShared: false },
    ]);
  });

  test('on what this agent never made is dropped with the reason', async () => {
    const scene = await Scene.set();
    scene.master.run(AWARE, task('t1', using(reserved('cpus', 1))));
    scene.master.run(FRAMEWORK, task('t2', using(volume(64))));
    await scene.untilState('t1', 'TASK_DROPPED');
    await scene.untilState('t2', 'TASK_LOST');
    expect(scene.master.updates('t1')[0]).toMatchObject({
      reason: 'REASON_RESOURCES_UNKNOWN',
      source: 'SOURCE_AGENT',
      message: 'The checkpointed resources being used by the task are unknown to the agent',
    });
  });
});
