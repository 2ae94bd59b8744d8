// `mctl agent reserve|unreserve` and `mctl volume` against a real master: what is typed, what becomes of it, how it reads.
import { describe, expect, it } from 'vitest';
import { pick } from '../../../src/cli/ids.ts';
import { renderView } from '../../../src/cli/output/render.ts';
import { PLAIN } from '../../../src/cli/output/style.ts';
import type { View } from '../../../src/cli/output/view.ts';
import { changeResources } from '../../../src/cli/reservations/change.ts';
import { volumesOf } from '../../../src/cli/reservations/reserved.ts';
import { parseTyped } from '../../../src/cli/reservations/typed.ts';
import { reservationsView, volumeListView } from '../../../src/cli/reservations/views.ts';
import {
  checkNewVolume,
  checkUnused,
  ofDisk,
  toCreate,
  toReserve,
  toUnreserve,
  withoutOldFormat,
} from '../../../src/cli/reservations/wishes.ts';
import { agentView } from '../../../src/cli/views/agents.ts';
import { type AgentEntry, type ClusterPicture, clusterPicture } from '../../../src/cli/views/cluster-picture.ts';
import { MasterClient } from '../../../src/client/operator.ts';
import type { Call } from '../../../src/mesos/generated/master.ts';
import { encodeRecord } from '../../../src/mesos/recordio.ts';
import type { FakeAgent } from '../../daemon/master/support/fake-agent.ts';
import { task } from '../../daemon/master/support/fake-framework.ts';
import { Rig } from '../../daemon/master/support/rig.ts';

interface Scene {
  readonly rig: Rig;
  readonly master: MasterClient;
  readonly agent: FakeAgent;
  /** What was waited for. */
  readonly told: readonly string[];
  picture(): Promise<ClusterPicture>;
  entry(): Promise<AgentEntry>;
  change(call: Call, options?: { detach?: boolean; timeoutMs?: number }): Promise<void>;
}

async function scene(resources = 'cpus(ops):1;cpus:7;mem:4096;disk:1000'): Promise<Scene> {
  const rig = await Rig.start();
  const { world } = await rig.world();
  const master = new MasterClient({ net: world.net, addresses: [rig.masterUrl], timeoutMs: 5_000 });
  const agent = await rig.registered(resources);
  const picture = () => rig.settle(clusterPicture(master));
  const told: string[] = [];
  return {
    rig,
    told,
    master,
    agent,
    picture,
    entry: async () => {
      const [entry] = (await picture()).agents;
      if (entry === undefined) throw new Error('no agent');
      return entry;
    },
    change: (call, { detach = true, timeoutMs } = {}) => {
      const options = {
        master,
        clock: world.clock,
        agentId: agent.id,
        detach,
        timeoutMs,
        progress: (text: string) => void told.push(text),
      };
      return rig.settle(changeResources(options, call));
    },
  };
}

const shown = async (view: View): Promise<string[]> =>
  (await renderView(view, 'table', PLAIN, 0)).split('\n').map((line) => line.replace(/ +/g, ' ').trim());

const reserver = (role: string, refines = false) => ({ role, principal: undefined, refines });

async function reserve({ entry, change, agent }: Scene, role: string, amounts: string, refines = false): Promise<void> {
  const resources = toReserve(await entry(), parseTyped('resources', amounts), reserver(role, refines));
  await change({ type: 'RESERVE_RESOURCES', reserve_resources: { agent_id: { value: agent.id }, resources } });
}

async function create(all: Scene, role: string, id: string, megabytes: number, isShared = false): Promise<void> {
  const { entry, change, agent } = all;
  const volume = toCreate(await entry(), { id, role, megabytes, containerPath: 'data', isShared });
  await change({ type: 'CREATE_VOLUMES', create_volumes: { agent_id: { value: agent.id }, volumes: [volume] } });
}

