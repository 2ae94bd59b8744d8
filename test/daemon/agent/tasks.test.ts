import { describe, expect, test } from 'vitest';
import { AWARE, FRAMEWORK, Scene, task } from './support/scene.ts';

const EXIT_0 = { kind: 'exited', code: 0 } as const;

describe('a command task', () => {
  test('starts, runs and finishes, each update with what tools look for', async () => {
    const scene = await Scene.set();
    scene.master.run(FRAMEWORK, task('t1'));
    await scene.untilState('t1', 'TASK_RUNNING');
    scene.machine.end('t1', EXIT_0);
    await scene.untilState('t1', 'TASK_FINISHED');
    expect(scene.master.states('t1')).toEqual(['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED']);
    const [starting, , finished] = scene.master.updates('t1');
    const { containerId } = scene.machine.of('t1').config;
    expect(starting).toMatchObject({
      source: 'SOURCE_EXECUTOR',
      agent_id: { value: 'M-S0' },
      executor_id: { value: 't1' },
      container_status: {
        container_id: { value: containerId },
        network_infos: [{ ip_addresses: [{ protocol: 'IPv4', ip_address: '10.0.1.1' }] }],
        executor_pid: scene.machine.of('t1').pid,
      },
    });
    expect(starting).not.toHaveProperty('reason');
    expect(finished).toMatchObject({ message: 'Command exited with status 0', source: 'SOURCE_EXECUTOR' });
  });

  test.each([
    [{ kind: 'exited', code: 3 } as const, 'Command exited with status 3'],
    [{ kind: 'signaled', signal: 9 } as const, 'Command terminated with signal Killed'],
    [{ kind: 'signaled', signal: 15 } as const, 'Command terminated with signal Terminated'],
  ])('fails with the words of the original: %o', async (status, message) => {
    const scene = await Scene.set();
    scene.master.run(FRAMEWORK, task('t1'));
    await scene.untilState('t1', 'TASK_RUNNING');
    scene.machine.end('t1', status);
    await scene.untilState('t1', 'TASK_FAILED');
    const failed = scene.master.updates('t1').at(-1);
    expect(failed).toMatchObject({ message, source: 'SOURCE_EXECUTOR' });
    expect(failed).not.toHaveProperty('reason');
  });

  test('fails by the agent when nobody knows how it ended', async () => {
    const scene = await Scene.set();
    scene.master.run(FRAMEWORK, task('t1'));
    await scene.untilState('t1', 'TASK_RUNNING');
    scene.machine.end('t1', { kind: 'unknown' });
    await scene.untilState('t1', 'TASK_FAILED');
    expect(scene.master.updates('t1').at(-1)).toMatchObject({
      source: 'SOURCE_AGENT',
      reason: 'REASON_EXECUTOR_TERMINATED',
      message: 'Executor terminated',
    });
  });

  test('that used too much memory says so with its limitation', async () => {
    const scene = await Scene.set();
    scene.master.run(FRAMEWORK, task('t1'));
    await scene.untilState('t1', 'TASK_RUNNING');
    const resources = [{ name: 'mem', type: 'SCALAR' as const, scalar: { value: 64 } }];
    const message = 'Memory limit exceeded: Requested: 64MB Maximum Used: 64MB';
    scene.machine.end('t1', { kind: 'signaled', signal: 9 }, { kind: 'memory', message, resources });
    await scene.untilState('t1', 'TASK_FAILED');
    expect(scene.master.updates('t1').at(-1)).toMatchObject({
      source: 'SOURCE_AGENT',
      reason: 'REASON_CONTAINER_LIMITATION_MEMORY',
      message,
      limitation: { resources: [{ name: 'mem', scalar: { value: 64 } }] },
    });
  });

  test('whose user does not exist is lost, or dropped for who can tell the difference', async () => {
    const scene = await Scene.set();
    scene.master.run(FRAMEWORK, task('t1', { command: { value: 'true', user: 'nosuchuser' } }));
    scene.master.run(AWARE, task('t2', { command: { value: 'true', user: 'nosuchuser' } }));
    await scene.untilState('t1', 'TASK_LOST');
    await scene.untilState('t2', 'TASK_DROPPED');
    expect(scene.master.updates('t1')[0]).toMatchObject({
      reason: 'REASON_EXECUTOR_TERMINATED',
      source: 'SOURCE_AGENT',
    });
  });

  test('whose URIs cannot be fetched fails without ever starting', async () => {
    const scene = await Scene.set();
    scene.master.run(FRAMEWORK, task('t1', { command: { value: 'true', uris: [{ value: '/no/such/file' }] } }));
    await scene.untilState('t1', 'TASK_FAILED');
    expect(scene.master.states('t1')).toEqual(['TASK_FAILED']);
    expect(scene.master.updates('t1')[0]).toMatchObject({ reason: 'REASON_CONTAINER_LAUNCH_FAILED' });
  });

  test.each([['no command', { command: {} }]])('that asks for %s is refused in plain words', async (_, more) => {
    const scene = await Scene.set();
    scene.master.run(FRAMEWORK, task('t1', more));
    await scene.untilState('t1', 'TASK_FAILED');
    expect(scene.master.updates('t1')[0]?.message).toMatch(/no command|no value/);
    expect(scene.machine.containers.size).toBe(0);
  });

  test('gives the resources of a refused executor back', async () => {
    const scene = await Scene.set();
    scene.master.run(FRAMEWORK, task('t1', { executor: { executor_id: { value: 'e' }, command: { value: 'x' } } }));
    await scene.until(() => scene.master.calls.some(({ exited_executor }) => exited_executor !== undefined));
  });

  test('has the container that the agent is told to give those without one, of its flag or of a file', async () => {
    const fallback = { type: 'MESOS' as const, linux_info: { share_pid_namespace: true } };
    const own = { type: 'MESOS' as const, linux_info: { shm_size: 8 } };
    const scene = await Scene.set();
    await scene.simulation.settle(scene.agent.world.disk.writeFile('/container.json', JSON.stringify(fallback)));
    for (const flag of [JSON.stringify(fallback), 'file:///container.json']) {
      scene.flags = [`--default_container_info=${flag}`];
      await scene.restart();
      await scene.until(() => scene.agent.value?.state === 'RUNNING');
      const [bare, dressed] = [`bare ${flag.length}`, `dressed ${flag.length}`];
      scene.master.run(FRAMEWORK, task(bare));
      scene.master.run(FRAMEWORK, task(dressed, { container: own }));
      await scene.untilState(bare, 'TASK_RUNNING');
      await scene.untilState(dressed, 'TASK_RUNNING');
      expect(scene.machine.of(bare).config.info).toMatchObject(fallback);
      expect(scene.machine.of(dressed).config.info).toMatchObject(own);
      expect(scene.machine.of(dressed).config.info?.linux_info).not.toHaveProperty('share_pid_namespace');
    }
  });

  test('with health checks runs', async () => {
    const scene = await Scene.set();
    scene.master.run(FRAMEWORK, task('t1', { health_check: { type: 'COMMAND', command: { value: 'true' } } }));
    await scene.untilState('t1', 'TASK_RUNNING');
  });

  test('is stopped when its time is over', async () => {
    const scene = await Scene.set();
    scene.master.run(FRAMEWORK, task('t1', { max_completion_time: { nanoseconds: 5e9 } }));
    await scene.untilState('t1', 'TASK_FAILED');
    expect(scene.master.updates('t1').at(-1)).toMatchObject({ reason: 'REASON_MAX_COMPLETION_TIME_REACHED' });
  });
});

