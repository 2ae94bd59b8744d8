// What tasks get to see, and when they are given up: vectors that need a cluster (marathon.md 25).
import { describe, expect, test } from 'vitest';
import { type Json, Scene, SLEEP } from './support/scene.ts';

const web = { id: '/web', cmd: SLEEP, cpus: 0.1, mem: 16 };

describe('environment', () => {
  /** Of the first task of the app, as far as it is about ports. */
  async function portsSeen(app: Json, flags: readonly string[] = []): Promise<[Record<string, string>, Json]> {
    const scene = await Scene.start({ flags });
    const environments: Readonly<Record<string, string>>[] = [];
    scene.simulation.onLaunch(({ task }) => environments.push(task.env));
    await scene.run({ ...web, ...app });
    const seen = Object.entries(environments[0] ?? {}).filter(([name]) => /^(P_)?PORT/.test(name));
    const [task] = await scene.tasks('/web');
    return [Object.fromEntries(seen), task];
  }

  test('nothing given: one port, told five times', async () => {
    const [env, { ports }] = await portsSeen({});
    const port = String(ports[0]);
    expect(env).toEqual({ PORT: port, PORT0: port, PORTS: port, PORT_10000: port, PORT_DEFAULT: port });
  });

  test('no ports: nothing is told', async () => {
    expect((await portsSeen({ portDefinitions: [] }))[0]).toEqual({});
  });

  test('two ports by index, by service port and by name', async () => {
    const portDefinitions = [
      { port: 80, name: 'http' },
      { port: 8080, name: 'https' },
    ];
    const [env, { ports }] = await portsSeen({ portDefinitions });
    const [first, second] = ports.map(String);
    const named = { PORT_HTTP: first, PORT_HTTPS: second };
    const numbered = { PORT_80: first, PORT_8080: second, PORT0: first, PORT1: second };
    expect(env).toEqual({ PORT: first, PORTS: `${first},${second}`, ...numbered, ...named });
  });

  test('a prefix goes before all of them', async () => {
    const [env] = await portsSeen({}, ['--env_vars_prefix=P_']);
    expect(Object.keys(env).sort()).toEqual(['P_PORT', 'P_PORT0', 'P_PORTS', 'P_PORT_10000', 'P_PORT_DEFAULT']);
  });

  test('required ports are those of the definition, and 0 is the service port', async () => {
    const portDefinitions = [{ port: 31005 }, { port: 0 }];
    const flags = ['--local_port_min=31010', '--local_port_max=31020'];
    const [env, { ports }] = await portsSeen({ portDefinitions, requirePorts: true }, flags);
    expect(ports).toEqual([31005, 31010]);
    expect(env.PORTS).toBe('31005,31010');
  });
});

test('always failing, three failures borne: the counter shows 3, and the fourth failure kills', async () => {
  const scene = await Scene.start();
  scene.serve('/web', () => ({ status: 500 }));
  const check = { protocol: 'HTTP', intervalSeconds: 1, timeoutSeconds: 1, gracePeriodSeconds: 0 };
  await scene.post('/v2/apps', { ...web, healthChecks: [{ ...check, maxConsecutiveFailures: 3 }] });
  await scene.running('/web', 1);
  await scene.pass(3_500);
  const [task] = await scene.tasks('/web');
  expect(task.healthCheckResults).toMatchObject([
    { alive: false, consecutiveFailures: 3, lastFailureCause: '500 Internal Server Error' },
  ]);
  await scene.pass(1_000);
  const later = await scene.app('/web');
  expect(later.lastTaskFailure).toMatchObject({ taskId: task.id, state: 'TASK_KILLED' });
});

test('an agent that is back in time brings its task back, and nothing was put in its place', async () => {
  const scene = await Scene.start();
  await scene.run({ ...web, unreachableStrategy: { inactiveAfterSeconds: 60, expungeAfterSeconds: 120 } });
  const [{ id, host }] = (await scene.tasks('/web')) as [Json];
  scene.cutOff(host);
  await scene.until(() => scene.marathon.instances.byTaskId(id)?.condition === 'Unreachable');
  await scene.pass(30_000);
  scene.simulation.network.heal();
  await scene.running('/web', 1, 60_000);
  await scene.pass(120_000);
  expect(await scene.taskIds('/web')).toEqual([id]);
  expect(await scene.app('/web')).toMatchObject({ tasksRunning: 1 });
});