describe('mctl agent reserve and unreserve', () => {
  it('reserve for a role, refine that, and give back what was reserved, whatever else the reservation says', async () => {
    const all = await scene();
    const { entry, change, agent, picture } = all;
    await reserve(all, 'web', 'cpus:4,mem:1GB,disk:500');
    await reserve(all, 'web/front', 'cpus:1', true);
    await create(all, 'web', 'db-1', 300);
    expect(await shown(reservationsView(await entry()))).toEqual([
      'ROLE KIND RESOURCES IN VOLUMES PRINCIPAL',
      'ops static cpus 1 - -',
      'web dynamic cpus 3, mem 1024 MB, disk 500 MB 300 MB -',
      'web/front dynamic cpus 1 - -',
    ]);
    const lines = await shown(agentView(await entry(), await picture(), 0));
    expect(lines).toEqual(expect.arrayContaining(['Reservations', 'ops static cpus 1 - -']));
    const give = async (amounts: string | undefined, role: string): Promise<void> => {
      const parsed = amounts === undefined ? undefined : parseTyped('resources', amounts);
      const resources = toUnreserve(await entry(), parsed, role);
      await change({ type: 'UNRESERVE_RESOURCES', unreserve_resources: { agent_id: { value: agent.id }, resources } });
    };
    await give('cpus:0.5,disk:100', 'web');
    await give(undefined, 'web/front');
    expect((await shown(reservationsView(await entry()))).slice(2)).toEqual([
      'web dynamic cpus 3.5, mem 1024 MB, disk 400 MB 300 MB -',
    ]);
  });

  it('say what is missing', async () => {
    const all = await scene();
    await reserve(all, 'web', 'cpus:4');
    const entry = await all.entry();
    const amounts = parseTyped('resources', 'cpus:5');
    expect(() => toUnreserve(entry, amounts, 'web')).toThrow(
      expect.objectContaining({
        exitCode: 5,
        message: expect.stringContaining("has not got cpus 5 reserved to 'web'"),
      }),
    );
    expect(() => toReserve(entry, amounts, reserver('web/front', true))).toThrow(
      expect.objectContaining({ exitCode: 5 }),
    );
    expect(() => toUnreserve(entry, undefined, 'ops')).toThrow(expect.objectContaining({ exitCode: 3 }));
    await expect(reserve(all, 'web', 'cpus:9')).rejects.toMatchObject({
      exitCode: 5,
      text: { what: expect.stringContaining('has not got cpus 9 that nobody has reserved'), why: 'There is 3.' },
    });
    await expect(reserve(all, 'web', 'cpus:0')).rejects.toMatchObject({ exitCode: 2 });
    await expect(reserve(all, '*', 'cpus:1')).rejects.toMatchObject({ exitCode: 2 });
    await expect(reserve(all, 'a b', 'cpus:1')).rejects.toMatchObject({ exitCode: 2 });
    await expect(reserve(all, 'web', 'cpu:1')).rejects.toMatchObject({
      exitCode: 5,
      text: { why: "It has cpus, disk, mem. Did you mean 'cpus'?" },
    });
  });

  it('reserve ranges and sets, and give a part of them back', async () => {
    const all = await scene('cpus:4;ports:[31000-31099];disks:{sda,sdb,sdc}');
    const { entry, change, agent } = all;
    await reserve(all, 'web', 'ports:[31000-31010, 31020-31020];disks:{sda,sdb},cpus:1');
    await reserve(all, 'web/front', 'ports:[31001-31002]', true);
    expect((await shown(reservationsView(await entry()))).slice(1)).toEqual([
      'web dynamic cpus 1, ports [31000-31000, 31003-31010, 31020-31020], disks {sda, sdb} - -',
      'web/front dynamic ports [31001-31002] - -',
    ]);
    const back = async (text: string): Promise<void> => {
      const resources = toUnreserve(await entry(), parseTyped('resources', text), 'web');
      await change({ type: 'UNRESERVE_RESOURCES', unreserve_resources: { agent_id: { value: agent.id }, resources } });
    };
    await back('ports:[31003-31008],disks:{sdb}');
    expect(reservationsView(await entry()).data).toMatchObject({
      reservations: [
        { resources: { cpus: 1, ports: '[31000-31000, 31009-31010, 31020-31020]', disks: '{sda}' } },
        { role: 'web/front' },
      ],
    });
    await expect(back('ports:[31009-31011]')).rejects.toMatchObject({
      exitCode: 5,
      text: {
        what: expect.stringContaining("has not got ports [31009-31011] reserved to 'web'"),
        why: 'There is [31000-31000, 31009-31010, 31020-31020].',
      },
    });
    await expect(reserve(all, 'eng', 'ports:[31010-31011]')).rejects.toMatchObject({ exitCode: 5 });
    await expect(reserve(all, 'eng', 'ports:5')).rejects.toMatchObject({
      exitCode: 2,
      text: {
        what: expect.stringContaining("has ranges of ports, and '5' is not."),
        why: 'It has ports:[31003-31008, 31011-31019, 31021-31099].',
      },
    });
  });

  it('say what is unused when tasks have the rest', async () => {
    const all = await scene('cpus:4;mem:1024');
    const framework = await all.rig.subscribed({ roles: ['web'] });
    await framework.launch(framework.offer, task(framework.offer, 't1'));
    await expect(reserve(all, 'web', 'cpus:4')).rejects.toMatchObject({
      exitCode: 4,
      text: {
        what: `Agent ${all.agent.id} has not got cpus:4 that no task uses.`,
        why: expect.stringContaining('Unused: cpus:3; mem:'),
      },
    });
  });

  it('give back from several reservations of the role, of each what it has', async () => {
    const all = await scene('cpus:4;ports:[1-9]');
    for (const [principal, text] of [
      ['ops', 'cpus:1,ports:[1-3]'],
      ['dev', 'cpus:1,ports:[4-6]'],
    ] as const) {
      const resources = toReserve(await all.entry(), parseTyped('resources', text), { ...reserver('web'), principal });
      await all.change({
        type: 'RESERVE_RESOURCES',
        reserve_resources: { agent_id: { value: all.agent.id }, resources },
      });
    }
    const given = toUnreserve(await all.entry(), parseTyped('resources', 'cpus:1.5,ports:[3-5]'), 'web');
    const told = given.map(({ name, scalar, ranges, reservations }) => [
      name,
      scalar?.value ?? ranges?.range,
      reservations?.at(-1)?.principal,
    ]);
    expect(told.filter(([name]) => name === 'cpus').map(([, value]) => value)).toEqual(
      expect.arrayContaining([1, 0.5]),
    );
    expect(told).toEqual(
      expect.arrayContaining([
        ['ports', [{ begin: 3, end: 3 }], 'ops'],
        ['ports', [{ begin: 4, end: 5 }], 'dev'],
      ]),
    );
    expect(told).toHaveLength(4);
  });

  it.each([
    'ports',
    'ports:',
    'ports:[',
    'ports:[9-1]',
    'ports:[x]',
    'ports:[]',
    'cpus:0',
    'cpus:-1',
    'cpus(web):1',
    'cpus:1,cpus:2',
    'disks:{}',
  ])('do not take %j for resources', (given) => {
    expect(() => parseTyped('resources', given)).toThrow(expect.objectContaining({ exitCode: 2 }));
  });

  it('wait until the agent has done it, and not longer than they may', async () => {
    const all = await scene();
    const { agent, change, entry, told } = all;
    const resources = toReserve(await entry(), parseTyped('resources', 'cpus:1'), reserver('web'));
    const call: Call = { type: 'RESERVE_RESOURCES', reserve_resources: { agent_id: { value: agent.id }, resources } };
    await expect(change(call, { detach: false, timeoutMs: 1_000 })).rejects.toMatchObject({ exitCode: 10 });
    expect(told).toEqual([`waiting for agent ${agent.id}`]);
    agent.world.clock.setTimer(2_000, () => {
      for (const { apply_operation } of agent.events.ofType('APPLY_OPERATION')) {
        const operation = apply_operation?.operation;
        if (operation === undefined) continue;
        const done = { ...operation, latest_status: { state: 'OPERATION_FINISHED' } };
        void agent.world.net.request({
          method: 'POST',
          url: `${all.rig.masterUrl}/mctl/agent`,
          headers: { 'content-type': 'application/json', 'mesos-stream-id': agent.streamId },
          body: encodeRecord(JSON.stringify({ type: 'UPDATE_OPERATION', update_operation: { operation: done } })),
        });
      }
    });
    await change(call, { detach: false });
    expect([...all.rig.core.state.operations.all()]).toEqual([]);
  });
});