describe('a kill', () => {
  test('ends the task on SIGTERM', async () => {
    const scene = await Scene.set();
    scene.master.run(FRAMEWORK, task('t1'));
    await scene.untilState('t1', 'TASK_RUNNING');
    scene.master.kill(FRAMEWORK, 't1');
    await scene.untilState('t1', 'TASK_KILLED');
    expect(scene.master.updates('t1').at(-1)?.message).toBe('Command terminated with signal Terminated');
    expect(scene.master.states('t1')).not.toContain('TASK_KILLING');
  });

  test('is announced to frameworks that want to know', async () => {
    const scene = await Scene.set();
    scene.master.run(AWARE, task('t1'));
    await scene.untilState('t1', 'TASK_RUNNING');
    scene.master.kill(AWARE, 't1');
    await scene.untilState('t1', 'TASK_KILLED');
    expect(scene.master.states('t1')).toEqual(['TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLING', 'TASK_KILLED']);
  });

  test.each([
    ['3 s when nobody says otherwise', {}, undefined, 3_000],
    ['the grace of the task', { kill_policy: { grace_period: { nanoseconds: 1e9 } } }, undefined, 1_000],
    ['the grace of the call', { kill_policy: { grace_period: { nanoseconds: 1e9 } } }, 7_000, 7_000],
  ])('becomes SIGKILL after %s', async (_, more, callGraceMs, graceMs) => {
    const scene = await Scene.set();
    scene.machine.heedsSignals = false;
    scene.master.run(FRAMEWORK, task('t1', more));
    await scene.untilState('t1', 'TASK_RUNNING');
    scene.master.kill(FRAMEWORK, 't1', callGraceMs);
    await scene.until(() => scene.machine.of('t1').signals.length > 0);
    const beganMs = scene.simulation.nowMs;
    await scene.until(() => scene.machine.of('t1').isDestroyed);
    expect(scene.simulation.nowMs - beganMs).toBeGreaterThan(graceMs - 100);
    expect(scene.simulation.nowMs - beganMs).toBeLessThan(graceMs + 100);
    await scene.untilState('t1', 'TASK_KILLED');
    expect(scene.master.updates('t1').at(-1)?.message).toBe('Command terminated with signal Killed');
  });

  test('during the launch says that the command never ran', async () => {
    const scene = await Scene.set();
    scene.machine.launchMs = 5_000;
    scene.master.run(FRAMEWORK, task('t1'));
    await scene.pass(1_000);
    scene.master.kill(FRAMEWORK, 't1');
    await scene.untilState('t1', 'TASK_KILLED');
    expect(scene.master.states('t1')).toEqual(['TASK_KILLED']);
    expect(scene.master.updates('t1')[0]).toMatchObject({
      source: 'SOURCE_AGENT',
      reason: 'REASON_TASK_KILLED_DURING_LAUNCH',
      message: 'Killed before delivery to the executor',
    });
    await scene.until(() => scene.machine.containers.size === 1 && scene.machine.of('t1').isDestroyed);
    await scene.pass(1_000);
    const state = JSON.parse((await scene.get('/state')).text);
    expect(state.frameworks).toEqual([]);
    expect(state.completed_frameworks[0].completed_executors[0].completed_tasks[0]).toMatchObject({
      state: 'TASK_KILLED',
    });
  });

  test('of a task that is not there is answered', async () => {
    const scene = await Scene.set();
    scene.master.run(AWARE, task('t1'));
    await scene.untilState('t1', 'TASK_RUNNING');
    scene.master.kill(AWARE, 'other');
    await scene.untilState('other', 'TASK_DROPPED');
    expect(scene.master.updates('other')[0]).toMatchObject({ message: 'Cannot find executor' });
  });
});

