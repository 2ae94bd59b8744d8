// GPUs, roles and fault domains, seen through the API (marathon.md 13.4, 18.5, 24.1).
import { describe, expect } from 'vitest';
import { type Json, Scene, SLEEP } from '../support/scene.ts';
import { line } from './lines.ts';

const web = { id: '/web', cmd: SLEEP, cpus: 0.1, mem: 16 };
const PLAIN = '--resources=cpus:4;mem:1024;disk:4096;ports:[31000-31099]';
const WITH_GPUS = '--resources=cpus:4;mem:1024;disk:4096;ports:[31000-31099];gpus:2';
const FEATURE = '--enable_features=gpu_resources';

async function hostsOf(scene: Scene, id = '/web'): Promise<string[]> {
  return (await scene.tasks(id)).map(({ host }) => host).sort();
}

async function reasonsOf(scene: Scene): Promise<string[]> {
  const [item] = (await scene.get('/v2/queue')).json.queue;
  const rejects: Json[] = item?.processedOffersSummary.rejectSummaryLastOffers ?? [];
  return rejects.filter(({ declined }) => declined > 0).map(({ reason }) => reason);
}

describe('GPUs', () => {
  line('GPU: five cases of §13.4', 'an app without GPUs stays off agents that have some', async () => {
    const scene = await Scene.start({ flags: [FEATURE], agentFlags: [[WITH_GPUS]] });
    await scene.post('/v2/apps', web);
    await scene.pass(20_000);
    expect(await scene.tasks('/web')).toEqual([]);
    expect(await reasonsOf(scene)).toEqual(['DeclinedScarceResources']);
  });

  line('GPU: five cases of §13.4', 'an app with GPUs goes where they are', async () => {
    const scene = await Scene.start({ flags: [FEATURE], agentFlags: [[PLAIN], [WITH_GPUS]] });
    await scene.run({ ...web, gpus: 1, instances: 2, container: { type: 'MESOS' } });
    expect(await hostsOf(scene)).toEqual(['agent-2', 'agent-2']);
  });

  line('GPU: five cases of §13.4', 'an app with GPUs waits where there are none', async () => {
    const scene = await Scene.start({ flags: [FEATURE], agentFlags: [[PLAIN]] });
    await scene.post('/v2/apps', { ...web, gpus: 1, container: { type: 'MESOS' } });
    await scene.pass(20_000);
    expect(await reasonsOf(scene)).toEqual(['InsufficientGpus']);
  });

  line('GPU: five cases of §13.4', 'unrestricted, an app without GPUs goes anywhere', async () => {
    const flags = [FEATURE, '--gpu_scheduling_behavior=unrestricted'];
    const scene = await Scene.start({ flags, agentFlags: [[WITH_GPUS]] });
    await scene.run(web);
    expect(await hostsOf(scene)).toEqual(['agent-1']);
  });

  line('GPU: five cases of §13.4', 'a label lifts the restriction for one app', async () => {
    const scene = await Scene.start({ flags: [FEATURE], agentFlags: [[WITH_GPUS]] });
    await scene.run({ ...web, labels: { GPU_SCHEDULING_BEHAVIOR: 'unrestricted' } });
    expect(await hostsOf(scene)).toEqual(['agent-1']);
  });
});

describe('roles', () => {
  const name = 'multi-role: as given role; resident; keeps previous role; non-default role (four)';
  line(name, 'as given role', async () => {
    const scene = await Scene.start();
    await scene.run({ ...web, id: '/dev/web', role: 'dev' });
    expect(await scene.app('/dev/web')).toMatchObject({ role: 'dev', tasks: [{ role: 'dev', state: 'TASK_RUNNING' }] });
    const other = await scene.post('/v2/apps', { ...web, id: '/dev/other', role: 'prod' });
    expect(other.status).toBe(422);
    expect(other.json.details).toEqual([{ path: '/role', errors: ['got prod, expected one of: [*, dev]'] }]);
  });

  line(name, 'keeps previous role', async () => {
    const scene = await Scene.start();
    await scene.run({ ...web, id: '/dev/web' });
    expect((await scene.patch('/v2/groups/dev', { enforceRole: true })).status).toBe(200);
    const before = await scene.taskIds('/dev/web');
    expect((await scene.put('/v2/apps/dev/web', { instances: 2 })).status).toBe(200);
    await scene.deployed();
    expect((await scene.tasks('/dev/web')).map(({ role }) => role)).toEqual(['*', '*']);
    expect(await scene.taskIds('/dev/web')).toEqual(expect.arrayContaining(before));
    await scene.run({ ...web, id: '/dev/new' });
    expect((await scene.app('/dev/new')).role).toBe('dev');
  });

  line(name, 'non-default role', async () => {
    const scene = await Scene.start({ flags: ['--mesos_role=team', '--new_group_enforce_role=top'] });
    await scene.run(web);
    await scene.run({ ...web, id: '/dev/web' });
    expect((await scene.get('/v2/tasks')).json.tasks.map(({ appId, role }: Json) => [appId, role])).toEqual([
      ['/web', 'team'],
      ['/dev/web', 'dev'],
    ]);
  });
});

describe('fault domains', () => {
  const name = 'regions: default local only; given region; region + zone; replacement in same region';
  const domain = (region: string, zone: string) =>
    `--domain=${JSON.stringify({ fault_domain: { region: { name: region }, zone: { name: zone } } })}`;
  const start = () =>
    Scene.start({
      masterFlags: [domain('home', 'h1')],
      agentFlags: [[domain('home', 'h1')], [domain('away', 'a1')], [domain('away', 'a2')]],
    });

  line(name, 'default local only', async () => {
    const scene = await start();
    await scene.run({ ...web, instances: 3 });
    expect(await hostsOf(scene)).toEqual(['agent-1', 'agent-1', 'agent-1']);
    expect((await scene.tasks('/web'))[0]).toMatchObject({ region: 'home', zone: 'h1' });
  });

  line(name, 'given region', async () => {
    const scene = await start();
    await scene.run({ ...web, instances: 4, constraints: [['@region', 'IS', 'away']] });
    expect(new Set((await scene.tasks('/web')).map(({ region }) => region))).toEqual(new Set(['away']));
  });

  line(name, 'region + zone', async () => {
    const scene = await start();
    const constraints = [
      ['@region', 'IS', 'away'],
      ['@zone', 'IS', 'a2'],
    ];
    await scene.run({ ...web, instances: 2, constraints });
    expect(await hostsOf(scene)).toEqual(['agent-3', 'agent-3']);
  });

  line(name, 'replacement in same region', async () => {
    const scene = await start();
    await scene.run({ ...web, constraints: [['@region', 'IS', 'away']] });
    const [{ id, host }] = (await scene.tasks('/web')) as [Json];
    scene.cutOff(host);
    await scene.until(() => scene.marathon.instances.byTaskId(id) === undefined);
    await scene.running('/web', 1, 30_000);
    const [replacement] = await scene.tasks('/web');
    expect(replacement.region).toBe('away');
    expect(replacement.host).not.toBe(host);
  });
});
