import { describe, expect, test } from 'vitest';
import { EXECUTOR, hosted } from './support/fake-executor.ts';
import { FRAMEWORK, Scene, task } from './support/scene.ts';

const LABELS = { labels: [{ key: 'k', value: 'v' }] };

/** A running task, a finished one, and the agent's answers. */
async function busy(): Promise<Scene> {
  const scene = await Scene.set({ flags: ['--external_log_file=/var/log/agent.log'] });
  scene.master.run(FRAMEWORK, task('t0'));
  scene.master.run(FRAMEWORK, task('t1', { command: { value: 'echo hello; sleep 3' }, labels: LABELS }));
  await scene.untilState('t0', 'TASK_RUNNING');
  await scene.untilState('t1', 'TASK_RUNNING');
  scene.machine.end('t0', { kind: 'exited', code: 0 });
  await scene.untilState('t0', 'TASK_FINISHED');
  await scene.pass(1_000);
  return scene;
}

describe('/state', () => {
  test('shows the agent, its live executors and what they use', async () => {
    const scene = await busy();
    const state = JSON.parse((await scene.get('/slave(1)/state')).text);
    const { config } = scene.machine.of('t1');
    expect(state).toMatchObject({
      version: '1.12.0',
      id: 'M-S0',
      pid: 'slave(1)@10.0.1.1:5051',
      hostname: 'agent',
      resources: { cpus: 4, mem: 2048, disk: 4096, gpus: 0, ports: '[31000-31999]' },
      reserved_resources: {},
      unreserved_resources: { cpus: 4, mem: 2048, disk: 4096, gpus: 0, ports: '[31000-31999]' },
      reserved_resources_full: {},
      reserved_resources_allocated: {},
      unreserved_resources_allocated: { cpus: 0.2, mem: 64, disk: 0, gpus: 0 },
      resource_providers: [],
      attributes: { rack: 'r1', zone: 'z1', level: 1, ports: '[1-1]' },
      master_hostname: 'master',
      completed_frameworks: [],
    });
    expect(state.unreserved_resources_full[0]).toEqual({
      name: 'cpus',
      type: 'SCALAR',
      scalar: { value: 4 },
      role: '*',
    });
    expect(state.flags).toMatchObject({ switch_user: 'true', gc_delay: '1weeks', fetcher_cache_size: '2GB' });
    const [framework] = state.frameworks;
    expect(Object.keys(framework)).toEqual([
      'id',
      'name',
      'user',
      'failover_timeout',
      'checkpoint',
      'hostname',
      'roles',
      'executors',
      'completed_executors',
    ]);
    const [executor] = framework.executors;
    expect(executor).toMatchObject({
      id: 't1',
      name: "Command Executor (Task: t1) (Command: sh -c 'echo hello; ...')",
      source: 't1',
      container: config.containerId,
      directory: config.sandbox,
      resources: { cpus: 0.2, mem: 64 },
      role: '*',
      labels: [{ key: 'k', value: 'v' }],
      queued_tasks: [],
      completed_tasks: [],
    });
    expect(executor.tasks[0]).toMatchObject({
      id: 't1',
      executor_id: '',
      slave_id: 'M-S0',
      state: 'TASK_RUNNING',
      resources: { cpus: 0.1, mem: 32 },
      statuses: [{ state: 'TASK_STARTING' }, { state: 'TASK_RUNNING' }],
    });
    const [completed] = framework.completed_executors;
    expect(completed).toMatchObject({ id: 't0', resources: { cpus: 0.1, mem: 32 }, tasks: [] });
    expect(completed.completed_tasks[0]).toMatchObject({ id: 't0', state: 'TASK_FINISHED' });
  });

  test('is not answered while the agent recovers', async () => {
    const scene = await Scene.set();
    scene.agent.restart();
    const { world } = scene.masterHandle;
    let answer: { status: number; text: string } | undefined;
    const url = 'http://10.0.1.1:5051/state';
    await scene.until(() => {
      if (scene.agent.value === undefined && answer === undefined) {
        world.net.request({ method: 'GET', url }).then(
          ({ status, body }) => {
            answer = { status, text: new TextDecoder().decode(body) };
          },
          () => undefined,
        );
      }
      return answer !== undefined;
    });
    expect(answer).toEqual({ status: 503, text: 'Agent has not finished recovery' });
  });
});

