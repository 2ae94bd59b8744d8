import { describe, expect, test } from 'vitest';
import { AWARE, FORGETFUL, FRAMEWORK, Scene, task } from './support/scene.ts';

const JOURNAL = '/var/lib/mesos/agent/meta/slaves/M-S0/journal.jsonl';

async function edit(scene: Scene, path: string, change: (text: string) => string): Promise<void> {
  const { world } = scene.simulation.host('agent').start('editor', async (world) => world);
  await scene.pass(1);
  const text = await scene.simulation.settle(world.disk.readText(path));
  await scene.simulation.settle(world.disk.writeAtomic(path, change(text)));
}

describe('an agent killed in the middle of it', () => {
  test('comes back as the same one, with its task running on and nothing said twice', async () => {
    const scene = await Scene.set();
    scene.master.run(FRAMEWORK, task('t1'));
    await scene.untilState('t1', 'TASK_RUNNING');
    await scene.pass(100);
    const before = scene.master.updates().length;
    await scene.restart();
    await scene.until(() => scene.master.subscriptions.length === 2);
    expect(scene.master.subscriptions[1]).toMatchObject({
      agent_info: { id: { value: 'M-S0' } },
      tasks: [{ task_id: { value: 't1' }, state: 'TASK_RUNNING' }],
      frameworks: [{ id: { value: 'M-0000' } }],
    });
    await scene.pass(5_000);
    expect(scene.master.updates()).toHaveLength(before);
    scene.machine.end('t1', { kind: 'exited', code: 0 });
    await scene.untilState('t1', 'TASK_FINISHED');
  });

  test('reports how a task ended meanwhile', async () => {
    const scene = await Scene.set();
    scene.master.run(FRAMEWORK, task('t1'));
    await scene.untilState('t1', 'TASK_RUNNING');
    scene.agent.crash();
    scene.machine.end('t1', { kind: 'exited', code: 7 });
    await scene.restart();
    await scene.untilState('t1', 'TASK_FAILED');
    expect(scene.master.updates('t1').at(-1)?.message).toBe('Command exited with status 7');
  });

  test('sends again what was not acknowledged, with the same uuids', async () => {
    const scene = await Scene.set();
    scene.master.acknowledges = false;
    scene.master.run(FRAMEWORK, task('t1'));
    await scene.untilState('t1', 'TASK_STARTING');
    const before = scene.master.updates('t1');
    await scene.restart();
    await scene.until(() => scene.master.updates('t1').length > before.length);
    expect(scene.master.updates('t1').at(-1)).toEqual(before[0]);
    scene.master.acknowledges = true;
    await scene.untilState('t1', 'TASK_RUNNING');
    expect(scene.master.states('t1')).toEqual(['TASK_STARTING', 'TASK_RUNNING']);
  });

  test('takes a task that was being killed for killed', async () => {
    const scene = await Scene.set();
    scene.machine.heedsSignals = false;
    scene.master.run(FRAMEWORK, task('t1'));
    await scene.untilState('t1', 'TASK_RUNNING');
    scene.master.kill(FRAMEWORK, 't1', 20_000);
    await scene.until(() => scene.machine.of('t1').signals.length > 0);
    await scene.restart();
    await scene.until(() => scene.machine.of('t1').isDestroyed, 30_000);
    await scene.untilState('t1', 'TASK_KILLED');
  });

  test('drops a task that was being launched', async () => {
    const scene = await Scene.set();
    scene.machine.launchMs = 60_000;
    scene.master.run(AWARE, task('t1'));
    scene.master.run(FRAMEWORK, task('t2'));
    await scene.pass(10_000);
    scene.machine.launchMs = 5;
    await scene.restart();
    await scene.untilState('t1', 'TASK_DROPPED');
    await scene.untilState('t2', 'TASK_LOST');
    expect(scene.master.updates('t1')[0]).toMatchObject({ reason: 'REASON_AGENT_RESTARTED', source: 'SOURCE_AGENT' });
  });

  test('kills the tasks of frameworks that did not want to be remembered, and says and remembers nothing of them', async () => {
    const scene = await Scene.set();
    scene.master.run(FORGETFUL, task('t1'));
    await scene.untilState('t1', 'TASK_RUNNING');
    await scene.pass(100);
    const before = scene.master.updates().length;
    await scene.restart();
    await scene.until(() => scene.machine.of('t1').isDestroyed);
    await scene.pass(30_000);
    expect(scene.master.subscriptions[1]?.tasks ?? []).toEqual([]);
    expect(scene.master.updates()).toHaveLength(before);
    const state = JSON.parse((await scene.get('/state')).text);
    expect(state).toMatchObject({ frameworks: [], completed_frameworks: [] });
  });

  test('still counts the time a task may take', async () => {
    const scene = await Scene.set();
    scene.master.run(FRAMEWORK, task('t1', { max_completion_time: { nanoseconds: 20e9 } }));
    await scene.untilState('t1', 'TASK_RUNNING');
    const startedMs = scene.simulation.nowMs;
    await scene.pass(10_000);
    await scene.restart();
    await scene.untilState('t1', 'TASK_FAILED');
    expect(scene.simulation.nowMs - startedMs).toBeLessThan(21_000);
  });
});

