// The Marathon feed against a real Marathon on a simulated cluster.
import { describe, expect, it } from 'vitest';
import { MarathonClient } from '../../../src/client/marathon.ts';
import { startMarathonFeed } from '../../../src/tui/feeds/marathon/marathon-feed.ts';
import { startMasterFeed } from '../../../src/tui/feeds/master/master-feed.ts';
import type { World } from '../../../src/world/world.ts';
import { type Rig, startRig } from '../../simulation/marathon-rig.ts';
import { Watching } from './support.ts';

const MARATHON = 'http://10.0.3.1:8080';
const MASTER = 'http://10.0.0.1:5050';

async function watch(rig: Rig): Promise<Watching> {
  const host = rig.simulation.host('person', { address: '10.0.9.1' });
  const handle = host.start('top', async (world: World) => {
    const watching = new Watching(world);
    const marathon = new MarathonClient({ net: world.net, addresses: [MARATHON], timeoutMs: 3_000 });
    watching.start((context) => startMasterFeed(context, { master: watching.master([MASTER]), where: MASTER }));
    watching.start((context) => startMarathonFeed(context, { find: async () => marathon }));
    return watching;
  });
  await rig.until('a view', () => handle.value !== undefined);
  const watching = handle.value as Watching;
  await rig.until('both feeds', () => watching.feed('marathon') === 'live' && watching.feed('master') === 'live');
  return watching;
}

const app = (id: string, more: object = {}) => ({
  id,
  cmd: 'sleep 100000',
  cpus: 0.5,
  mem: 32,
  disk: 0,
  instances: 2,
  backoffSeconds: 1,
  ...more,
});

describe('the Marathon feed', () => {
  it('begins with all apps, and their tasks are found with the master', async () => {
    const rig = await startRig({ agents: 2 });
    await rig.request('POST', '/v2/apps', app('/shop/web', { labels: { team: 'blue' } }));
    await rig.settled('/shop/web', 2);
    const { view } = await watch(rig);
    expect(view.apps.get('/shop/web')).toMatchObject({
      instances: 2,
      running: 2,
      staged: 0,
      amounts: { cpus: 1, memMb: 64 },
      hasHealthChecks: false,
      deploymentIds: [],
      labels: { team: 'blue' },
      versionMs: expect.any(Number),
    });
    expect([...view.tasksOfApp('/shop/web')].map(({ state }) => state)).toEqual(['TASK_RUNNING', 'TASK_RUNNING']);
    rig.stop();
  });

  it('follows a new app from its deployment to its tasks, and to its end', async () => {
    const rig = await startRig({ agents: 2 });
    const watching = await watch(rig);
    const { view } = watching;
    await rig.request('POST', '/v2/apps', app('/web'));
    await rig.until('it runs', () => view.apps.get('/web')?.running === 2);
    await rig.until('the deployment ends', () => view.deployments.size === 0);
    expect(view.apps.get('/web')?.deploymentIds).toEqual([]);
    expect(watching.eventTexts('deployment_success')).toHaveLength(1);
    await rig.request('DELETE', '/v2/apps/web?force=true');
    await rig.until('it is gone', () => view.apps.size === 0);
    rig.stop();
  });

  it('says what an app waits for, and why its last task failed', async () => {
    const rig = await startRig({ agents: 1 });
    const { view } = await watch(rig);
    await rig.request('POST', '/v2/apps', app('/huge', { cpus: 40, instances: 1 }));
    await rig.until('its deployment', () => view.deployments.size === 1);
    const [deployment] = view.deployments.values();
    expect(deployment).toMatchObject({
      apps: ['/huge'],
      actions: [{ appId: '/huge', target: 1, marks: ['waiting'], waitsFor: expect.any(String) }],
    });
    await rig.until('why it waits', () => view.apps.get('/huge')?.waitsFor?.includes('too few cpus') === true);
    expect(view.apps.get('/huge')?.waitsSinceMs).toEqual(expect.any(Number));
    await rig.request('POST', '/v2/apps', app('/broken', { cmd: 'exit 3', instances: 1, backoffSeconds: 20 }));
    await rig.until('the failure', () => view.apps.get('/broken')?.lastFailure?.startsWith('TASK_FAILED') === true);
    await rig.until('the back-off', () => view.apps.get('/broken')?.waitsFor?.startsWith('back-off') === true);
    rig.stop();
  });

  it('says that Marathon is away, and comes back with it', async () => {
    const rig = await startRig({ agents: 1 });
    const watching = await watch(rig);
    await rig.request('POST', '/v2/apps', app('/web', { instances: 1 }));
    await rig.until('it runs', () => watching.view.apps.get('/web')?.running === 1);
    const [marathon] = rig.cluster.marathons;
    marathon?.crash();
    await rig.until('that is seen', () => watching.feed('marathon').startsWith('broken'));
    expect(watching.view.apps.size).toBe(1);
    expect(watching.eventTexts('marathon-lost')).toHaveLength(1);
    marathon?.restart();
    await rig.until('it is back', () => watching.feed('marathon') === 'live');
    expect(watching.eventTexts('marathon-back')).toHaveLength(1);
    rig.stop();
  });
});