describe('the operator API', () => {
  const answer = async (scene: Scene, call: object) => JSON.parse((await scene.post('/api/v1', call)).text);

  test('tells the state with lists that are there even when empty', async () => {
    const scene = await busy();
    const { get_state } = await answer(scene, { type: 'GET_STATE' });
    const { get_tasks, get_executors, get_frameworks } = get_state;
    expect(get_tasks).toMatchObject({ pending_tasks: [], queued_tasks: [], terminated_tasks: [] });
    const [launched] = get_tasks.launched_tasks;
    expect(launched).toMatchObject({
      task_id: { value: 't1' },
      state: 'TASK_RUNNING',
      status_update_state: 'TASK_RUNNING',
    });
    expect(launched).not.toHaveProperty('executor_id');
    expect(launched.status_update_uuid).toBe(launched.statuses[1].uuid);
    expect(get_tasks.completed_tasks).toMatchObject([{ task_id: { value: 't0' }, state: 'TASK_FINISHED' }]);
    expect(get_executors.executors[0].executor_info).toMatchObject({
      executor_id: { value: 't1' },
      source: 't1',
      labels: LABELS,
    });
    expect(get_executors.completed_executors).toHaveLength(1);
    expect(get_frameworks.frameworks[0].framework_info).toMatchObject({ name: 'test', checkpoint: true });
    expect(get_frameworks.completed_frameworks).toEqual([]);
  });

  test('tells the containers with their usage, and nothing when there are none', async () => {
    const idle = await Scene.set();
    expect(await answer(idle, { type: 'GET_CONTAINERS' })).toEqual({ type: 'GET_CONTAINERS' });
    const scene = await busy();
    const { pid, config } = scene.machine.of('t1');
    const { get_containers } = await answer(scene, { type: 'GET_CONTAINERS' });
    expect(get_containers.containers).toMatchObject([
      {
        framework_id: { value: 'M-0000' },
        executor_id: { value: 't1' },
        container_id: { value: config.containerId },
        container_status: { container_id: { value: config.containerId }, executor_pid: pid },
        resource_statistics: { cpus_soft_limit: 0.2 },
      },
    ]);
  });

  test.each([
    [{ type: 'GET_HEALTH' }, { type: 'GET_HEALTH', get_health: { healthy: true } }],
    [{ type: 'GET_LOGGING_LEVEL' }, { type: 'GET_LOGGING_LEVEL', get_logging_level: { level: 0 } }],
    [{ type: 'GET_OPERATIONS' }, { type: 'GET_OPERATIONS', get_operations: {} }],
    [{ type: 'GET_RESOURCE_PROVIDERS' }, { type: 'GET_RESOURCE_PROVIDERS', get_resource_providers: {} }],
  ])('answers %o', async (call, expected) => {
    expect(await answer(await Scene.set(), call)).toEqual(expected);
  });

  test('knows its agent, its flags and its metrics', async () => {
    const scene = await busy();
    expect((await answer(scene, { type: 'GET_AGENT' })).get_agent.agent_info).toMatchObject({ id: { value: 'M-S0' } });
    expect((await answer(scene, { type: 'GET_FLAGS' })).get_flags.flags).toContainEqual({
      name: 'port',
      value: '5051',
    });
    const { metrics } = (await answer(scene, { type: 'GET_METRICS', get_metrics: {} })).get_metrics;
    const value = (name: string) => metrics.find((metric: { name: string }) => metric.name === name)?.value;
    expect(value('slave/registered')).toBe(1);
    expect(value('slave/tasks_running')).toBe(1);
    expect(value('slave/tasks_finished')).toBe(1);
    expect(value('slave/executors_running')).toBe(1);
    expect(value('slave/cpus_used')).toBe(0.2);
    expect(value('slave/valid_status_updates')).toBe(5);
  });

  test.each([
    [{ type: 'NOSUCH' }, 400, "Failed to validate agent::Call: Expecting 'type' to be present"],
    [{ type: 'UNKNOWN' }, 501, '501 Not Implemented.'],
    [{ type: 1 }, 400, "Not expecting a JSON number for field 'type'"],
    [[], 400, 'Expecting a JSON object'],
    [{ type: 'GET_METRICS' }, 400, "Failed to validate agent::Call: Expecting 'get_metrics' to be present"],
    [
      { type: 'MARK_RESOURCE_PROVIDER_GONE', mark_resource_provider_gone: { resource_provider_id: { value: 'x' } } },
      501,
      'MARK_RESOURCE_PROVIDER_GONE: not supported yet by this version of mctl',
    ],
    [
      {
        type: 'ATTACH_CONTAINER_INPUT',
        attach_container_input: { type: 'CONTAINER_ID', container_id: { value: 'x' } },
      },
      415,
      "Expecting 'Content-Type' to be application/recordio for ATTACH_CONTAINER_INPUT call",
    ],
  ])('refuses %o', async (call, status, text) => {
    const scene = await Scene.set();
    expect(await scene.post('/api/v1', call)).toEqual({ status, text });
  });
});