describe('after a reboot', () => {
  test('tasks that left no trace have failed', async () => {
    const scene = await Scene.set();
    scene.master.run(FRAMEWORK, task('t1'));
    await scene.untilState('t1', 'TASK_RUNNING');
    scene.machine.containers.clear();
    scene.simulation.host('agent').reboot();
    await scene.until(() => scene.simulation.host('agent').isUp);
    await scene.restart();
    await scene.untilState('t1', 'TASK_FAILED');
    expect(scene.master.updates('t1').at(-1)).toMatchObject({ reason: 'REASON_EXECUTOR_TERMINATED' });
    expect(scene.agent.value?.agentId).toBe('M-S0');
  });

  test('another configuration makes another agent', async () => {
    const scene = await Scene.set();
    scene.simulation.host('agent').reboot();
    await scene.until(() => scene.simulation.host('agent').isUp);
    scene.flags = ['--resources=cpus:8;mem:2048;disk:4096'];
    await scene.restart();
    await scene.until(() => scene.master.subscriptions.length === 2);
    expect(scene.master.subscriptions[1]?.agent_info).not.toHaveProperty('id');
  });
});

describe('a configuration that has changed', () => {
  test('is refused with what to do about it', async () => {
    const scene = await Scene.set();
    scene.flags = ['--resources=cpus:8;mem:2048;disk:4096;ports:[31000-31999]'];
    await scene.restart();
    expect(scene.agent.state).toBe('failed');
    expect(scene.agent.outcome).toMatchObject({
      code: 'incompatible',
      message: expect.stringContaining('meta/slaves/latest'),
    });
  });

  test('may be more when the operator allows it', async () => {
    const scene = await Scene.set();
    scene.flags = ['--resources=cpus:8;mem:2048;disk:4096;ports:[31000-31999]', '--reconfiguration_policy=additive'];
    await scene.restart();
    await scene.until(() => scene.agent.value?.state === 'RUNNING');
    expect(scene.agent.value?.agentId).toBe('M-S0');
    const more = 'rack:r1;zone:z1;level:1;ports:[1-9];ssd:yes';
    const domain = (...members: string[]) => `--domain={"fault_domain":{${members.join()}}}`;
    const [region, zone] = ['"region":{"name":"eu"}', '"zone":{"name":"a"}'];
    for (const addition of [domain(region, zone), domain(zone, region), `--attributes=${more}`]) {
      scene.flags.push(addition);
      await scene.restart();
      await scene.until(() => scene.agent.value?.state === 'RUNNING');
    }
    const { agent_info } = scene.master.subscriptions.at(-1) ?? {};
    expect(agent_info).toMatchObject({ id: { value: 'M-S0' }, domain: { fault_domain: { region: { name: 'eu' } } } });
    for (const other of [domain('"region":{"name":"us"}', zone), '--attributes=rack:r1;zone:z1;level:1;ssd:yes']) {
      scene.flags.push(other);
      await scene.restart();
      expect(scene.agent.outcome).toMatchObject({ code: 'incompatible' });
      scene.flags.pop();
    }
  });
});

describe('a checkpoint', () => {
  test('whose last line was cut off is read up to it', async () => {
    const scene = await Scene.set();
    scene.master.run(FRAMEWORK, task('t1'));
    await scene.untilState('t1', 'TASK_RUNNING');
    scene.agent.crash();
    await edit(scene, JOURNAL, (text) => `${text}{"kind":"upd`);
    await scene.restart();
    await scene.until(() => scene.agent.value?.state === 'RUNNING');
    expect(scene.master.subscriptions[1]?.tasks).toHaveLength(1);
  });

  test('that is damaged in the middle stops a strict agent, not another', async () => {
    const scene = await Scene.set();
    scene.master.run(FRAMEWORK, task('t1'));
    await scene.untilState('t1', 'TASK_RUNNING');
    scene.agent.crash();
    await edit(scene, JOURNAL, (text) => text.replace('\n', '\nnonsense\n'));
    await scene.restart();
    expect(scene.agent.outcome).toMatchObject({ code: 'corrupt', message: expect.stringContaining('Line 2') });
    scene.flags = ['--no-strict'];
    await scene.restart();
    await scene.until(() => scene.agent.value?.state === 'RUNNING');
  });

  test('of a newer version is refused by name', async () => {
    const scene = await Scene.set();
    scene.agent.crash();
    await edit(scene, JOURNAL, (text) => text.replace('"version":2', '"version":3'));
    await scene.restart();
    expect(scene.agent.outcome).toMatchObject({ code: 'newer-format', message: expect.stringContaining('newer mctl') });
  });
});

test('a second agent on the same work directory is refused', async () => {
  const scene = await Scene.set();
  const { parseAgentOptions, startAgent } = await import('../../../src/daemon/agent/index.ts');
  const { FakeContainerizer, FakeMachine } = await import('./support/fake-containerizer.ts');
  const args = [
    '--master=10.0.0.1:5050',
    '--work_dir=/var/lib/mesos/agent',
    '--ip=10.0.1.1',
    '--port=5052',
    '--insecure_no_auth',
  ];
  const second = scene.simulation.host('agent').start('second', (world) =>
    startAgent(world, parseAgentOptions({ args }), {
      createContainerizer: async () => new FakeContainerizer(world, new FakeMachine()),
    }),
  );
  await scene.until(() => second.state === 'failed');
  expect(second.outcome).toMatchObject({ code: 'work-dir-in-use' });
});

test('limits that are none survive a restart', async () => {
  const scene = await Scene.set();
  const limits = { mem: { value: Number.POSITIVE_INFINITY } };
  scene.master.run(FRAMEWORK, task('t1', { limits }));
  await scene.untilState('t1', 'TASK_RUNNING');
  await scene.restart();
  await scene.until(() => scene.master.subscriptions.length === 2);
  expect(scene.master.subscriptions[1]?.tasks?.[0]?.limits).toEqual(limits);
});