describe('mctl volume', () => {
  it('reserves nothing for a volume that cannot be', async () => {
    const all = await scene();
    await reserve(all, 'web', 'disk:500');
    await create(all, 'web', 'db-1', 300);
    const volumes = volumesOf(await all.picture());
    const wanted = { agent: await all.entry(), id: 'db-2', role: 'web', megabytes: 100, containerPath: 'data' };
    expect(() => checkNewVolume(volumes, wanted)).not.toThrow();
    expect(() => checkNewVolume(volumes, { ...wanted, id: 'db-1', role: 'eng' })).not.toThrow();
    for (const wrong of [
      { id: 'a/b' },
      { id: '' },
      { role: '*' },
      { role: 'a b' },
      { megabytes: 0 },
      { containerPath: '../data' },
    ]) {
      expect(() => checkNewVolume(volumes, { ...wanted, ...wrong })).toThrow(expect.objectContaining({ exitCode: 2 }));
    }
    expect(() => checkNewVolume(volumes, { ...wanted, id: 'db-1' })).toThrow(expect.objectContaining({ exitCode: 4 }));
  });

  it('lists volumes with the tasks that use them, and destroys the one that is meant', async () => {
    const all = await scene();
    const { rig, agent, change, picture } = all;
    await reserve(all, 'web', 'cpus:1,mem:1GB,disk:500');
    await create(all, 'web', 'db-1', 300);
    await create(all, 'web', 'logs', 100, true);
    const framework = await rig.subscribed({
      roles: ['web'],
      capabilities: [{ type: 'MULTI_ROLE' }, { type: 'RESERVATION_REFINEMENT' }],
    });
    await rig.pass(1_100);
    const { offer } = framework;
    const used = (offer.resources ?? []).filter(({ disk, name }) => disk?.persistence !== undefined || name === 'mem');
    await framework.launch(offer, task(offer, 't1', { resources: used }));
    const volumes = volumesOf(await picture());
    expect(await shown(volumeListView(volumes))).toEqual([
      'ID ROLE SIZE AGENT HOSTNAME USED BY',
      `db-1 web 300 MB ${agent.id} ${agent.address} t1`,
      `logs web 100 MB ${agent.id} ${agent.address} -`,
    ]);
    expect(volumeListView(volumes).data).toMatchObject([
      { id: 'db-1', sizeMb: 300 },
      { id: 'logs', shared: true, tasks: [] },
    ]);
    const [db, logs] = ['db-1', 'web/logs'].map((given) => pick('volume', volumes, given));
    const destroy = (resource = db?.resource): Call => ({
      type: 'DESTROY_VOLUMES',
      destroy_volumes: {
        agent_id: { value: agent.id },
        volumes: resource === undefined ? [] : [withoutOldFormat(resource)],
      },
    });
    await expect(change(destroy())).rejects.toMatchObject({
      said: expect.stringContaining('Persistent volumes in use'),
    });
    const unused = (taskIds: readonly string[]) => () => {
      if (db !== undefined) checkUnused({ ...db, taskIds });
    };
    expect(unused(db?.taskIds ?? [])).toThrow(
      expect.objectContaining({ exitCode: 4, message: expect.stringMatching(/'db-1' of 'web' on .* by task t1\./) }),
    );
    expect(unused(['t1', 't2', 't3', 't4', 't5', 't6'])).toThrow('by tasks t1, t2, t3, t4, t5 and 1 more.');
    expect(unused([])).not.toThrow();
    await change(destroy(logs?.resource));
    expect(volumesOf(await picture()).map(({ persistenceId }) => persistenceId)).toEqual(['db-1']);
  });

  it('are told apart by their agents when they have the same name', async () => {
    const all = await scene();
    const second = await all.rig.registered('cpus:1;disk:1000');
    for (const agentId of [all.agent.id, second.id]) {
      const agent_id = { value: agentId };
      const entry = (await all.picture()).agents.find(({ id }) => id === agentId);
      if (entry === undefined) throw new Error('no agent');
      const resources = toReserve(entry, [ofDisk(100)], reserver('web'));
      await all.change({ type: 'RESERVE_RESOURCES', reserve_resources: { agent_id, resources } });
      const reserved = (await all.picture()).agents.find(({ id }) => id === agentId) ?? entry;
      const volume = toCreate(reserved, { id: 'db', role: 'web', megabytes: 50, containerPath: 'd', isShared: false });
      await all.change({ type: 'CREATE_VOLUMES', create_volumes: { agent_id, volumes: [volume] } });
    }
    const volumes = volumesOf(await all.picture());
    expect(() => pick('volume', volumes, 'db')).toThrow(expect.objectContaining({ exitCode: 2 }));
    expect(pick('volume', volumes, `${second.id}/web/db`).agent.id).toBe(second.id);
  });
});
