// `mctl agent reserve|unreserve` and `mctl volume` against a real master: what is typed, what becomes of it, how it reads.
import { describe, expect, it } from 'vitest';
import { pick } from '../../../src/cli/ids.ts';
import { renderView } from '../../../src/cli/output/render.ts';
import { PLAIN } from '../../../src/cli/output/style.ts';
import type { View } from '../../../src/cli/output/view.ts';
import { changeResources } from '../../../src/cli/reservations/change.ts';
import { volumesOf } from '../../../src/cli/reservations/reserved.ts';
import { reservationsView, volumeListView } from '../../../src/cli/reservations/views.ts';
import {
  checkNewVolume,
  toCreate,
  toReserve,
  toUnreserve,
  withoutOldFormat,
} from '../../../src/cli/reservations/wishes.ts';
import { parseAmounts } from '../../../src/cli/roles/amounts.ts';
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
  return {
    rig,
    master,
    agent,
    picture,
    entry: async () => {
      const [entry] = (await picture()).agents;
      if (entry === undefined) throw new Error('no agent');
      return entry;
    },
    change: (call, { detach = true, timeoutMs } = {}) => {
      const options = { master, clock: world.clock, agentId: agent.id, detach, timeoutMs, progress: () => undefined };
      return rig.settle(changeResources(options, call));
    },
  };
}

const shown = async (view: View): Promise<string[]> =>
  (await renderView(view, 'table', PLAIN, 0)).split('\n').map((line) => line.replace(/ +/g, ' ').trim());

const reserver = (role: string, refines = false) => ({ role, principal: undefined, refines });

async function reserve({ entry, change, agent }: Scene, role: string, amounts: string, refines = false): Promise<void> {
  const resources = toReserve(await entry(), parseAmounts('resources', amounts), reserver(role, refines));
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
      const parsed = amounts === undefined ? undefined : parseAmounts('resources', amounts);
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
    const amounts = parseAmounts('resources', 'cpus:5');
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
    expect(() => toUnreserve(entry, parseAmounts('resources', 'cpus:0'), 'web')).toThrow(
      expect.objectContaining({ exitCode: 2 }),
    );
  });

  it('wait until the agent has done it, and not longer than they may', async () => {
    const all = await scene();
    const { agent, change, entry } = all;
    const resources = toReserve(await entry(), parseAmounts('resources', 'cpus:1'), reserver('web'));
    const call: Call = { type: 'RESERVE_RESOURCES', reserve_resources: { agent_id: { value: agent.id }, resources } };
    await expect(change(call, { detach: false, timeoutMs: 1_000 })).rejects.toMatchObject({ exitCode: 10 });
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
    const wanted = { agent: await all.entry(), id: 'db-2', role: 'web', containerPath: 'data' };
    expect(() => checkNewVolume(volumes, wanted)).not.toThrow();
    expect(() => checkNewVolume(volumes, { ...wanted, id: 'db-1', role: 'eng' })).not.toThrow();
    for (const wrong of [{ id: 'a/b' }, { id: '' }, { role: '*' }, { containerPath: '../data' }]) {
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
    expect(volumeListView(volumes).data).toMatchObject([{ id: 'db-1' }, { id: 'logs', shared: true, tasks: [] }]);
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
      const resources = toReserve(entry, { disk: { value: 100 } }, reserver('web'));
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