describe('a framework that is removed', () => {
  test('has its tasks stopped without a word', async () => {
    const scene = await Scene.set();
    scene.master.run(FRAMEWORK, task('t1'));
    await scene.untilState('t1', 'TASK_RUNNING');
    await scene.pass(100);
    const before = scene.master.updates().length;
    scene.master.send({ type: 'SHUTDOWN_FRAMEWORK', shutdown_framework: { framework_id: { value: 'M-0000' } } });
    await scene.until(() => scene.machine.of('t1').exit !== undefined);
    await scene.pass(30_000);
    expect(scene.master.updates()).toHaveLength(before);
    const state = JSON.parse((await scene.get('/state')).text);
    expect(state.frameworks).toEqual([]);
    expect(state.completed_frameworks).toHaveLength(1);
  });
});

test('the environment of a command is that of the original', async () => {
  const scene = await Scene.set();
  const variables = [
    { name: 'A', value: '1' },
    { name: 'S', type: 'SECRET' as const, secret: { type: 'VALUE' as const, value: { data: 'c2VjcmV0' } } },
  ];
  scene.master.run(FRAMEWORK, task('t1', { command: { value: 'env', environment: { variables } } }));
  await scene.untilState('t1', 'TASK_RUNNING');
  const { config } = scene.machine.of('t1');
  expect(config.environment).toEqual({
    A: '1',
    LIBPROCESS_IP: '10.0.1.1',
    LIBPROCESS_PORT: '0',
    MESOS_AGENT_ENDPOINT: '10.0.1.1:5051',
    MESOS_ALLOCATION_ROLE: '*',
    MESOS_CHECKPOINT: '1',
    MESOS_DIRECTORY: config.sandbox,
    MESOS_EXECUTOR_ID: 't1',
    MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD: '5secs',
    MESOS_FRAMEWORK_ID: 'M-0000',
    MESOS_HTTP_COMMAND_EXECUTOR: '0',
    MESOS_RECOVERY_TIMEOUT: '15mins',
    MESOS_SANDBOX: config.sandbox,
    MESOS_SLAVE_ID: 'M-S0',
    MESOS_SLAVE_PID: 'slave(1)@10.0.1.1:5051',
    MESOS_SUBSCRIPTION_BACKOFF_MAX: '2secs',
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    S: 'secret',
  });
});