describe('the sandbox of a task', () => {
  test('is shown under all its names, also when the task is over and the agent another', async () => {
    const scene = await busy();
    const { sandbox } = scene.machine.of('t0').config;
    const { world } = scene.simulation.host('agent').start('writer', async (writer) => writer);
    await scene.pass(1);
    await scene.simulation.settle(world.disk.writeFile(`${sandbox}/stdout`, 'hello\n'));
    const latest = sandbox.replace(/[^/]+$/, 'latest');
    const names = [sandbox, latest, '/frameworks/M-0000/executors/t0/runs/latest'];
    for (const restarted of [false, true]) {
      if (restarted) await scene.restart();
      for (const name of names) {
        const read = await scene.get(`/files/read?path=${encodeURIComponent(`${name}/stdout`)}&offset=0`);
        expect(read).toEqual({ status: 200, text: '{"data":"hello\\n","offset":0}' });
      }
    }
    expect((await scene.get('/files/read?path=/etc/passwd&offset=0')).status).toBe(404);
  });
});

describe('/containers and /monitor/statistics', () => {
  test('show the running task', async () => {
    const scene = await busy();
    const [row] = JSON.parse((await scene.get('/containers')).text);
    expect(Object.keys(row).sort()).toEqual([
      'container_id',
      'executor_id',
      'executor_name',
      'framework_id',
      'source',
      'statistics',
      'status',
    ]);
    const [statistics] = JSON.parse((await scene.get('/monitor/statistics')).text);
    expect(statistics).toMatchObject({ executor_id: 't1', statistics: { cpus_soft_limit: 0.2 } });
    expect(statistics).not.toHaveProperty('status');
  });

  test('can be asked for one container, one framework or one executor', async () => {
    const scene = await busy();
    const { containerId } = scene.machine.of('t1').config;
    const count = async (query: string) => JSON.parse((await scene.get(`/containers?${query}`)).text).length;
    expect(await count(`container_id=${containerId}`)).toBe(1);
    expect(await count('container_id=other')).toBe(0);
    expect(await count('framework_id=M-0000&executor_id=t1')).toBe(1);
    expect(await count('framework_id=other')).toBe(0);
    expect((await scene.get('/containers?executor_id=t1')).status).toBe(400);
  });
});

describe('the executor API', () => {
  const ids = { framework_id: { value: 'M-0000' }, executor_id: { value: 't1' } };
  const uuid = '6cA97JcdTFWic49EdkQRzw==';
  const status = { task_id: { value: 't1' }, state: 'TASK_RUNNING', source: 'SOURCE_EXECUTOR', uuid };

  test.each([
    [
      { type: 'UPDATE' },
      400,
      'Failed to convert JSON into Call protobuf: Missing required fields: executor_id, framework_id',
    ],
    [{ ...ids, type: 'NOSUCH' }, 400, "Failed to validate Executor::Call: Expecting 'type' to be present"],
    [{ ...ids, type: 'MESSAGE' }, 400, "Failed to validate Executor::Call: Expecting 'message' to be present"],
    [
      { ...ids, type: 'UPDATE', update: { status: { ...status, uuid: 'AAAA' } } },
      400,
      'Failed to validate Executor::Call: Not a valid UUID',
    ],
    [
      { ...ids, type: 'UPDATE', update: { status: { ...status, source: undefined } } },
      400,
      "Failed to validate Executor::Call: Received Call from executor t1 of framework M-0000 with invalid source, expecting 'SOURCE_EXECUTOR'",
    ],
    [{ ...ids, framework_id: { value: 'x' }, type: 'UPDATE', update: { status } }, 400, 'Framework cannot be found'],
    [
      { ...ids, executor_id: { value: 'x' }, type: 'MESSAGE', message: { data: 'aGk=' } },
      400,
      'Executor cannot be found',
    ],
    [{ ...ids, type: 'MESSAGE', message: { data: 'aGk=' } }, 403, 'Executor is not subscribed'],
    [{ ...ids, type: 'HEARTBEAT' }, 202, ''],
  ])('answers %o', async (call, code, text) => {
    const scene = await busy();
    expect(await scene.post('/api/v1/executor', call)).toEqual({ status: code, text });
  });
});

test('every metric of the original is there', async () => {
  const scene = await Scene.set();
  const names = Object.keys(JSON.parse((await scene.get('/metrics/snapshot')).text));
  expect(names).toEqual(
    expect.arrayContaining([
      'containerizer/fetcher/cache_size_used_bytes',
      'containerizer/mesos/container_destroy_errors',
      'gc/path_removals_pending',
      'slave/container_launch_errors',
      'slave/cpus_percent',
      'slave/disk_revocable_total',
      'slave/executors_registering',
      'slave/mem_used',
      'slave/recovery_time_secs',
      'slave/tasks_staging',
      'slave/uptime_secs',
      'system/load_15min',
    ]),
  );
});

describe('PRUNE_IMAGES', () => {
  test('keeps the images that the call names, whatever their type', async () => {
    const scene = await busy();
    const excluded_images = [
      { type: 'DOCKER', docker: { name: 'box:v1' } },
      { type: 'APPC', appc: { name: 'other' } },
    ];
    const body = { type: 'PRUNE_IMAGES', prune_images: { excluded_images } };
    expect(await scene.post('/api/v1', body)).toEqual({ status: 200, text: '' });
    expect((await scene.post('/api/v1', { type: 'PRUNE_IMAGES' })).status).toBe(200);
    expect(scene.machine.containerizer?.prunings).toEqual([['box:v1'], []]);
  });
});

test('a login that comes with an image is for the container, and shown to nobody', async () => {
  const scene = await Scene.set();
  const config = { type: 'VALUE' as const, value: { data: 'czNjcjN0' } };
  const image = { type: 'DOCKER' as const, docker: { name: 'box', config } };
  scene.master.run(FRAMEWORK, task('t0', { container: { type: 'MESOS', mesos: { image } } }));
  await scene.untilState('t0', 'TASK_RUNNING');
  expect(scene.machine.of('t0').config.info?.mesos?.image).toMatchObject(image);
  const answers = [await scene.get('/slave(1)/state')];
  for (const type of ['GET_STATE', 'GET_TASKS', 'GET_EXECUTORS']) answers.push(await scene.post('/api/v1', { type }));
  for (const { status, text } of answers) {
    expect(status).toBe(200);
    expect(text).toContain('t0');
    expect(text).not.toContain('czNjcjN0');
  }
});

test('a secret variable of a custom executor is for its process, and shown to nobody', async () => {
  const scene = await Scene.set();
  const secret = { type: 'VALUE' as const, value: { data: 'czNjcjN0' } };
  const environment = { variables: [{ name: 'KEY', type: 'SECRET' as const, secret }] };
  const command = { value: 'run the executor', environment };
  scene.master.run(FRAMEWORK, hosted('t0', { ...EXECUTOR, command }));
  await scene.until(() => scene.machine.containers.size === 1);
  expect(scene.machine.running('run the executor').config.environment.KEY).toBe('s3cr3t');
  for (const type of ['GET_STATE', 'GET_EXECUTORS']) {
    const { status, text } = await scene.post('/api/v1', { type });
    expect(status).toBe(200);
    expect(text).toContain('KEY');
    expect(text).not.toContain('czNjcjN0');
  }
});
